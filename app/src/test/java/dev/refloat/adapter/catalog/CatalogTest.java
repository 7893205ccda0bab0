package dev.refloat.adapter.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.diagnosis.Diagnoser;
import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.diagnosis.Investigation;
import dev.refloat.diagnosis.Progress;
import dev.refloat.diagnosis.Remedy;
import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Inquiry;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Risk;
import dev.refloat.plan.Approvals;
import dev.refloat.plan.Plan;
import dev.refloat.plan.Planner;
import dev.refloat.plan.Step;
import dev.refloat.plan.Wishes;
import dev.refloat.release.ReleaseRef;
import dev.refloat.release.Scope;
import dev.refloat.rule.Matcher;
import dev.refloat.rule.MoveKind;
import dev.refloat.rule.Rule;
import dev.refloat.rule.RuleBook;
import dev.refloat.rule.Template;
import dev.refloat.rule.When;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The built-in catalog: complete, and every case comes out as its author expects.
class CatalogTest {
  static final Path RESOURCES = Path.of("src/test/resources");
  private static final Path CATALOG = Path.of("../catalog");

  /// The causes that users know: stable, never reused (docs/failures.md).
  static final Set<String> CAUSES =
      new LinkedHashSet<>(
          Arrays.asList(
              """
              timeout values-error chart-not-found crd-missing dependency-not-ready image-pull
              volume-corrupt image-verification
              values-source-missing source-missing source-not-ready source-auth source-tls
              source-verification chart-build-error stale-chart cluster-unreachable suspended
              gitops-blocked controller-down
              template-error post-render-error manifest-invalid removed-api namespace-missing
              forbidden admission-denied webhook-unavailable pod-security quota-exceeded
              ownership-conflict apply-conflict immutable-field release-too-large name-in-use
              kube-version
              workload-crash workload-oom probe-failing init-container-stuck
              container-config-error unschedulable volume-pending load-balancer-pending
              custom-resource-not-ready hook-failed test-failed
              release-locked release-uninstalling rollback-target-missing drift foreign-fields
              interrupted deletion-stuck
              """
                  .strip()
                  .split("\\s+")));

  /// While classes are still missing, cases that come out otherwise are reported as skipped: their
  /// expected cause may not be written yet. The first build with a complete catalog is strict.
  static final boolean COMPLETE = missing(folders()).isEmpty();

  private static List<CatalogFolder> folders() {
    return CatalogFolder.readAll(CATALOG, _ -> Optional.empty());
  }

  private static Set<String> missing(List<CatalogFolder> folders) {
    Set<String> missing = new LinkedHashSet<>(CAUSES);
    folders.forEach(f -> missing.remove(f.rule().id()));
    return missing;
  }

  @Test
  void hasEveryCauseThatUsersKnow() {
    Set<String> missing = missing(folders());
    Assumptions.assumeTrue(COMPLETE, "still to be written: " + String.join(", ", missing));
    assertThat(missing).isEmpty();
  }

  @Test
  void expectsOnlyCausesThatExist() {
    Set<String> known = new LinkedHashSet<>(CAUSES);
    known.add(Diagnosis.NONE);
    known.add(Diagnosis.UNKNOWN);
    folders().forEach(f -> known.add(f.rule().id()));
    for (CatalogFolder f : folders()) {
      assertThat(f.cases())
          .allSatisfy(c -> assertThat(known).as(c.file()).contains(c.expect().cause()));
    }
  }

  @Test
  void compilesToTheIndexThatTheBuildMade() {
    assertThat(Catalog.builtIn().rules().rules())
        .isEqualTo(folders().stream().map(CatalogFolder::rule).toList());
  }

  /// A message is hostile input. No expression may take long on a text made to make it long.
  @Test
  void everyRegularExpressionEndsSoonOnTextMadeToBeSlow() {
    SoftAssertions soft = new SoftAssertions();
    List<String> texts = new ArrayList<>();
    for (String seed :
        List.of("a", " ", "a ", "\"", "'", ": ", "a: b ", "x/", "[a ", "\n", "=a,")) {
      texts.add(seed.repeat(Matcher.MAX_SEARCHED / seed.length()));
    }
    for (CatalogFolder f : folders()) {
      for (Pattern p : patterns(f.rule())) {
        // The words of the expression itself lead deeper into it than any seed.
        String words = p.pattern().replaceAll("[^A-Za-z \"':]+", "a") + " ";
        List<String> all = new ArrayList<>(texts);
        all.add(words.repeat(Math.max(1, Matcher.MAX_SEARCHED / words.length())));
        for (String text : all) {
          long start = System.nanoTime();
          p.matcher(text).find();
          soft.assertThat(Duration.ofNanos(System.nanoTime() - start))
              .as("%s: %s on '%.20s…'", f.rule().id(), p, text)
              .isLessThan(Duration.ofSeconds(2));
        }
      }
    }
    soft.assertAll();
  }

  private static List<Pattern> patterns(Rule rule) {
    List<Pattern> out = new ArrayList<>();
    patterns(rule.when(), out);
    rule.variants().forEach(v -> v.when().ifPresent(w -> patterns(w, out)));
    rule.remedies().forEach(r -> r.when().ifPresent(w -> patterns(w, out)));
    return out;
  }

  private static void patterns(When when, List<Pattern> out) {
    switch (when) {
      case When.All(var parts) -> parts.forEach(p -> patterns(p, out));
      case When.Any(var parts) -> parts.forEach(p -> patterns(p, out));
      case When.Not(var part) -> patterns(part, out);
      case When.Pattern(_, var tests) -> tests.values().forEach(m -> patterns(m, out));
    }
  }

  private static void patterns(Matcher matcher, List<Pattern> out) {
    switch (matcher) {
      case Matcher.Matches(var regex) -> out.add(regex.pattern());
      case Matcher.Not(var m) -> patterns(m, out);
      case Matcher.Is _, Matcher.OneOf _, Matcher.Exists _, Matcher.AtLeast _ -> {}
    }
  }

  /// Every case with all rules at work: what one rule wrongly takes from another shows here.
  @TestFactory
  Stream<DynamicTest> everyCaseComesOutAsExpected() {
    List<CatalogFolder> folders = folders();
    RuleBook rules = new RuleBook(folders.stream().map(CatalogFolder::rule).toList());
    return folders.stream()
        .flatMap(f -> f.cases().stream())
        .map(c -> DynamicTest.dynamicTest(c.file(), () -> run(c, rules)));
  }

  /// A variant that no case speaks is a sentence that nobody has read. The plain one is what is
  /// left to say when no other holds, and need not happen.
  @Test
  void everyVariantIsSpokenByACase() {
    List<CatalogFolder> folders = folders();
    RuleBook rules = new RuleBook(folders.stream().map(CatalogFolder::rule).toList());
    Set<String> silent = new LinkedHashSet<>();
    for (Rule rule : rules.rules()) {
      rule.variants().stream()
          .filter(v -> v.when().isPresent())
          .forEach(v -> silent.add(rule.id() + "/" + v.id()));
    }
    for (CatalogFolder f : folders) {
      for (CatalogCase c : f.cases()) {
        Diagnosis d = look(c, rules).diagnosis();
        List<Rule.Variant> speakers =
            rules.rule(d.cause()).stream()
                .flatMap(r -> r.variants().stream())
                .filter(v -> literal(v.summary().text()).matcher(d.summary()).matches())
                .toList();
        // of the sentences that fit, those with the most words of their own
        int most = speakers.stream().mapToInt(v -> words(v.summary().text())).max().orElse(0);
        speakers.stream()
            .filter(
                v ->
                    c.expect()
                        .variant()
                        .map(v.id()::equals)
                        .orElse(words(v.summary().text()) == most))
            .forEach(v -> silent.remove(d.cause() + "/" + v.id()));
      }
    }
    assertThat(silent).isEmpty();
  }

  /// A name without a value leaves a hole: "Have  fetched again". What may be missing has a
  // fallback.
  @Test
  void noRemedyHasAHole() {
    List<CatalogFolder> folders = folders();
    RuleBook rules = new RuleBook(folders.stream().map(CatalogFolder::rule).toList());
    Set<String> holes = new TreeSet<>();
    for (CatalogFolder f : folders) {
      for (CatalogCase c : f.cases()) {
        Diagnosis d = look(c, rules).diagnosis();
        List<Rule.RemedyTemplate> templates =
            rules.rule(d.cause()).map(Rule::remedies).orElse(List.of());
        for (Remedy r : d.remedies()) {
          templates.stream()
              .filter(t -> t.id().equals(r.id()))
              .forEach(
                  t -> {
                    hole(t.title(), r.title()).ifPresent(h -> holes.add(at(d, r, h)));
                    hole(t.because(), r.because()).ifPresent(h -> holes.add(at(d, r, h)));
                    for (int i = 0; i < t.commands().size() && i < r.commands().size(); i++) {
                      hole(t.commands().get(i), r.commands().get(i))
                          .ifPresent(h -> holes.add(at(d, r, h)));
                    }
                  });
        }
      }
    }
    assertThat(holes).isEmpty();
  }

  private static String at(Diagnosis d, Remedy r, String text) {
    return d.cause() + "/" + r.id() + ": " + text;
  }

  /// The text, when a name in it without a fallback has no value.
  private static Optional<String> hole(Template template, String text) {
    String words = template.text().replaceAll(" {2,}", " ").strip();
    StringBuilder pattern = new StringBuilder();
    java.util.regex.Matcher names =
        Pattern.compile("(?:\\{[a-zA-Z][a-zA-Z0-9.-]*(?:\\|[^{}]*)?})+").matcher(words);
    int end = 0;
    while (names.find()) {
      pattern.append(Pattern.quote(words.substring(end, names.start())));
      pattern.append(names.group().contains("|") ? "(?s:.*)" : "(?s:.*\\S.*)");
      end = names.end();
    }
    if (end == 0) {
      return Optional.empty();
    }
    pattern.append(Pattern.quote(words.substring(end)));
    boolean optional = words.matches("(?s).*\\{[^{}]*\\|}.*");
    return optional || Pattern.matches(pattern.toString(), text)
        ? Optional.empty()
        : Optional.of(text);
  }

  private static int words(String template) {
    return template.replaceAll("\\{[^}]*}", "").length();
  }

  static void run(CatalogCase given, RuleBook rules) {
    Looked looked = look(given, rules);
    Diagnosis d = looked.diagnosis();
    SoftAssertions soft = new SoftAssertions();
    compare(given.expect(), d, rules, soft);
    comparePlan(given.expect(), looked.evidence(), d, soft);
    if (!COMPLETE && !soft.assertionErrorsCollected().isEmpty()) {
      Assumptions.abort(
          "the catalog is not complete yet: " + soft.assertionErrorsCollected().getFirst());
    }
    soft.assertAll();
  }

  private record Looked(Evidence evidence, Diagnosis diagnosis) {}

  private static Looked look(CatalogCase given, RuleBook rules) {
    Diagnoser diagnoser = new Diagnoser(rules);
    CaseEvidence reader = new CaseEvidence(given, RESOURCES);
    Scope scope = given.release().map(Scope::release).orElse(Scope.everywhere());
    Evidence evidence = new Investigation(diagnoser).collect(reader, scope, Progress.silent());
    List<Diagnosis> diagnoses = diagnoser.diagnose(evidence, scope);
    if (diagnoses.size() != 1) {
      throw new AssertionError(
          given.file()
              + " must say which release is meant, out of "
              + diagnoses.stream().map(Diagnosis::release).map(ReleaseRef::path).toList());
    }
    Diagnosis d = diagnoses.getFirst();
    Set<Inquiry> needs = Planner.needs(evidence, d, Wishes.none());
    return new Looked(needs.isEmpty() ? evidence : evidence.plus(reader.ask(needs)), d);
  }

  /// Every remedy gives a plan that is safe, or is refused with a reason; and what is chosen is
  /// what the author of the case expects. [Plan] itself refuses what is not safe.
  private static void comparePlan(
      CatalogCase.Expectation e, Evidence evidence, Diagnosis d, SoftAssertions soft) {
    Planner.Planned planned = Planner.plan(evidence, d, Wishes.none());
    if (planned instanceof Planner.Planned.Made(var plan)) {
      safe(plan, soft);
    }
    for (Remedy r : d.remedies()) {
      Wishes wish =
          new Wishes(
              Optional.empty(),
              Optional.of(r.id()),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              true,
              "RECOVERY");
      if (Planner.plan(evidence, d, wish) instanceof Planner.Planned.Made(var plan)) {
        safe(plan, soft);
      }
    }
    if (e.plan().isEmpty()) {
      return;
    }
    CatalogCase.ExpectedPlan expected = e.plan().get();
    CatalogCase.How how =
        switch (planned) {
          case Planner.Planned.Made(var plan) ->
              plan.automatic() ? CatalogCase.How.AUTOMATIC : CatalogCase.How.BY_HAND;
          case Planner.Planned.Elsewhere _ -> CatalogCase.How.ELSEWHERE;
          case Planner.Planned.Refused _ -> CatalogCase.How.REFUSED;
          case Planner.Planned.Unneeded _ -> CatalogCase.How.UNNEEDED;
        };
    soft.assertThat(how).as("plan %s", planned).isEqualTo(expected.how());
    Optional<Plan> made =
        planned instanceof Planner.Planned.Made(var plan) ? Optional.of(plan) : Optional.empty();
    soft.assertThat(made.map(p -> p.approvals().stream().map(Approvals::word).toList()))
        .as("approvals")
        .isEqualTo(made.map(_ -> expected.approvals()));
    expected
        .remedy()
        .ifPresent(r -> soft.assertThat(made.map(Plan::chosen)).as("remedy").contains(r));
  }

  private static void safe(Plan plan, SoftAssertions soft) {
    for (Step step : plan.steps()) {
      soft.assertThat(step.title()).as("title of %s", step.id()).doesNotContain("{").isNotBlank();
      if (step.risk() == Risk.DESTRUCTIVE) {
        soft.assertThat(plan.approvals()).as("approval of %s", step.id()).contains(step.object());
      }
    }
  }

  @Test
  void everyCauseHasACaseThatTellsItsPlan() {
    for (CatalogFolder f : folders()) {
      assertThat(f.cases())
          .as("a case of %s with 'plan'", f.rule().id())
          .anyMatch(c -> c.expect().cause().equals(f.rule().id()) && c.expect().plan().isPresent());
    }
  }

  /// Nobody is asked by a step that runs by itself.
  @Test
  void stepsThatRunByThemselvesDoNotTellAPersonWhatToDo() {
    for (CatalogFolder f : folders()) {
      for (Rule.RemedyTemplate r : f.rule().remedies()) {
        boolean hands =
            r.moves().isEmpty() || r.moves().stream().anyMatch(m -> m.kind() == MoveKind.BY_HAND);
        if (!hands) {
          assertThat(r.title().text())
              .as("%s of %s", r.id(), f.rule().id())
              .doesNotStartWith("Ask who")
              .doesNotStartWith("Ask why")
              .doesNotStartWith("Find out");
        }
      }
    }
  }

  private static void compare(
      CatalogCase.Expectation e, Diagnosis d, RuleBook rules, SoftAssertions soft) {
    soft.assertThat(d.cause()).as("cause (%s)", d.summary()).isEqualTo(e.cause());
    e.confidence().ifPresent(c -> soft.assertThat(d.confidence()).as("confidence").isEqualTo(c));
    e.root().ifPresent(r -> soft.assertThat(shown(d.root())).as("root").isEqualTo(r));
    e.state().ifPresent(s -> soft.assertThat(d.state().word()).as("state").isEqualTo(s));
    soft.assertThat(d.symptoms()).as("symptoms").containsAll(e.symptoms());
    e.summary().ifPresent(s -> soft.assertThat(d.summary()).as("summary").contains(s));
    soft.assertThat(d.remedies().stream().map(Remedy::id).toList())
        .as("remedies")
        .containsAll(e.remedies());
    e.variant()
        .ifPresent(
            v ->
                soft.assertThat(spokenBy(d, rules, e.cause(), v))
                    .as("the summary '%s' is that of variant %s", d.summary(), v)
                    .isTrue());
    soft.assertThat(d.summary()).as("summary").doesNotContainPattern("\\{[a-z][a-zA-Z0-9.-]*[|}]");
    for (Remedy r : d.remedies()) {
      soft.assertThat(r.commands())
          .as("commands of " + r.id())
          .noneMatch(c -> c.contains("{release."));
    }
  }

  private static String shown(ObjectRef ref) {
    return ref.display();
  }

  /// A diagnosis does not carry its variant; the summary tells which one spoke.
  private static boolean spokenBy(Diagnosis d, RuleBook rules, String cause, String variant) {
    return rules.rule(cause).stream()
        .flatMap(r -> r.variants().stream())
        .filter(v -> v.id().equals(variant))
        .map(v -> literal(v.summary().text()))
        .anyMatch(p -> p.matcher(d.summary()).matches());
  }

  /// The words of a template, with anything in place of its names.
  private static Pattern literal(String template) {
    StringBuilder regex = new StringBuilder();
    for (String piece : template.split("\\{[^}]*}", -1)) {
      if (!regex.isEmpty()) {
        regex.append(".*");
      }
      regex.append(piece.isEmpty() ? "(?:)" : Pattern.quote(piece).replace(" ", "\\E\\s*\\Q"));
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}

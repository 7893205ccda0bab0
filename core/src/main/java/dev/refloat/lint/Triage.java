package dev.refloat.lint;

import dev.refloat.lint.Suppressions.Suppression;
import dev.refloat.model.Nearest;
import dev.refloat.model.ObjectRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Decides which findings count: by the settings, the comments in the files and the baseline. A
/// comment that is wrong, or that nothing needs, is a finding of its own.
public final class Triage {

  /// The rule of suppressing comments themselves.
  public static final RuleInfo SUPPRESSION =
      new RuleInfo(
          "suppression",
          "A suppression names a rule, gives a reason and silences something",
          Severity.WARNING,
          List.of(),
          RuleInfo.Needs.REPOSITORY);

  private static final ObjectRef NO_OBJECT = new ObjectRef("", "", "", "");

  private static final Comparator<Finding> ORDER =
      Comparator.comparing(Finding::place)
          .thenComparing(Finding::severity)
          .thenComparing(Finding::rule)
          .thenComparing(Finding::message);

  private final Settings settings;
  private final Sources sources;
  private final Baseline baseline;
  private final Set<String> known;
  private final Set<String> ran;
  private final Predicate<String> judged;

  /// @param known ids of all rules, so that a comment can be told that it names none
  /// @param ran ids of those that ran and could see all they need: only they can tell that a
  ///     comment or an entry of the baseline is not needed
  /// @param judged files all of whose findings are there; of others nobody can tell that either
  public Triage(
      Settings settings,
      Sources sources,
      Baseline baseline,
      Collection<String> known,
      Collection<String> ran,
      Predicate<String> judged) {
    this.settings = settings;
    this.sources = sources;
    this.baseline = baseline;
    this.known = Set.copyOf(known);
    this.ran = Set.copyOf(ran);
    this.judged = judged;
  }

  /// Judges what the rules found.
  public Judged judge(LintResult result) {
    List<Finding> counted = new ArrayList<>();
    for (Finding f : result.findings()) {
      configured(f).ifPresent(counted::add);
    }
    List<Finding> left = new ArrayList<>();
    Map<Finding, String> reasons = new LinkedHashMap<>();
    Set<Used> used = new HashSet<>();
    Map<String, Suppressions> byFile = suppressions();
    for (Finding f : counted) {
      Optional<Suppression> by = silencing(f, byFile, used);
      if (by.isPresent()) {
        reasons.put(f, by.get().reason());
      } else {
        left.add(f);
      }
    }
    Set<String> partly = new HashSet<>();
    result.notChecked().forEach(n -> n.place().ifPresent(p -> partly.add(p.file())));
    for (Finding f : complaints(byFile, used, partly)) {
      configured(f).ifPresent(left::add);
    }
    left.sort(ORDER);
    return split(left, reasons, result.notChecked());
  }

  private Optional<Finding> configured(Finding f) {
    if (settings.excludes(f.place().file())) {
      return Optional.empty();
    }
    return settings
        .level(f.rule(), f.place().file())
        .map(level -> level.severity().map(f::withSeverity))
        .orElse(Optional.of(f));
  }

  private Map<String, Suppressions> suppressions() {
    Map<String, Suppressions> byFile = new HashMap<>();
    for (String file : sources.files()) {
      Suppressions s = Suppressions.in(file, sources.lines(file));
      if (!s.all().isEmpty()) {
        byFile.put(file, s);
      }
    }
    return byFile;
  }

  /// One rule of one comment.
  private record Used(Suppression comment, String rule) {}

  private static Optional<Suppression> silencing(
      Finding f, Map<String, Suppressions> byFile, Set<Used> used) {
    Suppressions here = byFile.get(f.place().file());
    if (here == null) {
      return Optional.empty();
    }
    Optional<Suppression> by = Optional.empty();
    for (Suppression s : here.all()) {
      if (s.silences(f)) {
        used.add(new Used(s, f.rule()));
        by = by.isPresent() ? by : Optional.of(s);
      }
    }
    return by;
  }

  /// @param partly files in which something was not checked
  private List<Finding> complaints(
      Map<String, Suppressions> byFile, Set<Used> used, Set<String> partly) {
    List<Finding> out = new ArrayList<>();
    byFile.forEach(
        (file, here) -> {
          if (judged.test(file)) {
            for (Suppression comment : here.all()) {
              complain(comment, used, partly.contains(file), out);
            }
          }
        });
    return out;
  }

  private void complain(Suppression comment, Set<Used> used, boolean partly, List<Finding> out) {
    if (comment.rules().isEmpty()) {
      out.add(
          complaint(
              comment,
              "This comment names no rule and silences nothing",
              "Write `# refloat:ignore RULE reason`, with the id that the finding shows"));
      return;
    }
    for (String rule : comment.rules()) {
      if (!known.contains(rule)) {
        out.add(
            complaint(
                comment,
                "There is no rule `" + rule + "`: this comment silences nothing",
                Nearest.of(rule, known, 1).stream()
                    .findFirst()
                    .map(n -> "Write `" + n + "` if that is meant, else remove it")
                    .orElse("Use the id that the finding shows, or remove the comment")));
      }
    }
    if (comment.reason().isEmpty()) {
      out.add(
          complaint(
              comment,
              "This comment gives no reason and silences nothing",
              "Write after the rule why the finding does not matter here"));
      return;
    }
    for (String rule : comment.rules()) {
      if (!partly && ran.contains(rule) && !used.contains(new Used(comment, rule))) {
        out.add(
            complaint(
                comment,
                "Nothing here breaks the rule `" + rule + "` any more: the comment is not needed",
                "Remove it, so that it does not hide the next finding"));
      }
    }
  }

  private static Finding complaint(Suppression comment, String message, String advice) {
    return new Finding(
        SUPPRESSION.id(),
        SUPPRESSION.severity(),
        comment.place(),
        NO_OBJECT,
        "",
        message,
        advice,
        Optional.empty(),
        List.of(),
        Optional.empty());
  }

  /// Takes out what the baseline knows. Fingerprints are those of all findings that no comment
  /// silences, as they were when the baseline was written.
  private Judged split(
      List<Finding> left, Map<Finding, String> reasons, List<NotChecked> notChecked) {
    List<String> all = Fingerprints.of(left);
    Map<String, Baseline.Entry> expected = new LinkedHashMap<>();
    baseline.entries().forEach(e -> expected.put(e.fingerprint(), e));
    List<Finding> findings = new ArrayList<>();
    List<String> fingerprints = new ArrayList<>();
    List<Judged.Silenced> silenced = new ArrayList<>();
    for (int i = 0; i < left.size(); i++) {
      String fingerprint = all.get(i);
      if (expected.remove(fingerprint) != null) {
        silenced.add(new Judged.Silenced(left.get(i), fingerprint, Judged.By.BASELINE, ""));
      } else {
        findings.add(left.get(i));
        fingerprints.add(fingerprint);
      }
    }
    List<Finding> commented = List.copyOf(reasons.keySet());
    List<String> theirs = Fingerprints.of(commented);
    for (int i = 0; i < commented.size(); i++) {
      Finding f = commented.get(i);
      silenced.add(
          new Judged.Silenced(f, theirs.get(i), Judged.By.COMMENT, reasons.getOrDefault(f, "")));
    }
    List<Baseline.Entry> gone =
        expected.values().stream()
            .filter(e -> ran.contains(e.rule()) && judged.test(e.file()))
            .toList();
    return new Judged(findings, fingerprints, silenced, notChecked, gone);
  }
}

package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.diagnosis.Diagnoser;
import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Inquiry;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import dev.refloat.port.HelmClient;
import dev.refloat.recovery.Judge;
import dev.refloat.recovery.Verdict;
import dev.refloat.release.Belongings;
import dev.refloat.release.ReleaseRef;
import dev.refloat.release.ReleaseView;
import dev.refloat.render.CheckText;
import dev.refloat.validation.Check;
import dev.refloat.validation.Traffic;
import dev.refloat.validation.Validation;
import dev.refloat.validation.Watched;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `refloat validate`: the runbook's step 5.
final class ValidateCommand implements Command {

  private static final Duration WINDOW = Duration.ofSeconds(10);

  /// For one address to answer.
  private static final Duration ANSWER = Duration.ofSeconds(10);

  private static final int MOST_ADDRESSES = 50;

  enum Format {
    TEXT,
    JSON,
    YAML,
    JUNIT
  }

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "validate",
        "NAME [options]",
        "Checks that a release works: Ready with the chart and values that it should run, its"
            + " sources current, every object there and healthy, claims bound, Services with"
            + " endpoints; and, watched for a while, no restarts, no new warnings, no new errors"
            + " in its logs. Addresses and Helm's tests are tried when they are asked for.",
        Optional.of(Completing.of(Completing.What.RELEASES)),
        List.of(
            new Section("What", List.of(Options.NAMESPACE)),
            new Section(
                "How closely",
                List.of(
                    Option.value(
                        "DURATION",
                        "look again after this time, and compare (default 10s; 0 looks once)",
                        Completing.nothing(),
                        "--watch-window"),
                    Option.value(
                            "URL",
                            "ask this address from here; may be repeated",
                            Completing.nothing(),
                            "--url")
                        .repeatable(),
                    Option.flag(
                        "ask the hosts of the release's Ingresses and HTTPRoutes from here",
                        "--hosts"),
                    Option.flag(
                        "ask the release's Services, through the API server", "--in-cluster"),
                    Option.flag(
                        "run the chart's tests with helm; their pods and Jobs are the chart's",
                        "--helm-tests"))),
            Options.cluster(),
            new Section("Output", List.of(Options.output(Format.class), Options.catalog())),
            Options.general()),
        List.of(
            new Example("does it work?", "validate -n ai librechat"),
            new Example(
                "does it answer, from here and inside?",
                "validate -n ai librechat --hosts --in-cluster"),
            new Example("for CI", "validate -n ai librechat -o junit")));
  }

  @Override
  public int run(Arguments arguments, Session session) {
    Format format = arguments.choice("--output", Format.class, Format.TEXT);
    Duration window = window(arguments);
    List<URI> addresses = arguments.texts("--url").stream().map(ValidateCommand::address).toList();
    Diagnoser diagnoser =
        new Diagnoser(session.backend().knowledge(arguments.path("--catalog")).rules());
    ClusterSource source = Options.source(arguments);
    if (source instanceof ClusterSource.Snapshot) {
      refuse(arguments, "--watch-window", "--url", "--hosts", "--in-cluster", "--helm-tests");
      window = Duration.ZERO;
    }
    try (Backend.Cluster cluster = session.backend().open(source, session.env())) {
      ReleaseRef name = RecoverCommand.release(arguments, session, cluster, diagnoser);
      Recovering.Look look = look(session, cluster, diagnoser, name);
      List<Check> watched = new ArrayList<>();
      if (window.isZero() || !look.diagnosis().healthy()) {
        watched.addAll(
            Watched.unwatched(
                window.isZero() ? "it was looked at once" : "it is not well: nothing to watch"));
      } else {
        Recovering.Look first = look;
        rest(session, window);
        look = look(session, cluster, diagnoser, name);
        watched.addAll(Watched.of(release(look, name), first.evidence(), look.evidence(), window));
      }
      Session masked = session.masking(cluster.mask(look.evidence()));
      Resource release = release(look, name);
      List<Check> checks =
          new ArrayList<>(Validation.of(release, look.evidence(), look.diagnosis()));
      checks.addAll(watched);
      checks.addAll(asked(arguments, session, cluster, release, look.evidence(), addresses));
      if (arguments.flag("--helm-tests")) {
        checks.add(helmTests(cluster, release, look));
      }
      Verdict verdict = Judge.judge(name, look.all(), look.all(), checks, List.of());
      print(arguments, masked, format, name, look.evidence(), verdict, checks);
      return switch (verdict.outcome()) {
        case RECOVERED -> ExitCode.CLEAN;
        case INCONCLUSIVE -> ExitCode.UNVERIFIED;
        case STILL_FAILING, REGRESSED -> ExitCode.FINDINGS;
      };
    }
  }

  private static void refuse(Arguments arguments, String... live) {
    for (String option : live) {
      boolean given =
          arguments.text(option).isPresent()
              || !arguments.texts(option).isEmpty()
              || arguments.flag(option);
      if (given) {
        throw new CommandException(
            "--from and " + option + " do not go together",
            "a snapshot is one look at a cluster, and nothing answers in it",
            "leave one of them out");
      }
    }
  }

  private static Duration window(Arguments arguments) {
    return arguments.text("--watch-window").filter(t -> t.matches("0[a-z]*")).isPresent()
        ? Duration.ZERO
        : arguments.duration("--watch-window").orElse(WINDOW);
  }

  private static URI address(String text) {
    try {
      URI address = new URI(text);
      String scheme = String.valueOf(address.getScheme());
      if (address.getHost() != null && (scheme.equals("http") || scheme.equals("https"))) {
        return address;
      }
    } catch (URISyntaxException e) {
      // said below
    }
    throw new CommandException(
        "'" + text + "' is not an address of the web",
        null,
        "write it like https://app.example.com/");
  }

  private static Recovering.Look look(
      Session session, Backend.Cluster cluster, Diagnoser diagnoser, ReleaseRef name) {
    try (ProgressLine progress = ProgressLine.start(session, "reading " + cluster.title())) {
      Recovering.Look look = Recovering.look(cluster, diagnoser, name, Set.of(), progress);
      Evidence evidence = look.evidence();
      // objects that are known by name first: what they lead to is asked for then
      for (int i = 0; i < 2; i++) {
        Set<Inquiry> open = Validation.needs(release(look, name), evidence);
        open = new java.util.LinkedHashSet<>(open);
        open.removeIf(evidence::asked);
        if (open.isEmpty()) {
          break;
        }
        evidence = evidence.plus(cluster.reader().ask(open));
      }
      return new Recovering.Look(evidence, look.diagnosis(), look.all());
    }
  }

  private static Resource release(Recovering.Look look, ReleaseRef name) {
    return look.evidence().find(name.object()).orElseThrow();
  }

  private static void rest(Session session, Duration window) {
    try (ProgressLine _ = ProgressLine.start(session, "watching for " + Times.display(window))) {
      Thread.sleep(window);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("interrupted", null, null, e);
    }
  }

  /// The addresses that the options ask for, one after the other.
  private static List<Check> asked(
      Arguments arguments,
      Session session,
      Backend.Cluster cluster,
      Resource release,
      Evidence evidence,
      List<URI> named) {
    List<Check> checks = new ArrayList<>();
    Belongings belongings = new Belongings(ReleaseView.of(release, evidence), evidence);
    List<URI> addresses = new ArrayList<>(named);
    if (arguments.flag("--hosts")) {
      Traffic.hosts(belongings).stream().map(ValidateCommand::address).forEach(addresses::add);
      if (addresses.isEmpty()) {
        checks.add(Traffic.nothingToAsk("no Ingress or HTTPRoute of the release has a host"));
      }
    } else if (named.isEmpty()) {
      Traffic.unasked(belongings).ifPresent(checks::add);
    }
    try (ProgressLine _ = ProgressLine.start(session, "asking addresses")) {
      addresses.stream()
          .distinct()
          .limit(MOST_ADDRESSES)
          .forEach(
              a ->
                  checks.add(
                      Traffic.address(
                          a.toString(), session.backend().visit(a, ANSWER, session.env()))));
      if (arguments.flag("--in-cluster")) {
        List<Traffic.Target> targets = Traffic.targets(belongings);
        if (targets.isEmpty()) {
          checks.add(Traffic.nothingToAsk("no Service of the release looks like HTTP"));
        }
        targets.stream()
            .limit(MOST_ADDRESSES)
            .forEach(t -> checks.add(Traffic.target(t, cluster.visit(t, ANSWER))));
      }
    }
    return checks;
  }

  /// Flux runs tests only with an action (`spec.test`); Helm itself runs them on what is there, and
  /// notes their outcome in the record, which Flux does not count as a change.
  private static Check helmTests(Backend.Cluster cluster, Resource release, Recovering.Look look) {
    String id = "helm-tests";
    String title = "The chart's tests pass";
    ReleaseView view = ReleaseView.of(release, look.evidence());
    if (view.remote()) {
      return new Check(id, title, Check.Outcome.UNKNOWN, "it is on the cluster of kubeConfig");
    }
    if (!view.ready() || view.inFlight()) {
      return new Check(
          id, title, Check.Outcome.SKIPPED, "not run: only a release that is Ready is tested");
    }
    try {
      cluster.acting().helm().test(view.storageNamespace(), view.storageName(), view.timeout());
      return new Check(id, title, Check.Outcome.PASSED, "helm test " + view.storageName());
    } catch (HelmClient.HelmFailure e) {
      return new Check(id, title, Check.Outcome.FAILED, String.valueOf(e.getMessage()));
    }
  }

  private static void print(
      Arguments arguments,
      Session session,
      Format format,
      ReleaseRef release,
      Evidence evidence,
      Verdict verdict,
      List<Check> checks) {
    boolean works = verdict.outcome() == Verdict.Outcome.RECOVERED;
    String word = works ? "works" : verdict.outcome().word();
    Json.Obj tree =
        CheckText.tree("Validation", release, evidence.takenAt(), word, verdict.because(), checks);
    switch (format) {
      case TEXT -> {
        CheckText.print(session.page(arguments), checks);
        session.tell(
            release.path()
                + (works ? " works: " : " does not pass (" + word + "): ")
                + verdict.because());
      }
      case JUNIT -> CheckText.junit(session.out(), session.edge(), release, checks);
      case JSON -> session.json().document(tree);
      case YAML -> session.yaml().document(tree);
    }
  }
}

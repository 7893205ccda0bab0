package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.diagnosis.Diagnoser;
import dev.refloat.evidence.Inquiry;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.plan.Marks;
import dev.refloat.port.ClusterWriter;
import dev.refloat.port.ClusterWriter.WriteFailure;
import dev.refloat.release.Belongings;
import dev.refloat.release.ReleaseRef;
import dev.refloat.release.ReleaseView;
import dev.refloat.render.CheckText;
import dev.refloat.validation.Check;
import dev.refloat.validation.Probe;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// `refloat probe`: asks from inside the cluster, by a pod that is gone again afterwards.
final class ProbeCommand implements Command {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);
  private static final int MOST_PROBES = 20;
  private static final String IMAGE = "docker.io/library/busybox:1.37";
  private static final String CLEAN = "clean";

  enum Format {
    TEXT,
    JSON,
    YAML
  }

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "probe",
        "registry NAME | dns NAME HOST | reach NAME HOST:PORT | clean",
        "Finds out from inside the cluster whether the images of a release can be pulled, or a host"
            + " resolved or reached, where it runs: with a pod beside it that has its service"
            + " account, pull secrets and node constraints. Nothing of the release's images is run."
            + " The pods end by themselves, and are removed; 'clean' removes what an interrupted"
            + " run left.",
        Optional.of(Completing.words(List.of("registry", "dns", "reach", CLEAN))),
        List.of(
            new Section(
                "What",
                List.of(
                    Options.NAMESPACE,
                    Option.value(
                        "IMAGE",
                        "for dns and reach: an image with nslookup and nc (default " + IMAGE + ")",
                        Completing.nothing(),
                        "--image"),
                    Option.value(
                        "DURATION",
                        "give up after this time (default 60s)",
                        Completing.nothing(),
                        "--within"),
                    Option.flag("print the pods and have the API server check them", "--dry-run"))),
            Options.cluster(),
            new Section("Output", List.of(Options.output(Format.class), Options.catalog())),
            Options.general()),
        List.of(
            new Example("can its images be pulled there?", "probe registry -n ai librechat"),
            new Example("is a host known there?", "probe dns -n ai librechat db.example.com"),
            new Example("does it answer?", "probe reach -n ai librechat db.example.com:5432"),
            new Example("after an interruption", "probe clean -n ai")));
  }

  /// What was asked for.
  ///
  /// @param port 0 for none
  private record Wanted(Probe.Kind kind, ReleaseRef release, String host, int port) {}

  @Override
  public int run(Arguments arguments, Session session) {
    Format format = arguments.choice("--output", Format.class, Format.TEXT);
    Duration within = arguments.duration("--within").orElse(LIMIT);
    try (Backend.Cluster cluster =
        session.backend().open(Options.source(arguments), session.env())) {
      ClusterWriter writer = cluster.acting().writer();
      String namespace = arguments.text("--namespace").or(cluster::namespace).orElse("default");
      if (arguments.words().equals(List.of(CLEAN))) {
        int removed = clean(writer, namespace, Instant.MAX);
        session.tell(removed + " pods of probes removed in namespace " + namespace);
        return ExitCode.CLEAN;
      }
      Wanted wanted = wanted(arguments.words(), namespace);
      Diagnoser diagnoser =
          new Diagnoser(session.backend().knowledge(arguments.path("--catalog")).rules());
      Recovering.Look look;
      try (ProgressLine progress = ProgressLine.start(session, "reading " + cluster.title())) {
        look = Recovering.look(cluster, diagnoser, wanted.release(), Set.of(), progress);
      }
      Session masked = session.masking(cluster.mask(look.evidence()));
      Belongings belongings =
          new Belongings(
              ReleaseView.of(
                  look.evidence().find(wanted.release().object()).orElseThrow(), look.evidence()),
              look.evidence());
      List<Probe> probes = probes(arguments, wanted, belongings, within);
      if (arguments.flag("--dry-run")) {
        return dryRun(masked, writer, probes);
      }
      return ask(masked, arguments, format, cluster, writer, wanted.release(), probes, within);
    }
  }

  private static Wanted wanted(List<String> words, String namespace) {
    String usage = "probe registry NAME, probe dns NAME HOST, or probe reach NAME HOST:PORT";
    Probe.Kind kind =
        Arrays.stream(Probe.Kind.values())
            .filter(k -> !words.isEmpty() && k.word().equals(words.getFirst()))
            .findFirst()
            .orElseThrow(
                () -> new CommandException("what is to be probed is missing", null, usage));
    if (words.size() != (kind == Probe.Kind.REGISTRY ? 2 : 3)) {
      throw new CommandException("probe " + kind.word() + " needs other arguments", null, usage);
    }
    String name = words.get(1);
    int slash = name.indexOf('/');
    ReleaseRef release =
        slash > 0 && !Target.ALIASES.contains(name.substring(0, slash))
            ? new ReleaseRef(name.substring(0, slash), name.substring(slash + 1))
            : new ReleaseRef(namespace, name.substring(slash + 1));
    String host = kind == Probe.Kind.REGISTRY ? "" : words.get(2);
    int port = 0;
    if (kind == Probe.Kind.REACH) {
      int colon = host.lastIndexOf(':');
      if (colon < 0 || !host.substring(colon + 1).matches("[1-9]\\d{0,4}")) {
        throw new CommandException("'" + host + "' has no port", null, "write it like HOST:443");
      }
      port = Integer.parseInt(host.substring(colon + 1));
      host = host.substring(0, colon);
    }
    // a name or an address, and never an option of the program that gets it
    if (kind != Probe.Kind.REGISTRY
        && !host.matches("[A-Za-z0-9]([A-Za-z0-9.:_-]{0,251}[A-Za-z0-9.])?")) {
      throw new CommandException("'" + host + "' is not the name of a host", null, usage);
    }
    return new Wanted(kind, release, host, port);
  }

  private static List<Probe> probes(
      Arguments arguments, Wanted wanted, Belongings belongings, Duration within) {
    String id = "refloat-probe-" + RecoverCommand.newId().toLowerCase(Locale.ROOT);
    Instant until = Instant.now().plus(within).plusSeconds(120);
    List<Probe> probes =
        wanted.kind() == Probe.Kind.REGISTRY
            ? Probe.registry(belongings, id, until, within)
            : Probe.host(
                    belongings,
                    wanted.host(),
                    wanted.port(),
                    arguments.text("--image").orElse(IMAGE),
                    id,
                    until,
                    within)
                .stream()
                .toList();
    if (probes.isEmpty()) {
      throw new Refusal(
          "there is nothing to probe with",
          wanted.release().path() + " has no workload, so that it is not known where it would run",
          "refloat diagnose tells why it has none");
    }
    return probes.subList(0, Math.min(MOST_PROBES, probes.size()));
  }

  private static int dryRun(Session session, ClusterWriter writer, List<Probe> probes) {
    for (Probe probe : probes) {
      session.yaml().document(probe.manifest());
      try {
        writer.create(probe.pod(), probe.manifest(), Marks.MANAGER, true);
      } catch (WriteFailure e) {
        throw new Refusal(
            "the API server refuses the pod",
            e.why(),
            "refloat permissions probe prints the rights that it needs");
      }
    }
    session.tell("Nothing was created.");
    return ExitCode.CLEAN;
  }

  private static int ask(
      Session session,
      Arguments arguments,
      Format format,
      Backend.Cluster cluster,
      ClusterWriter writer,
      ReleaseRef release,
      List<Probe> probes,
      Duration within) {
    probes.stream()
        .map(p -> p.pod().namespace())
        .distinct()
        .forEach(ns -> clean(writer, ns, Instant.now()));
    Set<ObjectRef> open = ConcurrentHashMap.newKeySet();
    session
        .onInterrupt()
        .accept(
            () -> {
              remove(writer, open);
              return ExitCode.ERROR;
            });
    List<Check> checks = new ArrayList<>();
    try (ProgressLine _ = ProgressLine.start(session, "probing from inside the cluster")) {
      for (Probe probe : probes) {
        checks.add(one(cluster, writer, probe, open, within));
      }
    } finally {
      remove(writer, open);
    }
    boolean failed = checks.stream().anyMatch(c -> c.outcome() == Check.Outcome.FAILED);
    boolean unknown = checks.stream().anyMatch(c -> c.outcome() == Check.Outcome.UNKNOWN);
    String word = failed ? "fails" : unknown ? "inconclusive" : "works";
    switch (format) {
      case TEXT -> CheckText.print(session.page(arguments), checks);
      case JSON ->
          session
              .json()
              .document(CheckText.tree("Probe", release, Instant.now(), word, "", checks));
      case YAML ->
          session
              .yaml()
              .document(CheckText.tree("Probe", release, Instant.now(), word, "", checks));
    }
    return failed ? ExitCode.FINDINGS : unknown ? ExitCode.UNVERIFIED : ExitCode.CLEAN;
  }

  private static Check one(
      Backend.Cluster cluster,
      ClusterWriter writer,
      Probe probe,
      Set<ObjectRef> open,
      Duration within) {
    // before it is made: a pod whose creation was not answered may be there
    open.add(probe.pod());
    try {
      writer.create(probe.pod(), probe.manifest(), Marks.MANAGER, false);
      Instant end = Instant.now().plus(within);
      while (true) {
        Optional<Resource> now = writer.get(probe.pod());
        if (now.isEmpty()) {
          return new Check(
              "probe-" + probe.kind().word(),
              probe.title(),
              Check.Outcome.UNKNOWN,
              "somebody removed the pod");
        }
        boolean ended =
            now.get().status("phase").text().matches("Succeeded|Failed")
                && probe.kind() != Probe.Kind.REGISTRY;
        String log = ended ? log(cluster, probe.pod()) : "";
        Optional<Check> found = probe.judge(now.get(), log, Instant.now().isAfter(end));
        if (found.isPresent()) {
          return found.get();
        }
        Thread.sleep(LOOK_AGAIN);
      }
    } catch (WriteFailure e) {
      if (e.reason() == WriteFailure.Reason.FORBIDDEN
          || e.reason() == WriteFailure.Reason.INVALID) {
        throw new Refusal(
            "the probe may not run",
            e.why(),
            "refloat permissions probe prints the rights that it needs");
      }
      return new Check(
          "probe-" + probe.kind().word(), probe.title(), Check.Outcome.UNKNOWN, e.why());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("interrupted", null, "refloat probe clean", e);
    }
  }

  private static String log(Backend.Cluster cluster, ObjectRef pod) {
    Inquiry.ContainerLog log =
        new Inquiry.ContainerLog(pod.namespace(), pod.name(), "probe", false);
    return dev.refloat.evidence.Evidence.of(Instant.now(), cluster.reader().ask(List.of(log)))
        .log(log)
        .orElse("");
  }

  private static void remove(ClusterWriter writer, Set<ObjectRef> open) {
    for (ObjectRef pod : List.copyOf(open)) {
      try {
        writer.get(pod).ifPresent(p -> writer.delete(pod, p.uid(), "Background", false));
        open.remove(pod);
      } catch (WriteFailure e) {
        // It ends by itself, and the next run removes it.
      }
    }
  }

  /// Removes pods of probes whose time is over.
  ///
  /// @param now the end of time removes all
  private static int clean(ClusterWriter writer, String namespace, Instant now) {
    int removed = 0;
    try {
      for (Resource pod : writer.list(new ObjectRef("v1", "Pod", namespace, "x"), Probe.LABEL)) {
        if (Probe.abandoned(pod, now)) {
          writer.delete(pod.ref(), pod.uid(), "Background", false);
          removed++;
        }
      }
    } catch (WriteFailure e) {
      if (now.equals(Instant.MAX)) {
        throw new CommandException("pods of probes cannot be removed", e.why(), null, e);
      }
    }
    return removed;
  }
}

package dev.refloat.cli;

import dev.refloat.diagnosis.Diagnoser;
import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.diagnosis.Investigation;
import dev.refloat.diagnosis.Progress;
import dev.refloat.evidence.Answer;
import dev.refloat.evidence.BlindSpot;
import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.evidence.Observation;
import dev.refloat.model.Nearest;
import dev.refloat.model.Resource;
import dev.refloat.port.ClusterReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads a cluster and diagnoses what was asked for; refuses with a reason when that is not there
/// or cannot be seen.
///
/// @param diagnoses of the releases asked for, healthy ones included
record Survey(Evidence evidence, List<Diagnosis> diagnoses) {
  private static final Inquiry.ListOf EVERYWHERE = new Inquiry.ListOf(Kind.HELM_RELEASE, "");

  /// How many names a typing error is answered with.
  private static final int MOST_NEAR = 3;

  Survey {
    diagnoses = List.copyOf(diagnoses);
  }

  static Survey take(
      Backend.Cluster cluster, Diagnoser diagnoser, Target asked, Hints hints, Progress progress) {
    return take(cluster, diagnoser, asked, Diagnoser.Detail.FULL, hints, progress);
  }

  /// The same, with less about healthy releases.
  static Survey take(
      Backend.Cluster cluster,
      Diagnoser diagnoser,
      Target asked,
      Diagnoser.Detail healthy,
      Hints hints,
      Progress progress) {
    ClusterReader reader = cluster.reader();
    Target target = located(asked, reader, cluster, hints);
    Evidence evidence = read(cluster, diagnoser, target, hints, progress);
    List<Diagnosis> found =
        diagnoser.diagnose(evidence, target.scope(), healthy).stream()
            .filter(d -> target.wants(d.release()))
            .toList();
    for (Target.Name name : target.names()) {
      if (found.stream().noneMatch(d -> name.is(d.release()))) {
        throw missing(name, releases(reader), hints);
      }
    }
    return new Survey(evidence, found);
  }

  /// Whole kinds that could not be listed. Logs and names that could not be had concern single
  /// releases, and are told with them.
  List<BlindSpot> unlisted() {
    Map<Inquiry, Observation<Answer>> lists = new HashMap<>();
    evidence
        .answers()
        .forEach(
            (inquiry, answer) -> {
              if (inquiry instanceof Inquiry.ListOf
                  && answer instanceof Observation.Unreadable<Answer>) {
                lists.put(inquiry, answer);
              }
            });
    return Evidence.of(evidence.takenAt(), lists).blindSpots();
  }

  /// Collects the evidence alone.
  static Evidence read(
      Backend.Cluster cluster, Diagnoser diagnoser, Target target, Hints hints, Progress progress) {
    Evidence evidence =
        new Investigation(diagnoser).collect(cluster.reader(), target.scope(), progress);
    refuseBlindness(evidence, cluster, hints);
    return evidence;
  }

  /// Finds the namespaces of names that were given without one.
  private static Target located(
      Target asked, ClusterReader reader, Backend.Cluster cluster, Hints hints) {
    if (asked.names().stream().allMatch(n -> n.namespace().isPresent())) {
      return asked;
    }
    Observation<Answer> list = list(reader);
    refuse(List.of(list), cluster, hints);
    List<Resource> releases = items(list);
    List<Target.Name> names = new ArrayList<>();
    for (Target.Name name : asked.names()) {
      List<String> places =
          releases.stream()
              .filter(r -> r.name().equals(name.name()))
              .map(Resource::namespace)
              .filter(ns -> name.namespace().map(ns::equals).orElse(true))
              .sorted()
              .toList();
      if (places.isEmpty()) {
        throw missing(name, releases, hints);
      }
      if (places.size() > 1) {
        throw new CommandException(
            "there is more than one release '" + name.name() + "'",
            "namespaces " + String.join(", ", places) + " have one each",
            "name one: " + hints.diagnose(places.getFirst() + "/" + name.name()));
      }
      names.add(new Target.Name(Optional.of(places.getFirst()), name.name()));
    }
    return new Target(asked.namespace(), names, asked.labels());
  }

  private static CommandException missing(Target.Name name, List<Resource> releases, Hints hints) {
    List<String> elsewhere =
        releases.stream()
            .filter(r -> r.name().equals(name.name()))
            .map(r -> r.namespace() + "/" + r.name())
            .sorted()
            .toList();
    String what =
        "no HelmRelease '"
            + name.name()
            + "'"
            + name.namespace().map(n -> " in namespace " + n).orElse("");
    if (!elsewhere.isEmpty()) {
      return new CommandException(
          what,
          elsewhere.size() == 1
              ? "there is one in another namespace: " + elsewhere.getFirst()
              : "there are some in other namespaces: " + few(elsewhere),
          hints.diagnose(elsewhere.getFirst()));
    }
    List<String> near =
        Nearest.of(
            name.name(),
            releases.stream()
                .filter(r -> name.namespace().map(r.namespace()::equals).orElse(true))
                .map(Resource::name)
                .toList(),
            MOST_NEAR);
    if (near.isEmpty()) {
      near = Nearest.of(name.name(), releases.stream().map(Resource::name).toList(), MOST_NEAR);
    }
    List<String> known = near;
    List<String> paths =
        releases.stream()
            .filter(r -> known.contains(r.name()))
            .sorted(java.util.Comparator.comparingInt(r -> known.indexOf(r.name())))
            .map(r -> r.namespace() + "/" + r.name())
            .toList();
    return new CommandException(
        what,
        null,
        paths.isEmpty() ? "list them: " + hints.list() : "did you mean " + few(paths) + "?");
  }

  private static String few(List<String> names) {
    int most = 5;
    return names.size() <= most
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, most)) + " (and " + (names.size() - most) + " more)";
  }

  private static List<Resource> releases(ClusterReader reader) {
    return items(list(reader));
  }

  private static Observation<Answer> list(ClusterReader reader) {
    Map<Inquiry, Observation<Answer>> answers = reader.ask(Set.of(EVERYWHERE));
    return answers.getOrDefault(EVERYWHERE, new Observation.Unreadable<>("no answer"));
  }

  private static List<Resource> items(Observation<Answer> list) {
    return list instanceof Observation.Seen<Answer>(Answer.Objects(var items)) ? items : List.of();
  }

  /// Without the HelmReleases themselves there is nothing to say, and saying nothing would look
  /// like health.
  private static void refuseBlindness(Evidence evidence, Backend.Cluster cluster, Hints hints) {
    List<Observation<Answer>> looks = new ArrayList<>();
    evidence
        .answers()
        .forEach(
            (inquiry, observation) -> {
              boolean releases =
                  switch (inquiry) {
                    case Inquiry.ListOf(var kind, _) -> kind == Kind.HELM_RELEASE;
                    case Inquiry.ObjectNamed(var ref) -> ref.kind().equals("HelmRelease");
                    case Inquiry.ContainerLog _,
                        Inquiry.HelmRecordNames _,
                        Inquiry.HelmRecordNamed _,
                        Inquiry.ChartVersions _,
                        Inquiry.ImageTags _ ->
                        false;
                  };
              if (releases) {
                looks.add(observation);
              }
            });
    refuse(looks, cluster, hints);
  }

  private static void refuse(
      List<Observation<Answer>> looks, Backend.Cluster cluster, Hints hints) {
    if (looks.isEmpty() || looks.stream().anyMatch(o -> o.seen().isPresent())) {
      return;
    }
    for (Observation<Answer> look : looks) {
      if (look instanceof Observation.Unreadable<Answer>(var why)) {
        boolean forbidden = why.toLowerCase(Locale.ROOT).contains("forbidden");
        throw new CommandException(
            "cannot read HelmReleases from " + cluster.title(),
            why,
            forbidden
                ? "ask for the rights that '"
                    + hints.permissions()
                    + "' prints, or name a namespace with -n"
                : null);
      }
    }
    throw new CommandException(
        "there is no Flux in " + cluster.title(),
        "it knows no HelmRelease (helm.toolkit.fluxcd.io)",
        "check the context; 'flux check' tells whether Flux is installed");
  }
}

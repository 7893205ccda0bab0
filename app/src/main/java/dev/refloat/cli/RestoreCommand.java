package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.plan.Approvals;
import dev.refloat.plan.Marks;
import dev.refloat.port.BackupStore.BackupFailure;
import dev.refloat.port.ClusterWriter;
import dev.refloat.port.ClusterWriter.WriteFailure;
import dev.refloat.recovery.Journal;
import dev.refloat.recovery.Restoring;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `refloat restore`: creates again what is missing of a recovery's backup. What is there is never
/// overwritten.
final class RestoreCommand implements Command {

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "restore",
        "ID [options]",
        "Creates again what is missing of the backup of a recovery. Objects that are there are left"
            + " as they are. A claim is bound to the volume it had, when that was kept.",
        Optional.of(Completing.nothing()),
        List.of(
            new Section(
                "What",
                List.of(
                    Option.value(
                            "KIND/NS/NAME",
                            "only this object; may be repeated",
                            Completing.nothing(),
                            "--only")
                        .repeatable(),
                    Option.flag("show it and have the API server check it", "--dry-run"),
                    Option.flag("do not ask", "-y", "--yes"))),
            Options.cluster(),
            Options.general()),
        List.of(
            new Example("what is missing", "restore 20260101-030405-abcd --dry-run"),
            new Example("one claim", "restore 20260101-030405-abcd --only pvc/ai/data-0")));
  }

  @Override
  public int run(Arguments arguments, Session session) {
    if (arguments.words().size() != 1) {
      throw new CommandException(
          "restore needs the id of one recovery", null, "refloat recoveries lists them");
    }
    Backend.Recoveries recoveries = session.backend().recoveries(session.env());
    Journal journal = recoveries.read(arguments.words().getFirst());
    List<Resource> saved;
    try {
      saved = recoveries.backups().all(journal.id());
    } catch (BackupFailure e) {
      throw new CommandException("the backup cannot be used", e.getMessage(), null, e);
    }
    try (Backend.Cluster cluster =
        session.backend().open(Options.source(arguments), session.env())) {
      if (!journal.opened().context().equals(cluster.title())) {
        throw new Refusal(
            "recovery " + journal.id() + " is of another cluster",
            "it was begun on " + journal.opened().context() + ", and this is " + cluster.title(),
            "choose that cluster with --context");
      }
      return restore(arguments, session, cluster.acting().writer(), wanted(arguments, saved));
    }
  }

  private static List<Resource> wanted(Arguments arguments, List<Resource> saved) {
    List<String> only = arguments.texts("--only");
    if (only.isEmpty()) {
      return saved;
    }
    Approvals named = new Approvals(Set.copyOf(only));
    List<Resource> found = saved.stream().filter(r -> named.cover(r.ref())).toList();
    if (found.isEmpty()) {
      throw new CommandException(
          "the backup holds none of " + String.join(", ", only),
          null,
          "it holds "
              + String.join(", ", saved.stream().map(r -> Approvals.word(r.ref())).toList()));
    }
    return found;
  }

  /// Volumes before claims, claims before what mounts them, the release last.
  private static int order(Resource r) {
    return switch (r.kind()) {
      case "Namespace" -> 0;
      case "PersistentVolume" -> 1;
      case "PersistentVolumeClaim" -> 2;
      case "Secret", "ConfigMap", "ServiceAccount" -> 3;
      case "HelmRelease" -> 5;
      default -> 4;
    };
  }

  private static int restore(
      Arguments arguments, Session session, ClusterWriter writer, List<Resource> saved) {
    List<Resource> missing = new ArrayList<>();
    for (Resource r : saved) {
      Optional<Resource> now = writer.get(r.ref());
      if (now.isEmpty()) {
        missing.add(r);
      } else {
        session.tell("there    " + r.ref().display());
      }
    }
    missing.sort(Comparator.comparingInt(RestoreCommand::order));
    missing.forEach(r -> session.tell("missing  " + r.ref().display()));
    if (missing.isEmpty()) {
      session.tell("Nothing is missing.");
      return ExitCode.CLEAN;
    }
    boolean dryRun = arguments.flag("--dry-run");
    if (!dryRun && !arguments.flag("--yes") && !RecoverCommand.confirmed(session)) {
      throw new Refusal(
          "nothing was done", "it was not confirmed", "answer 'yes' on a terminal, or add --yes");
    }
    boolean failed = false;
    for (Resource r : missing) {
      try {
        if (r.kind().equals("PersistentVolumeClaim")) {
          freeVolume(writer, r, dryRun);
        }
        writer.create(r.ref(), Restoring.content(r), Marks.MANAGER, dryRun);
        session.tell((dryRun ? "would be created  " : "created  ") + r.ref().display());
      } catch (WriteFailure e) {
        failed = true;
        session.tell("FAILED   " + r.ref().display() + ": " + e.why());
      }
    }
    return failed ? ExitCode.STEP_FAILED : ExitCode.CLEAN;
  }

  /// A kept volume still remembers the claim that was deleted, by its uid; without that it can be
  /// bound
  /// to the claim of the same name again.
  private static void freeVolume(ClusterWriter writer, Resource claim, boolean dryRun) {
    String name = claim.spec("volumeName").text();
    if (name.isEmpty()) {
      return;
    }
    ObjectRef ref = new ObjectRef("v1", "PersistentVolume", "", name);
    Optional<Resource> volume = writer.get(ref);
    boolean released =
        volume
            .map(
                v ->
                    v.status("phase").text().equals("Released")
                        && v.spec("claimRef", "name").text().equals(claim.name())
                        && v.spec("claimRef", "namespace").text().equals(claim.namespace()))
            .orElse(false);
    if (released) {
      Json patch =
          Json.builder()
              .put(
                  "spec",
                  Json.builder()
                      .put(
                          "claimRef",
                          Json.builder()
                              .put("uid", Json.Null.NULL)
                              .put("resourceVersion", Json.Null.NULL)
                              .build())
                      .build())
              .build();
      writer.merge(
          ref, patch, volume.orElseThrow().meta("resourceVersion").text(), Marks.MANAGER, dryRun);
    }
  }
}

package dev.refloat.recovery;

import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.plan.Claim;
import dev.refloat.plan.Effect;
import dev.refloat.plan.FieldOwnership;
import dev.refloat.plan.Marks;
import dev.refloat.port.BackupStore;
import dev.refloat.port.BackupStore.BackupFailure;
import dev.refloat.port.ClusterWriter;
import dev.refloat.port.ClusterWriter.WriteFailure;
import dev.refloat.port.HelmClient;
import dev.refloat.port.HelmClient.HelmFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The only class that changes the world. It carries one effect out, looking at the object right
/// before, and says what came of it.
public final class Performer {

  /// How long a mark counts without being renewed: longer than any step may wait.
  private static final Duration MARK = Duration.ofHours(1);

  private static final int TRIES = 3;

  private final ClusterWriter cluster;
  private final HelmClient helm;
  private final BackupStore backups;
  private final GitEditor git;

  public Performer(ClusterWriter cluster, HelmClient helm, BackupStore backups, GitEditor git) {
    this.cluster = cluster;
    this.helm = helm;
    this.backups = backups;
    this.git = git;
  }

  /// What came of an effect.
  public sealed interface Outcome {

    /// It is done, or was done already.
    record Done(String note) implements Outcome {}

    /// It was not done, or nobody knows. It may be tried again: every effect can be repeated.
    record NotDone(String why) implements Outcome {}

    /// It was not done and can be taken up again, but not at once: a person has to clear the way.
    record Blocked(String why) implements Outcome {}

    /// It was refused, or went wrong: to try again would not help.
    record Failed(String why) implements Outcome {}
  }

  /// Edits in Git. The working tree is the user's.
  public interface GitEditor {

    /// What the commit would change, as a unified diff with notes before it. Writes nothing.
    ///
    /// @throws GitRefusal with what stands in the way
    String preview(Effect.Edit edit);

    /// Commits and pushes the changes; a commit of this recovery that is there already counts.
    ///
    /// @return what was done, with the commit's id
    /// @throws GitRefusal with what stands in the way, and what clears it
    String edit(Effect.Edit edit, String recovery);

    /// Why an edit was not made.
    final class GitRefusal extends RuntimeException {
      private static final long serialVersionUID = 1L;

      public GitRefusal(String message) {
        super(message);
      }
    }
  }

  /// What an effect is carried out with.
  ///
  /// @param who who does it, for the notes on objects
  /// @param dryRun whether the API server only checks the writes
  public record Setting(String recovery, String token, String who, Instant now, boolean dryRun) {}

  public Outcome perform(Effect effect, Setting setting) {
    try {
      return new Outcome.Done(
          switch (effect) {
            case Effect.Mark e -> mark(e.object(), setting);
            case Effect.Unmark e -> unmark(e.object(), setting);
            case Effect.Request e -> request(e, setting);
            case Effect.Suspend e -> suspend(e, setting);
            case Effect.Resume e -> resume(e, setting);
            case Effect.Patch e -> patch(e, setting);
            case Effect.Edit e ->
                setting.dryRun() ? git.preview(e) : git.edit(e, setting.recovery());
            case Effect.Backup e -> backup(e, setting);
            case Effect.Create e -> create(e, setting);
            case Effect.Delete e -> delete(e, setting);
            case Effect.LetGo e -> letGo(e, setting);
            case Effect.RemoveFinalizer e -> removeFinalizer(e, setting);
            case Effect.Restore e -> restore(e, setting);
            case Effect.Disown e -> disown(e, setting);
            case Effect.Forget e ->
                edit(
                    e.object(),
                    e.uid(),
                    r -> FieldOwnership.forgetting(r, Marks.MANAGER),
                    "its own fields",
                    setting);
            case Effect.RemoveFields e -> removeFields(e, setting);
            case Effect.HelmRollback e -> rollback(e, setting);
            case Effect.HelmUninstall e -> uninstall(e, setting);
            case Effect.ByHand _, Effect.Watch _ -> "";
          });
    } catch (WriteFailure e) {
      return switch (e.reason()) {
        case CONFLICT, NOT_DONE, UNANSWERED -> new Outcome.NotDone(e.why());
        case EXISTS, ABSENT, FORBIDDEN, INVALID -> new Outcome.Failed(e.why());
      };
    } catch (GitEditor.GitRefusal e) {
      return new Outcome.Blocked(String.valueOf(e.getMessage()));
    } catch (HelmFailure | BackupFailure e) {
      String message = e.getMessage();
      return new Outcome.Failed(message == null ? e.getClass().getSimpleName() : message);
    }
  }

  /// Writes an Event about a release, for those who look at the cluster rather than at this
  /// machine.
  /// Nothing depends on it: where it is not allowed, the journal on disk is all there is.
  ///
  /// @param number of the event within the recovery
  /// @return why it was not written; empty when it was
  public String announce(
      ObjectRef object, boolean warning, String reason, String message, int number, Setting s) {
    try {
      Optional<Resource> about = cluster.get(object);
      if (about.isEmpty()) {
        return "";
      }
      String name = object.name() + "." + s.recovery() + "." + number;
      ObjectRef ref = new ObjectRef("v1", "Event", object.namespace(), name);
      Json event =
          Json.builder()
              .put("apiVersion", "v1")
              .put("kind", "Event")
              .put(
                  "metadata",
                  Json.builder().put("name", name).put("namespace", object.namespace()).build())
              .put(
                  "involvedObject",
                  Json.builder()
                      .put("apiVersion", object.apiVersion())
                      .put("kind", object.kind())
                      .put("namespace", object.namespace())
                      .put("name", object.name())
                      .put("uid", about.get().uid())
                      .build())
              .put("type", warning ? "Warning" : "Normal")
              .put("reason", reason)
              .put("message", message)
              .put("source", Json.builder().put("component", Marks.MANAGER).build())
              .put("reportingComponent", Marks.MANAGER)
              .put("firstTimestamp", s.now().truncatedTo(ChronoUnit.SECONDS).toString())
              .put("lastTimestamp", s.now().truncatedTo(ChronoUnit.SECONDS).toString())
              .put("count", 1)
              .build();
      cluster.create(ref, event, Marks.MANAGER, s.dryRun());
      return "";
    } catch (WriteFailure e) {
      return e.reason() == WriteFailure.Reason.EXISTS ? "" : e.why();
    }
  }

  private Resource there(ObjectRef object) {
    return cluster
        .get(object)
        .orElseThrow(
            () -> new WriteFailure(WriteFailure.Reason.ABSENT, object.display() + " is not there"));
  }

  /// Reads, makes a patch from what was read, and writes it with the version that was read; a few
  /// times when others write at the same moment.
  private void merge(ObjectRef object, PatchOf make, Setting setting) {
    WriteFailure last = null;
    for (int i = 0; i < TRIES; i++) {
      Resource now = there(object);
      Optional<Json> patch = make.of(now);
      if (patch.isEmpty()) {
        return;
      }
      try {
        cluster.merge(
            object,
            patch.get(),
            now.meta("resourceVersion").text(),
            Marks.MANAGER,
            setting.dryRun());
        return;
      } catch (WriteFailure e) {
        if (e.reason() != WriteFailure.Reason.CONFLICT) {
          throw e;
        }
        last = e;
      }
    }
    throw last == null
        ? new WriteFailure(WriteFailure.Reason.NOT_DONE, "not tried: " + object.display())
        : last;
  }

  private interface PatchOf {
    /// Nothing when there is nothing to change.
    Optional<Json> of(Resource now);
  }

  private static Json annotations(Json.Obj annotations) {
    return Json.builder()
        .put("metadata", Json.builder().put("annotations", annotations).build())
        .build();
  }

  private String mark(ObjectRef object, Setting s) {
    merge(
        object,
        now -> {
          Optional<Claim> other =
              Claim.of(now, s.now()).filter(c -> !c.recovery().equals(s.recovery()));
          if (other.isPresent()) {
            throw new WriteFailure(WriteFailure.Reason.INVALID, other.get().says());
          }
          return Optional.of(
              annotations(
                  Json.builder()
                      .put(Marks.RECOVERY, s.recovery())
                      .put(
                          Marks.UNTIL,
                          s.now().plus(MARK).truncatedTo(ChronoUnit.SECONDS).toString())
                      .put(
                          Marks.RECOVERED_BY,
                          s.who() + " since " + s.now().truncatedTo(ChronoUnit.SECONDS))
                      .build()));
        },
        s);
    return "";
  }

  private String unmark(ObjectRef object, Setting s) {
    if (cluster.get(object).isEmpty()) {
      return "it is gone, and the mark with it";
    }
    merge(
        object,
        now ->
            now.annotation(Marks.RECOVERY).map(s.recovery()::equals).orElse(false)
                ? Optional.of(
                    annotations(
                        Json.builder()
                            .put(Marks.RECOVERY, Json.Null.NULL)
                            .put(Marks.UNTIL, Json.Null.NULL)
                            .put(Marks.RECOVERED_BY, Json.Null.NULL)
                            .build()))
                : Optional.empty(),
        s);
    return "";
  }

  /// One patch with all tokens: reset and force count only together with the same request
  /// (flux-facts §3.1).
  private String request(Effect.Request e, Setting s) {
    merge(
        e.object(),
        now -> {
          if (now.annotation(Marks.REQUESTED_AT).map(s.token()::equals).orElse(false)) {
            return Optional.empty();
          }
          Json.Builder tokens = Json.builder().put(Marks.REQUESTED_AT, s.token());
          if (e.reset()) {
            tokens.put(Marks.RESET_AT, s.token());
          }
          if (e.force()) {
            tokens.put(Marks.FORCE_AT, s.token());
          }
          return Optional.of(annotations(tokens.build()));
        },
        s);
    return "";
  }

  private String suspend(Effect.Suspend e, Setting s) {
    merge(
        e.object(),
        now ->
            now.spec("suspend").isTrue() && now.annotation(Marks.SUSPENDED_BY).isPresent()
                ? Optional.empty()
                : Optional.of(
                    Json.builder()
                        .put(
                            "metadata",
                            Json.builder()
                                .put(
                                    "annotations",
                                    Json.builder()
                                        .put(
                                            Marks.SUSPENDED_BY,
                                            "refloat recovery " + s.recovery() + ", " + s.who())
                                        .put(Marks.SUSPENDED_BECAUSE, e.reason())
                                        .put(
                                            Marks.SUSPENDED_UNTIL,
                                            s.now().plus(e.atMost()).toString())
                                        .build())
                                .build())
                        .put("spec", Json.builder().put("suspend", true).build())
                        .build()),
        s);
    return "";
  }

  private String resume(Effect.Resume e, Setting s) {
    if (cluster.get(e.object()).isEmpty()) {
      return "it is gone, and the suspension with it";
    }
    merge(
        e.object(),
        now ->
            !now.spec("suspend").isTrue() && now.annotation(Marks.SUSPENDED_BY).isEmpty()
                ? Optional.empty()
                : Optional.of(
                    Json.builder()
                        .put(
                            "metadata",
                            Json.builder()
                                .put(
                                    "annotations",
                                    Json.builder()
                                        .put(Marks.SUSPENDED_BY, Json.Null.NULL)
                                        .put(Marks.SUSPENDED_BECAUSE, Json.Null.NULL)
                                        .put(Marks.SUSPENDED_UNTIL, Json.Null.NULL)
                                        .build())
                                .build())
                        .put("spec", Json.builder().put("suspend", Json.Null.NULL).build())
                        .build()),
        s);
    return "";
  }

  private String patch(Effect.Patch e, Setting s) {
    merge(
        e.object(),
        now -> {
          if (!e.uid().isEmpty() && !now.uid().equals(e.uid())) {
            throw new WriteFailure(
                WriteFailure.Reason.INVALID, e.object().display() + " is another object now");
          }
          return Optional.of(e.patch());
        },
        s);
    return "";
  }

  private String backup(Effect.Backup e, Setting s) {
    List<Resource> whole = new ArrayList<>();
    for (ObjectRef ref : e.objects()) {
      // one that is gone already cannot be lost any more
      cluster.get(ref).ifPresent(whole::add);
    }
    if (e.helmStorage()) {
      Optional<Resource> release = cluster.get(e.object());
      if (release.isPresent()) {
        whole.addAll(helmRecords(release.get()));
      }
    }
    if (s.dryRun()) {
      return whole.size() + " objects would be saved";
    }
    return whole.size() + " objects in " + backups.save(s.recovery(), whole);
  }

  private List<Resource> helmRecords(Resource release) {
    dev.refloat.release.ReleaseView view =
        dev.refloat.release.ReleaseView.of(
            release, dev.refloat.evidence.Evidence.of(Instant.EPOCH, java.util.Map.of()));
    return cluster.list(
        new ObjectRef("v1", "Secret", view.storageNamespace(), ""),
        "owner=helm,name=" + view.storageName());
  }

  private String create(Effect.Create e, Setting s) {
    Json labelled = e.content();
    if (labelled instanceof Json.Obj top && top.get("metadata") instanceof Json.Obj meta) {
      Json.Obj labels =
          (meta.get("labels") instanceof Json.Obj known ? known : Json.emptyObject())
              .with(Marks.MADE_BY, Json.from(s.recovery()));
      labelled = top.with("metadata", meta.with("labels", labels));
    }
    try {
      cluster.create(e.object(), labelled, Marks.MANAGER, s.dryRun());
      return "";
    } catch (WriteFailure failure) {
      boolean ours =
          failure.reason() == WriteFailure.Reason.EXISTS
              || failure.reason() == WriteFailure.Reason.UNANSWERED;
      if (ours
          && cluster
              .get(e.object())
              .flatMap(r -> r.label(Marks.MADE_BY))
              .map(s.recovery()::equals)
              .orElse(false)) {
        return "it was made already";
      }
      throw failure;
    }
  }

  private String delete(Effect.Delete e, Setting s) {
    Optional<Resource> now = cluster.get(e.object());
    if (now.isEmpty() || !now.get().uid().equals(e.uid())) {
      return "it was gone already";
    }
    if (now.get().deleted().isPresent()) {
      return "it is being deleted already";
    }
    try {
      cluster.delete(e.object(), e.uid(), e.propagation().policy(), s.dryRun());
    } catch (WriteFailure failure) {
      if (failure.reason() != WriteFailure.Reason.ABSENT) {
        throw failure;
      }
    }
    return "";
  }

  private String letGo(Effect.LetGo e, Setting s) {
    Optional<Resource> claim = cluster.get(e.object());
    if (claim.isEmpty() || !claim.get().uid().equals(e.uid())) {
      return "the claim is gone already";
    }
    if (claim.get().deleted().isEmpty()) {
      return s.dryRun() ? "" : "the claim is not being deleted, so that its pods are left alone";
    }
    List<String> gone = new ArrayList<>();
    for (Resource pod : cluster.list(new ObjectRef("v1", "Pod", e.object().namespace(), ""), "")) {
      boolean holds =
          pod.spec("volumes").list().stream()
              .anyMatch(
                  v -> v.at("persistentVolumeClaim", "claimName").text().equals(e.object().name()));
      if (holds && pod.controllerOwner().isPresent() && pod.deleted().isEmpty()) {
        try {
          cluster.delete(pod.ref(), pod.uid(), "Background", s.dryRun());
        } catch (WriteFailure failure) {
          if (failure.reason() != WriteFailure.Reason.ABSENT) {
            throw failure;
          }
        }
        gone.add(pod.name());
      }
    }
    return gone.isEmpty() ? "no pod holds it" : "deleted " + String.join(", ", gone);
  }

  private String removeFinalizer(Effect.RemoveFinalizer e, Setting s) {
    if (cluster.get(e.object()).isEmpty()) {
      return "it was gone already";
    }
    merge(
        e.object(),
        now -> {
          if (!now.uid().equals(e.uid()) || !now.finalizers().contains(e.finalizer())) {
            return Optional.empty();
          }
          List<Json> rest =
              now.finalizers().stream()
                  .filter(f -> !f.equals(e.finalizer()))
                  .map(Json::from)
                  .toList();
          return Optional.of(
              Json.builder()
                  .put("metadata", Json.builder().put("finalizers", new Json.Arr(rest)).build())
                  .build());
        },
        s);
    return "";
  }

  private String restore(Effect.Restore e, Setting s) {
    Optional<Resource> now = cluster.get(e.object());
    if (now.isPresent() && now.get().deleted().isEmpty()) {
      return "it is there already";
    }
    Resource saved =
        backups
            .load(s.recovery(), e.object())
            .orElseThrow(() -> new BackupFailure("there is no backup of " + e.object().display()));
    cluster.create(e.object(), Restoring.content(saved), Marks.MANAGER, s.dryRun());
    return "";
  }

  /// A server-side apply of nothing gives up what the manager applied; what it only updated is not
  /// given up by that.
  private String disown(Effect.Disown e, Setting s) {
    int done = 0;
    for (ObjectRef object : e.objects()) {
      boolean applied =
          cluster.get(object).map(r -> FieldOwnership.has(r, e.manager(), "Apply")).orElse(false);
      if (!applied) {
        continue; // an apply of nothing by a manager that has nothing would only be noise
      }
      Json.Builder meta = Json.builder().put("name", object.name());
      if (!object.namespace().isEmpty()) {
        meta.put("namespace", object.namespace());
      }
      Json nothing =
          Json.builder()
              .put("apiVersion", object.apiVersion())
              .put("kind", object.kind())
              .put("metadata", meta.build())
              .build();
      cluster.apply(object, nothing, e.manager(), false, s.dryRun());
      done++;
    }
    return done + " of " + e.objects().size() + " objects had fields of it";
  }

  private String removeFields(Effect.RemoveFields e, Setting s) {
    return edit(
        e.object(),
        e.uid(),
        r -> FieldOwnership.removal(r, e.manager(), e.fields()),
        e.fields().size() + " fields",
        s);
  }

  /// A JSON patch made from the object as it is, and made again when it changed in between.
  private String edit(ObjectRef object, String uid, PatchOf make, String done, Setting s) {
    for (int i = 1; ; i++) {
      Optional<Resource> now = cluster.get(object).filter(r -> r.uid().equals(uid));
      Optional<Json> patch = now.isPresent() ? make.of(now.get()) : Optional.empty();
      if (patch.isEmpty()) {
        return "they are gone already";
      }
      try {
        cluster.edit(object, patch.get(), Marks.MANAGER, s.dryRun());
        return done;
      } catch (WriteFailure failure) {
        if (failure.reason() != WriteFailure.Reason.CONFLICT || i == TRIES) {
          throw failure;
        }
      }
    }
  }

  private String rollback(Effect.HelmRollback e, Setting s) {
    Optional<Resource> newest = newest(e.storageNamespace(), e.releaseName());
    int revision = newest.map(Performer::revision).orElse(0);
    if (revision > e.newest()
        && newest.flatMap(r -> r.label("status")).orElse("").equals("deployed")) {
      return "revision " + revision + " was made already";
    }
    if (!s.dryRun()) {
      helm.rollback(e.storageNamespace(), e.releaseName(), e.revision(), e.limit());
    }
    return "";
  }

  private String uninstall(Effect.HelmUninstall e, Setting s) {
    int newest = newest(e.storageNamespace(), e.releaseName()).map(Performer::revision).orElse(0);
    if (newest == 0) {
      return "there is no Helm release any more";
    }
    if (newest > e.newest()) {
      throw new HelmFailure(
          "Helm made revision " + newest + " since the plan: look before anything is uninstalled");
    }
    if (!s.dryRun()) {
      helm.uninstall(e.storageNamespace(), e.releaseName(), e.limit());
    }
    return "";
  }

  private Optional<Resource> newest(String namespace, String release) {
    return cluster
        .list(new ObjectRef("v1", "Secret", namespace, ""), "owner=helm,name=" + release)
        .stream()
        .max(Comparator.comparingInt(Performer::revision));
  }

  private static int revision(Resource record) {
    return (int) Json.from(record.label("version").orElse("0")).integer(0);
  }
}

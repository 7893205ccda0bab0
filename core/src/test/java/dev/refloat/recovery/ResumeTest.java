package dev.refloat.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.evidence.Answer;
import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Observation;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.model.Risk;
import dev.refloat.plan.Effect;
import dev.refloat.plan.Expectation;
import dev.refloat.plan.Guard;
import dev.refloat.plan.Plan;
import dev.refloat.plan.Propagation;
import dev.refloat.plan.Step;
import dev.refloat.plan.Undo;
import dev.refloat.release.ReleaseRef;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What a recovery does next when it was killed between the announcement of a step and its note.
final class ResumeTest {
  private static final Instant AT = Instant.parse("2026-11-24T10:00:00Z");
  private static final ObjectRef RELEASE = new ReleaseRef("shop", "web").object();
  private static final ObjectRef WEB = new ObjectRef("apps/v1", "Deployment", "shop", "web");

  private static Resource object(ObjectRef ref, String uid) {
    return Resource.of(
        Json.builder()
            .put("apiVersion", ref.apiVersion())
            .put("kind", ref.kind())
            .put(
                "metadata",
                Json.builder()
                    .put("namespace", ref.namespace())
                    .put("name", ref.name())
                    .put("uid", uid)
                    .build())
            .build());
  }

  private static Resource record(int version, String status, Instant at) {
    return Resource.of(
        Json.builder()
            .put("apiVersion", "v1")
            .put("kind", "Secret")
            .put(
                "metadata",
                Json.builder()
                    .put("namespace", "shop")
                    .put("name", "sh.helm.release.v1.web.v" + version)
                    .put("creationTimestamp", at.toString())
                    .put(
                        "labels",
                        Json.builder()
                            .put("owner", "helm")
                            .put("name", "web")
                            .put("version", Integer.toString(version))
                            .put("status", status)
                            .build())
                    .build())
            .build());
  }

  private static Step step(String id, Risk risk, Effect effect, Undo undo, Guard... guards) {
    return new Step(
        id,
        id,
        "why",
        risk,
        effect,
        List.of(guards),
        new Expectation.Written(),
        Duration.ofMinutes(2),
        undo,
        List.of());
  }

  private static Journal journal(List<Step> steps, Entry... entries) {
    Plan plan =
        new Plan(
            new ReleaseRef("shop", "web"),
            "immutable-field",
            "it does",
            "recreate",
            "Recreate",
            "because",
            steps,
            List.of(),
            "abc");
    Journal j = Journal.open(new Entry.Opened(AT, "id", "me", "here", plan));
    for (Entry e : entries) {
      j = j.plus(e);
    }
    return j;
  }

  private static Evidence evidence(List<Resource> objects, List<Resource> records) {
    Map<Inquiry, Observation<Answer>> answers = new HashMap<>();
    answers.put(new Inquiry.ObjectNamed(RELEASE), new Observation.Absent<>());
    answers.put(new Inquiry.ObjectNamed(WEB), new Observation.Absent<>());
    for (Resource o : objects) {
      answers.put(
          new Inquiry.ObjectNamed(o.ref()), new Observation.Seen<>(new Answer.Objects(List.of(o))));
    }
    answers.put(
        new Inquiry.HelmRecordNames("shop", "web"),
        new Observation.Seen<>(new Answer.Objects(records)));
    return Evidence.of(AT.plusSeconds(20), answers);
  }

  private static List<Step> deletion() {
    return List.of(
        step(
            "backup",
            Risk.SAFE,
            new Effect.Backup(RELEASE, List.of(WEB), true),
            new Undo.Nothing("it reads")),
        step(
            "delete",
            Risk.DESTRUCTIVE,
            new Effect.Delete(WEB, "old", Propagation.BACKGROUND),
            new Undo.FromBackup("restore"),
            new Guard.SameObject(WEB, "old"),
            new Guard.BackedUp(WEB)));
  }

  private static final Entry[] DELETING = {
    new Entry.Started(AT, "backup", ""),
    new Entry.Acted(AT, "backup", ""),
    new Entry.Finished(AT, "backup"),
    new Entry.Approved(AT, "deployment/shop/web", "--approve"),
    new Entry.Started(AT, "delete", "")
  };

  @Test
  void takesWhatAStartedDeletionDidForDoneAndNotForAChangeOfTheWorld() {
    Journal j = journal(deletion(), DELETING);
    assertThat(Recovery.next(j, evidence(List.of(object(WEB, "new")), List.of())))
        .isInstanceOf(Decision.Act.class);
    assertThat(Recovery.next(j, evidence(List.of(), List.of()))).isInstanceOf(Decision.Act.class);
  }

  @Test
  void guardsAStepThatWasAnnouncedAndNotDone() {
    Journal j =
        journal(
            deletion(),
            new Entry.Started(AT, "backup", ""),
            new Entry.Acted(AT, "backup", ""),
            new Entry.Finished(AT, "backup"),
            new Entry.Approved(AT, "deployment/shop/web", "--approve"));
    assertThat(Recovery.next(j, evidence(List.of(object(WEB, "new")), List.of())))
        .isInstanceOf(Decision.Replan.class);
  }

  private static List<Step> rollback() {
    Effect.HelmRollback effect =
        new Effect.HelmRollback(RELEASE, "shop", "web", 1, 2, Duration.ofMinutes(2));
    return List.of(
        step(
            "suspend",
            Risk.SAFE,
            new Effect.Suspend(RELEASE, "why", Duration.ofHours(2)),
            new Undo.Reverse(new Effect.Resume(RELEASE), true)),
        step(
            "helm-rollback",
            Risk.DISRUPTIVE,
            effect,
            new Undo.Nothing("none"),
            new Guard.SameRevision(RELEASE, "shop", "web", 2)),
        step("resume", Risk.SAFE, new Effect.Resume(RELEASE), new Undo.Nothing("none")));
  }

  private static Journal rollingBack() {
    return journal(
        rollback(),
        new Entry.Started(AT, "suspend", ""),
        new Entry.Acted(AT, "suspend", ""),
        new Entry.Finished(AT, "suspend"),
        new Entry.Started(AT, "helm-rollback", ""));
  }

  @Test
  void waitsForAHelmThatOutlivedTheRecovery() {
    List<Resource> records = List.of(record(3, "pending-rollback", AT), record(2, "failed", AT));
    assertThat(Recovery.next(rollingBack(), evidence(List.of(), records)))
        .isInstanceOf(Decision.Wait.class);
  }

  @Test
  void rollsBackOnceMoreWhenHelmWasKilledToo() {
    Instant longAgo = AT.minusSeconds(600);
    List<Resource> records =
        List.of(record(3, "pending-rollback", longAgo), record(2, "failed", longAgo));
    assertThat(Recovery.next(rollingBack(), evidence(List.of(), records)))
        .isInstanceOf(Decision.Act.class);
  }

  @Test
  void takesAnothersRevisionForAChangeOfTheWorld() {
    List<Resource> records = List.of(record(4, "pending-upgrade", AT.minusSeconds(600)));
    assertThat(Recovery.next(rollingBack(), evidence(List.of(), records)))
        .isInstanceOf(Decision.Replan.class);
  }

  @Test
  void takesASuspensionBackOnlyWhileNothingRestsOnIt() {
    Journal suspended =
        journal(
            rollback(), new Entry.Started(AT, "suspend", ""), new Entry.Acted(AT, "suspend", ""));
    assertThat(suspended.reversible()).extracting(Step::id).containsExactly("suspend");
    assertThat(rollingBack().reversible()).isEmpty();
    assertThat(rollingBack().temporary()).extracting(Step::id).containsExactly("suspend");
  }

  @Test
  void isUntouchedUntilAStepDoesMoreThanLook() {
    Journal backedUp =
        journal(deletion(), new Entry.Started(AT, "backup", ""), new Entry.Acted(AT, "backup", ""));
    assertThat(backedUp.untouched()).isTrue();
    assertThat(journal(deletion(), DELETING).untouched()).isFalse();
  }
}

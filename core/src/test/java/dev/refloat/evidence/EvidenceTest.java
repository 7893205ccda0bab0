package dev.refloat.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EvidenceTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  private static final Inquiry RELEASES = new Inquiry.ListOf(Kind.HELM_RELEASE, "");
  private static final Inquiry RECORDS = new Inquiry.HelmRecordNames("ai", "chat");
  private static final Inquiry MORE_RECORDS = new Inquiry.ListOf(Kind.SECRET, "ai");
  private static final ObjectRef CHAT =
      new ObjectRef("helm.toolkit.fluxcd.io/v2", "HelmRelease", "ai", "chat");

  private static Resource release(String name, int resourceVersion) {
    return Resource.of(
        Json.from(
            Map.of(
                "apiVersion",
                "helm.toolkit.fluxcd.io/v2",
                "kind",
                "HelmRelease",
                "metadata",
                Map.of("namespace", "ai", "name", name, "resourceVersion", "" + resourceVersion))));
  }

  private static Resource record(int revision) {
    return Resource.of(
        Json.from(
            Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Secret",
                "metadata",
                Map.of(
                    "namespace",
                    "ai",
                    "name",
                    "sh.helm.release.v1.chat.v" + revision,
                    "labels",
                    Map.of("owner", "helm", "name", "chat", "version", "" + revision)))));
  }

  private static Observation<Answer> seen(Resource... objects) {
    return new Observation.Seen<>(new Answer.Objects(List.of(objects)));
  }

  private static List<String> recordsOf(Evidence evidence) {
    return evidence.recordNames("ai", "chat").stream().map(Resource::name).toList();
  }

  @Test
  void isTheSameInOneStepAndInSeveral() {
    Map<Inquiry, Observation<Answer>> all = new LinkedHashMap<>();
    all.put(RELEASES, seen(release("chat", 1), release("search", 1)));
    all.put(RECORDS, seen(record(1), record(2)));
    all.put(MORE_RECORDS, seen(record(10), record(9)));
    Evidence atOnce = Evidence.of(NOW, all);
    Evidence stepwise = Evidence.of(NOW, Map.of());
    for (Map.Entry<Inquiry, Observation<Answer>> step : all.entrySet()) {
      stepwise = stepwise.plus(Map.of(step.getKey(), step.getValue()));
    }

    assertThat(stepwise.objects()).containsExactlyElementsOf(atOnce.objects());
    assertThat(stepwise.all(Kind.HELM_RELEASE)).isEqualTo(atOnce.all(Kind.HELM_RELEASE));
    assertThat(recordsOf(stepwise))
        .isEqualTo(recordsOf(atOnce))
        .containsExactly(
            "sh.helm.release.v1.chat.v10",
            "sh.helm.release.v1.chat.v9",
            "sh.helm.release.v1.chat.v2",
            "sh.helm.release.v1.chat.v1");
  }

  @Test
  void keepsWhatItSaidWhenMoreIsKnown() {
    Evidence before =
        Evidence.of(
            NOW, Map.of(RELEASES, seen(release("chat", 1)), RECORDS, seen(record(1), record(2))));
    Evidence after = before.plus(Map.of(MORE_RECORDS, seen(record(3))));

    assertThat(recordsOf(after)).hasSize(3);
    assertThat(recordsOf(before)).hasSize(2);
    assertThat(before.in("ai", Kind.SECRET)).hasSize(2);
    assertThat(before.objects()).hasSize(3);
  }

  @Test
  void holdsANewerCopyOnceAndAnOlderOneNotAtAll() {
    Evidence before = Evidence.of(NOW, Map.of(RELEASES, seen(release("chat", 5))));
    Evidence newer =
        before.plus(
            Map.of(
                new Inquiry.ObjectNamed(CHAT),
                new Observation.Seen<>(new Answer.OneObject(release("chat", 6)))));
    Evidence older =
        before.plus(
            Map.of(
                new Inquiry.ObjectNamed(CHAT),
                new Observation.Seen<>(new Answer.OneObject(release("chat", 4)))));

    assertThat(newer.all(Kind.HELM_RELEASE)).containsExactly(release("chat", 6));
    assertThat(older.all(Kind.HELM_RELEASE)).containsExactly(release("chat", 5));
  }

  @Test
  void forgetsWhatAReplacedAnswerHeld() {
    Evidence before =
        Evidence.of(NOW, Map.of(RELEASES, seen(release("chat", 1), release("search", 1))));
    Evidence after = before.plus(Map.of(RELEASES, seen(release("search", 2))));

    assertThat(after.find(CHAT)).isEmpty();
    assertThat(after.all(Kind.HELM_RELEASE)).containsExactly(release("search", 2));
  }
}

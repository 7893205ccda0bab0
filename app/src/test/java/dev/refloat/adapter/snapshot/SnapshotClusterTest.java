package dev.refloat.adapter.snapshot;

import static dev.refloat.adapter.snapshot.SnapshotFixtures.RECORDINGS;
import static dev.refloat.adapter.snapshot.SnapshotFixtures.ask;
import static dev.refloat.adapter.snapshot.SnapshotFixtures.list;
import static dev.refloat.adapter.snapshot.SnapshotFixtures.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.evidence.Answer;
import dev.refloat.evidence.BlindSpot;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.evidence.Observation;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotClusterTest {

  @TempDir Path dir;

  private SnapshotCluster with(Map<String, String> files) throws IOException {
    Path folder = Files.createTempDirectory(dir, "snapshot");
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    return SnapshotCluster.open(folder);
  }

  private static String pod(String name, String more) {
    return "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"namespace\":\"ai\",\"name\":\""
        + name
        + "\""
        + more
        + "},\"spec\":{}}";
  }

  @Test
  void answersListsOfARecording() throws Exception {
    SnapshotCluster cluster = SnapshotCluster.open(RECORDINGS.resolve("crash-loop"));
    assertThat(list(cluster, Kind.HELM_RELEASE, "")).hasSize(1);
    assertThat(list(cluster, Kind.NODE, "")).hasSize(2);
    assertThat(list(cluster, Kind.POD, "crash-loop")).hasSize(1);
    assertThat(list(cluster, Kind.POD, "elsewhere")).isEmpty();
    assertThat(ask(cluster, new Inquiry.ListOf(Kind.JOB, "")))
        .isEqualTo(new Observation.Seen<>(new Answer.Objects(List.of())));
    assertThat(cluster.problems()).isEmpty();
  }

  @Test
  void givesMetadataOnlyForKindsThatAreListedSo() throws Exception {
    SnapshotCluster cluster = SnapshotCluster.open(RECORDINGS.resolve("crash-loop"));
    for (Kind kind : List.of(Kind.SECRET, Kind.CONFIG_MAP, Kind.CUSTOM_RESOURCE_DEFINITION)) {
      assertThat(list(cluster, kind, ""))
          .isNotEmpty()
          .allSatisfy(
              r ->
                  assertThat(((Json.Obj) r.root()).keys())
                      .containsExactly("apiVersion", "kind", "metadata"));
    }
    assertThat(
            ask(
                cluster,
                new Inquiry.ObjectNamed(
                    new ObjectRef("v1", "ConfigMap", "crash-loop", "app-config"))))
        .isInstanceOfSatisfying(
            Observation.Seen.class,
            s ->
                assertThat(((Answer.OneObject) s.value()).resource().at("data").exists()).isTrue());
  }

  @Test
  void findsObjectsInWhateverVersionTheyWereStored() throws Exception {
    SnapshotCluster cluster =
        with(
            Map.of(
                "objects.json",
                "{\"apiVersion\":\"helm.toolkit.fluxcd.io/v2beta1\",\"kind\":\"HelmRelease\","
                    + "\"metadata\":{\"namespace\":\"ai\",\"name\":\"x\"},\"spec\":{}}"));
    assertThat(list(cluster, Kind.HELM_RELEASE, "ai")).hasSize(1);
    assertThat(
            ask(
                cluster,
                new Inquiry.ObjectNamed(
                    new ObjectRef("helm.toolkit.fluxcd.io/v2", "HelmRelease", "ai", "x"))))
        .isInstanceOf(Observation.Seen.class);
    assertThat(
            ask(
                cluster,
                new Inquiry.ObjectNamed(
                    new ObjectRef("helm.toolkit.fluxcd.io/v2", "HelmRelease", "ai", "y"))))
        .isInstanceOf(Observation.Absent.class);
  }

  @Test
  void answersLogsAndHelmRecords() throws Exception {
    SnapshotCluster cluster = SnapshotCluster.open(RECORDINGS.resolve("crash-loop"));
    String pod = list(cluster, Kind.POD, "").getFirst().name();
    assertThat(ask(cluster, new Inquiry.ContainerLog("crash-loop", pod, "app", true)))
        .isInstanceOfSatisfying(
            Observation.Seen.class,
            s -> assertThat(((Answer.Text) s.value()).text()).endsWith("\n"));
    assertThat(ask(cluster, new Inquiry.ContainerLog("crash-loop", pod, "other", false)))
        .isEqualTo(new Observation.Unreadable<>("not in the snapshot"));
    assertThat(
            ask(
                cluster,
                new Inquiry.ContainerLog(
                    "flux-system", "helm-controller-5c964ccc57-tmct4", "manager", false)))
        .isInstanceOf(Observation.Seen.class);
    assertThat(ask(cluster, new Inquiry.HelmRecordNames("crash-loop", "app")))
        .isInstanceOfSatisfying(
            Observation.Seen.class,
            s -> assertThat(((Answer.Objects) s.value()).items()).hasSize(1));
    assertThat(ask(cluster, new Inquiry.HelmRecordNamed("crash-loop", "sh.helm.release.v1.app.v1")))
        .isInstanceOfSatisfying(
            Observation.Seen.class,
            s -> assertThat(((Answer.Release) s.value()).record().release()).isEqualTo("app"));
    assertThat(ask(cluster, new Inquiry.HelmRecordNamed("crash-loop", "sh.helm.release.v1.app.v9")))
        .isInstanceOf(Observation.Absent.class);
  }

  @Test
  void keepsTheLastLinesOfALog() throws Exception {
    StringBuilder log = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      log.append("line ").append(i).append("\r\n");
    }
    SnapshotCluster cluster =
        with(
            Map.of(
                "objects.json",
                pod("p", ""),
                "logs/ai/p/c.log",
                log.append("x".repeat(100_000)).toString()));
    assertThat(ask(cluster, new Inquiry.ContainerLog("ai", "p", "c", false)))
        .isInstanceOfSatisfying(
            Observation.Seen.class,
            s -> {
              List<String> lines = ((Answer.Text) s.value()).text().lines().toList();
              assertThat(lines).hasSize(Inquiry.ContainerLog.TAIL_LINES);
              assertThat(lines.getFirst()).isEqualTo("line 881");
              assertThat(lines.getLast()).hasSize(LogTail.LINE_BYTES);
            });
  }

  @Test
  void keepsManagedFieldsWhereTheyTellWhoDidIt() throws Exception {
    SnapshotCluster cluster = SnapshotCluster.open(RECORDINGS.resolve("foreign-fields"));
    assertThat(list(cluster, Kind.DEPLOYMENT, "").getFirst().meta("managedFields").list())
        .anySatisfy(m -> assertThat(m.get("manager").text()).isEqualTo("helm"))
        .allSatisfy(m -> assertThat(m.get("fieldsV1").exists()).isTrue());
    assertThat(list(cluster, Kind.HELM_RELEASE, "").getFirst().meta("managedFields").list())
        .isNotEmpty()
        .noneMatch(m -> m.get("subresource").text().equals("status"));
    SnapshotCluster plain = SnapshotCluster.open(RECORDINGS.resolve("crash-loop"));
    assertThat(list(plain, Kind.DEPLOYMENT, "").getFirst().meta("managedFields").list())
        .isNotEmpty()
        .noneMatch(m -> m.get("fieldsV1").exists());
  }

  @Test
  void takesItsTimeFromTheNotesOrTheNewestEventOrTheFile() throws Exception {
    String notes =
        "{\"apiVersion\":\"refloat.dev/v1\",\"kind\":\"Snapshot\",\"takenAt\":\"2026-01-02T03:04:05Z\"}";
    String older = pod("p", ",\"creationTimestamp\":\"2025-01-01T00:00:00Z\"");
    String event =
        "{\"apiVersion\":\"v1\",\"kind\":\"Event\",\"metadata\":{\"namespace\":\"ai\",\"name\":\"e\"},"
            + "\"lastTimestamp\":\"2025-06-01T00:00:00Z\"}";
    String absurd = pod("q", ",\"creationTimestamp\":\"9999-01-01T00:00:00Z\"");
    assertThat(with(Map.of("objects.json", older, "snapshot.json", notes)).takenAt())
        .isEqualTo("2026-01-02T03:04:05Z");
    assertThat(with(Map.of("objects.json", older, "e.json", event, "q.json", absurd)).takenAt())
        .isEqualTo("2025-06-01T00:00:00Z");
    assertThat(with(Map.of("objects.json", pod("p", ""))).takenAt())
        .isAfter(Instant.parse("2020-01-01T00:00:00Z"));
  }

  @Test
  void readsEveryFileAndFolderAndPassesOverWhatIsNoObject() throws Exception {
    SnapshotCluster cluster =
        with(
            Map.of(
                "a/pods.json",
                "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":[{\"metadata\":{\"name\":\"a\",\"namespace\":\"ai\"}}]}",
                "b/more.yaml",
                "apiVersion: v1\nkind: List\nitems:\n- " + pod("b", "") + "\n---\n" + pod("c", ""),
                "values.yaml",
                "replicas: 3\n",
                "notes.txt",
                "not read",
                ".hidden.json",
                "{broken"));
    assertThat(list(cluster, Kind.POD, "ai"))
        .extracting(Resource::name)
        .containsExactlyInAnyOrder("a", "b", "c");
    assertThat(list(cluster, Kind.POD, "ai").getFirst().ref().apiVersion()).isEqualTo("v1");
    assertThat(cluster.problems()).isEmpty();
  }

  @Test
  void readsTarTgzZipAndSingleFiles() throws Exception {
    Map<String, byte[]> files = SnapshotFixtures.files(RECORDINGS.resolve("crash-loop"));
    byte[] objects = Files.readAllBytes(RECORDINGS.resolve("crash-loop/objects.json"));
    Map<String, byte[]> inFolder = new java.util.LinkedHashMap<>();
    files.forEach((n, c) -> inFolder.put("./incident/" + "deep".repeat(30) + "/" + n, c));
    Path tgz =
        Files.write(dir.resolve("a.tgz"), SnapshotFixtures.gzip(SnapshotFixtures.tar(files)));
    Path deep = Files.write(dir.resolve("b.tar"), SnapshotFixtures.tar(inFolder));
    Path zip = Files.write(dir.resolve("c.zip"), SnapshotFixtures.zip(files));
    Path json = Files.write(dir.resolve("d.json"), objects);
    Path packed = Files.write(dir.resolve("e.json.gz"), SnapshotFixtures.gzip(objects));
    SnapshotCluster folder = SnapshotCluster.open(RECORDINGS.resolve("crash-loop"));
    for (Path path : List.of(tgz, deep, zip, json, packed)) {
      SnapshotCluster cluster = SnapshotCluster.open(path);
      assertThat(cluster.takenAt()).isEqualTo(folder.takenAt());
      for (Kind kind : Kind.values()) {
        assertThat(list(cluster, kind, "")).isEqualTo(list(folder, kind, ""));
      }
    }
    String pod = list(folder, Kind.POD, "").getFirst().name();
    Inquiry log = new Inquiry.ContainerLog("crash-loop", pod, "app", false);
    for (Path path : List.of(tgz, deep, zip)) {
      assertThat(ask(SnapshotCluster.open(path), log)).isEqualTo(ask(folder, log));
    }
  }

  @Test
  void keepsTheNewerOfContradictoryObjectsAndNeverMetadataOverABody() throws Exception {
    SnapshotCluster cluster =
        with(
            Map.of(
                "a.json", pod("p", ",\"resourceVersion\":\"20\",\"labels\":{\"v\":\"new\"}"),
                "b.json", pod("p", ",\"resourceVersion\":\"10\",\"labels\":{\"v\":\"old\"}"),
                "c.json",
                    "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"namespace\":\"ai\",\"name\":\"p\",\"resourceVersion\":\"99\"}}"));
    assertThat(list(cluster, Kind.POD, "")).hasSize(1);
    assertThat(list(cluster, Kind.POD, "").getFirst().label("v")).contains("new");
  }

  @Test
  void neverAnswersWithTheDataOfASecretButKnowsIt() throws Exception {
    SnapshotCluster cluster =
        with(
            Map.of(
                "s.yaml",
                """
                apiVersion: v1
                kind: Secret
                metadata: {namespace: ai, name: s}
                data: {password: aHVudGVyMnNlY3JldA==}
                stringData: {plain: otherSecret1}
                """));
    Observation<Answer> answer =
        ask(cluster, new Inquiry.ObjectNamed(new ObjectRef("v1", "Secret", "ai", "s")));
    assertThat(answer.toString())
        .contains("password", "plain")
        .doesNotContain("aHVudGVyMnNlY3JldA")
        .doesNotContain("otherSecret1");
    assertThat(cluster.secretValues()).containsExactlyInAnyOrder("hunter2secret", "otherSecret1");
  }

  @Test
  void saysWhatItsNotesSayWasUnreadableAbsentOrNeverAsked() throws Exception {
    SnapshotCluster cluster =
        with(
            Map.of(
                "objects.json",
                pod("p", ""),
                "snapshot.json",
                """
                {"apiVersion":"refloat.dev/v1","kind":"Snapshot",
                 "listed":[{"group":"","kind":"Pod","namespace":"ai"}],
                 "absent":[{"ask":"log","namespace":"ai","pod":"p","container":"c","previous":true}],
                 "unreadable":[{"ask":"list","group":"","kind":"Secret","namespace":"","why":"forbidden"}],
                 "leftOut":[{"what":"logs","why":"too large"}]}
                """));
    assertThat(ask(cluster, new Inquiry.ListOf(Kind.SECRET, "")))
        .isEqualTo(new Observation.Unreadable<>("forbidden"));
    assertThat(ask(cluster, new Inquiry.ContainerLog("ai", "p", "c", true)))
        .isInstanceOf(Observation.Absent.class);
    assertThat(ask(cluster, new Inquiry.ListOf(Kind.POD, "ai")))
        .isInstanceOf(Observation.Seen.class);
    assertThat(ask(cluster, new Inquiry.ListOf(Kind.JOB, "ai")))
        .isEqualTo(new Observation.Unreadable<>("not in the snapshot"));
    assertThat(ask(cluster, new Inquiry.ObjectNamed(new ObjectRef("v1", "ConfigMap", "ai", "x"))))
        .isEqualTo(new Observation.Unreadable<>("not in the snapshot"));
    assertThat(ask(cluster, new Inquiry.ObjectNamed(new ObjectRef("v1", "Pod", "ai", "gone"))))
        .isInstanceOf(Observation.Absent.class);
    assertThat(cluster.problems()).containsExactly(new BlindSpot("logs", "too large"));
  }

  @Test
  void answersWhatRepositoriesOfferFromItsLookups() throws Exception {
    SnapshotCluster cluster =
        with(
            Map.of(
                "objects.json",
                pod("p", ""),
                "lookups.json",
                """
                {"apiVersion":"refloat.dev/v1","kind":"Lookups",
                 "charts":[{"source":{"kind":"HelmRepository","namespace":"ai","name":"charts"},
                            "chart":"","names":["librechat"]}],
                 "images":[{"image":"ghcr.io/example/app","tags":["1.2.0","1.1.0"]}]}
                """));
    ObjectRef source =
        new ObjectRef("source.toolkit.fluxcd.io/v1", "HelmRepository", "ai", "charts");
    assertThat(ask(cluster, new Inquiry.ChartVersions(source, "")))
        .isEqualTo(new Observation.Seen<>(new Answer.Names(List.of("librechat"))));
    assertThat(ask(cluster, new Inquiry.ChartVersions(source, "other")))
        .isEqualTo(new Observation.Unreadable<>("not in the snapshot"));
    assertThat(ask(cluster, new Inquiry.ImageTags("ai", "ghcr.io/example/app", List.of())))
        .isEqualTo(new Observation.Seen<>(new Answer.Names(List.of("1.2.0", "1.1.0"))));
  }

  @Test
  void makesABrokenFileABlindSpotWhenTheRestIsUsable() throws Exception {
    SnapshotCluster cluster =
        with(Map.of("objects.json", pod("p", ""), "z.json", "{\"items\":[\n{\"kind\":"));
    assertThat(list(cluster, Kind.POD, "")).hasSize(1);
    assertThat(cluster.problems().getFirst().what()).isEqualTo("file z.json");
    assertThat(cluster.problems().getFirst().why()).startsWith("z.json:2:");
    assertThat(ask(cluster, new Inquiry.ListOf(Kind.JOB, "")))
        .isEqualTo(new Observation.Unreadable<>("part of the snapshot is unreadable: file z.json"));
  }

  @Test
  void refusesASnapshotOfWhichNothingIsUsable() throws Exception {
    assertThatThrownBy(() -> with(Map.of("objects.json", "{\n\"items\": [oops")))
        .isInstanceOf(MalformedInput.class)
        .hasMessageStartingWith("objects.json:2:");
    assertThatThrownBy(() -> with(Map.of("readme.txt", "hello")))
        .isInstanceOf(MalformedInput.class)
        .hasMessageContaining("no Kubernetes objects in it");
    assertThatThrownBy(() -> SnapshotCluster.open(dir.resolve("nowhere")))
        .isInstanceOf(NoSuchFileException.class);
    Path binary = Files.write(dir.resolve("x.bin"), utf8("hello"));
    assertThatThrownBy(() -> SnapshotCluster.open(binary))
        .isInstanceOf(MalformedInput.class)
        .hasMessageContaining("not a snapshot");
  }

  @Test
  void saysWhyAHelmRecordDoesNotDecode() throws Exception {
    String secret =
        "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"type\":\"helm.sh/release.v1\",\"metadata\":{\"namespace\":\"ai\","
            + "\"name\":\"sh.helm.release.v1.%s.v1\",\"labels\":{\"owner\":\"helm\",\"name\":\"%s\"}}%s}";
    SnapshotCluster cluster =
        with(
            Map.of(
                "a.json", secret.formatted("a", "a", ",\"data\":{\"release\":\"aHVudGVyMg==\"}"),
                "b.json", secret.formatted("b", "b", "")));
    assertThat(ask(cluster, new Inquiry.HelmRecordNamed("ai", "sh.helm.release.v1.a.v1")))
        .isInstanceOfSatisfying(
            Observation.Unreadable.class, u -> assertThat(u.why()).contains("not valid JSON"));
    assertThat(ask(cluster, new Inquiry.HelmRecordNamed("ai", "sh.helm.release.v1.b.v1")))
        .isEqualTo(new Observation.Unreadable<>("the snapshot has its name but not its data"));
  }
}

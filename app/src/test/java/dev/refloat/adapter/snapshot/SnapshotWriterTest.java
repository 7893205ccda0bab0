package dev.refloat.adapter.snapshot;

import static dev.refloat.adapter.snapshot.SnapshotFixtures.RECORDINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.refloat.adapter.helm.HelmStorage;
import dev.refloat.evidence.Answer;
import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.HelmRecord;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.evidence.Observation;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.redact.Redactor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotWriterTest {
  private static final SnapshotWriter.Options OPTIONS =
      new SnapshotWriter.Options(SnapshotWriter.DEFAULT_MAX_BYTES, false, "0.1.0-test");

  @TempDir Path dir;

  /// Everything that can be asked of a cluster, in the rounds that an investigation would.
  private static Evidence everything(SnapshotCluster cluster) {
    List<Inquiry> first = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      first.add(new Inquiry.ListOf(kind, ""));
    }
    Evidence evidence = Evidence.of(cluster.takenAt(), cluster.ask(first));
    List<Inquiry> more = new ArrayList<>();
    for (Resource r : evidence.all(Kind.HELM_RELEASE)) {
      more.add(new Inquiry.HelmRecordNames(r.namespace(), r.name()));
      more.add(
          new Inquiry.ChartVersions(
              new ObjectRef(
                  "source.toolkit.fluxcd.io/v1", "HelmRepository", r.namespace(), "charts"),
              ""));
    }
    for (Resource r : evidence.all(Kind.POD)) {
      for (Json c : r.spec("containers").list()) {
        more.add(new Inquiry.ContainerLog(r.namespace(), r.name(), c.get("name").text(), false));
        more.add(new Inquiry.ContainerLog(r.namespace(), r.name(), c.get("name").text(), true));
      }
    }
    more.add(new Inquiry.ContainerLog("flux-system", "helm-controller", "manager", false));
    for (Resource r : evidence.all(Kind.CONFIG_MAP)) {
      more.add(new Inquiry.ObjectNamed(r.ref()));
    }
    for (Resource r : evidence.all(Kind.SECRET)) {
      more.add(
          r.name().startsWith("sh.helm.release.v1.")
              ? new Inquiry.HelmRecordNamed(r.namespace(), r.name())
              : new Inquiry.ObjectNamed(r.ref()));
    }
    more.add(new Inquiry.ObjectNamed(new ObjectRef("v1", "ConfigMap", "ai", "gone")));
    more.add(new Inquiry.ObjectNamed(new ObjectRef("example.com/v1", "Database", "ai", "db")));
    return evidence.plus(cluster.ask(more));
  }

  private static Redactor redactor(SnapshotCluster cluster, Evidence evidence) {
    return Redactor.of(evidence, cluster.secretValues());
  }

  @Test
  void answersAlikeAfterBeingWrittenAndReadAgain() throws Exception {
    int compared = 0;
    List<Path> recordings = SnapshotFixtures.recordings();
    for (int i = 0; i < recordings.size(); i++) {
      Path recording = recordings.get(i);
      SnapshotCluster cluster = SnapshotCluster.open(recording);
      Evidence evidence = everything(cluster);
      String ending = List.of("", ".tgz", ".zip").get(i % 3);
      Path target = dir.resolve(recording.getFileName() + ending);
      SnapshotWriter.write(evidence, target, Redactor.off(), OPTIONS, (_, _) -> {});
      SnapshotCluster again = SnapshotCluster.open(target);
      assertThat(again.takenAt()).isEqualTo(cluster.takenAt());
      Map<Inquiry, Observation<Answer>> answers = again.ask(evidence.answers().keySet());
      for (Map.Entry<Inquiry, Observation<Answer>> e : evidence.answers().entrySet()) {
        assertThat(comparable(answers.get(e.getKey())))
            .as(recording + " " + e.getKey())
            .isEqualTo(comparable(e.getValue()));
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(1000);
  }

  /// Lists have no order that matters.
  private static Object comparable(@org.jspecify.annotations.Nullable Object answer) {
    return answer instanceof Observation.Seen<?>(Answer.Objects(var items))
        ? items.stream().sorted(java.util.Comparator.comparing(Resource::ref)).toList()
        : String.valueOf(answer);
  }

  @Test
  void masksWithoutChangingWhatADiagnosisRestsOn() throws Exception {
    for (Path recording : SnapshotFixtures.recordings()) {
      SnapshotCluster cluster = SnapshotCluster.open(recording);
      Evidence evidence = everything(cluster);
      Path target = dir.resolve(recording.getFileName().toString());
      SnapshotWriter.write(evidence, target, redactor(cluster, evidence), OPTIONS, (_, _) -> {});
      Evidence again = everything(SnapshotCluster.open(target));
      for (Kind kind : Kind.values()) {
        Map<ObjectRef, Resource> before = byRef(evidence.all(kind));
        Map<ObjectRef, Resource> after = byRef(again.all(kind));
        assertThat(after.keySet()).isEqualTo(before.keySet());
        before.forEach(
            (ref, r) -> {
              Resource masked = java.util.Objects.requireNonNull(after.get(ref));
              assertThat(masked.root().get("status"))
                  .as(ref.display())
                  .isEqualTo(r.root().get("status"));
              if (kind == Kind.EVENT) {
                assertThat(masked.root()).isEqualTo(r.root());
              }
            });
      }
      evidence
          .answers()
          .forEach(
              (inquiry, answer) -> {
                if (inquiry instanceof Inquiry.HelmRecordNamed named
                    && answer instanceof Observation.Seen<Answer>(Answer.Release(var r))) {
                  HelmRecord masked =
                      again.record(named.namespace(), named.secretName()).orElseThrow();
                  assertThat(masked.description()).isEqualTo(r.description());
                  assertThat(masked.status()).isEqualTo(r.status());
                  assertThat(masked.manifest().stream().map(Resource::ref).toList())
                      .isEqualTo(r.manifest().stream().map(Resource::ref).toList());
                }
                if (inquiry instanceof Inquiry.ContainerLog) {
                  assertThat(again.answer(inquiry)).contains(answer);
                }
              });
    }
  }

  private static Map<ObjectRef, Resource> byRef(List<Resource> resources) {
    Map<ObjectRef, Resource> map = new LinkedHashMap<>();
    resources.stream()
        .sorted(java.util.Comparator.comparing(Resource::ref))
        .forEach(r -> map.put(r.ref(), r));
    return map;
  }

  @Test
  void writesNoneOfTheSecretsThatArePlantedEverywhere() throws Exception {
    Path planted = PlantedSecrets.write(dir.resolve("planted"));
    assertThat(allText(planted)).contains(PlantedSecrets.STEM);
    SnapshotCluster cluster = SnapshotCluster.open(planted);
    Evidence evidence = everything(cluster);
    Redactor redactor = redactor(cluster, evidence);
    Path target = dir.resolve("masked");
    SnapshotWriter.Written written =
        SnapshotWriter.write(evidence, target, redactor, OPTIONS, (_, _) -> {});
    String text = allText(target);
    assertThat(PlantedSecrets.foundIn(text)).isEmpty();
    assertThat(text)
        .contains("CrashLoopBackOff", "InstallFailed", "fatal: giving up", "adminPassword");
    assertThat(written.masked()).isGreaterThan(20);
    Evidence again = everything(SnapshotCluster.open(target));
    HelmRecord record = again.record("ai", "sh.helm.release.v1.app.v1").orElseThrow();
    assertThat(record.toString()).doesNotContain(PlantedSecrets.STEM);
    assertThat(record.manifest())
        .extracting(Resource::kind)
        .containsExactly("Deployment", "Secret");
  }

  @Test
  void leavesEverythingThatIsPlantedWhenSecretsAreAskedFor() throws Exception {
    SnapshotCluster cluster = SnapshotCluster.open(PlantedSecrets.write(dir.resolve("planted")));
    Path target = dir.resolve("open");
    SnapshotWriter.write(everything(cluster), target, Redactor.off(), OPTIONS, (_, _) -> {});
    assertThat(PlantedSecrets.foundIn(allText(target))).hasSizeGreaterThan(20);
    assertThat(Files.readString(target.resolve("snapshot.json"))).contains("\"masked\": false");
  }

  /// All files as text, the records decoded.
  private static String allText(Path folder) throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all.append(Files.readString(file, StandardCharsets.UTF_8)).append('\n');
      }
    }
    SnapshotContent content = SnapshotContent.load(folder);
    for (Resource r : content.ofKind(Kind.SECRET)) {
      content
          .record(r.ref())
          .ifPresent(
              payload -> {
                try {
                  all.append(HelmStorage.decode(r.ref(), payload)).append('\n');
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
    }
    return all.toString();
  }

  private Evidence recorded() throws IOException {
    return everything(SnapshotCluster.open(RECORDINGS.resolve("crash-loop")));
  }

  @Test
  void refusesToReplaceUnlessForcedAndNeverAForeignFolder() throws Exception {
    Evidence evidence = recorded();
    SnapshotWriter.Options forced =
        new SnapshotWriter.Options(SnapshotWriter.DEFAULT_MAX_BYTES, true, "x");
    for (String name : List.of("a", "a.tgz", "a.zip")) {
      Path target = dir.resolve(name);
      SnapshotWriter.write(evidence, target, Redactor.byLook(), OPTIONS, (_, _) -> {});
      assertThatThrownBy(
              () ->
                  SnapshotWriter.write(evidence, target, Redactor.byLook(), OPTIONS, (_, _) -> {}))
          .isInstanceOf(FileAlreadyExistsException.class);
      SnapshotWriter.write(evidence, target, Redactor.byLook(), forced, (_, _) -> {});
      assertThat(SnapshotCluster.open(target).size()).isPositive();
    }
    Path foreign = Files.createDirectory(dir.resolve("home"));
    Files.writeString(foreign.resolve("thesis.txt"), "precious");
    assertThatThrownBy(
            () -> SnapshotWriter.write(evidence, foreign, Redactor.byLook(), forced, (_, _) -> {}))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining("something else than a snapshot");
    assertThat(foreign.resolve("thesis.txt")).exists();
    try (Stream<Path> left = Files.list(dir)) {
      assertThat(left.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("a", "a.tgz", "a.zip", "home");
    }
  }

  @Test
  void leavesNothingBehindWhenWritingFails() throws Exception {
    Evidence evidence = recorded();
    SnapshotWriter.Progress failing =
        (_, _) -> {
          throw new IllegalStateException("interrupted");
        };
    for (String name : List.of("a", "a.tgz", "a.zip")) {
      assertThatThrownBy(
              () ->
                  SnapshotWriter.write(
                      evidence, dir.resolve(name), Redactor.byLook(), OPTIONS, failing))
          .hasMessage("interrupted");
    }
    try (Stream<Path> left = Files.list(dir)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void leavesOutWhatDoesNotFitAndSaysSo() throws Exception {
    Evidence evidence = recorded();
    Path target = dir.resolve("small");
    SnapshotWriter.Written written =
        SnapshotWriter.write(
            evidence,
            target,
            Redactor.byLook(),
            new SnapshotWriter.Options(20_000, false, "x"),
            (_, _) -> {});
    assertThat(written.leftOut()).isNotEmpty();
    assertThat(Files.size(target.resolve("objects.json"))).isLessThan(21_000);
    SnapshotCluster again = SnapshotCluster.open(target);
    assertThat(SnapshotFixtures.list(again, Kind.HELM_RELEASE, "")).hasSize(1);
    assertThat(again.problems()).isEqualTo(written.leftOut());
  }

  @Test
  void writesTheSameBytesForTheSameEvidence() throws Exception {
    for (String name : List.of("a.tgz", "a.zip")) {
      Path one = dir.resolve("one-" + name);
      Path two = dir.resolve("two-" + name);
      SnapshotWriter.write(recorded(), one, Redactor.byLook(), OPTIONS, (_, _) -> {});
      SnapshotWriter.write(recorded(), two, Redactor.byLook(), OPTIONS, (_, _) -> {});
      assertThat(Files.readAllBytes(one)).isEqualTo(Files.readAllBytes(two));
    }
  }

  @Test
  void neverWritesOutsideTheSnapshotWhateverNamesTheEvidenceHas() throws Exception {
    Evidence evidence =
        Evidence.of(
            java.time.Instant.EPOCH,
            Map.of(
                new Inquiry.ContainerLog("../../..", "p", "c", false),
                new Observation.Seen<>(new Answer.Text("x")),
                new Inquiry.ContainerLog("ai", "..", "/etc/x", false),
                new Observation.Seen<>(new Answer.Text("x"))));
    Path target = dir.resolve("a").resolve("b");
    SnapshotWriter.Written written =
        SnapshotWriter.write(evidence, target, Redactor.byLook(), OPTIONS, (_, _) -> {});
    assertThat(written.logs()).isZero();
    assertThat(written.leftOut()).hasSize(1);
    try (Stream<Path> files = Files.walk(dir)) {
      assertThat(files.filter(Files::isRegularFile).map(f -> target.relativize(f).toString()))
          .containsExactlyInAnyOrder("objects.json", "snapshot.json");
    }
  }

  @Test
  void isReadableByItsOwnerOnly() throws Exception {
    org.junit.jupiter.api.Assumptions.assumeTrue(
        java.nio.file.FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
    for (String name : List.of("a", "a.tgz")) {
      Path target = dir.resolve(name);
      SnapshotWriter.write(recorded(), target, Redactor.byLook(), OPTIONS, (_, _) -> {});
      assertThat(Files.getPosixFilePermissions(target))
          .noneMatch(p -> !p.name().startsWith("OWNER"));
    }
  }
}

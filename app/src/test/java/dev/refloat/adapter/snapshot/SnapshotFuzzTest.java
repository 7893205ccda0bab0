package dev.refloat.adapter.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.refloat.adapter.helm.HelmStorage;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.adapter.yaml.YamlText;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.redact.Redactor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/// Damages recordings at random. Whatever comes of it is either a usable reader or the one clear
/// exception, in bounded time. `-Drefloat.fuzz.seed=N` repeats a run, `-Drefloat.fuzz.rounds=N`
/// makes it longer.
class SnapshotFuzzTest {
  private static final int ROUNDS = Integer.getInteger("refloat.fuzz.rounds", 60);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path dir;
  private long seed;
  private Random random = new Random();

  @BeforeEach
  void seed(TestReporter reporter) {
    seed = Long.getLong("refloat.fuzz.seed", System.nanoTime());
    random = new Random(seed);
    reporter.publishEntry("refloat.fuzz.seed", Long.toString(seed));
  }

  private interface Attempt {
    void run() throws IOException;
  }

  private boolean survives(int round, Attempt attempt) {
    boolean[] usable = {false};
    Assertions.assertTimeoutPreemptively(
        LIMIT,
        () -> {
          try {
            attempt.run();
            usable[0] = true;
          } catch (MalformedInput e) {
            assertThat(e.getMessage()).isNotBlank();
          } catch (IOException | RuntimeException | StackOverflowError e) {
            fail("seed " + seed + ", round " + round + ": " + e, e);
          }
        },
        () -> "seed " + seed + ", round " + round + " took too long");
    return usable[0];
  }

  private byte[] damaged(byte[] original) {
    byte[] bytes = original.clone();
    int hits = 1 + random.nextInt(8);
    for (int i = 0; i < hits && bytes.length > 16; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(6)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bytes = Arrays.copyOf(bytes, at + 1);
        case 3 -> {
          int length = Math.min(random.nextInt(200), bytes.length - at);
          System.arraycopy(bytes, random.nextInt(bytes.length - length), bytes, at, length);
        }
        case 4 -> {
          byte[] longer = new byte[bytes.length + 64];
          System.arraycopy(bytes, 0, longer, 0, at);
          Arrays.fill(longer, at, at + 64, (byte) pick("[{\"':,*&-#\u0000 "));
          System.arraycopy(bytes, at, longer, at + 64, bytes.length - at);
          bytes = longer;
        }
        default -> bytes[at] = (byte) pick("{}[]\",:0-\n\\");
      }
    }
    return bytes;
  }

  private char pick(String from) {
    return from.charAt(random.nextInt(from.length()));
  }

  private static void use(SnapshotCluster cluster) {
    List<Inquiry> questions = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      questions.add(new Inquiry.ListOf(kind, ""));
    }
    for (Resource r : SnapshotFixtures.list(cluster, Kind.SECRET, "")) {
      questions.add(new Inquiry.HelmRecordNamed(r.namespace(), r.name()));
      questions.add(new Inquiry.ObjectNamed(r.ref()));
    }
    assertThat(cluster.ask(questions)).hasSize(questions.size());
    assertThat(cluster.takenAt()).isNotNull();
  }

  @Test
  void readsDamagedObjectsOrSaysWhatIsWrong() throws Exception {
    List<Path> recordings = SnapshotFixtures.recordings();
    int usable = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Path recording = recordings.get(random.nextInt(recordings.size()));
      Path file = dir.resolve("r" + round + ".json");
      Files.write(file, damaged(Files.readAllBytes(recording.resolve("objects.json"))));
      usable += survives(round, () -> use(SnapshotCluster.open(file))) ? 1 : 0;
      Files.delete(file);
    }
    assertThat(usable).as("rounds that stayed readable").isPositive();
  }

  @Test
  void readsDamagedArchivesOrSaysWhatIsWrong() throws Exception {
    Map<String, byte[]> files =
        SnapshotFixtures.files(SnapshotFixtures.RECORDINGS.resolve("chart-name-typo"));
    List<byte[]> archives =
        List.of(
            SnapshotFixtures.gzip(SnapshotFixtures.tar(files)),
            SnapshotFixtures.tar(files),
            SnapshotFixtures.zip(files));
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = damaged(archives.get(round % archives.size()));
      Path file = Files.write(dir.resolve("a" + round + ".tar"), bytes);
      survives(round, () -> use(SnapshotCluster.open(file)));
      Files.delete(file);
    }
  }

  @Test
  void decodesDamagedHelmRecordsOrSaysWhatIsWrong() throws Exception {
    SnapshotContent content =
        SnapshotContent.load(SnapshotFixtures.RECORDINGS.resolve("hook-job-fails"));
    ObjectRef ref = new ObjectRef("v1", "Secret", "hook-job-fails", "sh.helm.release.v1.app.v1");
    byte[] packed = content.record(ref).orElseThrow();
    byte[] plain;
    try (var in = new java.util.zip.GZIPInputStream(new ByteArrayInputStream(packed))) {
      plain = in.readAllBytes();
    }
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = damaged(round % 2 == 0 ? packed : plain);
      survives(round, () -> HelmStorage.decode(ref, bytes));
    }
  }

  @Test
  void readsAndMasksDamagedYamlOrSaysWhatIsWrong() throws Exception {
    SnapshotCluster cluster =
        SnapshotCluster.open(SnapshotFixtures.RECORDINGS.resolve("values-schema"));
    StringBuilder yaml = new StringBuilder();
    for (Kind kind : List.of(Kind.HELM_RELEASE, Kind.HELM_CHART, Kind.EVENT)) {
      SnapshotFixtures.list(cluster, kind, "").stream()
          .limit(5)
          .forEach(r -> yaml.append("---\n").append(YamlText.write(r.root())));
    }
    byte[] original = yaml.toString().getBytes(StandardCharsets.UTF_8);
    Redactor redactor = Redactor.byLook();
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = damaged(original);
      survives(
          round,
          () -> {
            String text = new String(bytes, StandardCharsets.UTF_8);
            redactor.text(text);
            for (Json document : YamlTrees.read("fuzz", text)) {
              Json again =
                  YamlTrees.read("again", YamlText.write(redactor.json(document))).getFirst();
              assertThat(again).isEqualTo(redactor.json(document));
            }
          });
    }
  }
}

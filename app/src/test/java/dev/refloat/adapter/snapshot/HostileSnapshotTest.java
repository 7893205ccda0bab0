package dev.refloat.adapter.snapshot;

import static dev.refloat.adapter.snapshot.SnapshotFixtures.RECORDINGS;
import static dev.refloat.adapter.snapshot.SnapshotFixtures.gzip;
import static dev.refloat.adapter.snapshot.SnapshotFixtures.list;
import static dev.refloat.adapter.snapshot.SnapshotFixtures.tar;
import static dev.refloat.adapter.snapshot.SnapshotFixtures.tarEntry;
import static dev.refloat.adapter.snapshot.SnapshotFixtures.utf8;
import static dev.refloat.adapter.snapshot.SnapshotFixtures.zip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.evidence.Kind;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostileSnapshotTest {
  private static final byte[] POD =
      utf8(
          "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"namespace\":\"a\",\"name\":\"p\"},\"spec\":{}}");

  @TempDir Path dir;

  private Path file(String name, byte[] content) throws Exception {
    return Files.write(dir.resolve(name), content);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../evil.json",
        "a/../../evil.json",
        "/etc/evil.json",
        "..\\evil.json",
        "C:\\evil.json",
        "logs/../../x/p/c.log"
      })
  void refusesNamesThatLeadOutOfTheArchive(String name) throws Exception {
    Path tgz =
        file(
            "a.tgz",
            gzip(tar(List.of(tarEntry('0', "objects.json", POD), tarEntry('0', name, POD)))));
    Path zip = file("a.zip", zip(Map.of(name, POD)));
    for (Path archive : List.of(tgz, zip)) {
      assertThatThrownBy(() -> SnapshotCluster.open(archive))
          .isInstanceOf(MalformedInput.class)
          .hasMessageContaining("entry " + name)
          .hasMessageContaining("refused");
    }
    assertThat(dir.resolve("../evil.json")).doesNotExist();
  }

  @Test
  void refusesLinksAndDevicesInTarArchives() throws Exception {
    for (char type : new char[] {'1', '2', '3', '4', '6'}) {
      Path tgz =
          file(
              "t" + type + ".tgz", gzip(tar(List.of(tarEntry(type, "objects.json", new byte[0])))));
      assertThatThrownBy(() -> SnapshotCluster.open(tgz))
          .isInstanceOf(MalformedInput.class)
          .hasMessageContaining("entry objects.json")
          .hasMessageContaining("refused");
    }
  }

  @Test
  void refusesLinksInZipArchives() throws Exception {
    byte[] zip = zip(Map.of("objects.json", utf8("/etc/passwd")));
    // the Unix mode of the one entry, in the central directory
    int at = zip.length - 22;
    while (!(zip[at] == 'P' && zip[at + 1] == 'K' && zip[at + 2] == 1 && zip[at + 3] == 2)) {
      at--;
    }
    zip[at + 40] = (byte) 0xff;
    zip[at + 41] = (byte) 0xa1;
    Path archive = file("a.zip", zip);
    assertThatThrownBy(() -> SnapshotCluster.open(archive))
        .isInstanceOf(MalformedInput.class)
        .hasMessageContaining("entry objects.json is a link: refused");
  }

  @Test
  void refusesLinksOutOfAFolderAndFollowsThoseInside() throws Exception {
    Path outside = file("outside.json", POD);
    Path folder = Files.createDirectory(dir.resolve("snapshot"));
    Path real = Files.createDirectory(folder.resolve("real"));
    Files.write(real.resolve("pod.json"), POD);
    Files.createSymbolicLink(folder.resolve("inside.json"), real.resolve("pod.json"));
    Files.createSymbolicLink(folder.resolve("loop"), folder);
    assertThat(list(SnapshotCluster.open(folder), Kind.POD, "")).hasSize(1);
    Files.createSymbolicLink(folder.resolve("out.json"), outside);
    assertThatThrownBy(() -> SnapshotCluster.open(folder))
        .isInstanceOf(MalformedInput.class)
        .hasMessage("out.json: a link that leads out of the snapshot: refused");
  }

  @Test
  void refusesZipAndGzipBombs() throws Exception {
    Path tgz = dir.resolve("bomb.tgz");
    byte[] spaces = new byte[1024 * 1024];
    java.util.Arrays.fill(spaces, (byte) ' ');
    long size = 1L << 32;
    byte[] header = tarEntry('0', "objects.json", new byte[0]);
    byte[] octal = utf8("%011o".formatted(size));
    System.arraycopy(octal, 0, header, 124, 11);
    java.util.Arrays.fill(header, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    System.arraycopy(utf8("%06o\0 ".formatted(sum)), 0, header, 148, 8);
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(tgz))) {
      out.write(header);
      for (int i = 0; i < 120; i++) {
        out.write(spaces);
      }
    }
    Path zip = dir.resolve("bomb.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(new ZipEntry("objects.json"));
      for (int i = 0; i < 120; i++) {
        out.write(spaces);
      }
    }
    for (Path bomb : List.of(tgz, zip)) {
      assertThat(Files.size(bomb)).isLessThan(1024 * 1024);
      assertThatThrownBy(() -> SnapshotCluster.open(bomb))
          .isInstanceOf(MalformedInput.class)
          .hasMessageContaining("objects.json")
          .hasMessageContaining("refused as a bomb");
    }
  }

  @Test
  void refusesTooManyEntries() throws Exception {
    byte[] empty = tarEntry('5', "x/", new byte[0]);
    Path tgz = dir.resolve("many.tgz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(tgz))) {
      for (int i = 0; i <= SnapshotFiles.MAX_ENTRIES; i++) {
        out.write(empty);
      }
    }
    assertThatThrownBy(() -> SnapshotCluster.open(tgz))
        .isInstanceOf(MalformedInput.class)
        .hasMessageContaining("more than 100000 files");
  }

  @Test
  void refusesArchivesThatAreCutOffAnywhere() throws Exception {
    byte[] tgz = gzip(tar(SnapshotFixtures.files(RECORDINGS.resolve("chart-name-typo"))));
    byte[] zip = zip(SnapshotFixtures.files(RECORDINGS.resolve("chart-name-typo")));
    for (int part = 1; part < 8; part++) {
      Path cutTgz =
          file("cut" + part + ".tgz", java.util.Arrays.copyOf(tgz, tgz.length * part / 8));
      Path cutZip =
          file("cut" + part + ".zip", java.util.Arrays.copyOf(zip, zip.length * part / 8));
      for (Path cut : List.of(cutTgz, cutZip)) {
        assertThatThrownBy(() -> SnapshotCluster.open(cut)).isInstanceOf(MalformedInput.class);
      }
    }
  }

  @Test
  void refusesYamlBombsAndDeepObjects() throws Exception {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 12; i++) {
      bomb.append(
          "a%d: &a%d [%s*a%d ]\n".formatted(i, i, ("*a" + (i - 1) + " ,").repeat(9), i - 1));
    }
    Path yaml = file("bomb.yaml", utf8(bomb.toString()));
    assertThatThrownBy(() -> SnapshotCluster.open(yaml))
        .isInstanceOf(MalformedInput.class)
        .hasMessageStartingWith("bomb.yaml:");
    Path deep = file("deep.json", utf8("{\"kind\":\"Pod\",\"spec\":" + "[".repeat(1_000_000)));
    assertThatThrownBy(() -> SnapshotCluster.open(deep))
        .isInstanceOf(MalformedInput.class)
        .hasMessageContaining("nested deeper");
    Path lists = file("lists.json", utf8("{\"kind\":\"List\",\"items\":[".repeat(60)));
    assertThatThrownBy(() -> SnapshotCluster.open(lists)).isInstanceOf(MalformedInput.class);
  }

  @Test
  void takesObjectsOfAnyShapeForWhatTheyAre() throws Exception {
    Path odd =
        file(
            "odd.json",
            utf8(
                """
                [{"apiVersion":7,"kind":["Pod"],"metadata":"x"},
                 {"apiVersion":"v1","kind":"Pod","metadata":{"name":{"a":1}}},
                 {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","managedFields":"x","creationTimestamp":5},"status":[]},
                 {"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","labels":[]},"data":[1],"type":{}},
                 {"apiVersion":"v1","kind":"Event","metadata":{"name":"e"},"lastTimestamp":"9999-99-99T99:99:99Z","series":1},
                 {"apiVersion":"refloat.dev/v1","kind":"Snapshot","listed":{},"absent":[1,{"ask":"x"}],"unreadable":"y"},
                 {"apiVersion":"refloat.dev/v1","kind":"Lookups","charts":[{"names":7}],"images":{}}]
                """));
    SnapshotCluster cluster = SnapshotCluster.open(odd);
    assertThat(list(cluster, Kind.POD, "")).hasSize(1);
    assertThat(cluster.size()).isEqualTo(3);
  }

  @Test
  void readsALogWithBytesThatAreNoText() throws Exception {
    Path folder = Files.createDirectories(dir.resolve("s/logs/a/p"));
    Files.write(dir.resolve("s/objects.json"), POD);
    Files.write(folder.resolve("c.log"), new byte[] {(byte) 0xff, 0x1b, '[', 'm', 0, '\n', 'x'});
    SnapshotCluster cluster = SnapshotCluster.open(dir.resolve("s"));
    assertThat(
            SnapshotFixtures.ask(
                    cluster, new dev.refloat.evidence.Inquiry.ContainerLog("a", "p", "c", false))
                .toString())
        .contains("\ufffd\u001b[m\u0000\nx\n");
  }
}

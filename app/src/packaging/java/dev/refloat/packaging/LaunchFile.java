package dev.refloat.packaging;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;

/// `lib/launch` and `lib/launch.txt`: what the launchers must know, since reading a file is cheap
/// and
/// finding out is not.
final class LaunchFile {

  /// The options of every run; the training run must have the same.
  ///
  /// - Serial collector and C1 alone: both win in every run under two seconds.
  /// - Half of the heap for the young, and no more than a cluster of a thousand releases needs to
  /// be
  ///   diagnosed with one or two collections below 256 MiB in all: the JVM would take more the more
  ///   memory a machine has. Sizes that do not follow the heap would leave no room for the old in a
  ///   small container, or beside a small -Xmx of the user.
  /// - Half of the machine at most, for snapshots of ten thousand releases.
  /// - `Xlog:disable`, because the JVM prints its doubts about a cache on stdout, into the data.
  /// - An option that a JVM of another maker does not know is no reason to fail.
  static final List<String> JVM_OPTIONS =
      List.of(
          "-XX:+IgnoreUnrecognizedVMOptions",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:NewRatio=1",
          "-XX:MaxNewSize=144m",
          "-XX:MaxRAMPercentage=50",
          "-XX:-UsePerfData",
          "-Xlog:disable");

  private static final DateTimeFormatter TOUCH =
      DateTimeFormatter.ofPattern("yyyyMMddHHmm.ss").withZone(ZoneOffset.UTC);

  private LaunchFile() {}

  /// Writes both.
  ///
  /// @param stamp the time that jars and caches have
  /// @param cache none: the JDK of this JVM is nothing special then
  static void write(
      Path lib, List<Path> jars, Instant stamp, Optional<Path> cache, Optional<Path> light)
      throws IOException {
    boolean tuned = cache.isPresent() || light.isPresent();
    String runtime = tuned ? System.getProperty("java.runtime.version") : "";
    String jdk = tuned ? System.getProperty("java.home") : "";
    StringBuilder sums = new StringBuilder();
    for (Path jar : jars) {
      sums.append(sums.isEmpty() ? "" : "\n").append(PosixChecksum.line(jar));
    }
    String names = String.join(" ", jars.stream().map(j -> j.getFileName().toString()).toList());
    String text =
        "# Made when the distribution was put together; see bin/refloat.\n"
            + "jars='" + names + "'\n"
            + "sums='" + sums + "'\n"
            + "stamp=" + TOUCH.format(stamp) + "\n"
            + "jvm_options='" + String.join(" ", JVM_OPTIONS) + "'\n"
            + "aot=" + name(cache) + "\n"
            + "aot_light=" + name(light) + "\n"
            + "aot_runtime='" + runtime + "'\n"
            + "aot_jdk='" + jdk.replace("'", "'\\''") + "'\n";
    Files.writeString(lib.resolve("launch"), text);
    // The same for cmd.exe, which can read `name=value` lines and nothing more.
    String windows =
        "jars=" + names + "\r\n"
            + "jvm_options=" + String.join(" ", JVM_OPTIONS) + "\r\n"
            + "aot=" + name(cache) + "\r\n"
            + "aot_light=" + name(light) + "\r\n"
            + "aot_runtime=" + runtime + "\r\n";
    Files.writeString(lib.resolve("launch.txt"), windows);
  }

  /// The jars of a distribution, in the order of the class path.
  static List<Path> jars(Path lib) throws IOException {
    for (String line : Files.readAllLines(lib.resolve("launch.txt"))) {
      if (line.startsWith("jars=")) {
        return List.of(line.substring("jars=".length()).split(" ", -1)).stream()
            .map(lib::resolve)
            .toList();
      }
    }
    throw new IOException(lib.resolve("launch.txt") + " names no jars");
  }

  private static String name(Optional<Path> file) {
    return file.map(f -> f.getFileName().toString()).orElse("");
  }

  /// The checksum that POSIX `cksum` prints, so that the launcher can compare without a JVM.
  private static final class PosixChecksum {
    private static final int POLYNOMIAL = 0x04C11DB7;
    private static final int[] TABLE = table();

    static String line(Path file) throws IOException {
      int crc = 0;
      long length = 0;
      try (InputStream in = Files.newInputStream(file)) {
        byte[] buffer = new byte[1 << 16];
        for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
          for (int i = 0; i < n; i++) {
            crc = next(crc, buffer[i]);
          }
          length += n;
        }
      }
      for (long rest = length; rest != 0; rest >>>= 8) {
        crc = next(crc, (byte) rest);
      }
      return Integer.toUnsignedString(~crc) + " " + length + " " + file.getFileName();
    }

    private static int next(int crc, byte b) {
      return crc << 8 ^ TABLE[(crc >>> 24 ^ b) & 0xff];
    }

    private static int[] table() {
      int[] table = new int[256];
      for (int i = 0; i < table.length; i++) {
        int crc = i << 24;
        for (int bit = 0; bit < 8; bit++) {
          crc = crc < 0 ? crc << 1 ^ POLYNOMIAL : crc << 1;
        }
        table[i] = crc;
      }
      return table;
    }
  }
}

package dev.refloat.packaging;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Lays out `bin`, `lib` and what belongs to them, and makes the AOT caches by training runs.
///
/// The new distribution is made beside the old one and takes its place at the end, so that a
/// running
/// Refloat and a second build see a whole one.
final class Assemble {

  /// The options of every run; the training run must have the same.
  ///
  /// - Serial collector and C1 alone: both win in every run under two seconds.
  /// - `Xlog:disable`, because the JVM prints its doubts about a cache on stdout, into the data.
  /// - An option that a JVM of another maker does not know is no reason to fail.
  static final List<String> JVM_OPTIONS =
      List.of(
          "-XX:+IgnoreUnrecognizedVMOptions",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:-UsePerfData",
          "-Xlog:disable");

  private static final DateTimeFormatter TOUCH =
      DateTimeFormatter.ofPattern("yyyyMMddHHmm.ss").withZone(ZoneOffset.UTC);

  private final Path project;
  private final Path home;
  private final Path target;

  private Assemble(Path project, Path home) {
    this.project = project;
    this.home = home;
    this.target = home.resolveSibling(home.getFileName() + ".new");
  }

  /// Arguments: the project's root, the distribution's folder, the application's jar, a file with
  /// the class path of its dependencies, when the build began.
  public static void main(String[] args) throws Exception {
    if (args.length != 5) {
      throw new IllegalArgumentException(
          "usage: Assemble PROJECT HOME APP_JAR CLASSPATH_FILE BEGAN");
    }
    List<Path> jars = new ArrayList<>();
    jars.add(Path.of(args[2]));
    for (String entry :
        Files.readString(Path.of(args[3])).trim().split(java.io.File.pathSeparator, -1)) {
      if (!entry.isEmpty()) {
        jars.add(Path.of(entry));
      }
    }
    new Assemble(Path.of(args[0]).toAbsolutePath(), Path.of(args[1]).toAbsolutePath())
        .run(jars, Instant.parse(args[4]));
  }

  private void run(List<Path> jars, Instant began)
      throws IOException, InterruptedException, GeneralSecurityException {
    delete(target);
    Path lib = Files.createDirectories(target.resolve("lib"));
    Path bin = Files.createDirectories(target.resolve("bin"));
    // Even seconds: what the coarsest archive format can keep.
    Instant stamp = Instant.ofEpochSecond(Instant.now().getEpochSecond() / 2 * 2);
    List<Path> placed = new ArrayList<>();
    for (Path jar : jars) {
      if (!Files.isRegularFile(jar)) {
        throw new IOException(jar + " is not a jar: package the modules before the distribution");
      }
      Path to = lib.resolve(jar.getFileName().toString());
      Files.copy(jar, to);
      Files.setLastModifiedTime(to, FileTime.from(stamp));
      placed.add(to);
    }
    Path dist = project.resolve("app/src/dist");
    copyScript(dist.resolve("bin/refloat"), bin.resolve("refloat"));
    copyScript(dist.resolve("bin/refloat.cmd"), bin.resolve("refloat.cmd"));
    for (String file : List.of("find-jdk.sh", "find-jdk.cmd")) {
      Files.copy(dist.resolve("lib").resolve(file), lib.resolve(file));
    }
    for (String file : List.of("LICENSE", "README.md", "catalog")) {
      copyTree(project.resolve(file), target.resolve(file));
    }

    String content = contentName(placed);
    Training training = new Training(lib, placed);
    Optional<Path> cache =
        training.run(Training.Share.CLUSTER, "cluster-" + content + ".aot");
    Optional<Path> light = training.run(Training.Share.LIGHT, "light-" + content + ".aot");
    for (Optional<Path> one : List.of(cache, light)) {
      if (one.isPresent()) {
        Files.setLastModifiedTime(one.get(), FileTime.from(stamp));
      }
    }
    writeLaunchFile(lib, placed, stamp, cache, light);
    // Sources newer than this file are not in this distribution: the checkout's launcher looks.
    Files.setLastModifiedTime(Files.createFile(lib.resolve("built")), FileTime.from(began));

    Path old = home.resolveSibling(home.getFileName() + ".old");
    delete(old);
    if (Files.exists(home)) {
      Files.move(home, old);
    }
    Files.move(target, home, StandardCopyOption.ATOMIC_MOVE);
    delete(old);
  }

  /// Names the caches by what they were made from, since the JDK does not check the jars
  /// (JDK-8377932).
  private static String contentName(List<Path> jars) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    digest.update(System.getProperty("java.vm.version").getBytes(StandardCharsets.UTF_8));
    for (Path jar : jars) {
      digest.update(Files.readAllBytes(jar));
    }
    return HexFormat.of().formatHex(digest.digest(), 0, 8);
  }

  /// What the launcher must know, as shell assignments: reading a file is cheap, finding out is
  /// not.
  private static void writeLaunchFile(
      Path lib, List<Path> jars, Instant stamp, Optional<Path> cache, Optional<Path> light)
      throws IOException {
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
            + "aot_runtime='" + System.getProperty("java.runtime.version") + "'\n"
            + "aot_jdk='" + System.getProperty("java.home").replace("'", "'\\''") + "'\n";
    Files.writeString(lib.resolve("launch"), text);
    // The same for cmd.exe, which can read `name=value` lines and nothing more.
    String windows =
        "jars=" + names + "\r\n"
            + "jvm_options=" + String.join(" ", JVM_OPTIONS) + "\r\n"
            + "aot=" + name(cache) + "\r\n"
            + "aot_light=" + name(light) + "\r\n"
            + "aot_runtime=" + System.getProperty("java.runtime.version") + "\r\n";
    Files.writeString(lib.resolve("launch.txt"), windows);
  }

  private static String name(Optional<Path> file) {
    return file.map(f -> f.getFileName().toString()).orElse("");
  }

  /// Copies a launcher and tells it where its distribution is, for when it is copied elsewhere.
  private void copyScript(Path from, Path to) throws IOException {
    String text = Files.readString(from).replace("@home@", home.toString());
    Files.writeString(to, text);
    if (Files.getFileStore(to).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  private static void copyTree(Path from, Path to) throws IOException {
    if (!Files.exists(from)) {
      return;
    }
    try (Stream<Path> files = Files.walk(from)) {
      files.forEach(
          file -> {
            Path copy = to.resolve(from.relativize(file).toString());
            try {
              if (Files.isDirectory(file)) {
                Files.createDirectories(copy);
              } else {
                Files.copy(file, copy);
              }
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }

  static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
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

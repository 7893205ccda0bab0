package dev.refloat.packaging;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Makes the AOT caches of a distribution for the JDK and the platform that this runs on
/// (docs/adr/0002-start-up-and-aot.md): when it is put together, and by `lib/tune` where an archive
/// was unpacked.
final class Tune {
  /// Has this class and is no part of the program's class path.
  static final String JAR = "tune.jar";

  private Tune() {}

  /// Argument: the distribution's folder.
  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]).toAbsolutePath().normalize();
    Path lib = home.resolve("lib");
    if (!Files.isWritable(lib)) {
      System.err.println(
          "refloat: cannot write to " + lib + ": run this as who owns the distribution.");
      System.exit(2);
    }
    System.err.println(
        "refloat: making start-up caches for Java "
            + System.getProperty("java.runtime.version")
            + ", which takes about half a minute");
    if (!run(home, Instant.ofEpochSecond(Instant.now().getEpochSecond() / 2 * 2))) {
      System.exit(2);
    }
    System.err.println("refloat: done");
  }

  /// Whether both caches were made.
  static boolean run(Path home, Instant stamp)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path lib = home.resolve("lib");
    List<Path> jars = LaunchFile.jars(lib);
    for (Path jar : jars) {
      Files.setLastModifiedTime(jar, FileTime.from(stamp));
    }
    try (DirectoryStream<Path> old = Files.newDirectoryStream(lib, "*.aot")) {
      for (Path cache : old) {
        Files.delete(cache);
      }
    }
    String content = contentName(jars);
    Training training = new Training(lib, jars);
    Optional<Path> cache = training.run(Training.Share.CLUSTER, "cluster-" + content + ".aot");
    Optional<Path> light = training.run(Training.Share.LIGHT, "light-" + content + ".aot");
    for (Optional<Path> one : List.of(cache, light)) {
      if (one.isPresent()) {
        Files.setLastModifiedTime(one.get(), FileTime.from(stamp));
      }
    }
    LaunchFile.write(lib, jars, stamp, cache, light);
    return cache.isPresent() && light.isPresent();
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
}

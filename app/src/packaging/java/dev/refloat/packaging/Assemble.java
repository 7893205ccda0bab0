package dev.refloat.packaging;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Lays out `bin`, `lib` and what belongs to them, packs that into archives, and makes the AOT
/// caches
/// for this machine.
///
/// The new distribution is made beside the old one and takes its place at the end, so that a
/// running
/// Refloat and a second build see a whole one.
final class Assemble {

  /// What the program is called, by itself and by those who find plugins by their names.
  private static final List<String> NAMES =
      List.of("refloat", "kubectl-refloat", "kubectl_complete-refloat", "flux-refloat");

  /// The completion scripts, by the names that shells look for.
  private static final Map<String, String> COMPLETIONS =
      Map.of(
          "completion.bash", "refloat.bash",
          "completion.zsh", "_refloat",
          "completion.fish", "refloat.fish",
          "completion.ps1", "refloat.ps1");

  private final Order order;

  private Assemble(Order order) {
    this.order = order;
  }

  /// What the arguments say.
  ///
  /// @param project its root
  /// @param home the distribution's folder
  /// @param jars the application's, then those that it needs
  /// @param began when the build began
  /// @param version of the archives
  /// @param stamp the time of everything in the archives, so that the same sources make the same
  private record Order(
      Path project, Path home, List<Path> jars, Instant began, String version, Instant stamp) {}

  /// Arguments: the project's root, the distribution's folder, the application's jar, a file with
  /// the class path of its dependencies, when the build began, the version, and the time that the
  /// archives' files have.
  public static void main(String[] args) throws Exception {
    if (args.length != 7) {
      throw new IllegalArgumentException(
          "usage: Assemble PROJECT HOME APP_JAR CLASSPATH_FILE BEGAN VERSION STAMP");
    }
    List<Path> jars = new ArrayList<>();
    jars.add(Path.of(args[2]));
    for (String entry :
        Files.readString(Path.of(args[3])).trim().split(java.io.File.pathSeparator, -1)) {
      if (!entry.isEmpty()) {
        jars.add(Path.of(entry));
      }
    }
    new Assemble(
            new Order(
                Path.of(args[0]).toAbsolutePath(),
                Path.of(args[1]).toAbsolutePath(),
                List.copyOf(jars),
                Instant.parse(args[4]),
                args[5],
                Instant.parse(args[6])))
        .run();
  }

  private void run() throws IOException, InterruptedException, GeneralSecurityException {
    archives();
    Path home = order.home();
    Path target = home.resolveSibling(home.getFileName() + ".new");
    layOut(target, home.toString());
    Tune.run(target, even(Instant.now()));
    // Sources newer than this file are not in this distribution: the checkout's launcher looks.
    Files.setLastModifiedTime(
        Files.createFile(target.resolve("lib/built")), FileTime.from(order.began()));

    Path old = home.resolveSibling(home.getFileName() + ".old");
    delete(old);
    if (Files.exists(home)) {
      Files.move(home, old);
    }
    Files.move(target, home, StandardCopyOption.ATOMIC_MOVE);
    delete(old);
  }

  /// `refloat-VERSION.tgz` and `.zip`: the distribution for any machine, so without caches, which
  /// fit
  /// one JDK on one platform.
  private void archives() throws IOException {
    String name = "refloat-" + order.version();
    Path folder = order.home().resolveSibling(name);
    layOut(folder, "");
    Archives archives = new Archives(folder, name, even(order.stamp()));
    archives.tgz(order.home().resolveSibling(name + ".tgz"));
    archives.zip(order.home().resolveSibling(name + ".zip"));
    delete(folder);
  }

  /// Even seconds: what the coarsest archive format can keep.
  private static Instant even(Instant time) {
    return Instant.ofEpochSecond(time.getEpochSecond() / 2 * 2);
  }

  /// Everything but the caches.
  ///
  /// @param known where it will be, for launchers that are copied elsewhere; empty when nobody
  ///     knows
  private void layOut(Path target, String known) throws IOException {
    delete(target);
    Path lib = Files.createDirectories(target.resolve("lib"));
    Path bin = Files.createDirectories(target.resolve("bin"));
    List<Path> placed = new ArrayList<>();
    for (Path jar : order.jars()) {
      if (!Files.isRegularFile(jar)) {
        throw new IOException(jar + " is not a jar: package the modules before the distribution");
      }
      Path to = lib.resolve(jar.getFileName().toString());
      Files.copy(jar, to);
      placed.add(to);
    }
    Path dist = order.project().resolve("app/src/dist");
    // The launcher looks at the name that it was called by.
    for (String name : NAMES) {
      copyScript(dist.resolve("bin/refloat"), bin.resolve(name), known);
      copyScript(dist.resolve("bin/refloat.cmd"), bin.resolve(name + ".cmd"), known);
    }
    for (String file : List.of("find-jdk.sh", "find-jdk.cmd", "tune", "tune.cmd")) {
      copyScript(dist.resolve("lib").resolve(file), lib.resolve(file), known);
    }
    Path completions = Files.createDirectories(target.resolve("completions"));
    for (Map.Entry<String, String> shell : COMPLETIONS.entrySet()) {
      Files.copy(
          order.project().resolve("app/src/main/resources/dev/refloat/cli").resolve(shell.getKey()),
          completions.resolve(shell.getValue()));
    }
    for (String file : List.of("LICENSE", "README.md", "catalog")) {
      copyTree(order.project().resolve(file), target.resolve(file));
    }
    Archives.jar(
        order.home().resolveSibling("packaging-classes"),
        lib.resolve(Tune.JAR),
        even(order.stamp()));
    LaunchFile.write(lib, placed, even(order.stamp()), Optional.empty(), Optional.empty());
  }

  /// Copies a launcher and tells it where its distribution is, for when it is copied elsewhere.
  private static void copyScript(Path from, Path to, String known) throws IOException {
    String text = Files.readString(from).replace("@home@", known).replace("\r\n", "\n");
    // cmd.exe loses its way in files with the line ends of Unix.
    boolean windows = to.getFileName().toString().endsWith(".cmd");
    Files.writeString(to, windows ? text.replace("\n", "\r\n") : text);
    boolean runs = !to.getFileName().toString().endsWith(".sh");
    if (runs && Files.getFileStore(to).supportsFileAttributeView("posix")) {
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
}

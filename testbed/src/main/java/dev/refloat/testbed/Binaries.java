package dev.refloat.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds the programs of the test bed: first in the folder that `KUBEBUILDER_ASSETS` names, then in
/// the cache, else built from Go modules into the cache. Builds are atomic (a program appears under
/// its name when it is whole) and one at a time across processes.
public final class Binaries {
  /// Raised when the way of building changes, so that old caches are not taken for new ones.
  private static final String RECIPE = "1";

  private static final Object BUILDING = new Object();

  private final Optional<Path> assets;
  private final Path cache;
  private final Go go;

  Binaries(Map<String, String> environment, Go go) {
    this.assets =
        Optional.ofNullable(environment.get("KUBEBUILDER_ASSETS"))
            .filter(s -> !s.isBlank())
            .map(Path::of);
    Path root =
        Optional.ofNullable(environment.get("REFLOAT_TESTBED_CACHE"))
            .filter(s -> !s.isBlank())
            .map(Path::of)
            .orElseGet(
                () -> Path.of(System.getProperty("user.home"), ".cache", "refloat", "testbed"));
    this.cache = root.toAbsolutePath().resolve(versionsHash());
    this.go = go;
  }

  /// The programs as this process's environment has them.
  public static Binaries ofEnvironment() {
    return new Binaries(System.getenv(), Go.ofPath(System.getenv()));
  }

  /// The folder of this set of versions: `<cache>/<hash>`.
  public Path cache() {
    return cache;
  }

  /// The path of a program, built when it must be.
  ///
  /// @throws UnavailableException when it is neither in `KUBEBUILDER_ASSETS` nor cached, and there
  ///     is no Go to build it with, or the build failed
  public Path path(Binary binary) throws UnavailableException {
    Optional<Path> found = find(binary);
    if (found.isPresent()) {
      return found.get();
    }
    build(binary.module());
    return find(binary)
        .orElseThrow(() -> new UnavailableException(binary.program() + " was built but is gone"));
  }

  private Optional<Path> find(Binary binary) {
    return Stream.concat(assets.stream(), Stream.of(cache.resolve("bin")))
        .map(folder -> folder.resolve(binary.program()))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// The folder with the CustomResourceDefinitions of Flux, one YAML file each, made from the Go
  /// types of its API modules.
  public Path fluxCrds() throws UnavailableException {
    Path crds = cache.resolve("crds");
    if (Files.isDirectory(crds)) {
      return crds;
    }
    Path generator = path(Binary.CONTROLLER_GEN);
    requireGo("the Flux CRDs");
    locked(
        () -> {
          if (Files.isDirectory(crds)) {
            return;
          }
          Narration.say("making the Flux CRDs from the API modules of its controllers");
          Path work = Files.createTempDirectory(cache, "crds-");
          try {
            Path out = go.fluxCrds(generator, work, Binary.FLUX_APIS);
            Files.move(out, crds, StandardCopyOption.ATOMIC_MOVE);
          } finally {
            Folders.delete(work);
          }
        });
    return crds;
  }

  private void build(Binary.Module module) throws UnavailableException {
    requireGo(module.binaries().getFirst().program());
    locked(
        () -> {
          List<Binary> missing = module.binaries().stream().filter(b -> find(b).isEmpty()).toList();
          if (missing.isEmpty()) {
            return;
          }
          Path bin = Files.createDirectories(cache.resolve("bin"));
          Path work = Files.createTempDirectory(cache, "build-");
          try {
            for (Path built : go.build(module, missing, work)) {
              Files.move(built, bin.resolve(built.getFileName()), StandardCopyOption.ATOMIC_MOVE);
            }
          } finally {
            Folders.delete(work);
          }
        });
  }

  private void requireGo(String wanted) throws UnavailableException {
    if (!go.present()) {
      throw new UnavailableException(
          wanted
              + " is neither in KUBEBUILDER_ASSETS nor in "
              + cache
              + ", and there is no Go on the PATH to build it with");
    }
  }

  private interface Work {
    void run() throws IOException, UnavailableException;
  }

  private void locked(Work work) throws UnavailableException {
    synchronized (BUILDING) {
      try {
        Files.createDirectories(cache);
        try (FileChannel channel =
                FileChannel.open(
                    cache.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = lock(channel)) {
          if (!lock.isValid()) {
            throw new IOException("the lock of " + cache + " was lost");
          }
          removeLeftovers();
          work.run();
        }
      } catch (IOException e) {
        throw new UnavailableException("the test bed's cache " + cache + " is not usable: " + e);
      }
    }
  }

  /// Scratch folders of builds that were killed: whoever holds the lock is the only builder.
  private void removeLeftovers() throws IOException {
    try (Stream<Path> all = Files.list(cache)) {
      all.filter(p -> p.getFileName().toString().matches("(build|crds)-\\d+"))
          .forEach(Folders::delete);
    }
  }

  private FileLock lock(FileChannel channel) throws IOException {
    FileLock lock = channel.tryLock();
    if (lock != null) {
      return lock;
    }
    Narration.say("waiting for another process that builds into " + cache);
    return channel.lock();
  }

  /// Twelve hex digits over everything that decides what is built.
  static String versionsHash() {
    List<String> parts = new ArrayList<>();
    parts.add(RECIPE);
    parts.add(System.getProperty("os.name"));
    parts.add(System.getProperty("os.arch"));
    for (Binary b : Binary.values()) {
      parts.add(b.program() + " " + b.goPackage() + " " + b.module().version());
    }
    for (Binary.ApiModule m : Binary.FLUX_APIS) {
      parts.add(m.toString());
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(String.join("\n", parts).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /// A program in the folder that `REFLOAT_TESTBED_BIN` names, such as `helm-controller`: the Flux
  /// controllers are not published as modules that build.
  ///
  /// @throws UnavailableException when there is no such folder or program
  public static Path supplied(String program) throws UnavailableException {
    String folder = System.getenv().getOrDefault("REFLOAT_TESTBED_BIN", "");
    if (folder.isBlank()) {
      throw new UnavailableException(
          program + " is looked up in the folder of REFLOAT_TESTBED_BIN, which is not set");
    }
    Path file = Path.of(folder, program);
    if (!Files.isExecutable(file)) {
      throw new UnavailableException("REFLOAT_TESTBED_BIN has no " + file);
    }
    return file;
  }

  /// File operations on whole folders.
  static final class Folders {
    private Folders() {}

    static void delete(Path folder) {
      if (!Files.exists(folder)) {
        return;
      }
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path p : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(p);
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot remove " + folder, e);
      }
    }
  }
}

package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The archive that users unpack, as they use it. Skipped where nothing was packaged (`verify`
/// does).
@EnabledOnOs({OS.LINUX, OS.MAC})
final class DistributionE2E {
  private static final Path BUILT = Path.of("../app/target");

  @TempDir private Path folder;
  private Path home = Path.of("");

  private record Ran(int code, String out, String err) {}

  @BeforeEach
  void unpack() throws Exception {
    Optional<Path> archive = archive();
    assumeThat(archive).as("an archive in %s", BUILT).isPresent();
    Path place = Files.createDirectory(folder.resolve("a place"));
    Ran tar = run(Map.of(), "tar", "xzf", archive.orElseThrow().toString(), "-C", place.toString());
    assertThat(tar.code()).as(tar.err()).isZero();
    try (Stream<Path> inside = Files.list(place)) {
      home = inside.findFirst().orElseThrow();
    }
  }

  private static Optional<Path> archive() throws IOException {
    if (!Files.isDirectory(BUILT)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(BUILT)) {
      return files
          .filter(f -> f.getFileName().toString().matches("refloat-.*\\.tgz"))
          .map(f -> f.toAbsolutePath().normalize())
          .findFirst();
    }
  }

  private Ran run(Map<String, String> env, String... command) throws Exception {
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    ProcessBuilder builder =
        new ProcessBuilder(List.of(command))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    Map<String, String> all = new HashMap<>(env);
    all.putIfAbsent("PATH", "/usr/bin:/bin");
    all.putIfAbsent("HOME", folder.toString());
    all.putIfAbsent("REFLOAT_JAVA_HOME", System.getProperty("java.home"));
    builder.environment().clear();
    builder.environment().putAll(all);
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ran(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private String bin(String name) {
    return home.resolve("bin").resolve(name).toString();
  }

  @Test
  void runsWhereItWasUnpacked() throws Exception {
    String version = home.getFileName().toString().replaceFirst("^refloat-", "");
    Ran ran = run(Map.of(), bin("refloat"), "--version");
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out()).isEqualTo("refloat " + version + "\n");
    assertThat(run(Map.of(), bin("refloat"), "demo").out()).contains("HelmRelease ai/librechat");
  }

  @Test
  void isAPluginOfKubectl() throws Exception {
    Path kubectl = kubectl();
    Map<String, String> env =
        Map.of("PATH", home.resolve("bin") + ":" + kubectl.getParent() + ":/usr/bin:/bin");
    assertThat(run(env, kubectl.toString(), "refloat", "--version").out()).startsWith("refloat ");
    assertThat(run(env, kubectl.toString(), "refloat", "diagnose", "-n").err())
        .contains("kubectl refloat diagnose --help");
    assertThat(run(env, kubectl.toString(), "__complete", "refloat", "expl").out())
        .contains("explain\t");
  }

  private static Path kubectl() {
    try {
      return Binaries.ofEnvironment().path(Binary.KUBECTL);
    } catch (UnavailableException e) {
      assumeThat(false).as(e.why()).isTrue();
      throw new AssertionError(e);
    }
  }

  @Test
  void bringsCompletionsLicenceAndPagesButNoCacheOfAnotherMachine() throws IOException {
    List<String> names = new ArrayList<>();
    try (Stream<Path> all = Files.walk(home)) {
      all.filter(Files::isRegularFile).forEach(f -> names.add(home.relativize(f).toString()));
    }
    assertThat(names)
        .contains(
            "LICENSE",
            "README.md",
            "bin/flux-refloat",
            "bin/refloat.cmd",
            "completions/refloat.bash",
            "completions/_refloat",
            "completions/refloat.fish",
            "completions/refloat.ps1",
            "lib/tune.jar")
        .noneMatch(n -> n.endsWith(".aot"));
    for (String text : List.of("bin/refloat", "lib/launch", "lib/launch.txt")) {
      assertThat(Files.readString(home.resolve(text), StandardCharsets.UTF_8))
          .as(text + " says where it was built")
          .doesNotContain(BUILT.toRealPath().toString())
          .doesNotContain(System.getProperty("java.home"));
    }
    for (String cmd : List.of("bin/refloat.cmd", "lib/find-jdk.cmd", "lib/tune.cmd")) {
      assertThat(Files.readString(home.resolve(cmd)).lines().count())
          .as(cmd + " has the line ends of Windows")
          .isEqualTo(Files.readString(home.resolve(cmd)).split("\r\n", -1).length - 1L);
    }
  }
}

package dev.refloat.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The POSIX launcher with JDKs that are scripts: they print the arguments they were started with.
@EnabledOnOs({OS.LINUX, OS.MAC})
class LauncherTest {
  private static final Instant STAMP = Instant.parse("2026-11-24T06:30:10Z");

  @TempDir private Path dir;
  private Path home;
  private Path lib;

  private record Ran(int code, List<String> lines, String err) {}

  @BeforeEach
  void layOut() throws IOException, InterruptedException {
    home = Files.createDirectory(dir.resolve("a home"));
    lib = Files.createDirectory(home.resolve("lib"));
    Files.createDirectory(home.resolve("bin"));
    Path source = Path.of("src/dist").toAbsolutePath();
    Files.copy(source.resolve("bin/refloat"), home.resolve("bin/refloat"));
    executable(home.resolve("bin/refloat"));
    Files.copy(source.resolve("lib/find-jdk.sh"), lib.resolve("find-jdk.sh"));
    for (String file : List.of("one.jar", "two.jar", "x.aot", "light.aot")) {
      Files.writeString(lib.resolve(file), file);
    }
    stampAll();
    Process sums =
        new ProcessBuilder("cksum", "one.jar", "two.jar").directory(lib.toFile()).start();
    String text = new String(sums.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(sums.waitFor()).isZero();
    Files.writeString(
        lib.resolve("launch"),
        """
        jars='one.jar two.jar'
        sums='%s'
        stamp=202611240630.10
        jvm_options='-XX:+UseSerialGC -Xlog:disable'
        aot=x.aot
        aot_light=light.aot
        aot_runtime='25.0.3+9-LTS'
        aot_jdk='/nowhere'
        """
            .formatted(text));
  }

  private void stampAll() throws IOException {
    for (String file : List.of("one.jar", "two.jar", "x.aot", "light.aot")) {
      Files.setLastModifiedTime(lib.resolve(file), FileTime.from(STAMP));
    }
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path jdk(String name, String version, String runtime) throws IOException {
    Path jdk = Files.createDirectory(dir.resolve(name));
    Files.createDirectory(jdk.resolve("bin"));
    Files.writeString(
        jdk.resolve("release"),
        "IMPLEMENTOR=\"Test\"\nJAVA_RUNTIME_VERSION=\"%s\"\nJAVA_VERSION=\"%s\"\n"
            .formatted(runtime, version));
    Files.writeString(
        jdk.resolve("bin/java"), "#!/bin/sh\necho " + name + "\nprintf '%s\\n' \"$@\"\n");
    executable(jdk.resolve("bin/java"));
    return jdk;
  }

  private Path fitting() throws IOException {
    return jdk("jdk25", "25.0.3", "25.0.3+9-LTS");
  }

  private Ran run(Map<String, String> env, Path program, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().put("HOME", dir.toString());
    builder.environment().putAll(env);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ran(process.exitValue(), out.lines().toList(), err);
  }

  private Ran run(Path jdk, String... arguments) throws IOException, InterruptedException {
    return run(
        Map.of("REFLOAT_JAVA_HOME", jdk.toString()),
        home.resolve("bin/refloat"),
        arguments.length == 0 ? new String[] {"get"} : arguments);
  }

  private String cacheOption() {
    return "-XX:AOTCache=" + lib + "/x.aot";
  }

  @Test
  void startsTheProgramWithItsJarsAndArguments() throws Exception {
    Ran ran = run(fitting(), "diagnose", "a  b", "*", "", "$HOME");
    assertThat(ran.code()).isZero();
    assertThat(ran.err()).isEmpty();
    assertThat(ran.lines())
        .containsExactly(
            "jdk25",
            "-XX:+UseSerialGC",
            "-Xlog:disable",
            cacheOption(),
            "-Drefloat.invoked-as=refloat",
            "-Drefloat.home=" + home,
            "-cp",
            lib + "/one.jar:" + lib + "/two.jar",
            "dev.refloat.wiring.Main",
            "diagnose",
            "a  b",
            "*",
            "",
            "$HOME");
  }

  @Test
  void usesTheJdkOfJavaHomeOnlyWhenItIsNewEnough() throws Exception {
    Path old = jdk("jdk17", "17.0.15", "17.0.15+6");
    Path newer = jdk("jdk26", "26-ea", "26-ea+3");
    Path program = home.resolve("bin/refloat");
    assertThat(run(Map.of("JAVA_HOME", newer.toString()), program).lines().getFirst())
        .isEqualTo("jdk26");
    Ran ran =
        run(
            Map.of("JAVA_HOME", old.toString(), "PATH", newer.resolve("bin") + ":/usr/bin:/bin"),
            program);
    assertThat(ran.lines().getFirst()).isEqualTo("jdk26");
  }

  @Test
  void findsAJdkThroughALinkOnThePath() throws Exception {
    Path links = Files.createDirectory(dir.resolve("links"));
    Files.createSymbolicLink(links.resolve("java"), fitting().resolve("bin/java"));
    Ran ran = run(Map.of("PATH", links + ":/usr/bin:/bin"), home.resolve("bin/refloat"));
    assertThat(ran.lines().getFirst()).isEqualTo("jdk25");
  }

  @Test
  void refusesAnUnfitJdkThatWasAskedFor() throws Exception {
    Ran ran = run(jdk("jdk17", "17.0.15", "17.0.15+6"));
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.lines()).isEmpty();
    assertThat(ran.err())
        .contains("REFLOAT_JAVA_HOME is " + dir.resolve("jdk17"))
        .contains("Java 17")
        .contains("25 or newer");
    assertThat(run(dir.resolve("nothing")).err()).contains("not a JDK 25 or newer");
  }

  @Test
  void takesTheSmallCacheForCommandsThatReadNoCluster() throws Exception {
    Path jdk = fitting();
    String light = "-XX:AOTCache=" + lib + "/light.aot";
    assertThat(run(jdk, "--version").lines()).contains(light);
    assertThat(run(jdk, "explain", "image-pull").lines()).contains(light);
    assertThat(run(jdk, "__complete", "dia").lines()).contains(light);
    assertThat(run(jdk, "__complete", "diagnose", "-n", "").lines()).contains(cacheOption());
    assertThat(run(jdk, "get", "--help").lines()).contains(cacheOption());
  }

  @Test
  void leavesTheCacheOfAnotherJdkAlone() throws Exception {
    assertThat(run(jdk("later", "25.0.4", "25.0.4+7-LTS")).lines()).doesNotContain(cacheOption());
  }

  @Test
  void leavesTheCacheAloneWhenItIsGone() throws Exception {
    Files.delete(lib.resolve("x.aot"));
    Ran ran = run(fitting());
    assertThat(ran.code()).isZero();
    assertThat(ran.err()).isEmpty();
    assertThat(ran.lines()).doesNotContain(cacheOption());
  }

  @Test
  void leavesTheCacheAloneWhenAJarIsAnotherOlderOrNewer() throws Exception {
    Path jdk = fitting();
    Files.writeString(lib.resolve("two.jar"), "changed");
    for (int seconds : new int[] {-3600, 3600}) {
      Files.setLastModifiedTime(lib.resolve("two.jar"), FileTime.from(STAMP.plusSeconds(seconds)));
      assertThat(run(jdk).lines()).doesNotContain(cacheOption());
    }
  }

  @Test
  void takesTheCacheAgainAfterAPlainCopyAndRestoresTheTimes() throws Exception {
    Path jdk = fitting();
    Files.setLastModifiedTime(lib.resolve("one.jar"), FileTime.from(STAMP.plusSeconds(5)));
    Files.setLastModifiedTime(lib.resolve("x.aot"), FileTime.from(STAMP.plusSeconds(9)));
    assertThat(run(jdk).lines()).contains(cacheOption());
    for (String file : List.of("one.jar", "two.jar", "x.aot", "light.aot")) {
      assertThat(Files.getLastModifiedTime(lib.resolve(file)).toInstant()).isEqualTo(STAMP);
    }
  }

  @Test
  void knowsTheNameThatItWasCalledByThroughALink() throws Exception {
    Path link = dir.resolve("kubectl-refloat");
    Files.createSymbolicLink(link, Path.of("a home/bin/refloat"));
    Ran ran = run(Map.of("REFLOAT_JAVA_HOME", fitting().toString()), link, "get");
    assertThat(ran.lines()).contains("-Drefloat.invoked-as=kubectl-refloat");
    assertThat(ran.lines().getLast()).isEqualTo("get");
  }

  @Test
  void completesForKubectl() throws Exception {
    Path link = dir.resolve("kubectl_complete-refloat");
    Files.createSymbolicLink(link, home.resolve("bin/refloat"));
    Ran ran =
        run(Map.of("REFLOAT_JAVA_HOME", dir.resolve(fitting()).toString()), link, "diagnose", "");
    assertThat(ran.lines()).endsWith("dev.refloat.wiring.Main", "__complete", "diagnose", "");
  }

  @Test
  void worksAsACopyThatIsToldWhereTheRestIs() throws Exception {
    Path copy = dir.resolve("flux-refloat");
    Files.copy(home.resolve("bin/refloat"), copy);
    executable(copy);
    String jdk = fitting().toString();
    Ran ran = run(Map.of("REFLOAT_JAVA_HOME", jdk, "REFLOAT_HOME", home.toString()), copy, "get");
    assertThat(ran.lines()).contains("-Drefloat.invoked-as=flux-refloat", cacheOption());
    Ran lost = run(Map.of("REFLOAT_JAVA_HOME", jdk), copy);
    assertThat(lost.code()).isEqualTo(2);
    assertThat(lost.err()).contains("set REFLOAT_HOME");
  }

  @Test
  void answersAsAPluginByTheNameOfItsCopyBesideIt() throws Exception {
    Path copy = home.resolve("bin/kubectl-refloat");
    Files.copy(home.resolve("bin/refloat"), copy);
    executable(copy);
    Ran ran = run(Map.of("REFLOAT_JAVA_HOME", fitting().toString()), copy, "get");
    assertThat(ran.lines()).contains("-Drefloat.invoked-as=kubectl-refloat", cacheOption());
  }

  @Test
  void makesCachesWithTheJdkThatItFinds() throws Exception {
    Path tune = lib.resolve("tune");
    Files.copy(Path.of("src/dist/lib/tune"), tune);
    executable(tune);
    Ran ran = run(Map.of("REFLOAT_JAVA_HOME", fitting().toString()), tune);
    assertThat(ran.lines())
        .containsExactly(
            "jdk25",
            "-cp",
            "%1$s/tune.jar:%1$s/one.jar:%1$s/two.jar".formatted(lib.toRealPath()),
            "dev.refloat.packaging.Tune",
            home.toRealPath().toString());
    assertThat(run(Map.of("REFLOAT_JAVA_HOME", dir.toString()), tune).code()).isEqualTo(2);
  }

  @Test
  void handsOnMoreJvmOptions() throws Exception {
    Ran ran =
        run(
            Map.of("REFLOAT_JAVA_HOME", fitting().toString(), "REFLOAT_JAVA_OPTS", "-Xmx2g -Xss4m"),
            home.resolve("bin/refloat"));
    assertThat(ran.lines()).contains("-Xmx2g", "-Xss4m");
  }
}

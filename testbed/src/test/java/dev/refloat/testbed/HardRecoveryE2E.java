package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.testbed.FaultProxy.Fault;
import dev.refloat.wiring.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Recoveries under bad conditions: a failing API server, another recovery at work, a world that
/// changes, approvals that are missing, a disk that is full.
@RequiresTestBed
final class HardRecoveryE2E {
  private static final Pattern RESUME = Pattern.compile("recover --resume ([a-z0-9-]+)");
  private static Playground playground;

  @BeforeAll
  static void start() throws Exception {
    playground = Playground.withEitherFlux();
  }

  @AfterAll
  static void stop() {
    playground.close();
  }

  /// What happens to the first of all requests of a kind.
  enum Trouble {
    TOO_MANY(Fault.tooManyRequests(1)),
    ERROR(Fault.internalError()),
    RESET(new Fault.Reset()),
    SILENCE(new Fault.Hang()),
    LOST_ANSWER(new Fault.Swallow());

    private final Fault fault;

    Trouble(Fault fault) {
      this.fault = fault;
    }
  }

  private static Release broken(RecoveryCase c, String suffix) throws UnavailableException {
    Release release = c.release(suffix);
    playground.namespace(release.namespace());
    playground.install(release);
    c.inflict(playground, release);
    return release;
  }

  private static Refloat refloat() {
    return Refloat.as(playground.cluster(), playground.cluster().admin());
  }

  private static Program.Result recover(Refloat refloat, List<String> arguments, String... more) {
    List<String> all = new ArrayList<>(List.of("recover"));
    all.addAll(arguments);
    all.addAll(Arrays.asList(more));
    Program.Result result = refloat.run(all.toArray(String[]::new));
    assertThat(result.err()).doesNotContain("has a bug");
    return result;
  }

  private static String told(Program.Result result) {
    return "exit code; it said:\n" + result.out() + result.err();
  }

  private static String resumed(Program.Result result) {
    Matcher m = RESUME.matcher(result.err());
    assertThat(m.find()).as(told(result)).isTrue();
    return m.group(1);
  }

  private static String uid(String path) {
    return playground.api().get(path).path("metadata").path("uid").asString();
  }

  private static String deployment(Release r) {
    return "/apis/apps/v1/namespaces/" + r.namespace() + "/deployments/" + r.name();
  }

  /// Every request, reads and writes, fails once: the HelmRelease is deleted and made anew all the
  /// same.
  @ParameterizedTest
  @EnumSource
  void getsOverACallThatFails(Trouble trouble) throws Exception {
    RecoveryCase c = RecoveryCase.RECREATE;
    Release release =
        broken(c, trouble.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
    String before = uid(deployment(release));
    try (FaultProxy proxy = FaultProxy.before(playground.cluster())) {
      Set<String> spoilt = ConcurrentHashMap.newKeySet();
      proxy.inject(
          r ->
              r.userAgent().startsWith("refloat") && spoilt.add(r.method() + r.path())
                  ? Optional.of(trouble.fault)
                  : Optional.empty());
      Refloat refloat =
          Refloat.as(playground.cluster(), playground.cluster().admin().at(proxy.uri()));
      Program.Result result = recover(refloat, c.arguments(release), "--request-timeout", "2s");
      for (int again = 0; result.code() != 0 && again < 6; again++) {
        assertThat(result.code()).as(told(result)).isIn(2, 3, 4);
        Matcher m = RESUME.matcher(result.err());
        result =
            m.find()
                ? recover(
                    refloat, List.of("--resume", m.group(1), "--yes"), "--request-timeout", "2s")
                : recover(refloat, c.arguments(release), "--request-timeout", "2s");
      }
      assertThat(result.code()).as(told(result)).isZero();
      assertThat(spoilt).hasSizeGreaterThan(10);
    }
    RecoverE2E.isWell(playground, c, release);
    assertThat(uid(deployment(release))).isEqualTo(before);
  }

  /// Writes fail from the suspension on: the recovery stops, says what it left, and goes on later.
  @Test
  void stopsResumablyWhenTheServerStaysAway() throws Exception {
    RecoveryCase c = RecoveryCase.RECREATE;
    Release release = broken(c, "away");
    try (FaultProxy proxy = FaultProxy.before(playground.cluster())) {
      proxy.inject(r -> r.method().equals("DELETE"), Fault.internalError());
      Refloat refloat =
          Refloat.as(playground.cluster(), playground.cluster().admin().at(proxy.uri()));
      Program.Result result = recover(refloat, c.arguments(release), "--timeout", "6s");
      assertThat(result.code()).as(told(result)).isEqualTo(4);
      assertThat(result.err())
          .contains("Stopped: --timeout 6s is over", "is suspended by recovery");
      assertThat(playground.state(release).suspended()).isTrue();
      assertThat(playground.state(release).object().toString())
          .contains("refloat.dev/suspended-by");
      proxy.heal();
      Program.Result again = recover(refloat, List.of("--resume", resumed(result), "--yes"));
      assertThat(again.code()).as(told(again)).isZero();
    }
    RecoverE2E.isWell(playground, c, release);
  }

  @Test
  void abortTakesBackWhatAStoppedRecoveryLeft() throws Exception {
    RecoveryCase c = RecoveryCase.RECREATE;
    Release release = broken(c, "aborted");
    try (FaultProxy proxy = FaultProxy.before(playground.cluster())) {
      proxy.inject(r -> r.method().equals("DELETE"), Fault.internalError());
      Refloat refloat =
          Refloat.as(playground.cluster(), playground.cluster().admin().at(proxy.uri()));
      Program.Result result = recover(refloat, c.arguments(release), "--timeout", "5s");
      assertThat(result.code()).as(told(result)).isEqualTo(4);
      Program.Result aborted = recover(refloat, List.of("--abort", resumed(result)));
      assertThat(aborted.code()).as(told(aborted)).isZero();
    }
    playground.awaitReady(release);
    RecoverE2E.isWell(playground, c, release);
  }

  @Test
  void refusesASecondRecoveryAndSaysWhoIsAtWork() throws Exception {
    RecoveryCase c = RecoveryCase.MANAGED;
    Release release = broken(c, "second");
    Program.Result first = recover(refloat(), c.arguments(release));
    assertThat(first.code()).as(told(first)).isEqualTo(3);
    String id = resumed(first);
    Program.Result second = recover(refloat(), c.arguments(release));
    assertThat(second.code()).as(told(second)).isEqualTo(3);
    assertThat(second.err()).contains("recovery " + id + " of unknown@", " since 2", "works on");
    c.repair(playground, release);
    Program.Result end = recover(refloat(), List.of("--resume", id, "--yes"));
    assertThat(end.code()).as(told(end)).isZero();
    RecoverE2E.isWell(playground, c, release);
  }

  @Test
  void ofTwoThatBeginAtOnceOneKeepsOut() throws Exception {
    RecoveryCase c = RecoveryCase.IMMUTABLE;
    Release release = broken(c, "race");
    List<Integer> codes = new ArrayList<>();
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Program.Result> one = () -> recover(refloat(), c.arguments(release));
      for (Future<Program.Result> f : pool.invokeAll(List.of(one, one))) {
        codes.add(f.get().code());
      }
    }
    assertThat(codes).containsExactlyInAnyOrder(0, 3);
    RecoverE2E.isWell(playground, c, release);
  }

  /// Somebody mends the release in Git after the plan was made: nothing is deleted any more.
  @Test
  void deletesNothingWhenTheWorldHasChangedSinceThePlan() throws Exception {
    RecoveryCase c = RecoveryCase.IMMUTABLE;
    Release release = broken(c, "changed");
    String before = uid(deployment(release));
    try (FaultProxy proxy = FaultProxy.before(playground.cluster())) {
      AtomicBoolean mended = new AtomicBoolean();
      proxy.inject(
          r -> {
            if (r.method().equals("PATCH")
                && r.path().contains("helmreleases")
                && mended.compareAndSet(false, true)) {
              playground.apply(release);
              playground.awaitReady(release);
            }
            return Optional.empty();
          });
      Program.Result result =
          recover(
              Refloat.as(playground.cluster(), playground.cluster().admin().at(proxy.uri())),
              c.arguments(release));
      assertThat(result.code()).as(told(result)).isEqualTo(3);
      assertThat(result.err()).contains("was changed since the plan", "Nothing was changed.");
    }
    assertThat(uid(deployment(release))).isEqualTo(before);
    RecoverE2E.isWell(playground, c, release);
  }

  @Test
  void changesNothingWithoutApprovals() throws Exception {
    RecoveryCase c = RecoveryCase.IMMUTABLE;
    Release release = broken(c, "unapproved");
    playground.awaitStalled(release);
    String before = playground.state(release).object().toString();
    Program.Result result =
        recover(refloat(), List.of("-n", release.namespace(), release.name(), "--yes"));
    assertThat(result.code()).as(told(result)).isEqualTo(3);
    assertThat(result.err()).contains("--approve deployment/" + release.namespace() + "/app");
    assertThat(playground.state(release).object().toString()).isEqualTo(before);
  }

  /// Without a class for snapshots nothing is suspended and no claim goes, unless the loss is
  /// accepted by name.
  @Test
  void touchesNoVolumeWithoutASnapshot() throws Exception {
    RecoveryCase c = RecoveryCase.VOLUME;
    Release release = broken(c, "lossless");
    String claim =
        "/api/v1/namespaces/" + release.namespace() + "/persistentvolumeclaims/data-app-0";
    String before = uid(claim);
    List<String> arguments = new ArrayList<>(c.arguments(release));
    arguments.removeIf(a -> a.startsWith("--accept-loss"));
    Program.Result result = recover(refloat(), arguments);
    assertThat(result.code()).as(told(result)).isEqualTo(3);
    assertThat(result.err()).contains("accept its loss by name");
    assertThat(uid(claim)).isEqualTo(before);
    assertThat(playground.state(release).suspended()).isFalse();
    assertThat(playground.state(release).object().toString()).doesNotContain("refloat.dev/");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void destroysNothingWhenTheBackupCannotBeWritten() throws Exception {
    RecoveryCase c = RecoveryCase.IMMUTABLE;
    Release plain = c.release("full");
    Release release = plain.with("values: {message: '" + "x".repeat(300_000) + "'}");
    playground.namespace(release.namespace());
    playground.install(release);
    c.inflict(playground, release);
    String before = uid(deployment(release));
    Map<String, String> environment = new HashMap<>(refloat().environment());
    environment.put("REFLOAT_STATE", Files.createTempDirectory("refloat-full").toString());
    List<String> arguments = new ArrayList<>(List.of("recover"));
    arguments.addAll(c.arguments(release));
    // no file of more than 200 blocks of 512 bytes
    Child child = Child.limited("ulimit -f 200", "dev.refloat.wiring.Main", environment, arguments);
    assertThat(child.await()).as(child.said()).isEqualTo(4);
    assertThat(child.said()).contains("cannot be written");
    assertThat(uid(deployment(release))).isEqualTo(before);
    assertThat(playground.state(release).object().toString()).doesNotContain("refloat.dev/");
  }

  @Test
  void beginsNothingWithoutAPlaceForItsJournal() throws Exception {
    RecoveryCase c = RecoveryCase.IMMUTABLE;
    Release release = broken(c, "journal");
    playground.awaitStalled(release);
    String before = playground.state(release).object().toString();
    Path file = Files.createTempFile("refloat-no-folder", "");
    Map<String, String> environment = new HashMap<>(refloat().environment());
    environment.put("REFLOAT_STATE", file.toString());
    List<String> arguments = new ArrayList<>(List.of("recover"));
    arguments.addAll(c.arguments(release));
    Program.Result result = Program.run(environment, arguments);
    assertThat(result.code()).as(told(result)).isEqualTo(2);
    assertThat(result.err()).contains("REFLOAT_STATE");
    assertThat(playground.state(release).object().toString()).isEqualTo(before);
  }

  @Test
  void letsOnlyOneProcessCarryARecoveryOut() throws Exception {
    RecoveryCase c = RecoveryCase.MANAGED;
    Release release = broken(c, "locked");
    Program.Result first = recover(refloat(), c.arguments(release));
    String id = resumed(first);
    Child waiting =
        Child.start(
            "dev.refloat.wiring.Main",
            refloat().environment(),
            List.of("recover", "--resume", id, "--timeout", "20s"));
    playground
        .cluster()
        .await(
            "the first waits", Duration.ofSeconds(60), () -> waiting.said().contains("waiting:"));
    Program.Result second = recover(refloat(), List.of("--resume", id, "--yes"));
    waiting.kill();
    assertThat(second.code()).as(told(second)).isEqualTo(2);
    assertThat(second.err()).contains("is being carried out by another process");
    c.repair(playground, release);
    Program.Result end = recover(refloat(), List.of("--resume", id, "--yes"));
    assertThat(end.code()).as(told(end)).isZero();
    RecoverE2E.isWell(playground, c, release);
  }
}

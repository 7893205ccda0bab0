package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.adapter.journal.RecoveryFolder;
import dev.refloat.recovery.Entry;
import dev.refloat.recovery.Journal;
import dev.refloat.wiring.HaltingProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/// Recoveries killed with SIGKILL: before every single write reaches the API server, after it was
/// carried out and before its answer arrives, and before, in and after every run of Helm. Each time
/// the recovery is resumed, and killed again at the next of these points, until it ends. The end is
/// the same as without a kill.
@RequiresTestBed
@EnabledOnOs({OS.LINUX, OS.MAC})
final class KilledE2E {
  private static final Set<RecoveryCase> CASES =
      EnumSet.of(
          RecoveryCase.CRASH,
          RecoveryCase.MANAGED,
          RecoveryCase.IMMUTABLE,
          RecoveryCase.EDITED,
          RecoveryCase.LOCKED,
          RecoveryCase.UNINSTALLING,
          RecoveryCase.STATEFUL_SET,
          RecoveryCase.VOLUME,
          RecoveryCase.RECREATE);

  private static final String HALTING = "dev.refloat.wiring.HaltingProgram";
  private static final int MOST_RUNS = 80;

  private static final Map<RecoveryCase, Future<?>> PLAYED = new EnumMap<>(RecoveryCase.class);
  private static final ExecutorService THREADS = Executors.newVirtualThreadPerTaskExecutor();
  private static final Semaphore AT_ONCE = new Semaphore(5);
  private static Playground playground;

  @BeforeAll
  static void play() throws Exception {
    playground = Playground.withEitherFlux();
    for (RecoveryCase c : CASES.stream().filter(RecoverE2E::only).toList()) {
      PLAYED.put(
          c,
          THREADS.submit(
              () -> {
                AT_ONCE.acquire();
                try {
                  kill(c);
                } finally {
                  AT_ONCE.release();
                }
                return null;
              }));
    }
  }

  @AfterAll
  static void stop() {
    THREADS.shutdownNow();
    playground.close();
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.INCLUDE,
      names = {
        "CRASH",
        "MANAGED",
        "IMMUTABLE",
        "EDITED",
        "LOCKED",
        "UNINSTALLING",
        "STATEFUL_SET",
        "VOLUME",
        "RECREATE"
      })
  void endsAsIfItHadNotBeenKilled(RecoveryCase c) throws Exception {
    Assumptions.assumeTrue(RecoverE2E.only(c), "other cases were asked for");
    try {
      Objects.requireNonNull(PLAYED.get(c)).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AssertionError told) {
        throw told;
      }
      throw e;
    }
  }

  /// Dead after every single entry of the journal, the steps without a write included.
  @Test
  void goesOnAfterEveryEntryOfItsJournal() throws Exception {
    RecoveryCase c = RecoveryCase.RECREATE;
    Release release = c.release("entries");
    playground.namespace(release.namespace());
    playground.install(release);
    c.inflict(playground, release);
    Map<String, String> identities = c.kept(playground, release);
    Path state = Files.createTempDirectory("refloat-halted");
    RecoveryFolder folder = new RecoveryFolder(state.resolve("recoveries"));
    Map<String, String> environment =
        new HashMap<>(Refloat.as(playground.cluster(), playground.cluster().admin()).environment());
    environment.put("REFLOAT_STATE", state.toString());
    List<String> arguments = new ArrayList<>(List.of("recover"));
    arguments.addAll(c.arguments(release));
    Child child = Child.start(HALTING, environment, arguments);
    int deaths = 0;
    while (child.await() == HaltingProgram.HALTED) {
      deaths++;
      assertThat(deaths).isLessThan(MOST_RUNS);
      if (folder.read(folder.ids().getFirst()).closed().isPresent()) {
        break;
      }
      child =
          Child.start(
              HALTING,
              environment,
              List.of(
                  "recover",
                  "--resume",
                  folder.ids().getFirst(),
                  "--yes",
                  // it may have died before it wrote down what was approved
                  "--approve=hr/" + release.namespace() + "/" + release.name()));
    }
    Journal end = folder.read(folder.ids().getFirst());
    assertThat(end.closed().map(Entry.Closed::verdict)).as(child.said()).contains("recovered");
    assertThat(deaths).isEqualTo(end.entries().size());
    RecoverE2E.isWell(playground, c, release);
    assertThat(c.kept(playground, release)).isEqualTo(identities);
  }

  private static void kill(RecoveryCase c) throws Exception {
    Release release = c.release();
    playground.namespace(release.namespace());
    playground.install(release);
    c.inflict(playground, release);
    boolean suspended = playground.state(release).suspended();
    List<String> records = playground.records(release);
    Map<String, String> identities = c.kept(playground, release);
    Path state = Files.createTempDirectory("refloat-killed");
    RecoveryFolder folder = new RecoveryFolder(state.resolve("recoveries"));
    try (FaultProxy proxy = FaultProxy.before(playground.cluster())) {
      Map<String, String> environment = new HashMap<>();
      environment.put(
          "KUBECONFIG",
          playground.cluster().kubeconfig(playground.cluster().admin().at(proxy.uri())).toString());
      environment.put("HOME", state.toString());
      environment.put("REFLOAT_STATE", state.toString());
      environment.put("REFLOAT_HELM", deadlyHelm(state).toString());
      Deaths deaths = new Deaths(playground, proxy, folder, environment);
      List<String> arguments = new ArrayList<>(List.of("recover"));
      arguments.addAll(c.arguments(release));
      boolean repaired = false;
      while (true) {
        Child child = deaths.run(arguments);
        int code = child.await();
        if (code > 128) {
          if (!suspended) {
            nothingSuspendedInSilence(release);
          }
          deaths.recovery().ifPresent(id -> resume(arguments, id));
          continue;
        }
        if (code == 3 && child.said().contains("By hand: ") && !repaired) {
          c.repair(playground, release);
          repaired = true;
          resume(arguments, deaths.recovery().orElseThrow());
          continue;
        }
        assertThat(code).as("%s:%n%s%nkilled at %s", c, child.said(), deaths).isZero();
        assertThat(child.said()).contains("Verdict: recovered");
        break;
      }
      assertThat(deaths.count()).as("points of death").isGreaterThan(4);
      Narration.say(c + " was killed at " + deaths.count() + " writes");
      RecoverE2E.isWell(playground, c, release);
      assertThat(playground.records(release)).hasSize(records.size() + c.revisions());
      assertThat(c.kept(playground, release)).isEqualTo(identities);
    }
  }

  private static void resume(List<String> arguments, String id) {
    arguments.clear();
    arguments.addAll(List.of("recover", "--resume", id, "--yes"));
  }

  private static void nothingSuspendedInSilence(Release release) {
    if (!playground.exists(release)) {
      return;
    }
    ReleaseState now = playground.state(release);
    if (now.suspended()) {
      assertThat(now.object().path("metadata").path("annotations").toString())
          .contains("refloat.dev/suspended-by");
    }
  }

  /// A Helm that kills Refloat: before it runs, while it runs, and after it ran.
  private static Path deadlyHelm(Path state) throws IOException, UnavailableException {
    Path script = state.resolve("helm");
    Files.writeString(
        script,
        """
        #!/bin/sh
        helm=%s
        case "$1" in version) exec "$helm" "$@" ;; esac
        if mkdir "%s/killed-before-$1" 2>/dev/null; then kill -9 $PPID; exit 1; fi
        if mkdir "%s/killed-in-$1" 2>/dev/null; then kill -9 $PPID; exec "$helm" "$@"; fi
        "$helm" "$@"
        code=$?
        if mkdir "%s/killed-after-$1" 2>/dev/null; then kill -9 $PPID; fi
        exit $code
        """
            .formatted(Binaries.ofEnvironment().path(Binary.HELM), state, state, state));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script;
  }
}

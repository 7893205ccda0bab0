package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.wiring.Program;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/// Releases that are broken for real, recovered, and looked at with other eyes: by the real
/// controllers where they are, else by the stand-in. All at once, each in a namespace of its own.
@RequiresTestBed
final class RecoverE2E {
  private static final Pattern RESUME = Pattern.compile("recover --resume ([a-z0-9-]+)");

  /// Who may own fields of a release's objects when a recovery is over.
  private static final Set<String> OWNERS =
      Set.of("helm-controller", "kube-controller-manager", "kube-scheduler", "hold");

  private static final Map<RecoveryCase, Future<?>> PLAYED = new EnumMap<>(RecoveryCase.class);
  private static final ExecutorService THREADS = Executors.newVirtualThreadPerTaskExecutor();

  /// More at once only wait for a processor, and run into the limits of their releases.
  private static final Semaphore AT_ONCE = new Semaphore(12);

  private static Playground playground;
  private static Refloat refloat;

  @BeforeAll
  static void play() throws Exception {
    playground = Playground.withEitherFlux();
    refloat = Refloat.as(playground.cluster(), playground.cluster().admin());
    List<RecoveryCase> alone = new ArrayList<>();
    for (RecoveryCase c : RecoveryCase.values()) {
      if (!only(c) || (c.needsRealFlux() && !playground.real())) {
        continue;
      }
      if (c.alone()) {
        alone.add(c);
      } else {
        PLAYED.put(c, THREADS.submit(() -> recoverWithOthers(c)));
      }
    }
    List<Future<?>> others = new ArrayList<>(PLAYED.values());
    for (RecoveryCase c : alone) {
      List<Future<?>> before = List.copyOf(others);
      Future<?> last = THREADS.submit(() -> recoverAfter(c, before));
      PLAYED.put(c, last);
      others.add(last);
    }
  }

  private static @Nullable Void recoverWithOthers(RecoveryCase c) throws Exception {
    AT_ONCE.acquire();
    try {
      recover(c);
    } finally {
      AT_ONCE.release();
    }
    return null;
  }

  private static @Nullable Void recoverAfter(RecoveryCase c, List<Future<?>> others)
      throws Exception {
    for (Future<?> f : others) {
      try {
        f.get();
      } catch (ExecutionException e) {
        Narration.say(c + " comes after a case that failed"); // whose own test tells
      }
    }
    recover(c);
    return null;
  }

  /// With `-Drefloat.cases=CRASH,IMAGE` only those.
  static boolean only(RecoveryCase c) {
    String cases = System.getProperty("refloat.cases", "");
    return cases.isEmpty() || List.of(cases.split(",")).contains(c.name());
  }

  @AfterAll
  static void stop() {
    THREADS.shutdownNow();
    playground.close();
  }

  @ParameterizedTest
  @EnumSource
  void recoversForReal(RecoveryCase c) throws Exception {
    Assumptions.assumeTrue(PLAYED.containsKey(c), "only the real controllers fail in this way");
    try {
      Objects.requireNonNull(PLAYED.get(c)).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AssertionError told) {
        throw told;
      }
      throw e;
    }
  }

  private static void recover(RecoveryCase c) throws UnavailableException {
    Release release = c.release();
    playground.namespace(release.namespace());
    playground.install(release);
    c.inflict(playground, release);
    Program.Result result = run("recover", c.arguments(release));
    assertThat(result.out() + result.err()).contains(c.cause() + ": ");
    if (c.hand() != RecoveryCase.Hand.NOTHING) {
      assertThat(result.code()).as(told(result)).isEqualTo(3);
      assertThat(result.err()).contains("By hand: ");
      String id = resume(result);
      Program.Result unchanged = run("recover", List.of("--resume", id, "--timeout", "3s"));
      assertThat(unchanged.code()).as(told(unchanged)).isEqualTo(c.held() ? 4 : 3);
      c.repair(playground, release);
      result = run("recover", List.of("--resume", id, "--yes"));
    }
    assertThat(result.code()).as(told(result)).isZero();
    assertThat(result.err()).contains("Verdict: recovered");
    if (c.goes()) {
      assertThat(playground.exists(release)).as("the HelmRelease exists").isFalse();
    } else {
      isWell(playground, c, release);
    }
  }

  private static String resume(Program.Result result) {
    Matcher m = RESUME.matcher(result.err());
    assertThat(m.find()).as(told(result)).isTrue();
    return m.group(1);
  }

  /// Ready, not suspended, with no note of Refloat and no field of anybody but Flux.
  static void isWell(Playground playground, RecoveryCase c, Release release) {
    ReleaseState state = playground.state(release);
    assertThat(state.ready()).as("Ready: %s", state).isTrue();
    assertThat(state.suspended()).as("suspended").isFalse();
    assertThat(state.object().path("metadata").path("annotations").propertyNames())
        .filteredOn(a -> a.startsWith("refloat.dev/"))
        .as("notes on the release")
        .isEmpty();
    Set<String> owners = new TreeSet<>();
    for (String kind :
        List.of(
            "/apis/apps/v1|deployments",
            "/apis/apps/v1|statefulsets",
            "/api/v1|services",
            "/api/v1|configmaps")) {
      String[] parts = kind.split("\\|", -1);
      for (JsonNode o :
          playground
              .api()
              .get(parts[0] + "/namespaces/" + release.namespace() + "/" + parts[1])
              .path("items")) {
        if (o.path("metadata").path("annotations").has("meta.helm.sh/release-name")) {
          o.path("metadata")
              .path("managedFields")
              .forEach(m -> owners.add(m.path("manager").asString()));
        }
      }
    }
    owners.removeAll(c.leaves());
    assertThat(owners).as("owners of fields").isSubsetOf(OWNERS);
    Program.Result valid =
        Refloat.as(playground.cluster(), playground.cluster().admin())
            .run("validate", "-n", release.namespace(), release.name(), "--watch-window=0");
    assertThat(valid.code()).as(told(valid)).isZero();
  }

  private static Program.Result run(String command, List<String> arguments) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(arguments);
    Program.Result result = refloat.run(all.toArray(String[]::new));
    assertThat(result.err()).doesNotContain("has a bug");
    return result;
  }

  private static String told(Program.Result result) {
    return "exit code; it said:\n" + result.out() + result.err();
  }
}

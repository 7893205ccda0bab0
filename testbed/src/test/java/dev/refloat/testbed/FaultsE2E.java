package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.testbed.FaultProxy.Fault;
import dev.refloat.wiring.Program;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// An API server that answers late, wrongly or not at all.
@RequiresTestBed
final class FaultsE2E {
  private static TestCluster cluster;
  private static FaultProxy proxy;
  private static Refloat refloat;
  private static Map<String, String> undisturbed;

  @BeforeAll
  static void start() throws Exception {
    cluster = BrokenCluster.get();
    proxy = FaultProxy.before(cluster);
    refloat = Refloat.as(cluster, cluster.admin().at(proxy.uri()));
    undisturbed = Refloat.causes(refloat.diagnose("-A"));
  }

  @AfterAll
  static void stop() {
    proxy.close();
  }

  @AfterEach
  void heal() {
    proxy.heal();
    proxy.forget();
  }

  static Stream<Fault> passing() {
    return Stream.of(
        Fault.tooManyRequests(1),
        Fault.internalError(),
        new Fault.Reset(),
        new Fault.CutAfter(300),
        new Fault.Delay(Duration.ofMillis(800)));
  }

  @ParameterizedTest
  @MethodSource("passing")
  void getsOverAFaultThatPasses(Fault fault) {
    proxy.inject(listOf("pods"), fault, 1);
    proxy.inject(listOf("helmreleases"), fault, 1);
    assertThat(Refloat.causes(refloat.diagnose("-A"))).isEqualTo(undisturbed);
  }

  @ParameterizedTest
  @MethodSource("passing")
  void makesABlindSpotOfAFaultThatStays(Fault fault) {
    if (fault instanceof Fault.Delay) {
      return;
    }
    proxy.inject(listOf("pods"), fault);
    Instant start = Instant.now();
    JsonNode found = refloat.diagnose("-n", "crash-loop", "--timeout", "20s");
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(60));
    JsonNode item = Refloat.byRelease(found).get("crash-loop/app");
    assertThat(item).isNotNull();
    assertThat(item.path("blindSpots").toString().toLowerCase(Locale.ROOT)).contains("pod");
  }

  @Test
  void givesUpOnAListThatNeverAnswers() {
    proxy.inject(listOf("events"), new Fault.Hang());
    Instant start = Instant.now();
    JsonNode found = refloat.diagnose("-n", "crash-loop", "--timeout", "3s");
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(40));
    assertThat(found.path("items").get(0).path("blindSpots").toString().toLowerCase(Locale.ROOT))
        .contains("event");
  }

  @Test
  void givesUpOnAListThatStopsInItsMiddle() {
    proxy.inject(listOf("pods"), new Fault.StallAfter(500));
    JsonNode found = refloat.diagnose("-n", "crash-loop", "--timeout", "3s");
    assertThat(found.path("items").get(0).path("blindSpots").toString().toLowerCase(Locale.ROOT))
        .contains("pod");
  }

  @Test
  void failsClearlyWhenTheReleasesCannotBeRead() {
    for (Fault fault : List.of(Fault.internalError(), new Fault.Reset(), new Fault.Hang())) {
      proxy.heal();
      proxy.inject(listOf("helmreleases"), fault);
      Program.Result result = refloat.run("diagnose", "-A", "--timeout", "3s");
      assertThat(result.code()).as("%s: %s", fault, result.err()).isEqualTo(2);
      assertThat(result.err()).containsIgnoringCase("HelmRelease").doesNotContain("has a bug");
    }
  }

  @Test
  void failsClearlyWhenNobodyAnswers() {
    Refloat lost =
        Refloat.as(cluster, cluster.admin().at(java.net.URI.create("https://127.0.0.1:1")));
    Program.Result result = lost.run("diagnose", "-A", "--timeout", "5s");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("127.0.0.1:1").doesNotContain("has a bug");
  }

  @Test
  void goesOnWatchingAfterAGap() throws Exception {
    proxy.inject(FaultProxy.Seen::isWatch, Fault.expired(), 1);
    proxy.inject(FaultProxy.Seen::isWatch, new Fault.CutAfter(0), 2);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Thread watch =
        Thread.ofPlatform()
            .daemon()
            .start(
                () ->
                    Program.run(
                        refloat.environment(),
                        List.of("diagnose", "-n", "suspended-forgotten", "-o", "json", "-w"),
                        out,
                        err));
    try {
      cluster.await(
          "the watch printed what is",
          Duration.ofSeconds(30),
          () -> out.toString(StandardCharsets.UTF_8).contains("\"suspended\""));
      String path =
          "/apis/helm.toolkit.fluxcd.io/v2/namespaces/suspended-forgotten/helmreleases/app";
      cluster
          .api()
          .mergePatch(
              path,
              ApiClient.JSON.readTree(
                  "{\"spec\":{\"suspend\":false},\"metadata\":{\"labels\":{\"changed\":\"yes\"}}}"));
      int before = out.size();
      cluster.await(
          "the watch printed the change; it said on stderr: " + err,
          Duration.ofSeconds(60),
          () -> out.size() > before);
      cluster.api().mergePatch(path, ApiClient.JSON.readTree("{\"spec\":{\"suspend\":true}}"));
    } finally {
      watch.interrupt();
    }
  }

  private static Predicate<FaultProxy.Seen> listOf(String plural) {
    return s -> s.path().endsWith("/" + plural) && !s.isWatch();
  }
}

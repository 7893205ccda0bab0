package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.evidence.Kind;
import dev.refloat.wiring.Program;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Every recorded failure at once on one API server, through the command line.
@RequiresTestBed
final class DiagnoseE2E {
  /// Discovery of API groups and versions, and what asks for the server itself.
  private static final int DISCOVERY_REQUESTS = 12;

  private static TestCluster cluster;
  private static Refloat refloat;

  @BeforeAll
  static void start() throws Exception {
    cluster = BrokenCluster.get();
    refloat = Refloat.as(cluster, cluster.admin());
  }

  @Test
  void namesTheTrueCauseOfEveryRecordedFailure() {
    Map<String, String> expected = new TreeMap<>();
    for (String id : BrokenCluster.ids()) {
      expected.put(BrokenCluster.truth(id, "release"), BrokenCluster.truth(id, "cause"));
    }
    Map<String, String> found = Refloat.causes(refloat.diagnose("-A", "--all"));
    found.keySet().retainAll(expected.keySet());
    assertThat(found).isEqualTo(expected);
  }

  @Test
  void findsTheRootOfAChain() {
    JsonNode item = Refloat.byRelease(refloat.diagnose("-A")).get("dependency-chain/app");
    assertThat(item).isNotNull();
    assertThat(item.path("root").path("namespace").asString()).isEqualTo("dependency-chain");
    assertThat(item.path("root").path("name").asString()).isEqualTo("db");
  }

  @Test
  void exitsWithOneForFailuresAndZeroForNone() {
    assertThat(refloat.run("diagnose", "-n", "crash-loop").code()).isEqualTo(1);
    assertThat(refloat.run("diagnose", "-n", "healthy").code()).isZero();
    assertThat(refloat.run("diagnose", "-n", "crash-loop", "no-such-release").code()).isEqualTo(2);
  }

  @Test
  void readsTheLogOfACrashingContainerThroughTheApiServer() {
    JsonNode item =
        Refloat.byRelease(refloat.diagnose("-n", "mongodb-volume-crash"))
            .get("mongodb-volume-crash/librechat");
    assertThat(item).isNotNull();
    assertThat(item.path("cause").asString()).isEqualTo("volume-corrupt");
  }

  @Test
  void listsTheSameReleasesAsKubectl() throws Exception {
    Command.Result kubectl =
        cluster.kubectl(cluster.admin(), "get", "helmreleases", "-A", "--no-headers", "-o", "name");
    Program.Result get = refloat.run("get", "-A", "--no-headers");
    assertThat(get.code()).as(get.err()).isIn(0, 1);
    assertThat(get.out().lines().count()).isEqualTo(kubectl.out().lines().count());
    Program.Result withHeaders = refloat.run("get", "-A");
    assertThat(withHeaders.out().lines().findFirst().orElse("")).contains("NAME", "CAUSE");
  }

  @Test
  void saysTheSameFromASnapshotAsLive(@TempDir Path folder) {
    JsonNode live = refloat.diagnose("-A", "--all");
    for (String file : new String[] {"s.tgz", "s.zip", "s"}) {
      String out = folder.resolve(file).toString();
      Program.Result saved = refloat.run("snapshot", out, "-A");
      assertThat(saved.code()).as(saved.err()).isZero();
      JsonNode from = refloat.diagnose("--from", out, "-A", "--all");
      assertThat(Refloat.essence(from)).as(file).isEqualTo(Refloat.essence(live));
    }
  }

  @Test
  void staysWithinItsRequestBudget() {
    try (FaultProxy proxy = FaultProxy.before(cluster)) {
      Refloat counted = Refloat.as(cluster, cluster.admin().at(proxy.uri()));
      JsonNode found = counted.diagnose("-A");
      int failing = found.path("items").size();
      int fixed = Kind.values().length + DISCOVERY_REQUESTS;
      assertThat(failing).isGreaterThan(30);
      assertThat(proxy.seen().size())
          .as("requests: %s", proxy.seen())
          .isLessThanOrEqualTo(fixed + 5 * failing);
      assertThat(proxy.seen()).allSatisfy(s -> assertThat(s.method()).isEqualTo("GET"));
      proxy.forget();
      counted.diagnose("-n", "healthy", "--all");
      assertThat(proxy.seen().size()).isLessThanOrEqualTo(fixed);
    }
  }
}

package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.evidence.Kind;
import dev.refloat.wiring.Program;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
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
  void exitsWithOneForFailuresAndZeroForNone() {
    assertThat(refloat.run("diagnose", "-n", "crash-loop").code()).isEqualTo(1);
    assertThat(refloat.run("diagnose", "-n", "healthy").code()).isZero();
    assertThat(refloat.run("diagnose", "-n", "crash-loop", "no-such-release").code()).isEqualTo(2);
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

package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.refloat.testbed.FaultProxy.Fault;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The faults are what they say, seen by a client that is not Refloat.
@RequiresTestBed
final class FaultProxyE2E {
  private static final String PODS = "/api/v1/namespaces/default/pods";
  private static TestCluster cluster;
  private static FaultProxy proxy;
  private static ApiClient client;

  @BeforeAll
  static void start() throws Exception {
    cluster = TestCluster.start();
    proxy = FaultProxy.before(cluster);
    client = cluster.api(cluster.admin().at(proxy.uri()));
  }

  @AfterAll
  static void stop() {
    client.close();
    proxy.close();
    cluster.close();
  }

  @AfterEach
  void heal() {
    proxy.heal();
    proxy.forget();
  }

  @Test
  void passesRequestsOnAndCountsThem() {
    assertThat(client.get(PODS + "?limit=5").path("kind").asString()).isEqualTo("PodList");
    assertThat(proxy.seen())
        .singleElement()
        .satisfies(
            s -> {
              assertThat(s.path()).isEqualTo(PODS);
              assertThat(s.target()).endsWith("?limit=5");
            });
  }

  @Test
  void answersWithAStatusAsOftenAsAsked() throws Exception {
    proxy.inject(s -> s.path().equals(PODS), Fault.tooManyRequests(1), 2);
    assertThat(client.send("GET", PODS, "", "").status()).isEqualTo(429);
    assertThat(client.send("GET", PODS, "", "").body()).contains("TooManyRequests");
    assertThat(client.send("GET", PODS, "", "").status()).isEqualTo(200);
  }

  @Test
  void resetsConnections() {
    proxy.inject(s -> true, new Fault.Reset());
    assertThatThrownBy(() -> client.send("GET", PODS, "", "")).isInstanceOf(IOException.class);
  }

  @Test
  void cutsAnAnswerInItsMiddle() {
    proxy.inject(s -> true, new Fault.CutAfter(20));
    assertThatThrownBy(() -> client.send("GET", PODS, "", "")).isInstanceOf(IOException.class);
  }

  @Test
  void delaysAnAnswer() throws Exception {
    proxy.inject(s -> true, new Fault.Delay(Duration.ofMillis(700)), 1);
    Instant start = Instant.now();
    assertThat(client.send("GET", PODS, "", "").status()).isEqualTo(200);
    assertThat(Duration.between(start, Instant.now())).isGreaterThan(Duration.ofMillis(700));
  }
}

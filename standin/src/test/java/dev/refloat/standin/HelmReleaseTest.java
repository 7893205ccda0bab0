package dev.refloat.standin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.model.Json;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class HelmReleaseTest {
  private static HelmRelease with(Map<String, ?> spec) {
    return new HelmRelease(
        Json.from(Map.of("metadata", Map.of("namespace", "ns", "name", "app"), "spec", spec)));
  }

  @Test
  void shortensANameThatHelmWouldRefuse() {
    String name = with(Map.of("releaseName", "a".repeat(60))).releaseName();
    assertThat(name).hasSize(53).startsWith("a".repeat(40) + "-");
    assertThat(with(Map.of()).releaseName()).isEqualTo("app");
    assertThat(with(Map.of("targetNamespace", "other")).releaseName()).isEqualTo("other-app");
  }

  @Test
  void remediatesTheLastFailureOnlyOfUpgradesWithRetries() {
    assertThat(with(Map.of()).remediation("upgrade").remediateLast()).isFalse();
    HelmRelease retries =
        with(
            Map.of(
                "install", Map.of("remediation", Map.of("retries", 2)),
                "upgrade", Map.of("remediation", Map.of("retries", 2))));
    assertThat(retries.remediation("upgrade").remediateLast()).isTrue();
    assertThat(retries.remediation("install").remediateLast()).isFalse();
    assertThat(retries.remediation("upgrade").rollback()).isTrue();
    assertThat(retries.remediation("install").rollback()).isFalse();
  }

  @Test
  void exhaustsItsRetriesWithOneFailureMoreThanThereAre() {
    HelmRelease.Remediation none = with(Map.of()).remediation("upgrade");
    assertThat(none.exhausted(0)).isFalse();
    assertThat(none.exhausted(1)).isTrue();
    HelmRelease.Remediation endless =
        with(Map.of("upgrade", Map.of("remediation", Map.of("retries", -1))))
            .remediation("upgrade");
    assertThat(endless.exhausted(1000)).isFalse();
  }

  @Test
  void prefersTheTimeoutOfTheAction() {
    HelmRelease r = with(Map.of("timeout", "2m", "rollback", Map.of("timeout", "30s")));
    assertThat(r.timeout("rollback")).isEqualTo(Duration.ofSeconds(30));
    assertThat(r.timeout("upgrade")).isEqualTo(Duration.ofMinutes(2));
    assertThat(with(Map.of()).timeout("upgrade")).isEqualTo(Duration.ofMinutes(5));
  }
}

package dev.refloat.standin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.model.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ConditionsTest {
  private static Conditions with(List<Map<String, Object>> conditions) {
    return new Conditions(
        Json.from(
            Map.of(
                "metadata", Map.of("generation", 2),
                "status", Map.of("conditions", conditions))));
  }

  @Test
  void letsOneOfReconcilingAndStalledReplaceTheOther() {
    Conditions c = with(List.of());
    c.stalled("RetriesExceeded", "Failed to upgrade after 1 attempt(s)");
    c.reconciling("Progressing", "Fulfilling prerequisites");
    assertThat(c.get("Stalled")).isEmpty();
    c.stalled("RetriesExceeded", "Failed to upgrade after 1 attempt(s)");
    assertThat(c.get("Reconciling")).isEmpty();
  }

  @Test
  void keepsTheTimeOfWhatDidNotChange() {
    Map<String, Object> ready =
        Map.of(
            "type", "Ready",
            "status", "True",
            "reason", "UpgradeSucceeded",
            "message", "well",
            "observedGeneration", 2,
            "lastTransitionTime", "2020-01-01T00:00:00Z");
    Conditions c = with(List.of(ready));
    c.set("Ready", "True", "UpgradeSucceeded", "well");
    assertThat(c.get("Ready").orElseThrow().since()).isEqualTo("2020-01-01T00:00:00Z");
    c.set("Ready", "True", "UpgradeSucceeded", "better");
    assertThat(c.get("Ready").orElseThrow().since()).isNotEqualTo("2020-01-01T00:00:00Z");
  }

  @Test
  void cutsWhatTheApiServerWouldRefuse() {
    Conditions c = with(List.of());
    c.set("Ready", "False", "UpgradeFailed", "x".repeat(40_000));
    assertThat(c.message("Ready")).hasSize(32_768).endsWith("...");
  }
}

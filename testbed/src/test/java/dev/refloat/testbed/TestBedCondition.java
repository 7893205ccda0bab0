package dev.refloat.testbed;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Decides whether end-to-end tests run, and brings their programs before the first does.
final class TestBedCondition implements ExecutionCondition {
  private static final AtomicBoolean SAID = new AtomicBoolean();

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Map<String, String> environment = System.getenv();
    if ("off".equals(environment.get("REFLOAT_E2E"))) {
      return skip("REFLOAT_E2E=off");
    }
    Optional<String> missing = missing();
    if (missing.isEmpty()) {
      return ConditionEvaluationResult.enabled("the test bed is complete");
    }
    if (required(environment)) {
      throw new ExtensionConfigurationException(
          "end-to-end tests are required here, but " + missing.get());
    }
    return skip(missing.get());
  }

  static boolean required(Map<String, String> environment) {
    return "true".equals(environment.get("CI"))
        || "required".equals(environment.get("REFLOAT_E2E"));
  }

  private static Optional<String> missing() {
    Binaries binaries = Binaries.ofEnvironment();
    try {
      for (Binary b :
          List.of(
              Binary.ETCD,
              Binary.KUBE_APISERVER,
              Binary.KUBE_CONTROLLER_MANAGER,
              Binary.KUBE_SCHEDULER,
              Binary.KUBECTL,
              Binary.KWOK,
              Binary.HELM,
              Binary.CRANE)) {
        binaries.path(b);
      }
      binaries.fluxCrds();
      return Optional.empty();
    } catch (UnavailableException e) {
      return Optional.of(e.why());
    }
  }

  private static ConditionEvaluationResult skip(String why) {
    if (SAID.compareAndSet(false, true)) {
      Narration.say("end-to-end tests are skipped: " + why.lines().findFirst().orElse(why));
    }
    return ConditionEvaluationResult.disabled(why);
  }
}

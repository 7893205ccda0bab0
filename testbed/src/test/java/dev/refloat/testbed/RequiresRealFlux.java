package dev.refloat.testbed;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Tests that need the real Flux controllers beside the test bed; skipped where
/// `REFLOAT_TESTBED_BIN` does not have them, in CI too.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@RequiresTestBed
@ExtendWith(RequiresRealFlux.Condition.class)
@interface RequiresRealFlux {

  /// Looks for the controllers.
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      if (Playground.realFluxIsThere()) {
        return ConditionEvaluationResult.enabled("the Flux controllers are there");
      }
      String why = "REFLOAT_TESTBED_BIN has no Flux controllers";
      Narration.say("tests with the real Flux controllers are skipped: " + why);
      return ConditionEvaluationResult.disabled(why);
    }
  }
}

package dev.refloat.standin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class HelmErrorsTest {
  @Test
  void takesThePrefixAndTheLogAway() {
    assertThat(
            HelmErrors.text(
                """
                level=WARN msg="unable to find something"
                Error: UPGRADE FAILED: "app" has no deployed releases
                """))
        .isEqualTo("\"app\" has no deployed releases");
  }

  @Test
  void keepsEveryLineOfTheError() {
    assertThat(HelmErrors.text("Error: INSTALLATION FAILED: values are wrong:\n- at '/a': no\n"))
        .isEqualTo("values are wrong:\n- at '/a': no");
  }

  @Test
  void wordsATimeoutAsTheControllerDoes() {
    assertThat(
            HelmErrors.text(
                """
                Error: UPGRADE FAILED: resource Deployment/ns/app not ready. status: InProgress, message: Available: 0/1
                resource Service/ns/app not ready. status: Unknown, message:
                context deadline exceeded
                """))
        .isEqualTo(
            "timeout waiting for: [Deployment/ns/app status: 'InProgress', Service/ns/app status:"
                + " 'Unknown']");
  }

  @Test
  void tellsAnEarlyEndFromATimeoutAndKeepsTheHook() {
    assertThat(
            HelmErrors.text(
                "Error: UPGRADE FAILED: pre-upgrade hooks failed: resource Job/ns/migrate not"
                    + " ready. status: Failed, message: Job Failed"))
        .isEqualTo(
            "pre-upgrade hooks failed: failed early due to stalled resources: [Job/ns/migrate"
                + " status: 'Failed']");
  }

  @Test
  void passesOnWhatIsNoErrorLine() {
    assertThat(HelmErrors.text("signal: killed\n")).isEqualTo("signal: killed");
  }
}

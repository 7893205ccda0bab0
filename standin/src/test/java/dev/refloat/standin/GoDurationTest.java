package dev.refloat.standin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GoDurationTest {
  @ParameterizedTest
  @CsvSource({
    "12s, 12, 12s",
    "5m0s, 300, 5m0s",
    "90s, 90, 1m30s",
    "1h, 3600, 1h0m0s",
    "1h30m, 5400, 1h30m0s",
    "1.5m, 90, 1m30s"
  })
  void readsAndWritesAsGoDoes(String text, long seconds, String written) {
    Duration read = GoDuration.parse(text, Duration.ZERO);
    assertThat(read).isEqualTo(Duration.ofSeconds(seconds));
    assertThat(GoDuration.text(read)).isEqualTo(written);
  }

  @ParameterizedTest
  @CsvSource({"''", "5", "soon", "5 m"})
  void fallsBackOnWhatIsNoDuration(String text) {
    assertThat(GoDuration.parse(text, Duration.ofSeconds(7))).isEqualTo(Duration.ofSeconds(7));
  }
}

package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The real controllers still do what the stand-in was made after. With `-Drefloat.write=true` what
/// they do now is what is kept.
@RequiresRealFlux
final class RealFluxE2E extends PlayedScenarios {
  RealFluxE2E() throws UnavailableException {
    super(Playground.withRealFlux());
  }

  @ParameterizedTest
  @EnumSource
  void tellsWhatItTold(FluxScenario scenario) throws Exception {
    if (Boolean.getBoolean("refloat.write")) {
      keep(scenario, lines(scenario));
    }
    assertThat(lines(scenario)).isEqualTo(kept(scenario));
  }
}

package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The stand-in for Flux does what the real controllers do.
@RequiresTestBed
final class StandInFluxE2E extends PlayedScenarios {
  StandInFluxE2E() throws UnavailableException {
    super(Playground.withStandIn());
  }

  @ParameterizedTest
  @EnumSource
  void tellsWhatRealFluxTells(FluxScenario scenario) throws Exception {
    assertThat(lines(scenario)).isEqualTo(kept(scenario));
  }
}

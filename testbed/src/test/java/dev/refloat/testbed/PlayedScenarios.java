package dev.refloat.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/// Plays every scenario at once on one playground, because most of their time is waiting. What the
/// real controllers tell is kept in `scenarios/*.txt`.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class PlayedScenarios {
  private static final Path KEPT =
      Path.of(System.getProperty("refloat.scenarios", "src/test/resources/scenarios"));

  private final Map<FluxScenario, Future<List<String>>> told = new EnumMap<>(FluxScenario.class);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Playground playground;

  PlayedScenarios(Playground playground) {
    this.playground = playground;
  }

  @BeforeAll
  void play() throws UnavailableException {
    playground.registry();
    for (FluxScenario s : FluxScenario.values()) {
      told.put(s, threads.submit(() -> s.lines(playground)));
    }
  }

  @AfterAll
  void end() {
    threads.shutdownNow();
    playground.close();
  }

  final String lines(FluxScenario scenario) throws Exception {
    Future<List<String>> playing = told.get(scenario);
    if (playing == null) {
      throw new IllegalStateException(scenario + " was not played");
    }
    return String.join("\n", playing.get()) + "\n";
  }

  static String kept(FluxScenario scenario) throws IOException {
    return Files.readString(file(scenario));
  }

  static void keep(FluxScenario scenario, String lines) throws IOException {
    Files.createDirectories(KEPT);
    Files.writeString(file(scenario), lines);
  }

  private static Path file(FluxScenario scenario) {
    return KEPT.resolve(scenario.name().toLowerCase(Locale.ROOT).replace('_', '-') + ".txt");
  }
}

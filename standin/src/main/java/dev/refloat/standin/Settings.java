package dev.refloat.standin;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/// What the stand-in works with.
///
/// @param helm the real `helm` program, 4.x
/// @param folder for charts and kubeconfigs; made when it is missing
/// @param dependencyRequeue how soon a release looks again at what it waits for; 30 s in Flux
/// @param workers how many releases are worked on at once; 4 in Flux
/// @param log one line of what it does
public record Settings(
    ApiEndpoint server,
    Path helm,
    Path folder,
    Formats formats,
    Duration dependencyRequeue,
    int workers,
    Consumer<String> log) {

  /// As Flux comes, without a log.
  public static Settings of(ApiEndpoint server, Path helm, Path folder, Formats formats) {
    return new Settings(server, helm, folder, formats, Duration.ofSeconds(30), 4, _ -> {});
  }

  public Settings withDependencyRequeue(Duration wanted) {
    return new Settings(server, helm, folder, formats, wanted, workers, log);
  }

  public Settings withWorkers(int wanted) {
    return new Settings(server, helm, folder, formats, dependencyRequeue, wanted, log);
  }

  public Settings withLog(Consumer<String> wanted) {
    return new Settings(server, helm, folder, formats, dependencyRequeue, workers, wanted);
  }
}

package dev.refloat.adapter.kubernetes;

import java.io.Console;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// What the process finds around it: read once at the edge, so that the rest can be tested.
///
/// @param environment variables
/// @param home where `~/.kube/config` is looked for
/// @param serviceAccount the folder into which Kubernetes mounts a pod's credentials
/// @param interactive whether a person at a terminal can answer a credential plugin; asked only
///     when there is one
public record Surroundings(
    Map<String, String> environment, Path home, Path serviceAccount, BooleanSupplier interactive) {

  public Surroundings {
    environment = Map.copyOf(environment);
  }

  public static Surroundings ofThisProcess() {
    Map<String, String> env = System.getenv();
    String home = env.getOrDefault("HOME", env.getOrDefault("USERPROFILE", ""));
    return new Surroundings(
        env,
        Path.of(home.isBlank() ? System.getProperty("user.home", ".") : home),
        Path.of("/var/run/secrets/kubernetes.io/serviceaccount"),
        Surroundings::atTerminal);
  }

  // Whether there is a console without a terminal depends on the version of the JDK.
  @SuppressWarnings("SystemConsoleNull")
  private static boolean atTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(v -> !v.isEmpty());
  }

  /// The value of a variable that exists in both spellings, as the proxy variables do.
  Optional<String> eitherCase(String name) {
    return variable(name).or(() -> variable(name.toLowerCase(java.util.Locale.ROOT)));
  }
}

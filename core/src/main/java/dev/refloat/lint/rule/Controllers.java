package dev.refloat.lint.rule;

import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Flux's own controllers, where the repository declares them.
final class Controllers {
  private Controllers() {}

  /// The Deployment of a controller that has an argument of its command line.
  static Optional<Declared> withArgument(Cluster cluster, String controller, String argument) {
    for (Declared d : cluster.all("apps", "Deployment")) {
      if (d.ref().name().equals(controller) && arguments(d).contains(argument)) {
        return Optional.of(d);
      }
    }
    return Optional.empty();
  }

  /// Whether a feature gate of a controller is switched on: in its Deployment, in a FluxInstance of
  /// the Flux Operator, or in the values of a chart that makes one of these.
  static boolean feature(Cluster cluster, String controller, String gate) {
    String on = gate + "=true";
    boolean here =
        cluster.all("apps", "Deployment").stream()
            .filter(d -> d.ref().name().equals(controller))
            .flatMap(d -> arguments(d).stream())
            .anyMatch(a -> a.startsWith("--feature-gates=") && a.contains(on));
    return here
        || cluster.all("fluxcd.controlplane.io", "FluxInstance").stream()
            .anyMatch(d -> d.object().spec("kustomize").toString().contains(on))
        || cluster.releases().stream()
            .filter(d -> d.ref().name().contains("flux"))
            .anyMatch(d -> d.object().spec("values").toString().contains(on));
  }

  private static List<String> arguments(Declared deployment) {
    List<String> out = new ArrayList<>();
    for (Json c : deployment.object().spec("template", "spec", "containers").list()) {
      c.get("args").list().forEach(a -> out.add(a.text()));
    }
    return out;
  }
}

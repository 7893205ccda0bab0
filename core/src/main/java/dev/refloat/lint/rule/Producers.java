package dev.refloat.lint.rule;

import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.model.Json;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/// The names under which operators' objects in a repository make Secrets and ConfigMaps: their own
/// names, and those that they are told (ExternalSecret `spec.target.name`, Certificate
/// `spec.secretName`, VaultStaticSecret `spec.destination.name`, InfisicalSecret
/// `managedSecretReference.secretName`, and their like).
final class Producers {
  private static final Set<String> NAMING_FIELDS =
      Set.of("secretname", "name", "targetname", "secret", "configmap", "configmapname");

  private static final int DEPTH = 8;

  private final Set<String> names = new HashSet<>();

  Producers(Cluster cluster) {
    for (Declared d : cluster.objects()) {
      if (isOperators(d.ref().group())) {
        add(d.ref().namespace(), d.ref().name());
        collect(d.ref().namespace(), d.object().root().get("spec"), DEPTH);
      }
    }
  }

  /// Whether something of the namespace, or of the cluster, seems to make an object of that name.
  boolean make(String namespace, String name) {
    return names.contains(namespace + "\0" + name) || names.contains("\0" + name);
  }

  /// Kubernetes' and Flux's own kinds make no Secrets or ConfigMaps with a name of their own
  /// choosing.
  private static boolean isOperators(String group) {
    return group.contains(".") && !group.endsWith(".k8s.io") && !FluxApis.isFlux(group);
  }

  private void add(String namespace, String name) {
    names.add(namespace + "\0" + name);
  }

  private void collect(String namespace, Json tree, int depth) {
    if (depth == 0) {
      return;
    }
    switch (tree) {
      case Json.Obj o ->
          o.forEach(
              (key, value) -> {
                if (value instanceof Json.Str(var text)) {
                  if (NAMING_FIELDS.contains(key.toLowerCase(Locale.ROOT))) {
                    add(namespace, text);
                  }
                } else {
                  collect(namespace, value, depth - 1);
                }
              });
      case Json.Arr(var items) -> items.forEach(i -> collect(namespace, i, depth - 1));
      case Json.Str _, Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> {}
    }
  }
}

package dev.refloat.adapter.snapshot;

import dev.refloat.adapter.json.Pruning;
import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// What of an object is not worth its memory: ten thousand releases have a hundred thousand
/// objects.
final class Lean {

  private static final Pruning ALWAYS =
      Pruning.NOTHING
          .without("metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration")
          .without("metadata", "selfLink");

  private static final Pruning NODE =
      ALWAYS.without("metadata", "managedFields").without("status", "images");

  private static final Pruning DEFINITION =
      ALWAYS
          .without("metadata", "managedFields")
          .without("spec", "versions", "schema")
          .without("spec", "versions", "additionalPrinterColumns")
          .without("spec", "conversion");

  private static final Pruning OTHER = ALWAYS.without("metadata", "managedFields");

  private static final Set<String> FLUX =
      Set.of(
          "HelmRelease",
          "HelmChart",
          "HelmRepository",
          "OCIRepository",
          "GitRepository",
          "Bucket",
          "ExternalArtifact",
          "Kustomization");

  private static final Set<String> APPLIED =
      Set.of("Deployment", "StatefulSet", "DaemonSet", "Service", "ConfigMap");

  /// Managers whose fields are nobody else's business.
  private static final Set<String> EXPECTED =
      Set.of("helm-controller", "kube-controller-manager", "kubelet", "kube-scheduler");

  private Lean() {}

  /// What to skip while parsing an object of a kind.
  static Pruning pruning(String kind) {
    return switch (kind) {
      case "Node" -> NODE;
      case "CustomResourceDefinition" -> DEFINITION;
      case "" -> Pruning.NOTHING;
      default -> FLUX.contains(kind) || APPLIED.contains(kind) ? ALWAYS : OTHER;
    };
  }

  /// The object without the managed fields that tell nothing: of Flux objects those of the status;
  /// of what Helm applied all, unless somebody else has a hand in it.
  static Json.Obj lean(Json.Obj object) {
    String kind = object.get("kind").text();
    if (!(object.get("metadata") instanceof Json.Obj metadata)) {
      return object;
    }
    List<Json> entries = metadata.get("managedFields").list();
    if (entries.isEmpty()) {
      return object;
    }
    List<Json> kept = new ArrayList<>(entries.size());
    if (FLUX.contains(kind)) {
      for (Json e : entries) {
        if (!e.get("subresource").text().equals("status")) {
          kept.add(e);
        }
      }
    } else if (APPLIED.contains(kind)) {
      boolean foreign = entries.stream().anyMatch(e -> !EXPECTED.contains(e.get("manager").text()));
      for (Json e : entries) {
        kept.add(foreign || !(e instanceof Json.Obj o) ? e : o.without("fieldsV1"));
      }
    }
    return object.with(
        "metadata",
        kept.isEmpty()
            ? metadata.without("managedFields")
            : metadata.with("managedFields", new Json.Arr(kept)));
  }

  /// Metadata alone, as the API server gives it for the kinds that are listed so.
  static Json.Obj metadataOnly(Json object) {
    return Json.builder()
        .put("apiVersion", object.get("apiVersion"))
        .put("kind", object.get("kind"))
        .put("metadata", object.get("metadata"))
        .build();
  }
}

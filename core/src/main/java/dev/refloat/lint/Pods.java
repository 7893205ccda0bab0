package dev.refloat.lint;

import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The pods that workloads make.
public final class Pods {
  private Pods() {}

  /// The pods of a workload, or of a pod itself.
  ///
  /// @param spec of one pod
  /// @param count how many; what only a cluster knows (nodes, autoscalers, schedules) counts least
  public record Template(Json metadata, Json spec, long count) {}

  public static Optional<Template> of(Resource object) {
    Json spec = object.root().get("spec");
    Json template = spec.get("template");
    return switch (object.kind()) {
      case "Pod" -> Optional.of(new Template(object.at("metadata"), spec, 1));
      case "Deployment", "StatefulSet", "ReplicaSet", "ReplicationController" ->
          template(template, spec.get("replicas").integer(1));
      case "DaemonSet" -> template(template, 1);
      case "Job" -> template(template, spec.get("parallelism").integer(1));
      case "CronJob" -> template(spec.at("jobTemplate", "spec", "template"), 0);
      default -> Optional.empty();
    };
  }

  private static Optional<Template> template(Json template, long count) {
    return template.get("spec").exists()
        ? Optional.of(new Template(template.get("metadata"), template.get("spec"), count))
        : Optional.empty();
  }

  /// Of `containers`, `initContainers` and `ephemeralContainers`.
  public static List<Json> containers(Json podSpec) {
    List<Json> out = new ArrayList<>(podSpec.get("initContainers").list());
    out.addAll(podSpec.get("containers").list());
    out.addAll(podSpec.get("ephemeralContainers").list());
    return out;
  }

  public static Set<String> images(Resource object) {
    Set<String> out = new TreeSet<>();
    of(object)
        .ifPresent(
            t ->
                containers(t.spec())
                    .forEach(
                        c ->
                            c.get("image").scalar().filter(i -> !i.isBlank()).ifPresent(out::add)));
    return out;
  }

  /// The tag of an image; nothing when it is named by digest, or by no tag.
  public static Optional<String> tag(String image) {
    if (image.indexOf('@') >= 0) {
      return Optional.empty();
    }
    int colon = image.lastIndexOf(':');
    return colon > image.lastIndexOf('/')
        ? Optional.of(image.substring(colon + 1))
        : Optional.empty();
  }
}

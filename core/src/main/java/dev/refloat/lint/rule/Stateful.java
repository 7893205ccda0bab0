package dev.refloat.lint.rule;

import dev.refloat.lint.Rendering;
import dev.refloat.model.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What of a release holds data.
final class Stateful {
  private static final int MOST = 5;

  private Stateful() {}

  /// Objects that are deleted with the release and take data with them, or leave it behind where a
  /// release of another name or namespace does not find it; as people write them. Nothing when the
  /// chart was not rendered.
  static List<String> objects(Optional<Rendering> rendering) {
    List<String> out = new ArrayList<>();
    if (rendering.orElse(null) instanceof Rendering.Rendered rendered) {
      for (Resource m : rendered.manifests()) {
        boolean claim =
            m.kind().equals("PersistentVolumeClaim")
                && !m.annotation("helm.sh/resource-policy").orElse("").equals("keep");
        boolean templates =
            m.kind().equals("StatefulSet") && !m.spec("volumeClaimTemplates").list().isEmpty();
        if ((claim || templates) && out.size() < MOST) {
          out.add(m.kind() + " " + m.name());
        }
      }
    }
    return out;
  }
}

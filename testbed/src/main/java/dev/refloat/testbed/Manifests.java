package dev.refloat.testbed;

import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Kubernetes objects written as YAML or JSON.
public final class Manifests {
  private static final int LIMIT_CODE_POINTS = 32 << 20;

  private Manifests() {}

  /// All objects of all documents; a List becomes its items.
  public static List<ObjectNode> read(String text) {
    Load load = new Load(LoadSettings.builder().setCodePointLimit(LIMIT_CODE_POINTS).build());
    List<ObjectNode> objects = new ArrayList<>();
    for (Object document : load.loadAllFromString(text)) {
      JsonNode node = ApiClient.JSON.valueToTree(document);
      if (node.path("items").isArray() && node.path("kind").asString("").endsWith("List")) {
        for (JsonNode item : node.path("items")) {
          objects.add((ObjectNode) item);
        }
      } else if (node instanceof ObjectNode o) {
        objects.add(o);
      }
    }
    return objects;
  }
}

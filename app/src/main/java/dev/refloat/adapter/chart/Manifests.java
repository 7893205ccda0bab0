package dev.refloat.adapter.chart;

import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The objects that `helm template` prints, and from which files of the chart they are.
final class Manifests {
  private static final Pattern SEPARATOR = Pattern.compile("(?m)^---[ \\t]*(?:#.*)?$");
  private static final Pattern SOURCE = Pattern.compile("^\\s*# Source: (\\S+)");
  private static final Limits DOCUMENT = new Limits(16L << 20, 100, 1_000_000);

  private Manifests() {}

  /// @param source file of the chart, as in `webapp/templates/service.yaml`; perhaps empty
  record Manifest(String source, Resource object) {
    boolean ofCrds() {
      return source.matches(".*?/crds/.*");
    }

    boolean isHook() {
      return object.annotation("helm.sh/hook").isPresent();
    }
  }

  /// @throws MalformedInput when a document is no object; says of which file
  static List<Manifest> read(String text) throws MalformedInput {
    List<Manifest> out = new ArrayList<>();
    String source = "";
    for (String document : SEPARATOR.split(text, -1)) {
      Matcher m = SOURCE.matcher(document);
      if (m.find()) {
        source = m.group(1);
      }
      if (document.isBlank()) {
        continue;
      }
      String from = source.isEmpty() ? "the output of Helm" : source;
      try {
        byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
        for (Json d : YamlTrees.read(from, new ByteArrayInputStream(bytes), DOCUMENT)) {
          add(d, source, from, out);
        }
      } catch (MalformedInput e) {
        throw e;
      } catch (IOException e) {
        throw new IllegalStateException("reading from memory cannot fail", e);
      }
    }
    return out;
  }

  private static void add(Json d, String source, String from, List<Manifest> out)
      throws MalformedInput {
    if (!d.exists()) {
      return;
    }
    if (d.get("kind").text().endsWith("List") && d.get("items") instanceof Json.Arr(var items)) {
      for (Json item : items) {
        add(item, source, from, out);
      }
      return;
    }
    if (!(d instanceof Json.Obj)
        || d.get("kind").text().isEmpty()
        || d.get("apiVersion").text().isEmpty()) {
      throw new MalformedInput(from, "it renders something without apiVersion and kind");
    }
    out.add(new Manifest(source, Resource.of(d)));
  }
}

package dev.refloat.standin;

import dev.refloat.model.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// The values of a release: those of `valuesFrom` in their order, then the inline ones, then those
/// that go to a path of their own.
final class Values {

  /// Values that cannot be had; the text is that of helm-controller.
  static final class Unresolved extends Exception {
    private static final long serialVersionUID = 1L;

    Unresolved(String message) {
      super(message);
    }
  }

  private final ApiServer api;
  private final Formats formats;

  Values(ApiServer api, Formats formats) {
    this.api = api;
    this.formats = formats;
  }

  Json.Obj of(HelmRelease release) throws Unresolved {
    Json.Obj merged = Json.emptyObject();
    List<Json> late = new ArrayList<>();
    for (Json reference : release.spec("valuesFrom").list()) {
      if (reference.get("targetPath").exists()) {
        late.add(reference);
      } else {
        String text = resolve(release.namespace(), reference);
        merged = merge(merged, parse(release.namespace(), reference, text));
      }
    }
    if (release.spec("values") instanceof Json.Obj inline) {
      merged = merge(merged, inline);
    }
    for (Json reference : late) {
      String text = resolve(release.namespace(), reference);
      if (!text.isEmpty()) {
        Json value = reference.get("literal").isTrue() ? new Json.Str(text) : scalar(text);
        List<String> path = List.of(reference.get("targetPath").text().split("\\.", -1));
        merged = merge(merged, nested(path, value));
      }
    }
    return merged;
  }

  private String resolve(String namespace, Json reference) throws Unresolved {
    String kind = reference.get("kind").text();
    String name = reference.get("name").text();
    String key = reference.get("valuesKey").text("values.yaml");
    boolean secret = kind.equals("Secret");
    String plural = secret ? "secrets" : "configmaps";
    Json object = api.get("/api/v1/namespaces/" + namespace + "/" + plural + "/" + name);
    if (!object.exists()) {
      if (reference.get("optional").isTrue()) {
        return "";
      }
      throw unresolved(namespace, reference, "", plural + " \"" + name + "\" not found");
    }
    Json data = object.at("data", key);
    if (!data.exists()) {
      if (reference.get("optional").isTrue()) {
        return "";
      }
      throw unresolved(namespace, reference, key, "key not found");
    }
    return secret
        ? new String(Base64.getDecoder().decode(data.text()), StandardCharsets.UTF_8)
        : data.text();
  }

  private Json.Obj parse(String namespace, Json reference, String text) throws Unresolved {
    try {
      List<Json> documents = formats.yaml(text);
      return !documents.isEmpty() && documents.getFirst() instanceof Json.Obj o
          ? o
          : Json.emptyObject();
    } catch (IOException e) {
      throw unresolved(
          namespace,
          reference,
          reference.get("valuesKey").text("values.yaml"),
          String.valueOf(e.getMessage()));
    }
  }

  private static Unresolved unresolved(String namespace, Json reference, String key, String why) {
    return new Unresolved(
        "could not resolve %s%s chart values reference '%s/%s'%s: %s"
            .formatted(
                reference.get("optional").isTrue() ? "optional " : "",
                reference.get("kind").text(),
                namespace,
                reference.get("name").text(),
                key.isEmpty() ? "" : " with key '" + key + "'",
                why));
  }

  private static Json scalar(String text) {
    return switch (text) {
      case "true" -> Json.Bool.TRUE;
      case "false" -> Json.Bool.FALSE;
      case "null" -> Json.Null.NULL;
      default -> text.matches("-?(0|[1-9]\\d*)") ? new Json.Num(text) : new Json.Str(text);
    };
  }

  private static Json.Obj nested(List<String> path, Json value) {
    Json inner = path.size() == 1 ? value : nested(path.subList(1, path.size()), value);
    return Json.builder().put(path.getFirst(), inner).build();
  }

  /// Objects are merged, everything else is replaced.
  static Json.Obj merge(Json.Obj below, Json.Obj above) {
    Json.Obj[] merged = {below};
    above.forEach(
        (k, v) ->
            merged[0] =
                merged[0].with(
                    k,
                    v instanceof Json.Obj o && below.get(k) instanceof Json.Obj b
                        ? merge(b, o)
                        : v));
    return merged[0];
  }
}

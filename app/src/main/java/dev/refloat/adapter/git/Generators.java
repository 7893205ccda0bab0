package dev.refloat.adapter.git;

import dev.refloat.adapter.git.KustomizeBuild.Tracked;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// ConfigMaps and Secrets that a kustomization makes of files and literals
/// (api/internal/generators of kustomize 5).
final class Generators {
  private static final int HASH = 10;
  private static final String CONFIG_MAP = "ConfigMap";

  private final SourceTree tree;
  private final String folder;
  private final Origin at;
  private final Notes notes;

  /// Takes what is wrong.
  @FunctionalInterface
  interface Notes {
    void add(Note.Kind kind, String text, Origin at, FieldEdit.Step... field);
  }

  Generators(SourceTree tree, String folder, Origin at, Notes notes) {
    this.tree = tree;
    this.folder = folder;
    this.at = at;
    this.notes = notes;
  }

  /// Adds what a kustomization generates, or changes what is there.
  void run(Json kustomization, List<Tracked> out) {
    Json common = kustomization.get("generatorOptions");
    for (String field : List.of("configMapGenerator", "secretGenerator")) {
      int i = 0;
      for (Json entry : kustomization.get(field).list()) {
        String kind = field.equals("configMapGenerator") ? CONFIG_MAP : "Secret";
        one(kind, entry, common, new FieldEdit.Key(field), new FieldEdit.Index(i++), out);
      }
    }
  }

  private void one(
      String kind,
      Json entry,
      Json common,
      FieldEdit.Key field,
      FieldEdit.Index index,
      List<Tracked> out) {
    Map<String, byte[]> data = data(entry, field, index);
    String name = entry.get("name").text();
    String namespace = entry.get("namespace").text();
    String behavior = entry.get("behavior").text("create");
    Json options = entry.get("options");
    boolean plain =
        options.get("disableNameSuffixHash").isTrue()
            || common.get("disableNameSuffixHash").isTrue();
    if (behavior.equals("create") || behavior.isEmpty()) {
      Json.Builder meta = Json.builder().put("name", name);
      if (!namespace.isEmpty()) {
        meta.put("namespace", namespace);
      }
      for (String what : List.of("labels", "annotations")) {
        Map<String, String> all = new TreeMap<>(common.get(what).strings());
        all.putAll(options.get(what).strings());
        if (!all.isEmpty()) {
          meta.put(what, Json.from(all));
        }
      }
      Json.Obj object =
          Json.builder()
              .put("apiVersion", "v1")
              .put("kind", kind)
              .put("metadata", meta.build())
              .build();
      if (kind.equals("Secret")) {
        object = object.with("type", new Json.Str(entry.get("type").text("Opaque")));
      }
      if (options.get("immutable").isTrue() || common.get("immutable").isTrue()) {
        object = object.with("immutable", Json.Bool.TRUE);
      }
      Tracked made = new Tracked(at.part(field, index), filled(kind, object, data, true), true);
      made.hashed(!plain);
      out.add(made);
      return;
    }
    KustomizeBuild.Id id = new KustomizeBuild.Id(namespace, name);
    Optional<Tracked> base =
        out.stream()
            .filter(t -> t.current().get("kind").text().equals(kind))
            .filter(
                t ->
                    t.ids().stream()
                        .anyMatch(
                            i -> i.name().equals(id.name()) && (namespace.isEmpty() || i.same(id))))
            .findFirst();
    if (base.isEmpty()) {
      notes.add(
          Note.Kind.REFUSED,
          at.file() + ": there is no " + kind + " " + name + " to " + behavior,
          at,
          field,
          index);
      return;
    }
    Json.Obj object = base.get().current() instanceof Json.Obj o ? o : Json.emptyObject();
    base.get().become(filled(kind, object, data, behavior.equals("replace")));
    base.get().hashed(base.get().hashed() && !plain);
  }

  private static Json.Obj filled(
      String kind, Json.Obj object, Map<String, byte[]> data, boolean fresh) {
    Map<String, Json> texts = new TreeMap<>();
    Map<String, Json> bytes = new TreeMap<>();
    if (!fresh) {
      object.get("data").strings().forEach((k, v) -> texts.put(k, new Json.Str(v)));
      object.get("binaryData").strings().forEach((k, v) -> bytes.put(k, new Json.Str(v)));
    }
    data.forEach(
        (key, value) -> {
          Optional<String> text = kind.equals(CONFIG_MAP) ? utf8(value) : Optional.empty();
          if (text.isPresent()) {
            texts.put(key, new Json.Str(text.get()));
          } else {
            (kind.equals(CONFIG_MAP) ? bytes : texts)
                .put(key, new Json.Str(Base64.getEncoder().encodeToString(value)));
          }
        });
    Json.Obj out = object;
    if (!texts.isEmpty()) {
      out = out.with("data", Json.from(texts));
    }
    return bytes.isEmpty() ? out : out.with("binaryData", Json.from(bytes));
  }

  private static Optional<String> utf8(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private Map<String, byte[]> data(Json entry, FieldEdit.Key field, FieldEdit.Index index) {
    Map<String, byte[]> out = new TreeMap<>();
    List<Json> envs = new ArrayList<>(entry.get("envs").list());
    if (entry.get("env").exists()) {
      envs.add(entry.get("env"));
    }
    for (Json env : envs) {
      file(env.text(), field, index).ifPresent(b -> pairs(b, out));
    }
    for (Json file : entry.get("files").list()) {
      String text = file.text();
      int equals = text.indexOf('=');
      String path = text.substring(equals + 1);
      String key = equals > 0 ? text.substring(0, equals) : SourceTree.nameOf(path);
      file(path, field, index).ifPresent(b -> out.put(key, b));
    }
    for (Json literal : entry.get("literals").list()) {
      String text = literal.text();
      int equals = text.indexOf('=');
      if (equals > 0) {
        out.put(
            text.substring(0, equals),
            unquoted(text.substring(equals + 1)).getBytes(StandardCharsets.UTF_8));
      }
    }
    return out;
  }

  private static String unquoted(String text) {
    boolean quoted =
        text.length() > 1
            && (text.charAt(0) == '"' || text.charAt(0) == '\'')
            && text.charAt(0) == text.charAt(text.length() - 1);
    return quoted ? text.substring(1, text.length() - 1) : text;
  }

  private static void pairs(byte[] file, Map<String, byte[]> out) {
    String text = utf8(file).orElse("");
    for (String line : text.lines().toList()) {
      String l = line.stripLeading();
      int equals = l.indexOf('=');
      if (equals > 0 && !l.startsWith("#")) {
        out.put(l.substring(0, equals), l.substring(equals + 1).getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private Optional<byte[]> file(String path, FieldEdit.Key field, FieldEdit.Index index) {
    Optional<byte[]> found = SourceTree.resolve(folder, path).flatMap(tree::content);
    if (found.isEmpty()) {
      // Kustomize fetches files from the web.
      notes.add(
          path.contains("://") ? Note.Kind.ELSEWHERE : Note.Kind.REFUSED,
          at.file() + ": the file " + path + " of a generator is not in this repository",
          at,
          field,
          index);
    }
    return found;
  }

  /// Appends the hash of its content to a name, as kustomize does in the end (api/hasher of
  /// kustomize 5).
  static void hash(Tracked object) {
    Json o = object.current();
    TreeMap<String, Json> content = new TreeMap<>();
    content.put("kind", o.get("kind"));
    // Kustomize looks for a field `metadata/name`, which no object has.
    content.put("name", new Json.Str(""));
    content.put("data", o.get("data") instanceof Json.Obj d ? d : new Json.Str(""));
    if (o.get("kind").text().equals(CONFIG_MAP)) {
      if (o.get("binaryData") instanceof Json.Obj b) {
        content.put("binaryData", b);
      }
    } else {
      content.put("type", o.get("type"));
      if (o.get("stringData") instanceof Json.Obj s) {
        content.put("stringData", s);
      }
    }
    StringBuilder text = new StringBuilder();
    go(Json.from(content), text);
    String hex;
    try {
      hex =
          HexFormat.of()
              .formatHex(
                  MessageDigest.getInstance("SHA-256")
                      .digest(text.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    String suffix =
        hex.substring(0, HASH)
            .replace('0', 'g')
            .replace('1', 'h')
            .replace('3', 'k')
            .replace('a', 'm')
            .replace('e', 't');
    object.become(
        FieldEdit.set(
                new Json.Str(o.at("metadata", "name").text() + "-" + suffix), "metadata", "name")
            .applyTo(o));
  }

  /// As Go's encoding/json writes: keys in order, HTML escaped.
  private static void go(Json value, StringBuilder out) {
    if (value instanceof Json.Obj o) {
      out.append('{');
      for (String key : o.keys().stream().sorted().toList()) {
        if (out.charAt(out.length() - 1) != '{') {
          out.append(',');
        }
        go(key, out);
        out.append(':');
        go(o.get(key), out);
      }
      out.append('}');
    } else {
      go(value.text(), out);
    }
  }

  private static void go(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (c < ' ' || c == '<' || c == '>' || c == '&' || c == '\u2028' || c == '\u2029') {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}

package dev.refloat.adapter.git;

import dev.refloat.adapter.yaml.YamlNode;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What a kustomization makes of the objects of one kind, and from which documents. Not kustomize:
/// it
/// follows resources, components, patches, names, namespaces and labels in kustomize's order, and
/// says
/// where it cannot follow.
final class KustomizeBuild {
  private static final int MAX_DEPTH = 30;
  private static final int MAX_OBJECTS = 20_000;
  private static final int MAX_FOLDERS = 5_000;
  static final List<String> FILES =
      List.of("kustomization.yaml", "kustomization.yml", "Kustomization");

  private final SourceTree tree;
  private final String group;
  private final String kind;
  private final Set<String> notes = new TreeSet<>();
  private final Set<String> files = new TreeSet<>();
  private int folders;
  private int objects;

  KustomizeBuild(SourceTree tree, ObjectRef like) {
    this.tree = tree;
    this.group = like.group();
    this.kind = like.kind();
  }

  /// A name that an object has or had.
  record Id(String namespace, String name) {
    boolean same(Id other) {
      return name.equals(other.name) && effective(namespace).equals(effective(other.namespace));
    }

    private static String effective(String namespace) {
      return namespace.isEmpty() ? "default" : namespace;
    }
  }

  /// Where a text stands.
  ///
  /// @param within the field of the document that holds it, empty when it is the document
  record Origin(String file, int document, int line, List<FieldEdit.Step> within) {
    Origin {
      within = List.copyOf(within);
    }
  }

  /// A patch that was applied.
  ///
  /// @param matches the objects that it was applied to
  record Patch(Origin origin, boolean operations, Json content, List<Tracked> matches) {}

  /// Something that this build does not follow.
  ///
  /// @param field as in `spec.values.tag`; empty for any
  record Obscured(String why, String field) {
    boolean concerns(FieldEdit edit) {
      List<String> names = new ArrayList<>();
      for (FieldEdit.Step step : edit.path()) {
        if (!(step instanceof FieldEdit.Key(var name))) {
          break;
        }
        names.add(name);
      }
      String[] parts = field.isEmpty() ? new String[0] : field.split("\\.", -1);
      for (int i = 0; i < Math.min(parts.length, names.size()); i++) {
        if (parts[i].startsWith("[") || parts[i].equals("*")) {
          return true;
        }
        if (!parts[i].equals(names.get(i))) {
          return false;
        }
      }
      return true;
    }
  }

  /// One object on its way.
  static final class Tracked {
    private final Origin origin;
    private Json current;
    private final Set<Id> ids = new LinkedHashSet<>();
    private final List<Patch> patches = new ArrayList<>();
    private final Set<Obscured> obscured = new LinkedHashSet<>();

    Tracked(Origin origin, Json object) {
      this.origin = origin;
      this.current = object;
      ids.add(id());
    }

    Origin origin() {
      return origin;
    }

    Json current() {
      return current;
    }

    Set<Id> ids() {
      return ids;
    }

    List<Patch> patches() {
      return patches;
    }

    /// What may change the object in a way that this build does not follow.
    Set<Obscured> obscured() {
      return obscured;
    }

    Id id() {
      Json meta = current.get("metadata");
      return new Id(meta.get("namespace").text(), meta.get("name").text());
    }

    private void meta(String field, Json value) {
      current = FieldEdit.set(value, "metadata", field).applyTo(current);
      ids.add(id());
    }
  }

  /// What was built and what could not be followed.
  ///
  /// @param files that were read
  record Result(List<Tracked> objects, List<String> notes, Set<String> files) {}

  /// Builds a folder as Flux does: with a kustomization made up when it has none.
  ///
  /// @param flux the Flux Kustomization whose spec adds to it; nothing else than its patches,
  ///     names,
  ///     namespace and components is used
  /// @param fluxOrigin where that object is declared, when known
  Result build(String folder, Json flux, Optional<Origin> fluxOrigin) {
    List<Tracked> out = new ArrayList<>();
    folder(folder, out, 0, Set.of());
    Json spec = flux.get("spec");
    for (Json component : spec.get("components").list()) {
      SourceTree.resolve(folder, component.text())
          .ifPresent(c -> folder(c, out, 1, Set.of(folder)));
    }
    Origin origin = fluxOrigin.orElse(new Origin("", 0, 0, List.of()));
    int i = 0;
    for (Json patch : spec.get("patches").list()) {
      inline(
          patch.get("patch").text(),
          patch.get("target"),
          new Origin(
              origin.file(),
              origin.document(),
              origin.line(),
              List.of(
                  new FieldEdit.Key("spec"),
                  new FieldEdit.Key("patches"),
                  new FieldEdit.Index(i++),
                  new FieldEdit.Key("patch"))),
          out);
    }
    names(
        out,
        spec.get("targetNamespace").text(),
        spec.get("namePrefix").text(),
        spec.get("nameSuffix").text());
    labels(out, spec.at("commonMetadata", "labels"), "labels");
    labels(out, spec.at("commonMetadata", "annotations"), "annotations");
    return new Result(out, List.copyOf(notes), files);
  }

  /// The kustomization file of a folder.
  static Optional<String> file(SourceTree tree, String folder) {
    return FILES.stream()
        .map(f -> folder.isEmpty() ? f : folder + "/" + f)
        .filter(tree::isFile)
        .findFirst();
  }

  private void folder(String folder, List<Tracked> into, int depth, Set<String> above) {
    if (above.contains(folder) || depth > MAX_DEPTH || ++folders > MAX_FOLDERS) {
      notes.add(folder + ": included in a circle, too deeply or too often; not followed further");
      return;
    }
    Set<String> path = new LinkedHashSet<>(above);
    path.add(folder);
    Optional<String> file = file(tree, folder);
    if (file.isEmpty()) {
      generated(folder, into, depth, path);
      return;
    }
    Optional<SourceTree.Parsed> parsed = tree.read(file.get());
    files.add(file.get());
    if (parsed.isEmpty() || parsed.get().documents().isEmpty()) {
      notes.add(parsed.map(SourceTree.Parsed::problem).orElse(file.get() + ": cannot be read"));
      return;
    }
    YamlNode root = parsed.get().documents().getFirst();
    kustomization(folder, file.get(), root, into, depth, path);
  }

  /// As Flux does for a folder without a kustomization: every YAML file, and folders that have one.
  private void generated(String folder, List<Tracked> into, int depth, Set<String> path) {
    List<String> nested = new ArrayList<>();
    List<String> found =
        tree.yaml(
            folder,
            dir -> {
              boolean own = file(tree, dir).isPresent();
              if (own) {
                nested.add(dir);
              }
              return !own;
            });
    found.forEach(f -> resource(f, into));
    nested.stream().sorted().forEach(d -> folder(d, into, depth + 1, path));
  }

  private void kustomization(
      String folder, String file, YamlNode root, List<Tracked> above, int depth, Set<String> path) {
    Json k = root.json();
    boolean component = k.get("kind").text().equals("Component");
    // A component changes what is there already.
    List<Tracked> out = component ? above : new ArrayList<>();
    for (String field : List.of("bases", "resources")) {
      for (Json entry : k.get(field).list()) {
        include(folder, file, entry.text(), out, depth, path);
      }
    }
    for (Json entry : k.get("components").list()) {
      include(folder, file, entry.text(), out, depth, path);
    }
    patches(folder, file, root, k, out);
    names(out, k.get("namespace").text(), "", "");
    names(out, "", k.get("namePrefix").text(), k.get("nameSuffix").text());
    labels(out, k.get("commonLabels"), "labels");
    for (Json l : k.get("labels").list()) {
      labels(out, l.get("pairs"), "labels");
    }
    labels(out, k.get("commonAnnotations"), "annotations");
    lists(folder, file, root, "patchesJson6902", k, out);
    obscure(folder, file, k, out);
    if (!component) {
      above.addAll(out);
    }
  }

  private void include(
      String folder, String file, String entry, List<Tracked> out, int depth, Set<String> path) {
    Optional<String> target = SourceTree.resolve(folder, entry);
    if (target.isPresent() && tree.isFolder(target.get())) {
      folder(target.get(), out, depth + 1, path);
    } else if (target.isPresent() && tree.isFile(target.get())) {
      resource(target.get(), out);
    } else {
      notes.add(file + ": " + shown(entry) + " is not in this repository");
    }
  }

  private static String shown(String text) {
    String plain = text.replaceAll("://[^@/\\s]+@", "://…@").replaceAll("\\p{Cntrl}", "?");
    return plain.length() > 120 ? plain.substring(0, 120) + "…" : plain;
  }

  private void resource(String file, List<Tracked> out) {
    if (!files.add(file) && tree.read(file).isEmpty()) {
      return;
    }
    SourceTree.Parsed parsed = tree.read(file).orElse(null);
    if (parsed == null) {
      return;
    }
    if (!parsed.problem().isEmpty()) {
      notes.add(parsed.problem());
    }
    for (int i = 0; i < parsed.documents().size(); i++) {
      YamlNode node = parsed.documents().get(i);
      Json object = node.json();
      if (isOurs(object) && ++objects <= MAX_OBJECTS) {
        out.add(new Tracked(new Origin(file, i, node.line(), List.of()), object));
      }
    }
  }

  boolean isOurs(Json object) {
    String apiVersion = object.get("apiVersion").text();
    int slash = apiVersion.indexOf('/');
    return object.get("kind").text().equals(kind)
        && (slash < 0 ? "" : apiVersion.substring(0, slash)).equals(group);
  }

  private void patches(String folder, String file, YamlNode root, Json k, List<Tracked> out) {
    int i = 0;
    for (Json entry : k.get("patchesStrategicMerge").list()) {
      String text = entry.text();
      Optional<String> path = SourceTree.resolve(folder, text).filter(tree::isFile);
      if (path.isPresent()) {
        patchFile(path.get(), Json.Missing.MISSING, out);
      } else {
        inline(
            text,
            Json.Missing.MISSING,
            new Origin(
                file,
                0,
                root.line(),
                List.of(new FieldEdit.Key("patchesStrategicMerge"), new FieldEdit.Index(i))),
            out);
      }
      i++;
    }
    lists(folder, file, root, "patches", k, out);
  }

  private void lists(
      String folder, String file, YamlNode root, String field, Json k, List<Tracked> out) {
    int i = 0;
    for (Json entry : k.get(field).list()) {
      Json path = entry.get("path");
      if (path.exists()) {
        Optional<String> found = SourceTree.resolve(folder, path.text()).filter(tree::isFile);
        if (found.isPresent()) {
          patchFile(found.get(), entry.get("target"), out);
        } else {
          notes.add(file + ": the patch " + shown(path.text()) + " is not in this repository");
        }
      } else {
        inline(
            entry.get("patch").text(),
            entry.get("target"),
            new Origin(
                file,
                0,
                root.line(),
                List.of(
                    new FieldEdit.Key(field), new FieldEdit.Index(i), new FieldEdit.Key("patch"))),
            out);
      }
      i++;
    }
  }

  private void patchFile(String file, Json target, List<Tracked> out) {
    files.add(file);
    tree.read(file)
        .ifPresent(
            parsed -> {
              if (!parsed.problem().isEmpty()) {
                notes.add(parsed.problem());
              }
              for (int i = 0; i < parsed.documents().size(); i++) {
                YamlNode node = parsed.documents().get(i);
                patch(new Origin(file, i, node.line(), List.of()), node.json(), target, out);
              }
            });
  }

  private void inline(String text, Json target, Origin origin, List<Tracked> out) {
    try {
      List<YamlNode> documents =
          YamlTrees.nodes(
              origin.file(),
              new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
              dev.refloat.adapter.json.Limits.DOCUMENT,
              YamlTrees.Duplicates.LAST_WINS);
      if (documents.size() != 1) {
        notes.add(
            origin.file() + ": a patch with " + documents.size() + " documents, not followed");
        return;
      }
      patch(origin, documents.getFirst().json(), target, out);
    } catch (IOException e) {
      notes.add(origin.file() + ": a patch in it is no YAML, not followed");
    }
  }

  private void patch(Origin origin, Json content, Json target, List<Tracked> out) {
    boolean operations = content instanceof Json.Arr;
    List<Tracked> matched = new ArrayList<>();
    Json meta = content.get("metadata");
    Id named = new Id(meta.get("namespace").text(), meta.get("name").text());
    for (Tracked t : out) {
      try {
        if (target.exists()
            ? PatchTarget.selects(target, t)
            : isOurs(content) && t.ids.stream().anyMatch(named::same)) {
          matched.add(t);
        }
      } catch (Patches.Unclear e) {
        t.obscured.add(
            new Obscured(origin.file() + ": a patch cannot be followed: " + e.getMessage(), ""));
      }
    }
    for (Tracked t : matched) {
      try {
        Json after =
            operations
                ? Patches.operate(t.current, content)
                : Patches.merge(t.current, target.exists() ? nameless(content) : content);
        if (after instanceof Json.Missing) {
          out.remove(t);
          continue;
        }
        t.current = after;
        t.patches.add(new Patch(origin, operations, content, matched));
      } catch (Patches.Unclear e) {
        t.obscured.add(
            new Obscured(
                origin.file() + ": a patch would fail in kustomize: " + e.getMessage(), ""));
      }
    }
  }

  /// With a target, the name in a patch means nothing.
  private static Json nameless(Json patch) {
    Json out = FieldEdit.remove("metadata", "name").applyTo(patch);
    return FieldEdit.remove("metadata", "namespace").applyTo(out);
  }

  private static void names(List<Tracked> out, String namespace, String prefix, String suffix) {
    for (Tracked t : out) {
      if (!namespace.isEmpty()) {
        t.meta("namespace", new Json.Str(namespace));
      }
      if (!prefix.isEmpty() || !suffix.isEmpty()) {
        t.meta("name", new Json.Str(prefix + t.id().name() + suffix));
      }
    }
  }

  private static void labels(List<Tracked> out, Json pairs, String field) {
    if (pairs.strings().isEmpty()) {
      return;
    }
    for (Tracked t : out) {
      Json.Obj all = t.current.at("metadata", field) instanceof Json.Obj o ? o : Json.emptyObject();
      for (var e : pairs.strings().entrySet()) {
        all = all.with(e.getKey(), new Json.Str(e.getValue()));
      }
      t.current = FieldEdit.set(all, "metadata", field).applyTo(t.current);
    }
  }

  private void obscure(String folder, String file, Json k, List<Tracked> out) {
    for (String field : List.of("transformers", "vars")) {
      if (!k.get(field).list().isEmpty()) {
        out.forEach(
            t -> t.obscured.add(new Obscured(file + ": `" + field + "` may change any field", "")));
      }
    }
    if (!k.get("generators").list().isEmpty() || !k.get("helmCharts").list().isEmpty()) {
      notes.add(file + ": what its generators make is not looked at");
    }
    for (Json replacement : k.get("replacements").list()) {
      List<Json> all = new ArrayList<>();
      if (replacement.get("path").exists()) {
        SourceTree.resolve(folder, replacement.get("path").text())
            .flatMap(tree::read)
            .ifPresent(
                p ->
                    p.documents()
                        .forEach(
                            d -> {
                              Json j = d.json();
                              all.addAll(j instanceof Json.Arr(var items) ? items : List.of(j));
                            }));
      } else {
        all.add(replacement);
      }
      all.forEach(r -> replacement(file, r, out));
    }
  }

  private void replacement(String file, Json replacement, List<Tracked> out) {
    for (Json target : replacement.get("targets").list()) {
      for (Tracked t : out) {
        boolean selected;
        try {
          selected = PatchTarget.selects(target.get("select"), t);
        } catch (Patches.Unclear e) {
          selected = true;
        }
        if (selected) {
          for (Json field : target.get("fieldPaths").list()) {
            t.obscured.add(
                new Obscured(file + ": a replacement writes " + shown(field.text()), field.text()));
          }
        }
      }
    }
  }
}

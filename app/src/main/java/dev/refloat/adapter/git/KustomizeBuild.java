package dev.refloat.adapter.git;

import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.yaml.YamlNode;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.model.Nearest;
import dev.refloat.model.ObjectRef;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What a kustomization makes of objects, and from which documents. Not kustomize: it follows
/// resources, components, generators, patches, names, namespaces and labels in kustomize's order,
/// and says where it cannot follow.
final class KustomizeBuild {
  private static final int MAX_DEPTH = 30;
  private static final int MAX_OBJECTS = 100_000;
  private static final int MAX_FOLDERS = 5_000;

  /// The fields of a kustomization (kustomize 5.8, api/types/kustomization.go); others are refused.
  private static final Set<String> FIELDS =
      Set.of(
          "apiVersion",
          "kind",
          "metadata",
          "openapi",
          "namePrefix",
          "nameSuffix",
          "namespace",
          "commonLabels",
          "labels",
          "commonAnnotations",
          "patchesStrategicMerge",
          "patchesJson6902",
          "patches",
          "images",
          "imageTags",
          "replacements",
          "replicas",
          "vars",
          "sortOptions",
          "resources",
          "components",
          "crds",
          "bases",
          "configMapGenerator",
          "secretGenerator",
          "helmGlobals",
          "helmCharts",
          "helmChartInflationGenerator",
          "generatorOptions",
          "configurations",
          "generators",
          "transformers",
          "validators",
          "buildMetadata",
          "inventory");

  static final List<String> FILES =
      List.of("kustomization.yaml", "kustomization.yml", "Kustomization");

  private final SourceTree tree;
  private final Optional<ObjectRef> like;
  private final Set<Note> notes = new TreeSet<>();
  private final Set<String> files = new TreeSet<>();
  private final NameReferences references = new NameReferences();
  private final Optional<KustomizeProgram> program;
  private int folders;
  private int objects;

  /// Builds objects of all kinds.
  KustomizeBuild(SourceTree tree) {
    this(tree, Optional.empty(), Optional.empty());
  }

  /// Builds objects of all kinds.
  ///
  /// @param program that is asked where this build cannot follow
  KustomizeBuild(SourceTree tree, KustomizeProgram program) {
    this(tree, Optional.empty(), Optional.of(program));
  }

  private KustomizeBuild(
      SourceTree tree, Optional<ObjectRef> like, Optional<KustomizeProgram> program) {
    this.tree = tree;
    this.like = like;
    this.program = program;
  }

  /// Builds objects of one kind only.
  KustomizeBuild(SourceTree tree, ObjectRef like) {
    this(tree, Optional.of(like), Optional.empty());
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
    private final boolean generated;
    private Json current;
    private boolean hashed;
    private final Set<Id> ids = new LinkedHashSet<>();
    private final List<Patch> patches = new ArrayList<>();
    private final Set<Obscured> obscured = new LinkedHashSet<>();

    Tracked(Origin origin, Json object) {
      this(origin, object, false);
    }

    /// @param generated whether its fields stand nowhere as they are
    Tracked(Origin origin, Json object, boolean generated) {
      this.origin = origin;
      this.current = object;
      this.generated = generated;
      ids.add(id());
    }

    Origin origin() {
      return origin;
    }

    Json current() {
      return current;
    }

    boolean generated() {
      return generated;
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

    boolean hashed() {
      return hashed;
    }

    /// Whether the name gets a hash of the content in the end.
    void hashed(boolean yes) {
      hashed = yes;
    }

    void become(Json object) {
      current = object;
      ids.add(id());
    }

    private void meta(String field, Json value) {
      become(FieldEdit.set(value, "metadata", field).applyTo(current));
    }
  }

  /// What was built and what could not be followed.
  ///
  /// @param files that were read
  record Result(List<Tracked> objects, List<Note> notes, Set<String> files) {
    List<String> words() {
      return notes.stream().map(Note::text).toList();
    }
  }

  /// Where the patches of a Flux Kustomization stand.
  @FunctionalInterface
  interface PatchOrigins {
    Origin of(int patch);
  }

  /// Builds a folder as Flux does: with a kustomization made up when it has none.
  ///
  /// @param flux the Flux Kustomization whose spec adds to it; nothing else than its patches,
  ///     names,
  ///     namespace and components is used
  Result build(String folder, Json flux, PatchOrigins origins) {
    List<Tracked> out = new ArrayList<>();
    folder(folder, out, 0, Set.of(), Origin.NOWHERE);
    ask(folder, out);
    Json spec = flux.get("spec");
    for (Json component : spec.get("components").list()) {
      Optional<String> found = SourceTree.resolve(folder, component.text()).filter(tree::isFolder);
      if (found.isPresent()) {
        folder(found.get(), out, 1, Set.of(folder), Origin.NOWHERE);
      } else {
        note(
            Note.Kind.ELSEWHERE,
            folder + ": the component " + shown(component.text()) + " is not in this repository",
            Origin.NOWHERE);
      }
    }
    int i = 0;
    for (Json patch : spec.get("patches").list()) {
      inline(patch.get("patch").text(), patch.get("target"), origins.of(i++), out);
    }
    names(
        out,
        spec.get("targetNamespace").text(),
        spec.get("namePrefix").text(),
        spec.get("nameSuffix").text());
    labels(out, spec.at("commonMetadata", "labels"), "labels");
    labels(out, spec.at("commonMetadata", "annotations"), "annotations");
    out.stream().filter(Tracked::hashed).forEach(t -> Generators.hash(t));
    references.apply(out);
    if (notes.stream().anyMatch(n -> !n.refused())) {
      // What is missing here may be in what was not seen.
      notes.removeIf(n -> n.kind() == Note.Kind.DOUBTED);
    }
    return new Result(out, List.copyOf(notes), files);
  }

  /// Where this build could not follow, what kustomize itself makes counts; the layers of the
  /// objects stay, to show where fields are written. What this build takes for refused, kustomize
  /// has
  /// to refuse itself. It is not asked about remote bases, which it would fetch.
  private void ask(String folder, List<Tracked> out) {
    boolean open = notes.stream().anyMatch(n -> n.refused() || n.kind() == Note.Kind.NOT_FOLLOWED);
    boolean remote = notes.stream().anyMatch(n -> n.kind() == Note.Kind.ELSEWHERE);
    Optional<String> file = file(tree, folder);
    if (!open || remote || file.isEmpty() || program.isEmpty() || tree.onDisk(folder).isEmpty()) {
      return;
    }
    switch (program.get().build(tree.onDisk(folder).get())) {
      case KustomizeProgram.Silent _ -> {}
      case KustomizeProgram.Refused _ -> {
        List<Note> doubted = notes.stream().filter(n -> n.kind() == Note.Kind.DOUBTED).toList();
        doubted.forEach(notes::remove);
        doubted.forEach(n -> notes.add(new Note(Note.Kind.REFUSED, n.text(), n.at(), n.field())));
      }
      case KustomizeProgram.Made(var objects) -> {
        notes.removeIf(Note::refused);
        take(objects, file.get(), out);
      }
    }
  }

  private void take(List<Json> made, String file, List<Tracked> out) {
    List<Tracked> before = new ArrayList<>(out);
    out.clear();
    for (Json object : made) {
      Optional<Tracked> own = before.stream().filter(t -> becomes(t, object)).findFirst();
      Tracked tracked = own.orElseGet(() -> new Tracked(new Origin(file, 0, 1), object, true));
      before.remove(tracked);
      tracked.become(object);
      tracked.hashed(false);
      tracked.obscured.clear();
      out.add(tracked);
    }
    notes.removeIf(n -> n.kind() == Note.Kind.NOT_FOLLOWED);
  }

  private static boolean becomes(Tracked own, Json object) {
    String name = object.at("metadata", "name").text();
    return sameKind(own.current, object)
        && own.id().namespace().equals(object.at("metadata", "namespace").text())
        && (own.id().name().equals(name)
            || (own.hashed
                && name.matches(java.util.regex.Pattern.quote(own.id().name()) + "-[a-z0-9]{10}")));
  }

  /// The kustomization file of a folder.
  static Optional<String> file(SourceTree tree, String folder) {
    return FILES.stream()
        .map(f -> folder.isEmpty() ? f : folder + "/" + f)
        .filter(tree::isFile)
        .findFirst();
  }

  private void note(Note.Kind kind, String text, Origin at, FieldEdit.Step... field) {
    notes.add(new Note(kind, text, at, List.of(field)));
  }

  /// @param from what includes it
  private void folder(
      String folder,
      List<Tracked> into,
      int depth,
      Set<String> above,
      Origin from,
      FieldEdit.Step... field) {
    if (above.contains(folder)) {
      note(Note.Kind.REFUSED, from.file() + ": " + folder + " includes itself", from, field);
      return;
    }
    if (depth > MAX_DEPTH || ++folders > MAX_FOLDERS) {
      note(
          Note.Kind.NOT_FOLLOWED,
          folder + ": included too deeply or too often; not followed further",
          from,
          field);
      return;
    }
    Set<String> path = new LinkedHashSet<>(above);
    path.add(folder);
    Optional<String> file = file(tree, folder);
    if (file.isEmpty()) {
      if (depth > 0) {
        note(
            Note.Kind.REFUSED,
            folder + ": has no kustomization.yaml, so that nothing can include it",
            from,
            field);
      } else {
        generated(folder, into, depth, path);
      }
      return;
    }
    SourceTree.Parsed parsed = tree.read(file.get()).orElse(null);
    files.add(file.get());
    Origin at = new Origin(file.get(), 0, 1);
    if (parsed == null || !parsed.problem().isEmpty()) {
      note(
          Note.Kind.REFUSED,
          parsed == null ? file.get() + ": cannot be read" : parsed.problem(),
          parsed == null || parsed.line() == 0 ? at : new Origin(file.get(), 0, parsed.line()));
      return;
    }
    if (parsed.documents().isEmpty()) {
      note(Note.Kind.REFUSED, file.get() + ": is empty", at);
      return;
    }
    kustomization(
        folder,
        new Origin(file.get(), 0, parsed.documents().getFirst().line()),
        parsed.trees().getFirst(),
        into,
        depth,
        path);
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
    nested.stream().sorted().forEach(d -> folder(d, into, depth + 1, path, Origin.NOWHERE));
  }

  private void kustomization(
      String folder, Origin at, Json k, List<Tracked> above, int depth, Set<String> path) {
    if (like.isEmpty()) {
      unknownFields(at, k);
    }
    boolean component = k.get("kind").text().equals("Component");
    // A component changes what is there already.
    List<Tracked> out = component ? above : new ArrayList<>();
    for (String field : List.of("bases", "resources", "components")) {
      int i = 0;
      for (Json entry : k.get(field).list()) {
        include(folder, at, field, i++, entry.text(), out, depth, path);
      }
    }
    if (like.isEmpty()) {
      twice(at, out);
      new Generators(tree, folder, at, this::note).run(k, out);
      references.read(tree, folder, k);
    }
    patches(folder, at, k, out);
    names(out, k.get("namespace").text(), "", "");
    names(out, "", k.get("namePrefix").text(), k.get("nameSuffix").text());
    labels(out, k.get("commonLabels"), "labels");
    for (Json l : k.get("labels").list()) {
      labels(out, l.get("pairs"), "labels");
    }
    labels(out, k.get("commonAnnotations"), "annotations");
    lists(folder, at, "patchesJson6902", k, out);
    obscure(folder, at, k, out);
    if (!component) {
      above.addAll(out);
    }
  }

  private void unknownFields(Origin at, Json k) {
    if (k instanceof Json.Obj o) {
      for (String field : o.keys()) {
        if (!FIELDS.contains(field)) {
          note(
              Note.Kind.DOUBTED,
              at.file()
                  + ": "
                  + shown(field)
                  + " is no field of a kustomization"
                  + Nearest.of(field, FIELDS, 1).stream()
                      .findFirst()
                      .map(n -> ", but " + n + " is")
                      .orElse(""),
              at,
              new FieldEdit.Key(field));
        }
      }
    }
  }

  /// Resources of one kustomization must differ.
  private void twice(Origin at, List<Tracked> resources) {
    Map<String, Tracked> seen = new HashMap<>();
    for (Tracked t : resources) {
      Id id = t.id();
      String name =
          t.current.get("kind").text() + " " + Id.effective(id.namespace()) + "/" + id.name();
      Tracked other = seen.putIfAbsent(t.current.get("apiVersion").text() + " " + name, t);
      if (other != null) {
        note(
            Note.Kind.DOUBTED,
            at.file() + ": " + shown(name) + " is in it twice, as in " + other.origin.file(),
            t.origin);
      }
    }
  }

  private void include(
      String folder,
      Origin at,
      String field,
      int index,
      String entry,
      List<Tracked> out,
      int depth,
      Set<String> path) {
    Optional<String> target = SourceTree.resolve(folder, entry);
    if (target.isPresent() && tree.isFolder(target.get())) {
      folder(
          target.get(),
          out,
          depth + 1,
          path,
          at,
          new FieldEdit.Key(field),
          new FieldEdit.Index(index));
    } else if (target.isPresent() && tree.isFile(target.get())) {
      resource(target.get(), out);
    } else {
      boolean remote = entry.contains("://") || entry.contains("?ref=") || looksRemote(entry);
      note(
          remote || target.isEmpty() ? Note.Kind.ELSEWHERE : Note.Kind.REFUSED,
          at.file() + ": " + shown(entry) + " is not in this repository",
          at,
          new FieldEdit.Key(field),
          new FieldEdit.Index(index));
    }
  }

  /// `github.com/owner/repository//folder` and `git@host:…`, as kustomize takes them.
  private static boolean looksRemote(String entry) {
    int slash = entry.indexOf('/');
    String host = slash < 0 ? entry : entry.substring(0, slash);
    return entry.startsWith("git@")
        || entry.contains("//")
        || (slash > 0 && !host.startsWith(".") && host.indexOf('.') > 0 && !host.endsWith("."));
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
      note(Note.Kind.REFUSED, parsed.problem(), new Origin(file, 0, Math.max(1, parsed.line())));
    }
    for (int i = 0; i < parsed.documents().size(); i++) {
      object(new Origin(file, i, parsed.documents().get(i).line()), parsed.trees().get(i), out);
    }
  }

  private void object(Origin origin, Json object, List<Tracked> out) {
    if (object.get("kind").text().endsWith("List") && object.get("items") instanceof Json.Arr) {
      int i = 0;
      for (Json item : object.get("items").list()) {
        object(origin.part(new FieldEdit.Key("items"), new FieldEdit.Index(i++)), item, out);
      }
    } else if (isOurs(object)) {
      if (++objects > MAX_OBJECTS) {
        note(
            Note.Kind.NOT_FOLLOWED,
            origin.file() + ": more than " + MAX_OBJECTS + " objects; the rest is not looked at",
            origin);
        return;
      }
      out.add(new Tracked(origin, object));
    }
  }

  boolean isOurs(Json object) {
    return like.isPresent()
        ? object.get("kind").text().equals(like.get().kind())
            && group(object).equals(like.get().group())
        : !object.get("kind").text().isEmpty()
            && !object.get("apiVersion").text().isEmpty()
            && !object.at("metadata", "name").text().isEmpty();
  }

  static String group(Json object) {
    String apiVersion = object.get("apiVersion").text();
    int slash = apiVersion.indexOf('/');
    return slash < 0 ? "" : apiVersion.substring(0, slash);
  }

  private void patches(String folder, Origin at, Json k, List<Tracked> out) {
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
            at.text(List.of(new FieldEdit.Key("patchesStrategicMerge"), new FieldEdit.Index(i))),
            out);
      }
      i++;
    }
    lists(folder, at, "patches", k, out);
  }

  private void lists(String folder, Origin at, String field, Json k, List<Tracked> out) {
    int i = 0;
    for (Json entry : k.get(field).list()) {
      Json path = entry.get("path");
      if (path.exists()) {
        Optional<String> found = SourceTree.resolve(folder, path.text()).filter(tree::isFile);
        if (found.isPresent()) {
          patchFile(found.get(), entry.get("target"), out);
        } else {
          note(
              Note.Kind.REFUSED,
              at.file() + ": the patch " + shown(path.text()) + " is not in this repository",
              at,
              new FieldEdit.Key(field),
              new FieldEdit.Index(i),
              new FieldEdit.Key("path"));
        }
      } else {
        inline(
            entry.get("patch").text(),
            entry.get("target"),
            at.text(
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
                note(
                    Note.Kind.REFUSED,
                    parsed.problem(),
                    new Origin(file, 0, Math.max(1, parsed.line())));
              }
              for (int i = 0; i < parsed.documents().size(); i++) {
                patch(
                    new Origin(file, i, parsed.documents().get(i).line()),
                    parsed.trees().get(i),
                    target,
                    out);
              }
            });
  }

  private void inline(String text, Json target, Origin origin, List<Tracked> out) {
    List<YamlNode> documents;
    try {
      documents =
          YamlTrees.nodes(
              origin.file(),
              new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
              Limits.DOCUMENT,
              YamlTrees.Duplicates.LAST_WINS);
    } catch (IOException e) {
      note(Note.Kind.REFUSED, origin.file() + ": a patch in it is no YAML, not followed", origin);
      return;
    }
    if (documents.size() != 1) {
      note(
          Note.Kind.NOT_FOLLOWED,
          origin.file() + ": a patch with " + documents.size() + " documents, not followed",
          origin);
      return;
    }
    patch(origin, documents.getFirst().json(), target, out);
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
            : sameKind(content, t.current) && t.ids.stream().anyMatch(named::same)) {
          matched.add(t);
        }
      } catch (Patches.Unclear e) {
        t.obscured.add(
            new Obscured(origin.file() + ": a patch cannot be followed: " + e.getMessage(), ""));
      }
    }
    if (matched.isEmpty() && !target.exists() && like.isEmpty()) {
      note(
          Note.Kind.DOUBTED,
          origin.file()
              + ": there is no "
              + shown(content.get("kind").text() + " " + named.name())
              + " to patch",
          origin);
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
        String why = origin.file() + ": a patch would fail in kustomize: " + e.getMessage();
        t.obscured.add(new Obscured(why, ""));
        note(Note.Kind.DOUBTED, why, origin);
      }
    }
  }

  private static boolean sameKind(Json patch, Json object) {
    return patch.get("kind").text().equals(object.get("kind").text())
        && group(patch).equals(group(object));
  }

  /// With a target, the name in a patch means nothing.
  private static Json nameless(Json patch) {
    Json out = FieldEdit.remove("metadata", "name").applyTo(patch);
    return FieldEdit.remove("metadata", "namespace").applyTo(out);
  }

  private static void names(List<Tracked> out, String namespace, String prefix, String suffix) {
    for (Tracked t : out) {
      if (!namespace.isEmpty() && Kinds.namespaced(t.current)) {
        t.meta("namespace", new Json.Str(namespace));
      }
      if ((!prefix.isEmpty() || !suffix.isEmpty()) && Kinds.takesPrefix(t.current)) {
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

  private void obscure(String folder, Origin at, Json k, List<Tracked> out) {
    for (String field : List.of("transformers", "vars")) {
      if (!k.get(field).list().isEmpty()) {
        String why = at.file() + ": `" + field + "` may change any field";
        out.forEach(t -> t.obscured.add(new Obscured(why, "")));
        note(Note.Kind.NOT_FOLLOWED, why, at, new FieldEdit.Key(field));
      }
    }
    for (String field : List.of("generators", "helmCharts", "helmChartInflationGenerator")) {
      if (!k.get(field).list().isEmpty()) {
        note(
            Note.Kind.NOT_FOLLOWED,
            at.file() + ": what its `" + field + "` make is not looked at",
            at,
            new FieldEdit.Key(field));
      }
    }
    for (Json replacement : k.get("replacements").list()) {
      List<Json> all = new ArrayList<>();
      if (replacement.get("path").exists()) {
        SourceTree.resolve(folder, replacement.get("path").text())
            .flatMap(tree::read)
            .ifPresent(
                p ->
                    p.trees()
                        .forEach(j -> all.addAll(j instanceof Json.Arr a ? a.list() : List.of(j))));
      } else {
        all.add(replacement);
      }
      all.forEach(r -> replacement(at, r, out));
    }
  }

  private void replacement(Origin at, Json replacement, List<Tracked> out) {
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
            String why = at.file() + ": a replacement writes " + shown(field.text());
            t.obscured.add(new Obscured(why, field.text()));
            note(Note.Kind.NOT_FOLLOWED, why, at, new FieldEdit.Key("replacements"));
          }
        }
      }
    }
  }
}

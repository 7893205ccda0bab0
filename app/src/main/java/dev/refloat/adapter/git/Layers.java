package dev.refloat.adapter.git;

import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.adapter.yaml.UneditableYaml;
import dev.refloat.adapter.yaml.YamlPatch;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import dev.refloat.port.GitRepository.Layer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Decides in which layer a field is edited, and edits. The layer that sets the field last is the
/// one;
/// a field that is set nowhere goes where the overlay patches this object alone already, else into
/// the
/// object's own document.
final class Layers {
  private static final String SUBSTITUTION_OFF = "kustomize.toolkit.fluxcd.io/substitute";

  private final SourceTree tree;
  private final Declarations declarations;
  private final Declarations.Built built;
  private final Rebuild rebuild;

  /// Builds the same object from other texts.
  @FunctionalInterface
  interface Rebuild {
    /// The object; nothing when it is not made any more.
    Optional<Declarations.Built> from(SourceTree edited);
  }

  /// Layers of an object that was found by its name.
  Layers(SourceTree tree, Declarations declarations, Declarations.Built built) {
    this(
        tree,
        declarations,
        built,
        edited ->
            declarations.on(edited).find(built.owner().map(o -> withPatches(o, built, edited)))
                    instanceof Declarations.One(var one)
                ? Optional.of(one)
                : Optional.empty());
  }

  Layers(SourceTree tree, Declarations declarations, Declarations.Built built, Rebuild rebuild) {
    this.tree = tree;
    this.declarations = declarations;
    this.built = built;
    this.rebuild = rebuild;
  }

  /// An edit that cannot be made safely.
  static final class Unsafe extends Exception {
    @java.io.Serial private static final long serialVersionUID = 1;

    Unsafe(String message) {
      super(message);
    }
  }

  /// Edited texts by file, and who else they concern.
  record Outcome(Map<String, String> texts, List<String> sharedBy) {}

  Layer base() {
    return layer(Layer.Kind.RESOURCE, built.object().origin(), List.of());
  }

  List<Layer> patches() {
    return built.object().patches().stream()
        .filter(p -> !p.origin().file().isEmpty())
        .map(this::layer)
        .toList();
  }

  private static String shown(KustomizeBuild.Tracked t) {
    return t.id().namespace().isEmpty() ? t.id().name() : t.id().namespace() + "/" + t.id().name();
  }

  private Layer layer(KustomizeBuild.Patch patch) {
    List<String> others =
        patch.matches().stream().filter(t -> t != built.object()).map(Layers::shown).toList();
    return layer(
        patch.operations() ? Layer.Kind.JSON6902 : Layer.Kind.STRATEGIC_MERGE,
        patch.origin(),
        others);
  }

  private Layer layer(Layer.Kind kind, Origin origin, List<String> others) {
    TreeSet<String> shared = new TreeSet<>(others);
    shared.addAll(declarations.sharedBy(origin.file(), built));
    built.all().stream()
        .filter(t -> t != built.object() && t.origin().equals(origin))
        .forEach(t -> shared.add(shown(t)));
    return new Layer(kind, origin.file(), origin.document(), origin.line(), List.copyOf(shared));
  }

  Outcome edit(List<FieldEdit> edits) throws Unsafe {
    Map<String, String> texts = new LinkedHashMap<>();
    TreeSet<String> shared = new TreeSet<>();
    Json wanted = built.object().current();
    for (FieldEdit edit : edits) {
      Json before = wanted;
      try {
        wanted = edit.applyTo(before);
      } catch (IllegalArgumentException e) {
        throw new Unsafe(place(built.object().origin()) + ": " + e.getMessage());
      }
      if (YamlPatch.same(before, wanted)) {
        continue;
      }
      plain(edit);
      Declarations.Built now = texts.isEmpty() ? built : again(texts);
      new Layers(tree.with(texts), declarations, now, rebuild).one(edit, texts, shared);
      Json got = again(texts).object().current();
      if (!YamlPatch.same(got, wanted)) {
        throw new Unsafe(
            place(built.object().origin())
                + ": an edit of "
                + edit.field()
                + " in the layer that sets it does not have the wanted effect");
      }
    }
    return new Outcome(texts, List.copyOf(shared));
  }

  private Declarations.Built again(Map<String, String> texts) throws Unsafe {
    return rebuild
        .from(tree.with(texts))
        .orElseThrow(
            () ->
                new Unsafe(
                    place(built.object().origin())
                        + ": after the edit the object would not be found any more"));
  }

  /// The owner as it will be once Flux has applied its edited file.
  static Resource withPatches(Resource owner, Declarations.Built built, SourceTree edited) {
    Json root = owner.root();
    for (KustomizeBuild.Patch p : built.object().patches()) {
      List<List<FieldEdit.Step>> texts = p.origin().texts();
      if (texts.size() == 1 && texts.getFirst().getFirst().equals(new FieldEdit.Key("spec"))) {
        Origin declared = new Origin(p.origin().file(), p.origin().document(), p.origin().line());
        Json patches = document(edited, declared).at("spec", "patches");
        root = FieldEdit.set(patches, "spec", "patches").applyTo(root);
      }
    }
    return new Resource(owner.ref(), root);
  }

  /// Refuses fields that something else than these layers makes.
  private void plain(FieldEdit edit) throws Unsafe {
    for (KustomizeBuild.Obscured o : built.object().obscured()) {
      if (o.concerns(edit)) {
        throw new Unsafe(o.why());
      }
    }
    if (built.object().generated()) {
      throw new Unsafe(place(built.object().origin()) + ": is generated from files");
    }
    if (built.object().current().get("sops").exists()) {
      throw new Unsafe(place(built.object().origin()) + ": is encrypted with SOPS");
    }
    Json meta = built.object().current().get("metadata");
    boolean off =
        "disabled"
            .equals(
                meta.get("annotations")
                    .get(SUBSTITUTION_OFF)
                    .text(meta.get("labels").get(SUBSTITUTION_OFF).text()));
    boolean replaced = !off && built.owner().map(o -> o.spec("postBuild").exists()).orElse(true);
    Json old = edit.in(built.object().current());
    if (!off && hasVariable(old)) {
      throw new Unsafe(
          place(built.object().origin())
              + ": "
              + edit.field()
              + " comes from a variable that Flux fills in (postBuild)");
    }
    if (replaced && hasVariable(edit.value())) {
      throw new Unsafe(
          place(built.object().origin())
              + ": Flux would take the new value of "
              + edit.field()
              + " for a variable (postBuild)");
    }
  }

  private static boolean hasVariable(Json value) {
    return switch (value) {
      case Json.Obj o -> o.keys().stream().anyMatch(k -> hasVariable(o.get(k)));
      case Json.Arr(var items) -> items.stream().anyMatch(Layers::hasVariable);
      case Json.Str(var s) -> s.contains("${") || s.contains("$(");
      case Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> false;
    };
  }

  private void one(FieldEdit edit, Map<String, String> texts, Set<String> shared) throws Unsafe {
    List<KustomizeBuild.Patch> patches = built.object().patches();
    for (KustomizeBuild.Patch patch : patches.reversed()) {
      try {
        Optional<FieldEdit> inside =
            patch.operations()
                ? Patches.decidesOperation(patch.content(), edit)
                : Patches.decides(patch.content(), edit);
        if (inside.isPresent()) {
          shared.addAll(layer(patch).sharedBy());
          write(patch.origin(), inside.get(), texts);
          return;
        }
      } catch (Patches.Unclear e) {
        throw new Unsafe(place(patch.origin()) + ": " + e.getMessage());
      }
    }
    Json raw = document(tree, built.object().origin());
    if (!edit.removes() && edit.in(raw) instanceof Json.Missing) {
      for (KustomizeBuild.Patch patch : patches.reversed()) {
        boolean alone = layer(patch).sharedBy().isEmpty() && !patch.origin().file().isEmpty();
        if (alone && !patch.operations()) {
          write(patch.origin(), edit, texts);
          return;
        }
        if (alone) {
          write(patch.origin(), addition(patch.content(), edit), texts);
          return;
        }
      }
    }
    shared.addAll(base().sharedBy());
    write(built.object().origin(), edit, texts);
  }

  /// One more operation at the end of a JSON patch, which adds the highest object that is missing.
  private FieldEdit addition(Json operations, FieldEdit edit) {
    int depth = 1;
    while (depth < edit.path().size()
        && new FieldEdit(edit.path().subList(0, depth), Json.Null.NULL)
            .in(built.object().current())
            .exists()) {
      depth++;
    }
    List<FieldEdit.Step> above = edit.path().subList(0, depth);
    List<FieldEdit.Step> below = edit.path().subList(depth, edit.path().size());
    Json value =
        below.isEmpty()
            ? edit.value()
            : new FieldEdit(below, edit.value()).applyTo(Json.Missing.MISSING);
    Json operation =
        Json.builder()
            .put("op", "add")
            .put("path", Patches.pointer(above))
            .put("value", value)
            .build();
    return new FieldEdit(List.of(new FieldEdit.Index(operations.list().size())), operation);
  }

  /// What stands at an origin.
  static Json document(SourceTree tree, Origin origin) {
    Json here =
        tree.read(origin.file())
            .filter(p -> origin.document() < p.trees().size())
            .map(p -> p.trees().get(origin.document()))
            .orElse(Json.Missing.MISSING);
    for (List<FieldEdit.Step> field : origin.texts()) {
      here = parsed(in(here, field).text());
    }
    return in(here, origin.item());
  }

  /// The text that an origin is inside of; empty when it is in none.
  static String text(SourceTree tree, Origin origin) {
    if (origin.texts().isEmpty()) {
      return "";
    }
    List<List<FieldEdit.Step>> around = origin.texts().subList(0, origin.texts().size() - 1);
    return in(
            document(
                tree,
                new Origin(origin.file(), origin.document(), origin.line(), around, List.of())),
            origin.texts().getLast())
        .text();
  }

  private static Json in(Json tree, List<FieldEdit.Step> path) {
    return path.isEmpty() ? tree : new FieldEdit(path, Json.Null.NULL).in(tree);
  }

  private static Json parsed(String text) {
    try {
      List<Json> documents = YamlTrees.read("a patch", text);
      return documents.size() == 1 ? documents.getFirst() : Json.Missing.MISSING;
    } catch (MalformedInput e) {
      return Json.Missing.MISSING;
    }
  }

  private void write(Origin origin, FieldEdit edit, Map<String, String> texts) throws Unsafe {
    if (origin.file().isEmpty()) {
      throw new Unsafe(
          edit.field()
              + " is set by a patch in the spec of the Flux Kustomization"
              + built.owner().map(o -> " " + o.ref().path()).orElse("")
              + ", which this repository does not declare as it is in the cluster");
    }
    String text =
        tree.read(origin.file())
            .map(SourceTree.Parsed::text)
            .orElseThrow(() -> new Unsafe(origin.file() + ": is gone"));
    List<FieldEdit.Step> path = new ArrayList<>(origin.item());
    path.addAll(edit.path());
    try {
      FieldEdit outer = new FieldEdit(path, edit.value());
      for (int i = origin.texts().size() - 1; i >= 0; i--) {
        List<FieldEdit.Step> field = origin.texts().get(i);
        Origin around =
            new Origin(
                origin.file(),
                origin.document(),
                origin.line(),
                origin.texts().subList(0, i),
                List.of());
        String patch = in(document(tree, around), field).text();
        String after =
            YamlPatch.apply(place(origin) + " (a patch in it)", patch, 0, List.of(outer));
        if (!patch.endsWith("\n") && after.endsWith("\n")) {
          // The end of a text says how its block begins: it stays as it was.
          after = after.substring(0, after.length() - 1);
        }
        outer = new FieldEdit(field, new Json.Str(after));
      }
      texts.put(
          origin.file(), YamlPatch.apply(origin.file(), text, origin.document(), List.of(outer)));
    } catch (UneditableYaml e) {
      throw new Unsafe(String.valueOf(e.getMessage()));
    }
  }

  private static String place(Origin origin) {
    return origin.place();
  }
}

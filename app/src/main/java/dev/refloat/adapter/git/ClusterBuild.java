package dev.refloat.adapter.git;

import dev.refloat.adapter.git.KustomizeBuild.Tracked;
import dev.refloat.lint.Broken;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What one cluster gets: follows Flux Kustomizations from its entry, as kustomize-controller would
/// apply them.
final class ClusterBuild {
  private static final int MAX_KUSTOMIZATIONS = 5_000;
  private static final String SUBSTITUTE = "kustomize.toolkit.fluxcd.io/substitute";
  private static final String ENCRYPTED = "ENC[AES256_GCM";

  private final KustomizeProgram program;
  private final SourceTree tree;
  private final Layout layout;
  private final Places places;
  private final List<Item> objects = new ArrayList<>();
  private final Map<String, Resource> configs = new HashMap<>();
  private final Set<Note> notes = new TreeSet<>();
  private final Set<String> files = new TreeSet<>();
  private final Set<String> followed = new HashSet<>();
  private final Deque<Item> open = new ArrayDeque<>();
  private Optional<Json> own = Optional.empty();
  private boolean missedVariables;
  private boolean again;
  private int applied;

  /// An object, and what it was built of.
  ///
  /// @param by the Flux Kustomization that applies it
  /// @param folder that it was built from; nothing when it was taken as it lies in its file
  /// @param patchOrigins where the patches of that Kustomization stand
  record Item(
      Resource object,
      Tracked tracked,
      Optional<Resource> by,
      Optional<String> folder,
      List<Origin> patchOrigins) {}

  /// What one cluster gets.
  ///
  /// @param program that is asked about kustomizations that cannot be followed
  ClusterBuild(SourceTree tree, Layout layout, KustomizeProgram program) {
    this.program = program;
    this.tree = tree;
    this.layout = layout;
    this.places = new Places(tree);
  }

  /// What came of it.
  ///
  /// @param applied how many Flux Kustomizations apply folders that exist
  record Result(List<Item> objects, Set<Note> notes, Set<String> files, int applied) {
    boolean whole() {
      return notes.stream().allMatch(Note::refused);
    }

    boolean refused() {
      return notes.stream().anyMatch(Note::refused);
    }

    /// @param whole whether everything that the cluster gets is known
    /// @param used whether Flux applies it
    /// @param partial objects that are declared elsewhere too, and that nothing applies
    Cluster cluster(
        String name, Places places, boolean whole, boolean used, Set<ObjectRef> partial) {
      return new Cluster(
          name,
          objects.stream()
              .map(
                  i ->
                      new Declared(
                          i.object,
                          places.of(i.tracked),
                          i.by.map(Resource::ref),
                          isEncrypted(i.object.root())))
              .toList(),
          whole,
          notes.stream()
              .filter(n -> n.refused() && !n.at().file().isEmpty())
              .map(
                  n ->
                      new Broken(
                          places.near(n.at(), n.field()),
                          n.text(),
                          used && n.kind() == Note.Kind.REFUSED))
              .toList(),
          partial);
    }
  }

  /// Builds what begins at an entry.
  Result build(Layout.Entry entry, List<Layout.Unit> units) {
    once(entry, units);
    if (missedVariables) {
      // Some variables come from objects that were built after they were needed.
      objects.clear();
      notes.clear();
      followed.clear();
      again = true;
      applied = 0;
      once(entry, units);
    }
    return new Result(List.copyOf(objects), notes, files, applied);
  }

  private void once(Layout.Entry entry, List<Layout.Unit> units) {
    own =
        entry.roots().stream()
            .filter(r -> entry.bootstrapped())
            .map(r -> source(r.object()))
            .findFirst();
    for (Layout.Unit unit : units) {
      unit(unit);
    }
    for (Layout.Raw root : entry.roots()) {
      if (entry.bootstrapped()) {
        open.add(
            new Item(
                filled(root.object().root()),
                new Tracked(root.origin(), root.object().root()),
                Optional.empty(),
                Optional.empty(),
                List.of()));
      }
    }
    follow();
  }

  /// Builds a part that no Flux Kustomization applies.
  Result build(Layout.Unit unit) {
    unit(unit);
    return new Result(List.copyOf(objects), notes, files, applied);
  }

  private void unit(Layout.Unit unit) {
    if (unit.built()) {
      KustomizeBuild.Result built =
          new KustomizeBuild(tree, program)
              .build(unit.folder(), Json.emptyObject(), _ -> Origin.NOWHERE);
      take(built, t -> t.current(), Optional.empty(), unit.folder(), List.of());
      return;
    }
    files.addAll(unit.files());
    Set<String> wanted = Set.copyOf(unit.files());
    for (Layout.Raw raw : layout.objectsIn(wanted)) {
      add(
          raw.object().root(),
          new Tracked(raw.origin(), raw.object().root()),
          Optional.empty(),
          Optional.empty(),
          List.of());
    }
  }

  private void follow() {
    while (!open.isEmpty()) {
      Item next = open.remove();
      if (followed.size() >= MAX_KUSTOMIZATIONS) {
        note(Note.Kind.NOT_FOLLOWED, next, "more Kustomizations than this reader follows");
        return;
      }
      if (followed.add(next.object.ref().path() + " " + next.object.spec("path").text())) {
        apply(next);
      }
    }
  }

  private void note(Note.Kind kind, Item kustomization, String what) {
    notes.add(
        new Note(
            kind,
            kustomization.object.ref().display() + ": " + what,
            kustomization.tracked.origin(),
            List.of(new FieldEdit.Key("spec"), new FieldEdit.Key("path"))));
  }

  private void apply(Item item) {
    Resource k = item.object;
    String path = k.spec("path").text();
    Optional<String> folder = place(k);
    if (folder.isEmpty() || path.contains("${")) {
      note(
          Note.Kind.ELSEWHERE,
          item,
          "what it applies is not in this repository, and was not looked at");
      return;
    }
    if (!tree.isFolder(folder.get())) {
      boolean here = own.isPresent() && own.get().equals(source(k));
      note(
          here ? Note.Kind.REFUSED : Note.Kind.ELSEWHERE,
          item,
          "the folder " + path + " is not in this repository");
      return;
    }
    applied++;
    List<Origin> patches = new ArrayList<>();
    for (int i = 0; i < k.spec("patches").list().size(); i++) {
      patches.add(patch(item.tracked, i));
    }
    KustomizeBuild.Result built =
        new KustomizeBuild(tree, program).build(folder.get(), k.root(), patches::get);
    Optional<Substitution> variables =
        k.spec("postBuild").exists() ? Optional.of(variables(k)) : Optional.empty();
    take(
        built,
        t ->
            variables.isPresent() && !substituteOff(t.current())
                ? variables.get().apply(t.current())
                : t.current(),
        Optional.of(k),
        folder.get(),
        patches);
  }

  private Origin patch(Tracked kustomization, int index) {
    return places
        .written(
            kustomization,
            List.of(
                new FieldEdit.Key("spec"),
                new FieldEdit.Key("patches"),
                new FieldEdit.Index(index),
                new FieldEdit.Key("patch")))
        .map(w -> w.origin().text(w.field()))
        .orElse(Origin.NOWHERE);
  }

  private static Json source(Resource kustomization) {
    Json ref = kustomization.spec("sourceRef");
    return Json.from(
        Map.of(
            "kind", ref.get("kind").text(),
            "name", ref.get("name").text(),
            "namespace", ref.get("namespace").text(namespace(kustomization))));
  }

  private static String namespace(Resource object) {
    return object.namespace().isEmpty() ? "default" : object.namespace();
  }

  /// The folder of this repository that a Kustomization applies; nothing when it is known to apply
  /// another repository.
  private Optional<String> place(Resource k) {
    Json source = source(k);
    Optional<String> folder = layout.folder(k);
    if (own.filter(source::equals).isPresent()) {
      return folder;
    }
    if (source.get("kind").text().equals("ExternalArtifact")) {
      return artifact(source, k.spec("path").text());
    }
    boolean top = folder.filter(f -> f.equals(layout.base())).isPresent();
    if (own.isEmpty()) {
      return layout.local(k).or(() -> folder.filter(_ -> !top));
    }
    Optional<String> ours = url(own.get());
    Optional<String> theirs = url(source);
    boolean same = theirs.isPresent() && theirs.equals(ours);
    boolean other = theirs.isPresent() && ours.isPresent() && !same;
    return folder.filter(f -> same || (!other && !top && tree.isFolder(f)));
  }

  private Optional<Resource> built(String kind, String namespace, String name) {
    return objects.stream()
        .map(Item::object)
        .filter(
            o -> o.kind().equals(kind) && o.name().equals(name) && namespace(o).equals(namespace))
        .findFirst();
  }

  /// The address of a source, without what can be written in several ways.
  private Optional<String> url(Json source) {
    return built(
            source.get("kind").text(), source.get("namespace").text(), source.get("name").text())
        .map(o -> o.spec("url").text().replaceFirst("^[a-z+]+://([^@/]*@)?", ""))
        .map(u -> u.replaceFirst("(\\.git)?/*$", ""))
        .filter(u -> !u.isEmpty());
  }

  /// The folder that an ArtifactGenerator (source-watcher) copies to a path of its artifact.
  private Optional<String> artifact(Json source, String path) {
    String wanted = SourceTree.resolve("", path).orElse("");
    for (Item item : objects) {
      if (!item.object.kind().equals("ArtifactGenerator")
          || !item.object.namespace().equals(source.get("namespace").text())) {
        continue;
      }
      for (Json artifact : item.object.spec("artifacts").list()) {
        if (artifact.get("name").text().equals(source.get("name").text())) {
          for (Json copy : artifact.get("copy").list()) {
            Optional<String> folder = copied(copy, wanted);
            if (folder.isPresent()) {
              return folder;
            }
          }
        }
      }
    }
    return Optional.empty();
  }

  /// `from: "@alias/folder/**"`, `to: "@artifact/target/"`.
  private Optional<String> copied(Json copy, String wanted) {
    String from = copy.get("from").text();
    int slash = from.indexOf('/');
    if (!from.startsWith("@") || slash < 0 || !from.endsWith("/**")) {
      return Optional.empty();
    }
    String folder = from.substring(slash + 1, Math.max(slash + 1, from.length() - 3));
    String to =
        SourceTree.resolve("", copy.get("to").text().replaceFirst("^@artifact/?", "")).orElse("");
    if (!to.isEmpty() && !wanted.equals(to) && !wanted.startsWith(to + "/")) {
      return Optional.empty();
    }
    return SourceTree.resolve(layout.base(), folder + "/" + wanted.substring(to.length()))
        .filter(tree::isFolder);
  }

  private static boolean substituteOff(Json object) {
    Json meta = object.get("metadata");
    return "disabled"
        .equals(
            meta.get("annotations")
                .get(SUBSTITUTE)
                .text(meta.get("labels").get(SUBSTITUTE).text()));
  }

  private Substitution variables(Resource k) {
    Map<String, String> values = new LinkedHashMap<>();
    Set<String> hidden = new HashSet<>();
    boolean unknown = false;
    for (Json from : k.spec("postBuild", "substituteFrom").list()) {
      Optional<Resource> found =
          config(from.get("kind").text(), namespace(k), from.get("name").text());
      if (found.isEmpty()) {
        unknown = true;
        missedVariables |= !again;
        continue;
      }
      Json root = found.get().root();
      boolean secret = found.get().kind().equals("Secret");
      Map<String, String> all = new LinkedHashMap<>();
      root.get("data").strings().forEach((n, v) -> all.put(n, secret ? decoded(v) : v));
      root.get("stringData").strings().forEach(all::put);
      for (var e : all.entrySet()) {
        boolean encrypted = isEncrypted(root) || e.getValue().contains(ENCRYPTED);
        if (encrypted) {
          hidden.add(e.getKey());
          values.remove(e.getKey());
        } else {
          hidden.remove(e.getKey());
          values.put(e.getKey(), e.getValue());
        }
      }
    }
    k.spec("postBuild", "substitute")
        .strings()
        .forEach(
            (n, v) -> {
              hidden.remove(n);
              values.put(n, v);
            });
    return new Substitution(values, hidden, unknown);
  }

  private static String decoded(String base64) {
    try {
      return new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return base64;
    }
  }

  /// The ConfigMap or Secret that variables come from.
  private Optional<Resource> config(String kind, String namespace, String name) {
    Resource built = configs.get(kind + "/" + namespace + "/" + name);
    return Optional.ofNullable(built);
  }

  private void take(
      KustomizeBuild.Result built,
      java.util.function.Function<Tracked, Json> shape,
      Optional<Resource> by,
      String folder,
      List<Origin> patches) {
    notes.addAll(built.notes());
    files.addAll(built.files());
    for (Tracked t : built.objects()) {
      if (!t.obscured().isEmpty()) {
        t.obscured()
            .forEach(
                o -> notes.add(new Note(Note.Kind.NOT_FOLLOWED, o.why(), t.origin(), List.of())));
      }
      add(shape.apply(t), t, by, Optional.of(folder), patches);
    }
  }

  private void add(
      Json object,
      Tracked tracked,
      Optional<Resource> by,
      Optional<String> folder,
      List<Origin> patches) {
    Resource resource = filled(object);
    Item item = new Item(resource, tracked, by, folder, patches);
    objects.add(item);
    String kind = resource.kind();
    if (kind.equals("ConfigMap") || kind.equals("Secret")) {
      configs.putIfAbsent(kind + "/" + resource.namespace() + "/" + resource.name(), resource);
    }
    if (Layout.isFlux(resource)) {
      open.add(item);
    }
  }

  /// An object with the namespace that it gets.
  private static Resource filled(Json object) {
    Resource plain = Resource.of(object);
    if (!Kinds.namespaced(object)) {
      return new Resource(
          new ObjectRef(plain.ref().apiVersion(), plain.kind(), "", plain.name()), object);
    }
    return plain.namespace().isEmpty()
        ? Resource.of(
            FieldEdit.set(new Json.Str("default"), "metadata", "namespace").applyTo(object))
        : plain;
  }

  static boolean isEncrypted(Json object) {
    return object.get("sops").exists()
        || anyEncrypted(object.get("data"))
        || anyEncrypted(object.get("stringData"));
  }

  private static boolean anyEncrypted(Json data) {
    return data.strings().values().stream().anyMatch(v -> v.contains(ENCRYPTED));
  }
}

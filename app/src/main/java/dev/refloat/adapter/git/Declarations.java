package dev.refloat.adapter.git;

import dev.refloat.adapter.yaml.YamlNode;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.port.GitRepository;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds where a repository declares an object: through the Flux Kustomization that applies it,
/// which
/// names a folder and no file (flux-facts §3.6), else through all that the repository declares.
final class Declarations {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)[^}]*}");
  private static final String FLUX = "kustomize.toolkit.fluxcd.io/";

  private static final List<String> PATCH_LISTS =
      List.of("patchesStrategicMerge", "patches", "patchesJson6902");
  private static final List<String> ALL_LISTS =
      List.of(
          "resources",
          "bases",
          "components",
          "patchesStrategicMerge",
          "patches",
          "patchesJson6902");

  private final SourceTree tree;
  private final ObjectRef object;

  /// What was built for one owner, with the object in it.
  ///
  /// @param owner the Flux Kustomization; nothing when none is known
  /// @param folder that it builds
  /// @param files that were read for it
  record Built(
      Optional<Resource> owner,
      String folder,
      KustomizeBuild.Tracked object,
      List<KustomizeBuild.Tracked> all,
      List<String> notes,
      Set<String> files) {}

  /// Either the one place, or why there is none.
  sealed interface Outcome permits One, None {}

  /// Found.
  record One(Built built) implements Outcome {}

  /// Not found, or not one.
  record None(GitRepository.Search why) implements Outcome {}

  Declarations(SourceTree tree, ObjectRef object) {
    this.tree = tree;
    this.object = object;
  }

  /// The same search in another state of the files.
  Declarations on(SourceTree other) {
    return new Declarations(other, object);
  }

  Outcome find(Optional<Resource> owner) {
    return owner.isPresent() ? under(owner.get()) : anywhere();
  }

  private Outcome under(Resource owner) {
    String name = "Kustomization " + owner.ref().path();
    Optional<String> folder = SourceTree.resolve("", relative(owner.spec("path").text()));
    if (folder.isEmpty() || !tree.isFolder(folder.get())) {
      return new None(
          new GitRepository.NotDeclared(
              name + " applies " + owner.spec("path").text() + ", which this clone does not have",
              "Use a clone of the repository and branch that its source names."));
    }
    KustomizeBuild.Result result =
        new KustomizeBuild(tree, object).build(folder.get(), owner.root(), origins(owner));
    List<KustomizeBuild.Tracked> found = matching(result, owner.root());
    if (found.isEmpty()) {
      return new None(
          new GitRepository.NotDeclared(
              "Nothing in "
                  + shown(folder.get())
                  + ", which "
                  + name
                  + " applies, is "
                  + object.display()
                  + list(result.words()),
              "Check that this clone is current; what is generated elsewhere is edited there."));
    }
    if (found.size() > 1) {
      return ambiguous(
          "Several documents in " + shown(folder.get()) + " become " + object.display(),
          found.stream().map(t -> place(t.origin())).toList());
    }
    return new One(
        new Built(
            Optional.of(owner),
            folder.get(),
            found.getFirst(),
            result.objects(),
            result.words(),
            result.files()));
  }

  private static String relative(String path) {
    String p = path.isEmpty() ? "." : path;
    return p.startsWith("/") ? p.substring(1) : p;
  }

  private static String shown(String folder) {
    return folder.isEmpty() ? "the root of the repository" : folder;
  }

  private static String list(List<String> notes) {
    return notes.isEmpty()
        ? ""
        : " (" + String.join("; ", notes.subList(0, Math.min(5, notes.size()))) + ")";
  }

  private static String place(Origin origin) {
    return origin.place();
  }

  private static None ambiguous(String reason, List<String> candidates) {
    return new None(
        new GitRepository.Ambiguous(
            reason,
            candidates.stream().distinct().sorted().toList(),
            "Name the Kustomization that applies it, or edit the right file by hand."));
  }

  private List<KustomizeBuild.Tracked> matching(KustomizeBuild.Result result, Json owner) {
    KustomizeBuild.Id wanted = new KustomizeBuild.Id(object.namespace(), object.name());
    Map<String, String> variables = owner.at("spec", "postBuild", "substitute").strings();
    return result.objects().stream()
        .filter(
            t ->
                new KustomizeBuild.Id(
                        filled(t.id().namespace(), variables), filled(t.id().name(), variables))
                    .same(wanted))
        .toList();
  }

  private static String filled(String text, Map<String, String> variables) {
    return VARIABLE
        .matcher(text)
        .replaceAll(m -> Matcher.quoteReplacement(variables.getOrDefault(m.group(1), m.group())));
  }

  /// Without a cluster: every Flux Kustomization of the repository that makes the object, else
  /// every
  /// document that names it.
  private Outcome anywhere() {
    List<Built> built = new ArrayList<>();
    for (Declared k : kustomizations()) {
      if (under(k.object()) instanceof One(var one)) {
        built.add(one);
      }
    }
    if (built.size() == 1) {
      return new One(built.getFirst());
    }
    if (built.size() > 1) {
      return ambiguous(
          built.size() + " Kustomizations of this repository apply " + object.display(),
          built.stream()
              .map(
                  b ->
                      place(b.object().origin())
                          + b.owner().map(o -> " (" + o.ref().path() + ")").orElse(""))
              .toList());
    }
    return byName();
  }

  private Outcome byName() {
    KustomizeBuild build = new KustomizeBuild(tree, object);
    List<KustomizeBuild.Tracked> found = new ArrayList<>();
    Set<String> problems = new TreeSet<>();
    Set<String> patches = patchFiles();
    for (String file : tree.yaml("", _ -> true)) {
      SourceTree.Parsed parsed = tree.read(file).orElseThrow();
      if (patches.contains(file)) {
        continue;
      }
      if (!parsed.problem().isEmpty()) {
        problems.add(parsed.problem());
      }
      for (int i = 0; i < parsed.documents().size(); i++) {
        YamlNode node = parsed.documents().get(i);
        Json json = parsed.trees().get(i);
        String namespace = json.at("metadata", "namespace").text();
        if (build.isOurs(json)
            && json.at("metadata", "name").text().equals(object.name())
            && (namespace.isEmpty() || namespace.equals(object.namespace()))) {
          found.add(new KustomizeBuild.Tracked(new Origin(file, i, node.line()), json));
        }
      }
    }
    if (found.size() == 1) {
      return new One(
          new Built(
              Optional.empty(),
              "",
              found.getFirst(),
              found,
              List.of("no Kustomization of this repository applies it: found by its name"),
              Set.of()));
    }
    if (found.isEmpty()) {
      return new None(
          new GitRepository.NotDeclared(
              "No document of this repository is " + object.display() + list(List.copyOf(problems)),
              "Use a clone of the repository that declares it."));
    }
    return ambiguous(
        found.size() + " documents of this repository are " + object.display(),
        found.stream().map(t -> place(t.origin())).toList());
  }

  /// Files that some kustomization uses as a patch: they name the object and do not declare it.
  private Set<String> patchFiles() {
    Set<String> out = new TreeSet<>();
    for (String file : tree.yaml("", _ -> true)) {
      int slash = file.lastIndexOf('/');
      if (KustomizeBuild.FILES.contains(file.substring(slash + 1))) {
        out.addAll(included(slash < 0 ? "" : file.substring(0, slash), file, PATCH_LISTS));
      }
    }
    return out;
  }

  /// A Flux Kustomization in the repository.
  private record Declared(Resource object, Origin origin) {}

  private List<Declared> kustomizations() {
    List<Declared> out = new ArrayList<>();
    for (String file : tree.yaml("", _ -> true)) {
      SourceTree.Parsed parsed = tree.read(file).orElseThrow();
      for (int i = 0; i < parsed.trees().size(); i++) {
        Resource r = Resource.of(parsed.trees().get(i));
        if (r.kind().equals("Kustomization") && r.ref().apiVersion().startsWith(FLUX)) {
          out.add(new Declared(r, new Origin(file, i, parsed.documents().get(i).line())));
        }
      }
    }
    return out;
  }

  private KustomizeBuild.PatchOrigins origins(Resource owner) {
    Origin origin = declared(owner).orElse(Origin.NOWHERE);
    return i ->
        origin.text(
            List.of(
                new FieldEdit.Key("spec"),
                new FieldEdit.Key("patches"),
                new FieldEdit.Index(i),
                new FieldEdit.Key("patch")));
  }

  /// Where a Kustomization of the cluster is declared, when its patches stand there as they are.
  private Optional<Origin> declared(Resource owner) {
    if (owner.spec("patches").list().isEmpty()) {
      return Optional.empty();
    }
    List<Origin> found =
        kustomizations().stream()
            .filter(
                d ->
                    d.object().name().equals(owner.name())
                        && d.object().spec("patches").equals(owner.spec("patches"))
                        && (d.object().namespace().isEmpty()
                            || d.object().namespace().equals(owner.namespace())))
            .map(Declared::origin)
            .toList();
    return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
  }

  /// Who else includes a file: folders at the top of other overlays, and Flux Kustomizations that
  /// apply
  /// the same folder.
  List<String> sharedBy(String file, Built built) {
    Map<String, Set<String>> includedBy = new HashMap<>();
    Set<String> folders = new LinkedHashSet<>();
    for (String f : tree.yaml("", _ -> true)) {
      int slash = f.lastIndexOf('/');
      if (KustomizeBuild.FILES.contains(f.substring(slash + 1))) {
        String folder = slash < 0 ? "" : f.substring(0, slash);
        folders.add(folder);
        for (String target : included(folder, f, ALL_LISTS)) {
          includedBy.computeIfAbsent(target, _ -> new LinkedHashSet<>()).add(folder);
        }
      }
    }
    Map<String, Boolean> tops = new LinkedHashMap<>();
    Deque<String> open = new ArrayDeque<>(includedBy.getOrDefault(file, Set.of()));
    int slash = file.lastIndexOf('/');
    if (folders.contains(slash < 0 ? "" : file.substring(0, slash))
        && KustomizeBuild.FILES.contains(file.substring(slash + 1))) {
      open.add(slash < 0 ? "" : file.substring(0, slash));
    }
    while (!open.isEmpty()) {
      String folder = open.pop();
      if (tops.containsKey(folder)) {
        continue;
      }
      Set<String> above = includedBy.getOrDefault(folder, Set.of());
      tops.put(folder, above.isEmpty());
      open.addAll(above);
    }
    Set<String> out = new TreeSet<>();
    List<Declared> flux = kustomizations();
    tops.forEach(
        (folder, top) -> {
          boolean applied = flux.stream().anyMatch(k -> folder.equals(folderOf(k.object())));
          if ((top || applied)
              && KustomizeBuild.file(tree, folder).filter(built.files()::contains).isEmpty()) {
            out.add(shown(folder));
          }
        });
    for (Declared k : flux) {
      boolean same = built.owner().filter(o -> sameObject(o, k.object())).isPresent();
      String folder = folderOf(k.object());
      boolean here = folder.equals(built.folder()) || covers(folder, file, folders);
      if (!same && here && built.owner().isPresent()) {
        out.add("Kustomization " + k.object().ref().path() + " in " + place(k.origin()));
      }
    }
    out.remove(shown(built.folder()));
    return List.copyOf(out);
  }

  /// Whether a folder without a kustomization takes the file as it lies.
  private static boolean covers(String folder, String file, Set<String> folders) {
    if (!file.startsWith(folder.isEmpty() ? "" : folder + "/")) {
      return false;
    }
    for (String f = folder; ; ) {
      if (folders.contains(f)) {
        return false;
      }
      int next = file.indexOf('/', f.isEmpty() ? 0 : f.length() + 1);
      if (next < 0) {
        return true;
      }
      f = file.substring(0, next);
    }
  }

  private static boolean sameObject(Resource a, Resource b) {
    return a.name().equals(b.name())
        && (b.namespace().isEmpty() || a.namespace().equals(b.namespace()));
  }

  private static String folderOf(Resource kustomization) {
    return SourceTree.resolve("", relative(kustomization.spec("path").text())).orElse("..");
  }

  private Set<String> included(String folder, String file, List<String> lists) {
    Set<String> out = new LinkedHashSet<>();
    Json k =
        tree.read(file)
            .filter(p -> !p.trees().isEmpty())
            .map(p -> p.trees().getFirst())
            .orElse(Json.emptyObject());
    List<String> entries = new ArrayList<>();
    for (String field : lists) {
      k.get(field).list().forEach(e -> entries.add(e.text(e.get("path").text())));
    }
    entries.stream()
        .filter(e -> !e.isEmpty() && e.indexOf('\n') < 0)
        .forEach(e -> SourceTree.resolve(folder, e).ifPresent(out::add));
    return out;
  }
}

package dev.refloat.adapter.git;

import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// How a repository is laid out: which files its kustomizations include, which folders its Flux
/// Kustomizations apply, and where each cluster begins.
final class Layout {
  private static final String FLUX = "kustomize.toolkit.fluxcd.io/";
  private static final int MAX_REACHED = 200_000;

  private static final List<String> INCLUDES = List.of("resources", "bases", "components");
  private static final List<String> PATCHES =
      List.of("patchesStrategicMerge", "patches", "patchesJson6902");

  private final SourceTree tree;
  private final String base;
  private final List<String> files;
  private final Map<String, Json> kustomizations = new TreeMap<>();
  private final Set<String> included = new TreeSet<>();
  private final Set<String> patches = new TreeSet<>();
  private final List<Raw> objects = new ArrayList<>();
  private final Map<String, Set<String>> reached = new HashMap<>();

  /// A document as it lies in its file.
  record Raw(Resource object, Origin origin) {}

  /// Where a cluster begins.
  ///
  /// @param folder that names it
  /// @param roots Flux Kustomizations that nothing else in the repository applies
  /// @param bootstrapped whether they apply the folder that they lie in themselves
  /// @param used whether something tells that a cluster begins here; else it may be what nobody
  ///     applies any more
  record Entry(String folder, List<Raw> roots, boolean bootstrapped, boolean used) {}

  /// Reads all files that could matter.
  ///
  /// @param base the folder that paths of Flux Kustomizations start from
  Layout(SourceTree tree, String base) {
    this.tree = tree;
    this.base = base;
    List<String> all = tree.yaml(base, this::enter);
    this.files = tree.declaring(all, f -> KustomizeBuild.FILES.contains(SourceTree.nameOf(f)));
    for (String file : files) {
      if (KustomizeBuild.FILES.contains(SourceTree.nameOf(file))) {
        trees(file).stream().findFirst().ifPresent(k -> kustomization(file, k));
      }
    }
    for (String file : files) {
      if (!patches.contains(file)) {
        List<Json> trees = trees(file);
        for (int i = 0; i < trees.size(); i++) {
          raw(new Origin(file, i, document(file, i)), trees.get(i));
        }
      }
    }
  }

  private List<Json> trees(String file) {
    return tree.read(file).map(SourceTree.Parsed::trees).orElse(List.of());
  }

  private int document(String file, int index) {
    return tree.read(file).map(p -> p.documents().get(index).line()).orElse(1);
  }

  private void raw(Origin origin, Json object) {
    if (object.get("kind").text().endsWith("List") && object.get("items") instanceof Json.Arr) {
      int i = 0;
      for (Json item : object.get("items").list()) {
        raw(origin.part(new FieldEdit.Key("items"), new FieldEdit.Index(i++)), item);
      }
    } else if (!object.get("kind").text().isEmpty()
        && !object.get("apiVersion").text().isEmpty()
        && !object.at("metadata", "name").text().isEmpty()) {
      objects.add(new Raw(Resource.of(object), origin));
    }
  }

  /// Hidden folders are tools' own; what is inside of a chart are templates, not YAML.
  private boolean enter(String folder) {
    String name = SourceTree.nameOf(folder);
    boolean ofChart =
        (name.equals("templates") || name.equals("charts"))
            && tree.isFile(SourceTree.folderOf(folder) + "/Chart.yaml");
    return !name.startsWith(".") && !name.equals("node_modules") && !ofChart;
  }

  private void kustomization(String file, Json k) {
    String folder = SourceTree.folderOf(file);
    kustomizations.put(folder, k);
    for (String field : INCLUDES) {
      for (Json entry : k.get(field).list()) {
        SourceTree.resolve(folder, entry.text()).ifPresent(included::add);
      }
    }
    for (String field : PATCHES) {
      for (Json entry : k.get(field).list()) {
        String path = entry.text(entry.get("path").text());
        if (!path.isEmpty() && path.indexOf('\n') < 0) {
          SourceTree.resolve(folder, path).filter(tree::isFile).ifPresent(patches::add);
        }
      }
    }
  }

  /// The files that may declare something, sorted.
  List<String> files() {
    return files;
  }

  /// All objects, as they lie in the files; patches left out.
  List<Raw> objects() {
    return objects;
  }

  /// Those that lie in some files.
  List<Raw> objectsIn(Set<String> some) {
    return objects.stream().filter(r -> some.contains(r.origin().file())).toList();
  }

  /// The folder that paths of Flux Kustomizations start from.
  String base() {
    return base;
  }

  static boolean isFlux(Resource object) {
    return object.kind().equals("Kustomization") && object.ref().apiVersion().startsWith(FLUX);
  }

  /// The folder that a Flux Kustomization names.
  Optional<String> folder(Resource kustomization) {
    String path = kustomization.spec("path").text();
    return SourceTree.resolve(base, path.startsWith("/") ? path.substring(1) : path);
  }

  /// The folder of this repository that a Flux Kustomization applies, as far as that can be told
  /// from itself: one that names no folder mostly applies another repository.
  Optional<String> local(Resource kustomization) {
    boolean usual = kustomization.spec("sourceRef", "name").text().equals("flux-system");
    return folder(kustomization).filter(f -> usual || !f.equals(base)).filter(tree::isFolder);
  }

  /// The files that a Flux Kustomization of this repository takes in.
  private Set<String> reach(Resource kustomization) {
    Optional<String> folder = local(kustomization);
    if (folder.isEmpty()) {
      return Set.of();
    }
    Set<String> out = new TreeSet<>(reach(folder.get()));
    for (Json component : kustomization.spec("components").list()) {
      SourceTree.resolve(folder.get(), component.text()).ifPresent(c -> out.addAll(reach(c)));
    }
    return out;
  }

  /// The files that a folder takes in when Flux applies it.
  Set<String> reach(String folder) {
    Set<String> known = reached.get(folder);
    if (known == null) {
      known = new TreeSet<>();
      reach(folder, known, new LinkedHashSet<>());
      reached.put(folder, known);
    }
    return known;
  }

  private void reach(String folder, Set<String> into, Set<String> seen) {
    if (!seen.add(folder) || into.size() > MAX_REACHED) {
      return;
    }
    Optional<String> file = KustomizeBuild.file(tree, folder);
    if (file.isEmpty()) {
      List<String> nested = new ArrayList<>();
      into.addAll(
          tree.yaml(
              folder,
              dir -> {
                boolean own = KustomizeBuild.file(tree, dir).isPresent();
                if (own) {
                  nested.add(dir);
                }
                return !own;
              }));
      nested.forEach(d -> reach(d, into, seen));
      return;
    }
    into.add(file.get());
    Json k = trees(file.get()).stream().findFirst().orElse(Json.emptyObject());
    for (String field : INCLUDES) {
      for (Json entry : k.get(field).list()) {
        SourceTree.resolve(folder, entry.text())
            .ifPresent(
                target -> {
                  if (tree.isFolder(target)) {
                    reach(target, into, seen);
                  } else {
                    into.add(target);
                  }
                });
      }
    }
  }

  /// Where clusters begin; nothing in a repository without Flux Kustomizations.
  List<Entry> entries() {
    List<Raw> all = objects.stream().filter(r -> isFlux(r.object())).toList();
    List<Raw> roots = roots(all);
    Map<String, List<Raw>> groups = new TreeMap<>();
    Set<String> bootstrapped = new TreeSet<>();
    for (Raw root : roots) {
      local(root.object())
          .filter(f -> reach(f).contains(root.origin().file()))
          .ifPresent(bootstrapped::add);
    }
    for (Raw instance : objects) {
      if (instance.object().kind().equals("FluxInstance")) {
        SourceTree.resolve(base, instance.object().spec("sync", "path").text())
            .filter(f -> instance.object().spec("sync").exists() && tree.isFolder(f))
            .ifPresent(f -> groups.computeIfAbsent(f, _ -> new ArrayList<>()));
      }
    }
    for (Raw root : roots) {
      groups
          .computeIfAbsent(home(root, bootstrapped, groups.keySet()), _ -> new ArrayList<>())
          .add(root);
    }
    List<Entry> out = new ArrayList<>();
    groups.forEach(
        (f, r) -> {
          boolean below =
              all.stream()
                  .filter(k -> !r.contains(k))
                  .flatMap(k -> local(k.object()).stream())
                  .anyMatch(applied -> !applied.isEmpty() && (f + "/").startsWith(applied + "/"));
          boolean start = bootstrapped.contains(f);
          out.add(new Entry(f, r, start, start || !below));
        });
    return out;
  }

  /// The Kustomizations that no other one applies; of those that apply each other, the first.
  private List<Raw> roots(List<Raw> all) {
    Map<Raw, List<Raw>> children = new LinkedHashMap<>();
    Map<String, List<Raw>> byFile = new HashMap<>();
    all.forEach(r -> byFile.computeIfAbsent(r.origin().file(), _ -> new ArrayList<>()).add(r));
    Set<Raw> applied = new LinkedHashSet<>();
    for (Raw parent : all) {
      List<Raw> below = new ArrayList<>();
      for (String file : reach(parent.object())) {
        below.addAll(byFile.getOrDefault(file, List.of()));
      }
      below.remove(parent);
      children.put(parent, below);
      applied.addAll(below);
    }
    List<Raw> roots = new ArrayList<>();
    Set<Raw> seen = new LinkedHashSet<>();
    for (Raw r : all) {
      if (!applied.contains(r)) {
        roots.add(r);
        mark(r, children, seen);
      }
    }
    // In a circle: the one that lies in the folder that it applies comes first.
    List<Raw> rest = new ArrayList<>(all);
    rest.sort(java.util.Comparator.comparing(r -> !reach(r.object()).contains(r.origin().file())));
    for (Raw r : rest) {
      if (!seen.contains(r)) {
        roots.add(r);
        mark(r, children, seen);
      }
    }
    return roots;
  }

  private static void mark(Raw from, Map<Raw, List<Raw>> children, Set<Raw> seen) {
    List<Raw> open = new ArrayList<>(List.of(from));
    while (!open.isEmpty()) {
      Raw r = open.removeLast();
      if (seen.add(r)) {
        open.addAll(children.getOrDefault(r, List.of()));
      }
    }
  }

  /// The folder of the cluster that a root belongs to.
  private String home(Raw root, Set<String> bootstrapped, Collection<String> synced) {
    String file = root.origin().file();
    Set<String> known = new TreeSet<>(bootstrapped);
    known.addAll(synced);
    Optional<String> around =
        known.stream()
            .filter(f -> f.isEmpty() || file.startsWith(f + "/"))
            .max(java.util.Comparator.comparingInt(String::length));
    if (around.isPresent()) {
      return around.get();
    }
    String[] parts = SourceTree.folderOf(file).split("/", -1);
    for (int i = 0; i < parts.length - 1; i++) {
      if (parts[i].equals("clusters")) {
        return String.join("/", List.of(parts).subList(0, i + 2));
      }
    }
    String folder = SourceTree.folderOf(file);
    for (String above = folder; ; above = SourceTree.folderOf(above)) {
      if (kustomizations.containsKey(above) && reach(above).contains(file)) {
        folder = above;
      }
      if (above.isEmpty()) {
        break;
      }
    }
    return SourceTree.nameOf(folder).equals("flux-system") ? SourceTree.folderOf(folder) : folder;
  }

  /// What nothing applies, in parts that are applied together: kustomizations that no other one
  /// includes, and the files of each folder that no kustomization includes.
  ///
  /// @param from the files to look at
  List<Unit> units(Collection<String> from) {
    Set<String> wanted = new TreeSet<>(from);
    List<Unit> out = new ArrayList<>();
    Set<String> taken = new TreeSet<>();
    kustomizations.forEach(
        (folder, k) -> {
          boolean ours = KustomizeBuild.file(tree, folder).filter(wanted::contains).isPresent();
          if (ours && !included.contains(folder) && !k.get("kind").text().equals("Component")) {
            out.add(new Unit(folder, true, List.of()));
            taken.addAll(reach(folder));
          }
        });
    Map<String, List<String>> loose = new TreeMap<>();
    for (String file : wanted) {
      boolean used =
          taken.contains(file)
              || patches.contains(file)
              || included.contains(file)
              || KustomizeBuild.FILES.contains(SourceTree.nameOf(file));
      if (!used) {
        loose.computeIfAbsent(SourceTree.folderOf(file), _ -> new ArrayList<>()).add(file);
      }
    }
    loose.forEach((folder, some) -> out.add(new Unit(folder, false, some)));
    return out;
  }

  /// A part.
  ///
  /// @param built whether its folder has a kustomization; else its files are taken as they are
  record Unit(String folder, boolean built, List<String> files) {}
}

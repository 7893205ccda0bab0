package dev.refloat.adapter.git;

import dev.refloat.lint.Cluster;
import dev.refloat.lint.NotChecked;
import dev.refloat.lint.Repository;
import dev.refloat.lint.Sources;
import dev.refloat.model.ObjectRef;
import dev.refloat.port.GitFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Reads what Flux would apply from a repository, cluster by cluster.
public final class RepositoryReader {
  private final SourceTree tree;
  private final Layout layout;
  private final Places places;
  private final List<ClusterBuild.Item> items = new ArrayList<>();
  private final Set<String> applied = new TreeSet<>();
  private final KustomizeProgram program = new KustomizeProgram();

  RepositoryReader(SourceTree tree, String base) {
    this.tree = tree;
    this.layout = new Layout(tree, base);
    this.places = new Places(tree);
  }

  /// Reads the repositories that files or folders lie in: up to the folder that has `.git`. A
  /// folder that nothing in its repository applies is read by itself.
  ///
  /// @throws IOException when one cannot be read
  public static Repository read(List<Path> paths) throws IOException {
    return read(Asked.of(paths), SourceTree::new);
  }

  /// Reads the same as it was in a commit.
  ///
  /// @param revision as git takes it; where the branches part is what is read
  /// @throws IOException when one cannot be read
  /// @throws GitFailure when a path lies in no clone, or git does not know the revision
  public static Repository read(List<Path> paths, String revision) throws IOException, GitFailure {
    List<Asked> asked = Asked.of(paths);
    Map<Path, SourceTree> trees = new LinkedHashMap<>();
    for (Asked a : asked) {
      trees.put(a.root(), new SourceTree(CommittedFiles.of(a.root(), revision)));
    }
    return read(asked, root -> java.util.Objects.requireNonNull(trees.get(root)));
  }

  /// The files of a folder elsewhere, in which charts lie.
  public static Sources files(Path root) {
    return files(new SourceTree(root));
  }

  static Sources files(CommittedFiles commit) {
    return files(new SourceTree(commit));
  }

  private static Sources files(SourceTree tree) {
    return new TreeSources(tree, "", List.of());
  }

  /// The files that differ between a revision and the working tree, new ones included; relative to
  /// the root of their repository.
  ///
  /// @throws IOException when a path is not there
  /// @throws GitFailure when a path lies in no clone, or git does not know the revision
  public static Set<String> changed(List<Path> paths, String revision)
      throws IOException, GitFailure {
    Set<String> out = new TreeSet<>();
    for (Asked a : Asked.of(paths)) {
      out.addAll(CommittedFiles.changed(a.root(), revision));
    }
    return out;
  }

  private static Repository read(List<Asked> asked, Function<Path, SourceTree> trees)
      throws IOException {
    List<Repository> all = new ArrayList<>();
    for (Asked a : asked) {
      try {
        all.addAll(read(a, trees.apply(a.root())));
      } catch (UncheckedIOException failure) {
        throw failure.getCause();
      }
    }
    return all.size() == 1
        ? all.getFirst()
        : new Repository(
            all.stream().flatMap(r -> r.clusters().stream()).toList(),
            all.stream().flatMap(r -> r.notChecked().stream()).toList(),
            Sources.of(all.stream().map(Repository::sources).toList()),
            all.stream()
                .flatMap(r -> (r.asked().isEmpty() ? List.of("") : r.asked()).stream())
                .toList());
  }

  private static List<Repository> read(Asked asked, SourceTree tree) {
    List<Repository> out = new ArrayList<>();
    RepositoryReader whole = new RepositoryReader(tree, "");
    Repository repository = whole.read();
    List<String> inside = new ArrayList<>();
    for (String path : asked.paths()) {
      if (whole.applies(path) || !tree.isFolder(path)) {
        inside.add(path);
      } else {
        Repository alone = new RepositoryReader(tree, path).read();
        out.add(
            new Repository(alone.clusters(), alone.notChecked(), alone.sources(), List.of(path)));
      }
    }
    if (!inside.isEmpty()) {
      out.add(
          new Repository(
              repository.clusters(),
              repository.notChecked(),
              repository.sources(),
              inside.contains("") ? List.of() : inside));
    }
    return out;
  }

  /// All objects of all clusters, after [#read()].
  List<ClusterBuild.Item> items() {
    return items;
  }

  /// Whether a Flux Kustomization applies something of a file or folder, after [#read()].
  boolean applies(String path) {
    return path.isEmpty()
        || applied.stream().anyMatch(f -> f.equals(path) || f.startsWith(path + "/"));
  }

  Repository read() {
    List<Cluster> clusters = new ArrayList<>();
    Set<Note> notes = new TreeSet<>();
    Set<String> touched = new TreeSet<>();
    List<Layout.Entry> entries = layout.entries();
    for (Layout.Entry entry : entries) {
      ClusterBuild.Result result =
          new ClusterBuild(tree, layout, program).build(entry, beside(entry, entries));
      if (!result.objects().isEmpty() || result.refused()) {
        clusters.add(
            result.cluster(
                entry.folder(), places, entry.used() && result.whole(), entry.used(), Set.of()));
      }
      notes.addAll(result.notes());
      touched.addAll(result.files());
      if (result.applied() > 0) {
        applied.addAll(result.files());
      }
      remember(result);
    }
    List<String> rest = layout.files().stream().filter(f -> !touched.contains(f)).toList();
    clusters.addAll(rest(layout.units(rest), entries.isEmpty(), notes));
    List<NotChecked> notChecked = new ArrayList<>();
    for (Note note : notes) {
      if (note.refused() && !note.at().file().isEmpty()) {
        continue; // a finding
      }
      notChecked.add(
          new NotChecked(
              note.at().file().isEmpty() ? "a kustomization" : note.at().file(),
              note.at().file().isEmpty()
                  ? Optional.empty()
                  : Optional.of(places.near(note.at(), note.field())),
              note.text()));
    }
    if (layout.files().size() > Folder.MAX_FILES) {
      notChecked.add(
          new NotChecked(
              "this repository",
              Optional.empty(),
              "it has more than " + Folder.MAX_FILES + " YAML files; name a folder of it"));
    }
    Set<String> told = notes.stream().map(Note::text).collect(Collectors.toSet());
    for (String file : layout.files()) {
      SourceTree.Parsed parsed = tree.read(file).orElseThrow();
      // Files with Go templates are for programs that fill them in.
      if (!parsed.problem().isEmpty()
          && !told.contains(parsed.problem())
          && !parsed.text().contains("{{")) {
        notChecked.add(
            new NotChecked(
                file,
                parsed.line() == 0
                    ? Optional.empty()
                    : Optional.of(places.near(new Origin(file, 0, parsed.line()), List.of())),
                parsed.problem()));
      }
    }
    return new Repository(
        clusters,
        notChecked,
        new TreeSources(tree, layout.base(), List.copyOf(new TreeSet<>(tree.read()))),
        List.of());
  }

  /// What lies in the folder of an entry and is applied by no Kustomization that begins there: the
  /// Kustomizations themselves, and what stands beside them.
  private List<Layout.Unit> beside(Layout.Entry entry, List<Layout.Entry> entries) {
    if (entry.bootstrapped()) {
      return List.of();
    }
    String prefix = entry.folder().isEmpty() ? "" : entry.folder() + "/";
    Set<String> elsewhere = new HashSet<>();
    for (Layout.Entry other : entries) {
      for (Layout.Raw root : other.roots()) {
        layout
            .local(root.object())
            .filter(f -> !f.equals(entry.folder()) && !f.isEmpty())
            .ifPresent(f -> elsewhere.addAll(layout.reach(f)));
      }
    }
    Set<String> own =
        entry.roots().stream().map(r -> r.origin().file()).collect(Collectors.toSet());
    return layout.units(
        layout.files().stream()
            .filter(f -> f.startsWith(prefix) && (own.contains(f) || !elsewhere.contains(f)))
            .filter(
                f ->
                    entries.stream()
                        .noneMatch(
                            e ->
                                !e.equals(entry)
                                    && e.folder().length() > entry.folder().length()
                                    && f.startsWith(e.folder() + "/")))
            .toList());
  }

  /// What no Flux Kustomization applies. Parts that declare the same object are for different
  /// clusters; others are taken together.
  ///
  /// @param all whether there is nothing else: then what is not here does not exist
  private List<Cluster> rest(List<Layout.Unit> units, boolean all, Set<Note> notes) {
    List<Group> groups = new ArrayList<>();
    Map<String, Integer> times = new HashMap<>();
    items.forEach(i -> times.merge(Group.key(i), 1, Integer::sum));
    for (Layout.Unit unit : units) {
      ClusterBuild.Result result = new ClusterBuild(tree, layout, program).build(unit);
      notes.addAll(result.notes());
      remember(result);
      result.objects().forEach(i -> times.merge(Group.key(i), 1, Integer::sum));
      if (result.objects().isEmpty() && !result.refused()) {
        continue;
      }
      Group group =
          groups.stream()
              .filter(g -> g.disjoint(result))
              .findFirst()
              .orElseGet(
                  () -> {
                    Group made = new Group(unit.folder());
                    groups.add(made);
                    return made;
                  });
      group.add(result);
    }
    return groups.stream()
        .map(
            g ->
                new ClusterBuild.Result(g.objects, g.notes, Set.of(), 0)
                    .cluster(
                        groups.size() == 1 ? layout.base() : g.name,
                        places,
                        all && g.notes.stream().allMatch(Note::refused),
                        false,
                        g.objects.stream()
                            .filter(i -> times.getOrDefault(Group.key(i), 0) > 1)
                            .map(i -> i.object().ref())
                            .collect(Collectors.toSet())))
        .toList();
  }

  private void remember(ClusterBuild.Result result) {
    items.addAll(result.objects());
  }

  /// Parts that are taken for one cluster.
  private static final class Group {
    private final String name;
    private final List<ClusterBuild.Item> objects = new ArrayList<>();
    private final Set<Note> notes = new TreeSet<>();
    private final Set<String> keys = new HashSet<>();

    Group(String name) {
      this.name = name;
    }

    boolean disjoint(ClusterBuild.Result result) {
      return result.objects().stream().noneMatch(i -> keys.contains(key(i)));
    }

    void add(ClusterBuild.Result result) {
      objects.addAll(result.objects());
      notes.addAll(result.notes());
      result.objects().forEach(i -> keys.add(key(i)));
    }

    private static String key(ClusterBuild.Item item) {
      ObjectRef ref = item.object().ref();
      return ref.group() + "/" + ref.display();
    }
  }

  /// @param base the folder that paths of Flux objects start from
  private record TreeSources(SourceTree tree, String base, List<String> files) implements Sources {
    @Override
    public List<String> lines(String file) {
      return tree.read(file).map(p -> p.text().lines().toList()).orElse(List.of());
    }

    @Override
    public Optional<Map<String, byte[]>> folder(String folder) {
      return SourceTree.resolve(base, folder).flatMap(tree::below);
    }

    @Override
    public Optional<byte[]> file(String path) {
      return SourceTree.resolve(base, path).flatMap(tree::content);
    }
  }
}

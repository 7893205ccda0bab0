package dev.refloat.adapter.git;

import dev.refloat.lint.Finding;
import dev.refloat.lint.Fix;
import dev.refloat.lint.Place;
import dev.refloat.lint.Positions;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.port.GitRepository.EditedFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Makes the fixes of findings in the files of a working tree, each in the layer that sets its
/// field.
public final class RepositoryFixes {
  private final Path root;
  private final List<ClusterBuild.Item> items = new ArrayList<>();
  private final SourceTree original;
  private final Map<String, String> texts = new TreeMap<>();
  private final List<Finding> done = new ArrayList<>();
  private final List<Refused> refused = new ArrayList<>();
  private SourceTree tree;

  private RepositoryFixes(Path root) {
    this.root = root;
    this.original = new SourceTree(root);
    this.tree = original;
  }

  /// A fix that cannot be made safely by a program.
  ///
  /// @param reason with file and line
  public record Refused(Finding finding, String reason) {}

  /// Edited files, not written yet.
  ///
  /// @param diff unified, of all files
  /// @param done the findings that it mends
  public record Edits(
      Path root, List<EditedFile> files, String diff, List<Finding> done, List<Refused> refused) {
    public Edits {
      files = List.copyOf(files);
      done = List.copyOf(done);
      refused = List.copyOf(refused);
    }
  }

  /// Works out the edits.
  ///
  /// @param paths that the findings are of
  /// @throws IOException when the repository cannot be read
  public static List<Edits> of(List<Path> paths, List<Finding> findings) throws IOException {
    List<Edits> out = new ArrayList<>();
    for (Asked asked : Asked.of(paths)) {
      try {
        out.add(new RepositoryFixes(asked.root()).edits(asked, findings));
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
    return out;
  }

  private Edits edits(Asked asked, List<Finding> findings) {
    RepositoryReader whole = new RepositoryReader(original, "");
    whole.read();
    for (String path : asked.paths()) {
      if (!whole.applies(path) && original.isFolder(path)) {
        RepositoryReader alone = new RepositoryReader(original, path);
        alone.read();
        items.addAll(alone.items());
      }
    }
    items.addAll(whole.items());
    for (Finding finding : findings) {
      finding.fix().ifPresent(fix -> mend(finding, fix));
    }
    StringBuilder diff = new StringBuilder();
    List<EditedFile> files = new ArrayList<>();
    texts.forEach(
        (file, after) -> {
          String before = original.read(file).map(SourceTree.Parsed::text).orElse("");
          files.add(new EditedFile(file, before, after));
          diff.append(LineDiff.unified(file, before, after));
        });
    return new Edits(root, files, diff.toString(), done, refused);
  }

  private void mend(Finding finding, Fix fix) {
    Set<String> reasons = new TreeSet<>();
    Places places = new Places(original);
    for (ClusterBuild.Item item : items) {
      if (!item.object().ref().equals(fix.object()) || !at(finding, places.of(item.tracked()))) {
        continue;
      }
      try {
        Optional<Declarations.Built> built = rebuilt(item, tree);
        if (built.isEmpty()) {
          reasons.add(item.tracked().origin().place() + ": is not found any more");
          continue;
        }
        Layers layers =
            new Layers(
                tree,
                new Declarations(tree, item.object().ref()),
                built.get(),
                edited -> rebuilt(item, edited));
        Map<String, String> edits = layers.edit(fix.edits()).texts();
        texts.putAll(edits);
        tree = tree.with(edits);
        done.add(finding);
        return;
      } catch (Layers.Unsafe e) {
        reasons.add(String.valueOf(e.getMessage()));
      }
    }
    refused.add(
        new Refused(
            finding,
            reasons.isEmpty()
                ? fix.object().display() + " is not declared there any more"
                : String.join("; ", reasons)));
  }

  /// Whether a finding is about an object, of several with one name in different clusters.
  private static boolean at(Finding finding, Positions positions) {
    Place place = finding.place();
    return positions.of().file().equals(place.file())
        || finding.fix().stream()
            .flatMap(f -> f.edits().stream())
            .anyMatch(e -> positions.of(e.path()).file().equals(place.file()));
  }

  private static Optional<Declarations.Built> rebuilt(ClusterBuild.Item item, SourceTree tree) {
    Optional<Resource> owner = item.by().map(o -> new Resource(o.ref(), patched(o, item, tree)));
    Origin origin = item.tracked().origin();
    ObjectRef ref = item.object().ref();
    if (item.folder().isEmpty()) {
      Json object = Layers.document(tree, origin);
      KustomizeBuild.Tracked tracked = new KustomizeBuild.Tracked(origin, object);
      return object.exists()
          ? Optional.of(
              new Declarations.Built(
                  owner, "", tracked, List.of(tracked), List.of(), Set.of(origin.file())))
          : Optional.empty();
    }
    Json root = owner.map(Resource::root).orElse(Json.emptyObject());
    KustomizeBuild.Result result =
        new KustomizeBuild(tree, ref).build(item.folder().get(), root, i -> patchOrigin(item, i));
    return result.objects().stream()
        .filter(
            t ->
                t.origin().file().equals(origin.file())
                    && t.origin().document() == origin.document()
                    && t.origin().item().equals(origin.item()))
        .filter(t -> t.ids().stream().anyMatch(id -> item.tracked().ids().contains(id)))
        .findFirst()
        .map(
            t ->
                new Declarations.Built(
                    owner,
                    item.folder().get(),
                    t,
                    result.objects(),
                    result.words(),
                    result.files()));
  }

  /// The owner with its patches as the files have them now.
  private static Json patched(Resource owner, ClusterBuild.Item item, SourceTree tree) {
    Json root = owner.root();
    for (int i = 0; i < item.patchOrigins().size(); i++) {
      Origin origin = item.patchOrigins().get(i);
      if (!origin.texts().isEmpty()) {
        root =
            new FieldEdit(
                    List.of(
                        new FieldEdit.Key("spec"),
                        new FieldEdit.Key("patches"),
                        new FieldEdit.Index(i),
                        new FieldEdit.Key("patch")),
                    new Json.Str(Layers.text(tree, origin)))
                .applyTo(root);
      }
    }
    return root;
  }

  private static Origin patchOrigin(ClusterBuild.Item item, int index) {
    return item.patchOrigins().size() > index ? item.patchOrigins().get(index) : Origin.NOWHERE;
  }

  /// Writes edited files.
  ///
  /// @throws IOException when a file is not any more what was looked at, or cannot be written
  public static void write(Edits edits) throws IOException {
    for (EditedFile file : edits.files()) {
      Path real = edits.root().resolve(file.path()).toRealPath();
      if (!real.startsWith(edits.root()) || !Files.readString(real).equals(file.before())) {
        throw new IOException(file.path() + " has changed since it was read");
      }
      Files.write(real, file.after().getBytes(StandardCharsets.UTF_8));
    }
  }
}

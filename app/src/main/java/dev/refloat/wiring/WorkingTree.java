package dev.refloat.wiring;

import dev.refloat.adapter.git.ClonedRepository;
import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Kind;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.plan.Effect;
import dev.refloat.port.GitFailure;
import dev.refloat.port.GitRepository;
import dev.refloat.recovery.Performer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Edits of a plan in the user's clone: found, edited, committed on a branch of the recovery, and
/// pushed there for review.
final class WorkingTree implements Performer.GitEditor {
  private final Optional<Path> folder;
  private final Evidence evidence;

  WorkingTree(Optional<Path> folder, Evidence evidence) {
    this.folder = folder;
    this.evidence = evidence;
  }

  @Override
  public String edit(Effect.Edit edit, String recovery) {
    Path path =
        folder.orElseThrow(
            () -> new GitRefusal("no working tree of the repository was given: --repo DIR"));
    try {
      GitRepository git = ClonedRepository.open(path);
      GitRepository.Location location =
          switch (git.locate(edit.object(), owner(edit.object()))) {
            case GitRepository.Location found -> found;
            case GitRepository.Ambiguous a -> throw new GitRefusal(a.reason() + "; " + a.next());
            case GitRepository.NotDeclared n -> throw new GitRefusal(n.reason() + "; " + n.next());
          };
      List<FieldEdit> edits = new ArrayList<>();
      for (Effect.FieldChange change : edit.changes()) {
        String[] fields = change.path().split("\\.", -1);
        edits.add(
            change.value() instanceof Json.Null
                ? FieldEdit.remove(fields)
                : FieldEdit.set(change.value(), fields));
      }
      return switch (git.propose(location, edits)) {
        case GitRepository.NothingToDo _ -> "the repository says so already";
        case GitRepository.Refused r -> throw new GitRefusal(r.reason() + "; " + r.next());
        case GitRepository.Change change -> {
          GitRepository.Commit commit =
              git.commit(
                  change, "refloat/" + recovery.toLowerCase(Locale.ROOT), message(edit, recovery));
          git.push(commit, commit.branch());
          yield "commit "
              + commit.id()
              + " on branch "
              + commit.branch()
              + " changes "
              + String.join(", ", commit.paths())
              + (change.sharedBy().isEmpty()
                  ? ""
                  : "; also concerned: " + String.join(", ", change.sharedBy()));
        }
      };
    } catch (GitFailure e) {
      throw new GitRefusal(String.valueOf(e.getMessage()));
    }
  }

  private static String message(Effect.Edit edit, String recovery) {
    List<String> fields = edit.changes().stream().map(Effect.FieldChange::path).toList();
    return "Set "
        + String.join(", ", fields)
        + " of "
        + edit.object().display()
        + "\n\n"
        + edit.message()
        + "\n\nRefloat-Recovery: "
        + recovery
        + "\n";
  }

  private Optional<GitRepository.Owner> owner(ObjectRef object) {
    Optional<Resource> kustomization =
        evidence
            .find(object)
            .flatMap(
                r ->
                    evidence.find(
                        Kind.KUSTOMIZATION,
                        r.label("kustomize.toolkit.fluxcd.io/namespace").orElse(""),
                        r.label("kustomize.toolkit.fluxcd.io/name").orElse("")));
    return kustomization.map(
        k -> {
          Optional<Resource> source =
              evidence.find(
                  Kind.GIT_REPOSITORY,
                  k.spec("sourceRef", "namespace").text(k.namespace()),
                  k.spec("sourceRef", "name").text());
          return new GitRepository.Owner(
              k,
              source.map(g -> g.spec("url").text()).filter(u -> !u.isEmpty()),
              source.map(g -> g.spec("ref", "branch").text()).filter(b -> !b.isEmpty()));
        });
  }
}

package dev.refloat.wiring;

import dev.refloat.adapter.git.ClonedRepository;
import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Kind;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.plan.Effect;
import dev.refloat.port.GitFailure;
import dev.refloat.port.GitRepository;
import dev.refloat.recovery.Performer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Edits of a plan in the user's clone: found, edited, committed on a branch of the recovery, and
/// pushed there for review.
final class WorkingTree implements Performer.GitEditor {
  private static final String SAID = "the repository says so already";

  private final Optional<Path> folder;
  private final Evidence evidence;

  WorkingTree(Optional<Path> folder, Evidence evidence) {
    this.folder = folder;
    this.evidence = evidence;
  }

  @Override
  public String preview(Effect.Edit edit) {
    try {
      GitRepository git = repository();
      GitRepository.Location location = locate(git, edit);
      StringBuilder all = new StringBuilder();
      location.notes().forEach(n -> all.append("Note: ").append(n).append('\n'));
      return switch (git.propose(location, edit.edits())) {
        case GitRepository.NothingToDo _ -> all + SAID;
        case GitRepository.Refused r -> throw new GitRefusal(r.reason() + "; " + r.next());
        case GitRepository.Change change ->
            all
                + (change.sharedBy().isEmpty()
                    ? ""
                    : "Also concerned: " + String.join(", ", change.sharedBy()) + "\n")
                + change.diff();
      };
    } catch (GitFailure e) {
      throw new GitRefusal(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public String edit(Effect.Edit edit, String recovery) {
    String branch = "refloat/" + recovery.toLowerCase(Locale.ROOT);
    String message = message(edit, recovery);
    try {
      GitRepository git = repository();
      // what an interrupted run committed counts, whatever was committed elsewhere since
      Optional<GitRepository.Commit> before = git.committed(branch, message);
      if (before.isPresent()) {
        return push(git, before.get());
      }
      return switch (git.propose(locate(git, edit), edit.edits())) {
        case GitRepository.NothingToDo _ -> SAID;
        case GitRepository.Refused r -> throw new GitRefusal(r.reason() + "; " + r.next());
        case GitRepository.Change change -> push(git, git.commit(change, branch, message));
      };
    } catch (GitFailure e) {
      throw new GitRefusal(String.valueOf(e.getMessage()));
    }
  }

  private GitRepository repository() throws GitFailure {
    return ClonedRepository.open(
        folder.orElseThrow(
            () -> new GitRefusal("no working tree of the repository was given: --repo DIR")));
  }

  private GitRepository.Location locate(GitRepository git, Effect.Edit edit) throws GitFailure {
    return switch (git.locate(edit.object(), owner(edit.object()))) {
      case GitRepository.Location found -> found;
      case GitRepository.Ambiguous a -> throw new GitRefusal(a.reason() + "; " + a.next());
      case GitRepository.NotDeclared n -> throw new GitRefusal(n.reason() + "; " + n.next());
    };
  }

  private static String push(GitRepository git, GitRepository.Commit commit) throws GitFailure {
    git.push(commit, commit.branch());
    return "commit "
        + commit.id()
        + " on branch "
        + commit.branch()
        + " changes "
        + String.join(", ", commit.paths());
  }

  private static String message(Effect.Edit edit, String recovery) {
    List<String> fields = edit.edits().stream().map(FieldEdit::field).toList();
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

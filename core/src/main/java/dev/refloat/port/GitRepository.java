package dev.refloat.port;

import dev.refloat.model.FieldEdit;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.util.List;
import java.util.Optional;

/// A clone of the repository that declares the cluster: finds the file that declares an object,
/// edits it, commits. Nothing is written before [#commit]; that writes objects and one new branch
/// and leaves the user's branch, index and working tree alone.
///
/// Looked at is the working tree; where another branch is checked out than the one that Flux
/// follows, the last commit of that one that was fetched, so that a fix carries nothing else with
/// it.
public interface GitRepository {

  /// Finds where an object is declared. Without an owner, every Flux Kustomization that the
  /// repository itself declares is considered.
  ///
  /// @param owner what the cluster says about who applies the object
  Search locate(ObjectRef object, Optional<Owner> owner) throws GitFailure;

  /// Works out the edited files. Looks at the files again, so that a location found earlier is no
  /// danger. Each edit is made in the layer that sets the field last; the built object is compared
  /// before and after.
  Proposal propose(Location location, List<FieldEdit> edits) throws GitFailure;

  /// The commit with this message at the tip of a branch, as [#commit] left it; nothing when there
  /// is
  /// no such branch.
  Optional<Commit> committed(String branch, String message) throws GitFailure;

  /// Commits a change on a new branch from the commit that was looked at, with the user's own git:
  /// identity, hooks and signing included. Called again after it was interrupted or done, it
  /// finishes
  /// or returns the same commit.
  ///
  /// @param message first line, empty line, body, trailers
  Commit commit(Change change, String branch, String message) throws GitFailure;

  /// Pushes a commit to a branch of the remote, never by force. With the branch that Flux follows,
  /// Flux takes it up; with another one, people review it.
  void push(Commit commit, String branch) throws GitFailure;

  /// Takes a commit back that nobody builds on: deletes its branch here and, where it was pushed
  /// under the same name, at the remote. Does nothing when it is gone.
  void discard(Commit commit) throws GitFailure;

  /// Commits the opposite of a commit on a new branch from the commit that is checked out.
  Commit revert(Commit commit, String branch, String message) throws GitFailure;

  /// The Flux Kustomization that applies an object, as the cluster has it.
  ///
  /// @param kustomization the whole object
  /// @param sourceUrl the URL of its GitRepository, when known, to notice a clone of another
  ///     repository
  /// @param sourceBranch the branch that its GitRepository follows, when known
  record Owner(Resource kustomization, Optional<String> sourceUrl, Optional<String> sourceBranch) {}

  /// What a search found.
  sealed interface Search permits Location, Ambiguous, NotDeclared {}

  /// Several files could be the one, or none can be told for sure.
  ///
  /// @param reason one sentence
  /// @param candidates `file:line`, may be empty
  /// @param next what the user can do
  record Ambiguous(String reason, List<String> candidates, String next) implements Search {
    public Ambiguous {
      candidates = List.copyOf(candidates);
    }
  }

  /// The repository does not declare the object.
  ///
  /// @param reason what was looked at, and what could not be followed
  record NotDeclared(String reason, String next) implements Search {}

  /// Where an object is declared.
  ///
  /// @param object as it is in the cluster, after prefixes and namespaces
  /// @param owner as given to [#locate], or what the repository declares of it
  /// @param base the document that declares it
  /// @param patches the patches over it, in the order in which they are applied
  /// @param notes what a person should know: another branch is checked out, remote bases that
  ///     cannot
  ///     be read, and the like
  record Location(
      ObjectRef object, Optional<Owner> owner, Layer base, List<Layer> patches, List<String> notes)
      implements Search {
    public Location {
      patches = List.copyOf(patches);
      notes = List.copyOf(notes);
    }
  }

  /// One document that says something about the object.
  ///
  /// @param file relative to the root of the repository, with `/`
  /// @param document which of the file's documents, from 0
  /// @param line at which it begins, from 1
  /// @param sharedBy who else gets what is written here: directories of other overlays, other
  ///     objects; empty when an edit concerns this object alone
  record Layer(Kind kind, String file, int document, int line, List<String> sharedBy) {
    /// What a layer is.
    public enum Kind {
      /// The object itself.
      RESOURCE,
      /// A patch in the form of a part of the object.
      STRATEGIC_MERGE,
      /// A patch as a list of operations (RFC 6902).
      JSON6902
    }

    public Layer {
      sharedBy = List.copyOf(sharedBy);
    }
  }

  /// What came of a proposal.
  sealed interface Proposal permits Change, NothingToDo, Refused {}

  /// Edited files, not written yet.
  ///
  /// @param base the commit that was looked at
  /// @param diff unified, of all files; it can show values that are secrets to the reader's taste:
  ///     mask
  ///     before showing
  /// @param sharedBy who else the change concerns
  record Change(String base, List<EditedFile> files, String diff, List<String> sharedBy)
      implements Proposal {
    public Change {
      files = List.copyOf(files);
      sharedBy = List.copyOf(sharedBy);
    }
  }

  /// One edited file.
  ///
  /// @param path relative to the root of the repository, with `/`
  record EditedFile(String path, String before, String after) {}

  /// The repository already says what is wanted.
  record NothingToDo() implements Proposal {}

  /// The edit cannot be made safely by a program.
  ///
  /// @param reason with file, line and field
  record Refused(String reason, String next) implements Proposal {}

  /// A commit on a branch of its own.
  record Commit(String id, String branch, List<String> paths) {
    public Commit {
      paths = List.copyOf(paths);
    }
  }
}

package dev.refloat.port;

import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.util.List;
import java.util.Optional;

/// Changes one cluster. Every write names the field manager; nothing is retried here beyond what
/// the API server itself asks for, and a write whose answer was lost is reported as
/// [WriteFailure.Reason#UNANSWERED], for the caller to look.
public interface ClusterWriter {

  /// One object as it is now, whole, Secrets with their data.
  ///
  /// @return nothing when it is not there
  /// @throws WriteFailure when it cannot be read
  Optional<Resource> get(ObjectRef object);

  /// Objects of a kind in a namespace by equality of labels (`owner=helm,name=web`), whole.
  ///
  /// @param kind an object of the kind; its name does not matter
  /// @throws WriteFailure when they cannot be read
  List<Resource> list(ObjectRef kind, String labelSelector);

  /// A JSON merge patch.
  ///
  /// @param resourceVersion the version it must still have; empty: any
  /// @throws WriteFailure when it was not done
  Resource merge(
      ObjectRef object, Json patch, String resourceVersion, String manager, boolean dryRun);

  /// A JSON patch (RFC 6902): operations in order, all or none.
  ///
  /// @throws WriteFailure when it was not done
  Resource edit(ObjectRef object, Json operations, String manager, boolean dryRun);

  /// A server-side apply.
  ///
  /// @param force whether fields of other managers are taken over
  /// @throws WriteFailure when it was not done
  Resource apply(ObjectRef object, Json content, String manager, boolean force, boolean dryRun);

  /// Creates an object.
  ///
  /// @throws WriteFailure when it was not done, `EXISTS` when it is there already
  Resource create(ObjectRef object, Json content, String manager, boolean dryRun);

  /// Deletes one object.
  ///
  /// @param uid the object that is meant; another of its name is not touched
  /// @param propagationPolicy `Background`, `Foreground` or `Orphan`
  /// @throws WriteFailure when it was not done, `ABSENT` when it is not there
  void delete(ObjectRef object, String uid, String propagationPolicy, boolean dryRun);

  /// A write that was not done, or of which it is not known whether it was.
  final class WriteFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// Why.
    public enum Reason {
      /// Another write came first, or the object is another one by now (409).
      CONFLICT,
      /// It is there already (409 AlreadyExists).
      EXISTS,
      /// It is not there (404).
      ABSENT,
      /// May not (401, 403).
      FORBIDDEN,
      /// The API server refuses the content (400, 422), or an admission webhook does.
      INVALID,
      /// Not sent, or answered with an error of the server: certainly not done.
      NOT_DONE,
      /// Sent, and no answer came: it may be done.
      UNANSWERED
    }

    private final Reason reason;

    public WriteFailure(Reason reason, String message) {
      super(message);
      this.reason = reason;
    }

    public Reason reason() {
      return reason;
    }

    /// The message; never nothing.
    public String why() {
      String message = getMessage();
      return message == null ? reason.name() : message;
    }
  }
}

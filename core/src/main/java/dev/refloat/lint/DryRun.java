package dev.refloat.lint;

import dev.refloat.model.Resource;
import java.util.List;

/// What an API server says to an object that it is sent with `dryRun=All`: it judges it as it would
/// any other, admission included, and stores nothing.
public sealed interface DryRun {

  /// It would take it.
  ///
  /// @param known whether the object is there already
  /// @param result the object as it would be
  record Taken(boolean known, Resource result) implements DryRun {}

  /// It would not.
  ///
  /// @param status of HTTP
  /// @param message the server's words, secrets masked
  /// @param fields that it names, as in `spec.template.spec.containers[0].image`
  /// @param elsewhere whether it was sent to another namespace, as its own does not exist yet: then
  ///     only what is said of its content counts
  record Refused(int status, String message, List<String> fields, boolean elsewhere)
      implements DryRun {
    public Refused {
      fields = List.copyOf(fields);
    }
  }

  /// The server has no such kind in this version.
  ///
  /// @param versions in which it has the kind
  record NoKind(List<String> versions) implements DryRun {
    public NoKind {
      versions = List.copyOf(versions);
    }
  }

  /// Its namespace is neither in the cluster nor in the repository.
  record NoNamespace(String namespace) implements DryRun {}

  /// It was not tried, or without an answer.
  record NotTried(String why) implements DryRun {}
}

package dev.refloat.evidence;

import dev.refloat.model.ObjectRef;
import java.util.List;

/// One thing to find out. Which inquiries are worth their request is decided by [Inquiries], a pure
/// function; an adapter answers them, in parallel where it can.
public sealed interface Inquiry {

  /// All objects of a kind in a namespace; an empty namespace means everywhere.
  record ListOf(Kind kind, String namespace) implements Inquiry {}

  /// One object by name, of any kind, also of kinds that only this cluster knows.
  record ObjectNamed(ObjectRef ref) implements Inquiry {}

  /// The last lines of a container's log.
  record ContainerLog(String namespace, String pod, String container, boolean previous)
      implements Inquiry {
    /// What is read at most: enough for a stack trace or a database's last words.
    public static final int TAIL_LINES = 120;
  }

  /// Which Helm storage Secrets a release has: labels only, no data.
  record HelmRecordNames(String namespace, String releaseName) implements Inquiry {}

  /// One Helm storage Secret, decoded.
  record HelmRecordNamed(String namespace, String secretName) implements Inquiry {}

  /// The chart names and versions that a repository or registry offers, asked at the source itself.
  /// An empty chart name asks for the names.
  record ChartVersions(ObjectRef source, String chart) implements Inquiry {}

  /// The tags that a registry has for an image repository, asked with the given pull secrets.
  record ImageTags(String namespace, String image, List<String> pullSecrets) implements Inquiry {
    public ImageTags {
      pullSecrets = List.copyOf(pullSecrets);
    }
  }
}

package dev.refloat.lint;

import dev.refloat.model.Resource;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Where a HelmRelease makes its release.
///
/// @param name Helm's name of the release
/// @param namespace where its objects go
/// @param storageNamespace where Helm keeps its records
public record ReleaseTarget(String name, String namespace, String storageNamespace) {
  private static final int LONGEST = 53;

  /// As helm-controller does (`GetReleaseName`, `release.ShortenName`): `[targetNamespace-]name`,
  /// of a longer one than Helm allows 40 characters and a hash.
  public static ReleaseTarget of(Resource release) {
    String target = release.spec("targetNamespace").text();
    String namespace = target.isEmpty() ? release.namespace() : target;
    String composed = target.isEmpty() ? release.name() : target + "-" + release.name();
    String name = release.spec("releaseName").text(composed);
    return new ReleaseTarget(
        name.length() <= LONGEST ? name : name.substring(0, 40) + "-" + hash(name),
        namespace,
        release.spec("storageNamespace").text(release.namespace()));
  }

  private static String hash(String name) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}

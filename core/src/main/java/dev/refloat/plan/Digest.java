package dev.refloat.plan;

import dev.refloat.model.Resource;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Collectors;

/// A short name for the state of the world that a plan rests on. It changes when the cause, the
/// spec, the Helm revision or an object of the release is another one; not with ages and counters.
final class Digest {
  private static final int SHOWN_BYTES = 6;

  private Digest() {}

  static String of(Situation s) {
    String text =
        String.join(
            "\n",
            s.view().ref().path(),
            s.diagnosis().cause(),
            s.diagnosis().root().display(),
            s.resource().uid(),
            Long.toString(s.resource().generation()),
            Integer.toString(s.newestRevision()),
            s.belongings().objects().stream()
                .filter(o -> !o.kind().equals("Event"))
                .map(Digest::identity)
                .sorted()
                .collect(Collectors.joining("\n")));
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, SHOWN_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static String identity(Resource r) {
    return r.ref().display() + " " + r.uid() + " " + r.generation();
  }
}

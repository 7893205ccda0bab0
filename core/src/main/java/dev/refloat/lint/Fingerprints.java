package dev.refloat.lint;

import dev.refloat.model.ObjectRef;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// Names findings so that the same one has the same name in the next run, though lines moved and
/// words of the message changed: by rule, file, object and field.
public final class Fingerprints {
  private static final int BYTES = 8;

  private Fingerprints() {}

  /// One for each finding, in their order: a hash and a number that tells apart what is alike, as
  /// GitHub's code scanning has it (`39fa2ee980eb94b0:1`).
  ///
  /// @param findings in the order of their places
  public static List<String> of(List<Finding> findings) {
    Map<String, Integer> alike = new HashMap<>();
    List<String> out = new ArrayList<>(findings.size());
    for (Finding f : findings) {
      String hash = hash(f);
      out.add(hash + ":" + alike.merge(hash, 1, Integer::sum));
    }
    return out;
  }

  private static String hash(Finding f) {
    ObjectRef o = f.object();
    String about =
        String.join("\0", f.rule(), f.place().file(), o.group(), o.kind(), o.path(), f.field());
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(about.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}

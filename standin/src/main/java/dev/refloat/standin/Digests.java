package dev.refloat.standin;

import dev.refloat.model.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/// Digests over trees. They tell whether something changed, as helm-controller's do, but are not
/// the same numbers: a release changes hands between the two with one upgrade.
final class Digests {
  private Digests() {}

  static String of(byte[] bytes) {
    try {
      return "sha256:"
          + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static String of(Formats formats, Json tree) {
    return of(formats.json(sorted(tree)).getBytes(StandardCharsets.UTF_8));
  }

  /// Of values: none and an empty object are the same.
  static String ofValues(Formats formats, Json values) {
    return of(formats, values.exists() ? values : Json.emptyObject());
  }

  private static Json sorted(Json tree) {
    return switch (tree) {
      case Json.Obj o -> {
        Map<String, Json> fields = new TreeMap<>();
        o.forEach((k, v) -> fields.put(k, sorted(v)));
        yield Json.from(fields);
      }
      case Json.Arr(var items) -> new Json.Arr(items.stream().map(Digests::sorted).toList());
      case Json.Str _, Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> tree;
    };
  }
}

package dev.refloat.signal;

import dev.refloat.model.Nearest;
import dev.refloat.model.ObjectRef;
import java.util.Comparator;
import java.util.List;

/// What was wanted beside what there is: the nearest name is most often what was meant.
final class Offers {
  private static final int SHOWN = 8;

  private Offers() {}

  /// @param of `chart`, `version` or `image-tag`
  static Signal signal(ObjectRef source, String of, String wanted, List<String> available) {
    String nearest =
        available.stream()
            .min(Comparator.comparingInt(a -> Nearest.distance(a, wanted)))
            .orElse("");
    boolean near =
        !nearest.isEmpty() && Nearest.distance(nearest, wanted) <= Math.max(2, wanted.length() / 2);
    return Signal.of(SignalKind.OFFER, source)
        .says(of + "s on offer", String.join(", ", available.stream().limit(SHOWN).toList()))
        .with("of", of)
        .with("wanted", wanted)
        .with("nearest", near ? nearest : "")
        .with(
            "available",
            String.join(", ", available.stream().limit(SHOWN).toList())
                + (available.size() > SHOWN ? ", … (" + available.size() + ")" : ""))
        .build();
  }

  static Signal silent(ObjectRef source, String of, String wanted, String why) {
    return Signal.of(SignalKind.OFFER, source)
        .says(of + "s on offer", why)
        .with("of", of)
        .with("wanted", wanted)
        .with("why", why)
        .build();
  }

  static String tagOf(String image) {
    int digest = image.indexOf('@');
    String name = digest < 0 ? image : image.substring(0, digest);
    int colon = name.lastIndexOf(':');
    return colon > name.lastIndexOf('/') ? name.substring(colon + 1) : "latest";
  }
}

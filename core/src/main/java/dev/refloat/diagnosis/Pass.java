package dev.refloat.diagnosis;

import dev.refloat.evidence.Evidence;
import dev.refloat.model.Resource;
import dev.refloat.release.Belongings;
import dev.refloat.release.ReleaseRef;
import dev.refloat.release.ReleaseView;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/// One evidence, and what was worked out of it about each release: that is asked for when the
/// questions are chosen, and again when the diagnosis is made.
final class Pass {
  private final Evidence evidence;
  private final Map<ReleaseRef, ReleaseView> views = new ConcurrentHashMap<>();
  private final Map<ReleaseRef, Belongings> belongings = new ConcurrentHashMap<>();

  Pass(Evidence evidence) {
    this.evidence = evidence;
  }

  Evidence evidence() {
    return evidence;
  }

  ReleaseView view(Resource release) {
    return views.computeIfAbsent(ref(release), _ -> ReleaseView.of(release, evidence));
  }

  Belongings belongings(Resource release) {
    return belongings.computeIfAbsent(ref(release), _ -> new Belongings(view(release), evidence));
  }

  private static ReleaseRef ref(Resource release) {
    return new ReleaseRef(release.namespace(), release.name());
  }

  /// Works on all of these at once and keeps their order. The work must not depend on its order.
  static <T, R> List<R> each(List<T> items, Function<T, R> work) {
    return IntStream.range(0, items.size())
        .parallel()
        .mapToObj(i -> work.apply(items.get(i)))
        .toList();
  }
}

package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.model.Nearest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `valuesFrom` names a key that the ConfigMap or Secret does not have. Without `valuesKey` the key
/// is `values.yaml`. By the code of helm-controller 1.6 `optional` forgives a missing key too.
final class ValuesKeyMissing implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "values-key-missing",
          "Every key that valuesFrom names is there",
          Severity.ERROR,
          List.of("values-source-missing"),
          RuleInfo.Needs.REPOSITORY);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    for (Declared d : scene.cluster().releases()) {
      Release release = new Release(d);
      for (Release.ValuesReference ref : release.valuesFrom()) {
        if (!ref.optional()) {
          scene
              .cluster()
              .find("", ref.kind(), release.namespace(), ref.name())
              .ifPresent(source -> check(release, ref, source, report));
        }
      }
    }
  }

  private static void check(
      Release release, Release.ValuesReference ref, Declared source, Report report) {
    Set<String> keys = new LinkedHashSet<>();
    for (String field : List.of("data", "stringData", "binaryData")) {
      if (source.object().root().get(field) instanceof Json.Obj o) {
        keys.addAll(o.keys());
      }
    }
    if (keys.contains(ref.key()) || Absence.open(ref.key()) || filledElsewhere(source)) {
      return;
    }
    Optional<String> only =
        keys.size() == 1
            ? keys.stream().filter(k -> k.endsWith(".yaml") || k.endsWith(".yml")).findFirst()
            : Optional.empty();
    Optional<String> meant = only.or(() -> Nearest.of(ref.key(), keys, 1).stream().findFirst());
    boolean written = release.spec("valuesFrom").list().get(ref.index()).get("valuesKey").exists();
    Report.Draft draft =
        report
            .at(release.declared(), ref.path(written ? "valuesKey" : "name"))
            .related(source.positions().of("data"), "has " + list(keys));
    only.ifPresent(
        k ->
            draft.fix(
                "Take the values from key " + k,
                new FieldEdit(ref.path("valuesKey"), new Json.Str(k))));
    draft.say(
        source.ref().display()
            + " has no key "
            + ref.key()
            + (written ? "" : ", which is what Flux reads when valuesKey is not written")
            + ": HelmRelease "
            + release.path()
            + " fails with ValuesError",
        meant
            .map(k -> "Write valuesKey: " + k)
            .orElse("Add the key, or name one of " + list(keys) + " in valuesKey"));
  }

  /// Operators and controllers fill objects that are declared empty, or mark them.
  private static boolean filledElsewhere(Declared source) {
    return !source.object().root().get("data").exists()
        && !source.object().root().get("stringData").exists()
        && !source.object().root().get("binaryData").exists();
  }

  private static String list(Set<String> keys) {
    return keys.isEmpty() ? "no keys" : "only " + String.join(", ", keys);
  }
}

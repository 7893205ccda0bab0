package dev.refloat.render;

import dev.refloat.diagnosis.ChainLink;
import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.diagnosis.Proof;
import dev.refloat.diagnosis.Remedy;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/// Diagnoses as the tree that `-o json` and `-o yaml` print. Public API: fields are added, never
/// renamed or removed (design, Diagnosis JSON).
public final class DiagnosisTree {
  /// The field of [#head] that the items follow in.
  public static final String ITEMS = "items";

  private DiagnosisTree() {}

  /// The fields of a DiagnosisList before its items.
  ///
  /// @param checked how many releases were looked at, healthy ones included
  public static Json.Obj head(Instant takenAt, int checked) {
    return Json.builder()
        .put("apiVersion", "refloat.dev/v1")
        .put("kind", "DiagnosisList")
        .put("takenAt", takenAt.toString())
        .put("checked", checked)
        .build();
  }

  public static Json.Obj item(Diagnosis d) {
    return Json.builder()
        .put(
            "release",
            Json.builder()
                .put("namespace", d.release().namespace())
                .put("name", d.release().name())
                .build())
        .put("state", d.state().word())
        .put("cause", d.cause())
        .put("confidence", d.confidence().word())
        .put("symptoms", list(d.symptoms(), Json.Str::new))
        .put("root", object(d.root()))
        .put("summary", d.summary())
        .put("evidence", list(d.evidence(), DiagnosisTree::proof))
        .put(
            "trace",
            list(
                d.trace(),
                t ->
                    Json.builder()
                        .put("question", t.question())
                        .put("answer", t.answer().word())
                        .put("because", t.because())
                        .build()))
        .put(
            "blindSpots",
            list(
                d.blindSpots(),
                b -> Json.builder().put("what", b.what()).put("why", b.why()).build()))
        .put("remedies", list(d.remedies(), DiagnosisTree::remedy))
        .put("chain", list(d.chain(), DiagnosisTree::link))
        .build();
  }

  private static Json.Obj proof(Proof p) {
    Json.Builder b =
        Json.builder()
            .put("object", object(p.object()))
            .put("field", p.field())
            .put("value", p.value());
    p.at().ifPresent(at -> b.put("at", at.toString()));
    return b.build();
  }

  private static Json.Obj remedy(Remedy r) {
    return Json.builder()
        .put("id", r.id())
        .put("title", r.title())
        .put("risk", r.risk().word())
        .put("works", r.works())
        .put("because", r.because())
        .put("commands", list(r.commands(), Json.Str::new))
        .put("lever", r.lever())
        .build();
  }

  private static Json.Obj link(ChainLink l) {
    return Json.builder()
        .put("role", l.role())
        .put("object", object(l.object()))
        .put("health", l.health().name().toLowerCase(Locale.ROOT))
        .put("text", l.text())
        .put("details", list(l.details(), Json.Str::new))
        .build();
  }

  private static Json.Obj object(ObjectRef ref) {
    Json.Builder b = Json.builder();
    if (!ref.apiVersion().isEmpty()) {
      b.put("apiVersion", ref.apiVersion());
    }
    b.put("kind", ref.kind());
    if (!ref.namespace().isEmpty()) {
      b.put("namespace", ref.namespace());
    }
    return b.put("name", ref.name()).build();
  }

  private static <T> Json list(List<T> items, Function<T, ? extends Json> each) {
    return new Json.Arr(items.stream().<Json>map(each).toList());
  }
}

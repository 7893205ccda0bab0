package dev.refloat.render;

import dev.refloat.lint.Finding;
import dev.refloat.lint.Judged;
import dev.refloat.lint.NotChecked;
import dev.refloat.lint.Place;
import dev.refloat.lint.Severity;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import java.util.ArrayList;
import java.util.List;

/// `LintReport` of `refloat.dev/v1`. Fields are only ever added.
public final class LintTree {
  private LintTree() {}

  public static Json.Obj of(LintView view) {
    Judged judged = view.judged();
    List<Json> findings = new ArrayList<>();
    for (int i = 0; i < judged.findings().size(); i++) {
      findings.add(finding(judged.findings().get(i), judged.fingerprints().get(i)).build());
    }
    Json.Builder summary = Json.builder();
    for (Severity s : Severity.values()) {
      summary.put(s.word(), judged.count(s));
    }
    summary
        .put("notChecked", judged.notChecked().size())
        .put("suppressed", judged.silenced().size())
        .put("clusters", view.seen().clusters())
        .put("releases", view.seen().releases())
        .put("objects", view.seen().objects())
        .put("files", view.seen().files());
    return Json.builder()
        .put("apiVersion", "refloat.dev/v1")
        .put("kind", "LintReport")
        .put("version", view.version())
        .put("summary", summary.build())
        .put("rules", view.rules().stream().<Json>map(r -> new Json.Str(r.id())).iterator())
        .put("findings", new Json.Arr(findings))
        .put("suppressed", judged.silenced().stream().map(LintTree::silenced).iterator())
        .put("notChecked", judged.notChecked().stream().map(LintTree::notChecked).iterator())
        .put(
            "gone",
            judged.gone().stream()
                .<Json>map(
                    e ->
                        Json.builder()
                            .put("fingerprint", e.fingerprint())
                            .put("rule", e.rule())
                            .put("file", e.file())
                            .put("object", e.object())
                            .put("field", e.field())
                            .build())
                .iterator())
        .build();
  }

  private static Json silenced(Judged.Silenced s) {
    return finding(s.finding(), s.fingerprint())
        .put("by", s.by() == Judged.By.COMMENT ? "comment" : "baseline")
        .put("reason", s.reason())
        .build();
  }

  private static Json.Builder finding(Finding f, String fingerprint) {
    Json.Builder b = Json.builder().put("rule", f.rule()).put("severity", f.severity().word());
    place(b, f.place());
    if (!f.object().kind().isEmpty()) {
      b.put("object", object(f.object()));
    }
    if (!f.field().isEmpty()) {
      b.put("field", f.field());
    }
    b.put("message", f.message()).put("advice", f.advice());
    f.prevents().ifPresent(cause -> b.put("prevents", cause));
    if (!f.related().isEmpty()) {
      b.put(
          "related",
          f.related().stream()
              .<Json>map(r -> place(Json.builder(), r.place()).put("what", r.what()).build())
              .iterator());
    }
    f.fix().ifPresent(fix -> b.put("fix", Json.builder().put("title", fix.title()).build()));
    return b.put("fingerprint", fingerprint);
  }

  private static Json notChecked(NotChecked n) {
    Json.Builder b = Json.builder().put("what", n.what()).put("why", n.why());
    n.place().ifPresent(p -> place(b, p));
    return b.build();
  }

  private static Json.Builder place(Json.Builder b, Place p) {
    return b.put("file", p.file()).put("line", p.line()).put("column", p.column());
  }

  private static Json object(ObjectRef ref) {
    Json.Builder b = Json.builder().put("apiVersion", ref.apiVersion()).put("kind", ref.kind());
    if (!ref.namespace().isEmpty()) {
      b.put("namespace", ref.namespace());
    }
    return b.put("name", ref.name()).build();
  }
}

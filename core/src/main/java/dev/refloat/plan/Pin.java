package dev.refloat.plan;

import dev.refloat.evidence.HelmRecord;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a HelmRelease has to say so that Flux makes a revision again: chart version and values.
sealed interface Pin {

  /// Fields of its own spec say it all, and none of them looks secret.
  ///
  /// @param edits of the fields, to the values of the good revision
  /// @param now what those fields say now, in the same order
  record Fields(List<FieldEdit> edits, List<Json> now, String chartVersion) implements Pin {
    public Fields {
      edits = List.copyOf(edits);
      now = List.copyOf(now);
    }

    /// A JSON merge patch.
    Json patch() {
      return merge(edits.stream().map(FieldEdit::value).toList());
    }

    Json back() {
      return merge(now);
    }

    private Json merge(List<Json> values) {
      Json out = Json.emptyObject();
      for (int i = 0; i < edits.size(); i++) {
        Json value = values.get(i);
        out =
            new FieldEdit(edits.get(i).path(), value.exists() ? value : Json.Null.NULL)
                .applyTo(out);
      }
      return out;
    }
  }

  /// Something else than its own plain fields has to change.
  ///
  /// @param why why a patch or an edit of the spec cannot say it
  /// @param hand what a person has to change
  record Elsewhere(String why, String hand, String chartVersion) implements Pin {}

  static Pin of(Situation s, HelmRecord to) {
    if (s.resource().spec("chartRef").exists()) {
      return new Elsewhere(
          "The chart comes by spec.chartRef, so its version is set at the source.",
          "the reference of its source to "
              + to.chartName()
              + " "
              + to.chartVersion()
              + ", and its values",
          to.chartVersion());
    }
    List<FieldEdit> edits = new ArrayList<>();
    List<Json> now = new ArrayList<>();
    Json version = s.resource().spec("chart", "spec", "version");
    if (!version.text().equals(to.chartVersion())) {
      edits.add(FieldEdit.set(Json.from(to.chartVersion()), "spec", "chart", "spec", "version"));
      now.add(version);
    }
    boolean layered = s.resource().spec("valuesFrom").exists();
    Optional<HelmRecord> tried = Rollback.tried(s);
    if (layered && tried.isEmpty()) {
      return new Elsewhere(
          "The Helm record of the last attempt was not read, so the values cannot be compared.",
          "spec.chart.spec.version: " + to.chartVersion() + ", and its values",
          to.chartVersion());
    }
    // without other sources the values of the spec are all the values there are
    Json.Obj own =
        s.resource().spec("values") instanceof Json.Obj values ? values : Json.emptyObject();
    Json before = layered ? tried.map(HelmRecord::values).orElse(own) : own;
    for (Difference.Change c : Difference.between(before, to.values())) {
      Json inline = s.resource().spec("values").at(c.path().toArray(String[]::new));
      boolean mine = !layered || (inline.exists() && inline.equals(c.before()));
      if (c.secret() || !mine) {
        return new Elsewhere(
            c.secret()
                ? "Value " + c.dotted() + " differs and looks secret, so it is not copied."
                : "Value " + c.dotted() + " differs and is not set in spec.values.",
            "spec.chart.spec.version: "
                + to.chartVersion()
                + ", and its values (helm get values --revision "
                + to.version()
                + ")",
            to.chartVersion());
      }
      List<String> path = new ArrayList<>(List.of("spec", "values"));
      path.addAll(c.path());
      edits.add(FieldEdit.set(c.after(), path.toArray(String[]::new)));
      now.add(inline);
    }
    return edits.isEmpty()
        ? new Elsewhere(
            "The spec says already what the good revision had.",
            "nothing of the spec: look at what else changed",
            to.chartVersion())
        : new Fields(edits, now, to.chartVersion());
  }

  String chartVersion();

  default String because() {
    return switch (this) {
      case Fields _ -> "Git declares the release, and no working tree was given (--repo DIR).";
      case Elsewhere e -> e.why();
    };
  }

  default String words() {
    return switch (this) {
      case Fields f ->
          String.join(
              ", ",
              f.edits().stream()
                  .map(
                      e ->
                          e.removes()
                              ? e.field() + " (removed)"
                              : e.field() + ": " + e.value().text("(as then)"))
                  .toList());
      case Elsewhere e -> e.hand();
    };
  }

  /// The step, held until the spec says what the good revision had, as far as one word can say it.
  default Step guarded(Situation s, Step step) {
    Step held = step;
    if (this instanceof Fields f) {
      for (FieldEdit e : f.edits()) {
        if (e.removes() || e.value().scalar().isPresent()) {
          held = held.guarded(new Guard.Says(s.release(), e));
        }
      }
    }
    return held;
  }
}

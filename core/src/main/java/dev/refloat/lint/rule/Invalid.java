package dev.refloat.lint.rule;

import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.Severity;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.List;

/// Says what a schema refuses, and makes it right where a name was misspelt.
final class Invalid {
  private Invalid() {}

  /// Whether something may belong to a version that is newer than the schema that comes with us: it
  /// resembles nothing.
  static boolean perhapsNewer(Schema.Problem p) {
    return p.nearest().isEmpty()
        && (p.what() == Schema.Problem.What.UNKNOWN_FIELD
            || p.what() == Schema.Problem.What.UNKNOWN_WORD);
  }

  /// Of an object in Git: nothing of its Kustomization is applied.
  static void say(Declared d, Schema.Problem p, Severity severity, Report report) {
    Report.Draft draft = report.at(d, p.path()).as(severity);
    if (p.what() == Schema.Problem.What.UNKNOWN_FIELD && p.nearest().isPresent()) {
      rename(d, p, draft);
    }
    draft.say(
        field(p)
            + p.said()
            + ": "
            + d.ref().display()
            + " is refused, and its Kustomization with it",
        advice(p));
  }

  /// The field with a space behind, as a sentence begins with it.
  static String field(Schema.Problem p) {
    return p.path().isEmpty() ? "" : new FieldEdit(p.path(), Json.Null.NULL).field() + " ";
  }

  private static String advice(Schema.Problem p) {
    return p.nearest()
        .map(n -> "Write " + n + ", if that was meant")
        .orElse(
            switch (p.what()) {
              case UNKNOWN_FIELD -> "Take it out, or move it to where it belongs";
              case MISSING_FIELD -> "Add it";
              case TWICE -> "Take one of them out";
              case WRONG_TYPE, WRONG_VALUE, UNKNOWN_WORD -> "Correct the value";
            });
  }

  private static void rename(Declared d, Schema.Problem p, Report.Draft draft) {
    Json value = new FieldEdit(p.path(), Json.Null.NULL).in(d.object().root());
    String name = p.nearest().orElseThrow();
    if (value.scalar().isPresent() && p.path().getLast() instanceof FieldEdit.Key(var old)) {
      List<FieldEdit.Step> path = new ArrayList<>(p.path().subList(0, p.path().size() - 1));
      path.add(new FieldEdit.Key(name));
      draft.fix(
          "Rename " + old + " to " + name,
          new FieldEdit(path, value),
          new FieldEdit(p.path(), Json.Missing.MISSING));
    }
  }
}

package dev.refloat.lint;

import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Takes what one rule finds.
public final class Report {
  private final RuleInfo rule;
  private final List<Finding> findings = new ArrayList<>();
  private final List<NotChecked> notChecked = new ArrayList<>();

  public Report(RuleInfo rule) {
    this.rule = rule;
  }

  public List<Finding> findings() {
    return Collections.unmodifiableList(findings);
  }

  public List<NotChecked> notChecked() {
    return Collections.unmodifiableList(notChecked);
  }

  public void notChecked(Declared object, String why) {
    notChecked.add(
        new NotChecked(
            rule.id() + " of " + object.ref().display(),
            Optional.of(object.positions().of()),
            why));
  }

  /// Begins a finding about a field of an object; [Draft#say] ends it.
  public Draft at(Declared object, String... field) {
    return at(object, Arrays.stream(field).<FieldEdit.Step>map(FieldEdit.Key::new).toList());
  }

  public Draft at(Declared object, List<FieldEdit.Step> field) {
    return new Draft(object, List.copyOf(field));
  }

  /// Begins a finding about a place that is part of no object.
  ///
  /// @param object that the finding is counted under
  public Draft at(Place place, ObjectRef object) {
    return new Draft(
        new Declared(new Resource(object, Json.emptyObject()), _ -> place, Optional.empty(), false),
        List.of());
  }

  /// A finding that is being written.
  public final class Draft {
    private final Declared object;
    private final List<FieldEdit.Step> field;
    private final List<Finding.Related> related = new ArrayList<>();
    private Severity severity = rule.severity();
    private Optional<String> prevents =
        rule.prevents().size() == 1 ? Optional.of(rule.prevents().getFirst()) : Optional.empty();
    private Optional<Fix> fix = Optional.empty();

    private Draft(Declared object, List<FieldEdit.Step> field) {
      this.object = object;
      this.field = field;
    }

    public Draft as(Severity other) {
      severity = other;
      return this;
    }

    /// One of the rule's causes, where it has several.
    public Draft prevents(String cause) {
      if (!rule.prevents().contains(cause)) {
        throw new IllegalArgumentException(rule.id() + " does not announce " + cause);
      }
      prevents = Optional.of(cause);
      return this;
    }

    public Draft related(Place place, String what) {
      related.add(new Finding.Related(place, what));
      return this;
    }

    public Draft fix(String title, FieldEdit... edits) {
      fix = Optional.of(new Fix(title, object.ref(), List.of(edits)));
      return this;
    }

    /// Ends the finding.
    ///
    /// @param message one sentence: what is wrong and what comes of it
    /// @param advice imperative: what to do
    public void say(String message, String advice) {
      findings.add(
          new Finding(
              rule.id(),
              severity,
              object.positions().of(field),
              object.ref(),
              field.isEmpty() ? "" : new FieldEdit(field, Json.Null.NULL).field(),
              message,
              advice,
              prevents,
              related,
              fix));
    }
  }
}

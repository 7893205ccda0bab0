package dev.refloat.recovery;

import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import dev.refloat.plan.Marks;
import java.util.Set;

/// What of a saved object can be created again: not what the API server gives, and not what this
/// tool noted on it.
public final class Restoring {

  private static final Set<String> GIVEN =
      Set.of(
          "uid",
          "resourceVersion",
          "generation",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "managedFields",
          "selfLink",
          "ownerReferences",
          "finalizers");

  private static final Set<String> NOTES =
      Set.of(
          Marks.RECOVERY,
          Marks.UNTIL,
          Marks.RECOVERED_BY,
          Marks.SUSPENDED_BY,
          Marks.SUSPENDED_BECAUSE,
          Marks.SUSPENDED_UNTIL);

  private Restoring() {}

  /// The object without status, identity and notes; a HelmRelease that only this tool suspended is
  /// not
  /// suspended.
  public static Json content(Resource saved) {
    if (!(saved.root() instanceof Json.Obj top)) {
      return saved.root();
    }
    Json.Obj out = top.without("status");
    if (top.get("metadata") instanceof Json.Obj meta) {
      Json.Obj kept = meta;
      for (String field : GIVEN) {
        kept = kept.without(field);
      }
      if (kept.get("annotations") instanceof Json.Obj annotations) {
        Json.Obj rest = annotations;
        for (String note : NOTES) {
          rest = rest.without(note);
        }
        kept = kept.with("annotations", rest);
      }
      out = out.with("metadata", kept);
    }
    boolean ours = saved.annotation(Marks.SUSPENDED_BY).isPresent();
    if (ours && out.get("spec") instanceof Json.Obj spec) {
      out = out.with("spec", spec.without("suspend"));
    }
    return out;
  }
}

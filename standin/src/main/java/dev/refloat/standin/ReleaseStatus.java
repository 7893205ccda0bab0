package dev.refloat.standin;

import dev.refloat.model.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/// The status of a HelmRelease while it is worked on.
final class ReleaseStatus {
  private static final String[] COUNTERS = {"failures", "installFailures", "upgradeFailures"};

  private final Map<String, Json> fields = new LinkedHashMap<>();
  private Map<String, Json> written;
  final Conditions conditions;
  final History history;

  ReleaseStatus(HelmRelease release) {
    if (release.object().get("status") instanceof Json.Obj o) {
      o.forEach(fields::put);
    }
    written = Map.copyOf(fields);
    conditions = new Conditions(release.object());
    history = new History(release.object().at("status", "history"));
  }

  String text(String field) {
    return fields.getOrDefault(field, Json.Missing.MISSING).text();
  }

  long number(String field) {
    return fields.getOrDefault(field, Json.Missing.MISSING).integer(0);
  }

  /// Sets a field; an empty text removes it.
  void set(String field, String value) {
    if (value.isEmpty()) {
      fields.remove(field);
    } else {
      fields.put(field, new Json.Str(value));
    }
  }

  /// Sets a number; a counter of zero is not there.
  void set(String field, long value) {
    if (value == 0) {
      fields.remove(field);
    } else {
      fields.put(field, Json.Num.of(value));
    }
  }

  void set(String field, Json value) {
    if (value.exists()) {
      fields.put(field, value);
    } else {
      fields.remove(field);
    }
  }

  void count(String counter) {
    set(counter, number(counter) + 1);
  }

  void clearFailures() {
    for (String c : COUNTERS) {
      fields.remove(c);
    }
  }

  /// A merge patch with what changed since the last one.
  Json.Obj patch() {
    fields.put("conditions", conditions.json());
    Json h = history.json();
    if (h.list().isEmpty()) {
      fields.remove("history");
    } else {
      fields.put("history", h);
    }
    Json.Builder changes = Json.builder();
    fields.forEach(
        (k, v) -> {
          if (!v.equals(written.get(k))) {
            changes.put(k, v);
          }
        });
    for (String k : written.keySet()) {
      if (!fields.containsKey(k)) {
        changes.put(k, Json.Null.NULL);
      }
    }
    written = Map.copyOf(fields);
    return changes.build();
  }

  /// Whether a request was made that is to be acted on: `resetAt` or `forceAt`. It is taken note of
  /// in any case, and counts only together with a new `requestedAt` of the same value.
  boolean requested(HelmRelease release, String request, String handledField) {
    String asked = release.annotation(request);
    if (asked.isEmpty()) {
      return false;
    }
    String handled = text(handledField);
    set(handledField, asked);
    return asked.equals(release.annotation("requestedAt"))
        && !asked.equals(text("lastHandledReconcileAt"))
        && !asked.equals(handled);
  }
}

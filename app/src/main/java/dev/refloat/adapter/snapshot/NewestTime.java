package dev.refloat.adapter.snapshot;

import dev.refloat.model.Json;
import dev.refloat.model.Times;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds when a snapshot without notes was taken: shortly after the newest thing that happened in
/// it.
/// Times that are to come (a deletion's deadline, a certificate's end) do not count.
final class NewestTime {

  /// Beyond this a time is a mistake, or made up.
  private static final Instant ABSURD = Instant.parse("2100-01-01T00:00:00Z");

  /// RFC 3339 times in UTC with the same number of digits sort as texts; comparing them so saves
  /// parsing millions.
  private static final int LENGTH = "2026-11-23T11:15:01Z".length();

  private String newestText = "";
  private @Nullable Instant newest;

  Optional<Instant> found() {
    return Optional.ofNullable(newest);
  }

  void see(Json object) {
    Json metadata = object.get("metadata");
    time(metadata.get("creationTimestamp"));
    for (Json entry : metadata.get("managedFields").list()) {
      time(entry.get("time"));
    }
    switch (object.get("kind").text()) {
      case "Event" -> {
        time(object.get("firstTimestamp"));
        time(object.get("lastTimestamp"));
        time(object.get("eventTime"));
        time(object.at("series", "lastObservedTime"));
      }
      case "Lease" -> time(object.at("spec", "renewTime"));
      default -> conditions(object.get("status"));
    }
  }

  private void conditions(Json status) {
    for (Json c : status.get("conditions").list()) {
      time(c.get("lastTransitionTime"));
      time(c.get("lastUpdateTime"));
      time(c.get("lastProbeTime"));
    }
    for (Json c : status.get("containerStatuses").list()) {
      time(c.at("state", "running", "startedAt"));
      time(c.at("state", "terminated", "finishedAt"));
      time(c.at("lastState", "terminated", "finishedAt"));
    }
  }

  private void time(Json value) {
    if (!(value instanceof Json.Str(var text)) || text.length() < LENGTH) {
      return;
    }
    String sortable = text.substring(0, LENGTH - 1);
    if (sortable.compareTo(newestText) <= 0) {
      return;
    }
    Times.parse(text)
        .filter(t -> t.isBefore(ABSURD))
        .ifPresent(
            t -> {
              if (newest == null || t.isAfter(newest)) {
                newest = t;
                newestText = sortable;
              }
            });
  }
}

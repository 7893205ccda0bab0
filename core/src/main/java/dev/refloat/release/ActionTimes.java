package dev.refloat.release;

import dev.refloat.evidence.PastAction;
import dev.refloat.model.Condition;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How long the successful Helm actions of a release took, hooks and waits included, as far as the
/// cluster still tells. Three witnesses, the surest first:
///
/// - Helm's storage Secrets: created when the action starts, `modifiedAt` when it ends. Helm 3
///   writes a revision again when the next one succeeds, so its own end is in the label of the
///   revision before it; Helm 4 copies the label from revision to revision, and a time before the
///   Secret's creation is such a copy.
/// - `status.lastAttemptedReleaseActionDuration`, while Released is true (helm-controller 1.4 on).
/// - events such as `Helm upgrade succeeded for release ns/name.v3`, which last an hour, with
///   `lastDeployed` of the history as the start.
public record ActionTimes(List<Sample> samples) {

  private static final Pattern SUCCEEDED =
      Pattern.compile("Helm (?:install|upgrade) succeeded for release \\S{1,400}\\.v(\\d{1,9})\\b");

  public ActionTimes {
    samples = List.copyOf(samples);
  }

  /// One successful action.
  ///
  /// @param revision Helm's revision that it made; 0 when only its time is known
  public record Sample(int revision, Instant start, Duration took) {}

  /// Reads what is known.
  ///
  /// @param records the release's storage Secrets, in any order; labels suffice
  /// @param events events about the HelmRelease
  public static ActionTimes of(
      Resource release, Collection<Resource> records, Collection<Resource> events) {
    Map<Integer, Sample> byRevision = new TreeMap<>();
    fromEvents(release, records, events, byRevision);
    fromStatus(release, byRevision);
    fromRecords(records, byRevision);
    return new ActionTimes(List.copyOf(byRevision.values()));
  }

  /// These and what was written down before. The start tells what both know.
  public ActionTimes and(List<PastAction> before) {
    if (before.isEmpty()) {
      return this;
    }
    List<Sample> all = new ArrayList<>();
    for (PastAction p : before) {
      if (samples.stream().noneMatch(s -> s.start().equals(p.start()))) {
        all.add(new Sample(0, p.start(), p.took()));
      }
    }
    all.addAll(samples);
    return new ActionTimes(all);
  }

  public Optional<Duration> longest() {
    return samples.stream().map(Sample::took).max(Duration::compareTo);
  }

  /// A limit with room for such a duration: half as much again, in a unit that people write. Whole
  /// half minutes up to two minutes, whole minutes up to an hour, then five minutes.
  public static Duration limitFor(Duration longest) {
    long wanted = Math.max(1, longest.multipliedBy(3).dividedBy(2).plusMillis(999).toSeconds());
    long unit = wanted <= 120 ? 30 : wanted <= 3600 ? 60 : 300;
    return Duration.ofSeconds((wanted + unit - 1) / unit * unit);
  }

  private static void fromRecords(Collection<Resource> records, Map<Integer, Sample> out) {
    List<Resource> sorted =
        records.stream()
            .filter(r -> revision(r) > 0 && r.created().isPresent())
            .sorted(Comparator.comparingInt(ActionTimes::revision))
            .toList();
    Optional<Instant> replaced = Optional.empty();
    for (int i = 0; i < sorted.size(); i++) {
      Resource record = sorted.get(i);
      String status = record.label("status").orElse("");
      Instant start = record.created().orElseThrow();
      Optional<Instant> next =
          i + 1 < sorted.size() ? sorted.get(i + 1).created() : Optional.empty();
      Optional<Instant> own = epoch(record, "modifiedAt");
      boolean succeeded = status.equals("deployed") || status.equals("superseded");
      if (succeeded) {
        Optional<Instant> before = replaced;
        own.filter(end -> within(start, end, next))
            .or(() -> before.filter(end -> within(start, end, next)))
            .ifPresent(end -> put(out, revision(record), start, end));
        replaced = own;
      }
    }
  }

  private static boolean within(Instant start, Instant end, Optional<Instant> next) {
    return !end.isBefore(start) && next.map(n -> !end.isAfter(n)).orElse(true);
  }

  private static void fromStatus(Resource release, Map<Integer, Sample> out) {
    List<Json> history = release.status("history").list();
    boolean released = release.condition("Released").map(Condition::isTrue).orElse(false);
    if (!released || history.isEmpty()) {
      return;
    }
    Json newest = history.getFirst();
    Times.duration(release.status("lastAttemptedReleaseActionDuration").text())
        .ifPresent(
            took ->
                Times.parse(newest.get("lastDeployed"))
                    .ifPresent(
                        start -> {
                          int revision = (int) newest.get("version").integer(0);
                          out.put(revision, new Sample(revision, start, took));
                        }));
  }

  private static void fromEvents(
      Resource release,
      Collection<Resource> records,
      Collection<Resource> events,
      Map<Integer, Sample> out) {
    for (Resource event : events) {
      Matcher m = SUCCEEDED.matcher(event.at("message").text());
      if (!m.find()) {
        continue;
      }
      int revision = Integer.parseInt(m.group(1));
      Optional<Instant> end =
          Times.parse(event.at("firstTimestamp"))
              .or(() -> Times.parse(event.at("eventTime")))
              .or(event::created);
      Optional<Instant> start =
          release.status("history").list().stream()
              .filter(h -> h.get("version").integer(0) == revision)
              .findFirst()
              .flatMap(h -> Times.parse(h.get("lastDeployed")))
              .or(
                  () ->
                      records.stream()
                          .filter(r -> revision(r) == revision)
                          .findFirst()
                          .flatMap(Resource::created));
      start.ifPresent(
          s -> end.filter(e -> !e.isBefore(s)).ifPresent(e -> put(out, revision, s, e)));
    }
  }

  private static void put(Map<Integer, Sample> out, int revision, Instant start, Instant end) {
    out.put(revision, new Sample(revision, start, Duration.between(start, end)));
  }

  private static int revision(Resource record) {
    return (int) Json.from(record.label("version").orElse("0")).integer(0);
  }

  private static Optional<Instant> epoch(Resource record, String label) {
    return record
        .label(label)
        .flatMap(
            seconds -> {
              try {
                return Optional.of(Instant.ofEpochSecond(Long.parseLong(seconds)));
              } catch (NumberFormatException | DateTimeException e) {
                return Optional.empty();
              }
            });
  }
}

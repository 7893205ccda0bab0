package dev.refloat.lint;

import dev.refloat.evidence.HelmRecord;
import dev.refloat.lint.Learnt.Action;
import dev.refloat.lint.Learnt.Outcome;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import dev.refloat.release.ActionTimes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/// Draws what is worth keeping of a release's past from what its cluster still tells: Flux's
/// history in the status, Helm's storage Secrets, and how long the successful actions took.
public final class Lessons {
  private Lessons() {}

  /// The newest storage Secrets whose chart version only their content tells, as Flux's history is
  /// shorter than Helm's.
  ///
  /// @param records the release's storage Secrets; labels suffice
  public static List<Resource> unclear(Resource release, Collection<Resource> records) {
    Map<Integer, Json> history = history(release);
    return records.stream()
        .sorted(Comparator.comparingInt(Lessons::revision).reversed())
        .limit(Learnt.MOST_ACTIONS)
        .filter(r -> !history.containsKey(revision(r)))
        .toList();
  }

  /// The past of one release.
  ///
  /// @param events events about the HelmRelease
  /// @param content of a storage Secret, where it was read
  public static Learnt.Release of(
      Resource release,
      Collection<Resource> records,
      Collection<Resource> events,
      Function<Resource, Optional<HelmRecord>> content) {
    Map<Integer, Json> history = history(release);
    Map<Integer, Resource> secrets = new HashMap<>();
    records.forEach(r -> secrets.put(revision(r), r));
    Map<Integer, ActionTimes.Sample> samples = new HashMap<>();
    ActionTimes.of(release, records, events).samples().forEach(s -> samples.put(s.revision(), s));
    TreeSet<Integer> revisions = new TreeSet<>(Comparator.reverseOrder());
    revisions.addAll(history.keySet());
    revisions.addAll(secrets.keySet());
    List<Action> actions = new ArrayList<>();
    for (int revision : revisions) {
      if (actions.size() == Learnt.MOST_ACTIONS) {
        break;
      }
      Json entry = history.getOrDefault(revision, Json.Missing.MISSING);
      Optional<Resource> secret = Optional.ofNullable(secrets.get(revision));
      Optional<HelmRecord> record = entry.exists() ? Optional.empty() : secret.flatMap(content);
      Optional<ActionTimes.Sample> sample = Optional.ofNullable(samples.get(revision));
      action(entry, secret, record, sample).ifPresent(actions::add);
    }
    return new Learnt.Release(release.namespace(), release.name(), actions);
  }

  private static Optional<Action> action(
      Json entry,
      Optional<Resource> secret,
      Optional<HelmRecord> record,
      Optional<ActionTimes.Sample> sample) {
    String version =
        entry.get("chartVersion").text(record.map(HelmRecord::chartVersion).orElse(""));
    // Helm writes the Secret's label at the end of the action; the history follows later.
    String status =
        secret.flatMap(s -> s.label("status")).orElseGet(() -> entry.get("status").text());
    Optional<Instant> start =
        sample
            .map(ActionTimes.Sample::start)
            .or(() -> secret.flatMap(Resource::created))
            .or(() -> Times.parse(entry.get("lastDeployed")));
    Optional<Outcome> outcome = outcome(status);
    if (version.isEmpty() || start.isEmpty() || outcome.isEmpty()) {
      return Optional.empty();
    }
    Optional<Duration> took =
        outcome.get() == Outcome.READY ? sample.map(ActionTimes.Sample::took) : Optional.empty();
    return Optional.of(new Action(start.get(), version, outcome.get(), took));
  }

  /// Nothing for what has not ended, or was taken away.
  private static Optional<Outcome> outcome(String status) {
    return switch (status) {
      case "deployed", "superseded" -> Optional.of(Outcome.READY);
      case "failed" -> Optional.of(Outcome.FAILED);
      default -> Optional.empty();
    };
  }

  private static Map<Integer, Json> history(Resource release) {
    Map<Integer, Json> byRevision = new HashMap<>();
    for (Json entry : release.status("history").list()) {
      byRevision.putIfAbsent((int) entry.get("version").integer(0), entry);
    }
    return byRevision;
  }

  private static int revision(Resource record) {
    return (int) Json.from(record.label("version").orElse("0")).integer(0);
  }
}

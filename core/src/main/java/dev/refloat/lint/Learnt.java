package dev.refloat.lint;

import dev.refloat.release.ActionTimes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/// What `refloat learn` found out about the past of releases, kept in the repository so that the
/// next change is judged by it.
public record Learnt(List<Environment> environments) {

  public static final Learnt NOTHING = new Learnt(List.of());

  /// Actions that are kept of a release. Older ones say little about the next.
  public static final int MOST_ACTIONS = 10;

  public Learnt {
    environments = List.copyOf(environments);
  }

  /// What happened in one environment. One that is not declared is called after its context.
  ///
  /// @param takenAt when it was looked at last
  public record Environment(String name, Instant takenAt, List<Release> releases) {
    public Environment {
      releases = List.copyOf(releases);
    }

    public Optional<Release> find(String namespace, String name) {
      return releases.stream()
          .filter(r -> r.namespace().equals(namespace) && r.name().equals(name))
          .findFirst();
    }
  }

  /// The past of one HelmRelease.
  ///
  /// @param actions newest first
  public record Release(String namespace, String name, List<Action> actions) {
    public Release {
      actions = List.copyOf(actions);
    }

    /// The longest successful action.
    public Optional<Duration> longest() {
      return timed().stream().max(Duration::compareTo);
    }

    /// How many successful actions have a known duration.
    public int samples() {
      return timed().size();
    }

    /// A limit that leaves half as much again as the longest successful action took.
    public Optional<Duration> limit() {
      return longest().map(ActionTimes::limitFor);
    }

    /// Whether a chart version was Ready here.
    public boolean proved(String chartVersion) {
      return actions.stream()
          .anyMatch(a -> a.outcome() == Outcome.READY && a.chartVersion().equals(chartVersion));
    }

    private List<Duration> timed() {
      return actions.stream()
          .filter(a -> a.outcome() == Outcome.READY)
          .flatMap(a -> a.took().stream())
          .toList();
    }
  }

  /// One Helm install or upgrade.
  ///
  /// @param took nothing when the cluster does not tell any more
  public record Action(
      Instant start, String chartVersion, Outcome outcome, Optional<Duration> took) {}

  /// How an action ended.
  public enum Outcome {
    READY,
    FAILED
  }

  public Optional<Environment> find(String environment) {
    return environments.stream().filter(e -> e.name().equals(environment)).findFirst();
  }

  /// This and what was seen now. Of what both know, what was seen now counts; releases that were
  /// not seen now stay, because a cluster forgets.
  public Learnt with(Environment seen) {
    List<Environment> all = new ArrayList<>();
    boolean known = false;
    for (Environment e : environments) {
      if (e.name().equals(seen.name())) {
        all.add(merge(e, seen));
        known = true;
      } else {
        all.add(e);
      }
    }
    if (!known) {
      all.add(merge(new Environment(seen.name(), seen.takenAt(), List.of()), seen));
    }
    return new Learnt(all);
  }

  private static Environment merge(Environment before, Environment now) {
    Map<String, List<Action>> actions = new TreeMap<>();
    Map<String, Release> releases = new TreeMap<>();
    for (Environment e : List.of(now, before)) {
      for (Release r : e.releases()) {
        String key = r.namespace() + "/" + r.name();
        releases.putIfAbsent(key, r);
        actions.computeIfAbsent(key, _ -> new ArrayList<>()).addAll(r.actions());
      }
    }
    List<Release> merged = new ArrayList<>();
    releases.forEach(
        (key, r) ->
            merged.add(
                new Release(
                    r.namespace(), r.name(), newest(Objects.requireNonNull(actions.get(key))))));
    return new Environment(now.name(), now.takenAt(), merged);
  }

  private static List<Action> newest(Collection<Action> actions) {
    Map<Instant, Action> byStart = new TreeMap<>(Comparator.reverseOrder());
    actions.forEach(a -> byStart.merge(a.start(), a, Learnt::better));
    return byStart.values().stream().limit(MOST_ACTIONS).toList();
  }

  /// What was seen first counts, unless it lacks what the other knows: events and records expire.
  private static Action better(Action first, Action second) {
    return first.took().isEmpty() && second.outcome() == first.outcome()
        ? new Action(first.start(), first.chartVersion(), first.outcome(), second.took())
        : first;
  }
}

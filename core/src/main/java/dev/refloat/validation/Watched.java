package dev.refloat.validation;

import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Inquiry;
import dev.refloat.model.Condition;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import dev.refloat.release.Belongings;
import dev.refloat.release.ReleaseView;
import dev.refloat.release.Workloads;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What only time shows: two looks at one release, compared. Pure.
public final class Watched {

  /// Containers whose logs are read.
  private static final int MOST_LOGS = 20;

  private static final int MOST_NAMED = 3;
  private static final int MOST_OF_A_LINE = 200;

  /// How loggers mark an error: JSON of zap and slog, MongoDB's, klog's, logfmt, plain words at
  /// the beginning, and the first lines of stack traces.
  private static final Pattern ERROR_LINE =
      Pattern.compile(
          "\"(?:level|severity|lvl)\"\\s*:\\s*\"(?i:error|fatal|critical|panic|emergency|alert)\""
              + "|\"s\"\\s*:\\s*\"[EF]\""
              + "|^[EF]\\d{4} \\d\\d:"
              + "|\\b(?:ERROR|FATAL|PANIC|CRITICAL)\\b"
              + "|\\blevel=\"?(?:error|fatal|panic|critical)\\b"
              + "|^(?:panic|fatal error|Error|error|Fatal|fatal): "
              + "|^Exception in thread |^Traceback \\(most recent call last\\)");

  private Watched() {}

  /// The logs to read in each look.
  static Set<Inquiry> needs(Belongings b) {
    Set<Inquiry> needs = new HashSet<>();
    for (Resource pod : b.pods()) {
      for (Json status : pod.status("containerStatuses").list()) {
        if (needs.size() < MOST_LOGS) {
          needs.add(log(pod, status.get("name").text()));
        }
      }
    }
    return needs;
  }

  private static Inquiry.ContainerLog log(Resource pod, String container) {
    return new Inquiry.ContainerLog(pod.namespace(), pod.name(), container, false);
  }

  /// The checks on a release that was looked at twice.
  ///
  /// @param window how long it was watched
  public static List<Check> of(Resource release, Evidence first, Evidence second, Duration window) {
    ReleaseView view = ReleaseView.of(release, second);
    if (view.remote()) {
      return List.of();
    }
    Belongings before = new Belongings(ReleaseView.of(release, first), first);
    Belongings after = new Belongings(view, second);
    return List.of(
        steady(before, after, window), warnings(view, after, first), errors(after, first, window));
  }

  /// What cannot be said after one look.
  public static List<Check> unwatched(String why) {
    return List.of(
        Check.skipped("pods-steady", "Its containers do not restart", why),
        Check.skipped("no-error-logs", "No new errors in its logs", why));
  }

  private static Check steady(Belongings before, Belongings after, Duration window) {
    String id = "pods-steady";
    String title = "Its containers do not restart";
    Map<String, Long> counts = new HashMap<>();
    before.pods().forEach(p -> restarts(p).forEach((c, n) -> counts.put(p.uid() + "/" + c, n)));
    List<String> restarted = new ArrayList<>();
    int watched = 0;
    for (Resource pod : after.pods()) {
      for (Map.Entry<String, Long> now : restarts(pod).entrySet()) {
        Long was = counts.get(pod.uid() + "/" + now.getKey());
        if (was != null) {
          watched++;
          if (now.getValue() > was) {
            restarted.add(
                "container "
                    + now.getKey()
                    + " of pod "
                    + pod.ref().path()
                    + " restarted ("
                    + was
                    + " to "
                    + now.getValue()
                    + " times)");
          }
        }
      }
    }
    if (!restarted.isEmpty()) {
      return Check.failed(id, title, some(restarted) + " within " + Times.display(window));
    }
    if (after.pods().isEmpty()) {
      return Check.skipped(id, title, "it has no pods");
    }
    return watched == 0
        ? Check.unknown(id, title, "every pod was replaced within " + Times.display(window))
        : Check.passed(id, title, watched + " watched for " + Times.display(window));
  }

  private static Map<String, Long> restarts(Resource pod) {
    Map<String, Long> counts = new HashMap<>();
    for (Json status : pod.status("containerStatuses").list()) {
      counts.put(status.get("name").text(), status.get("restartCount").integer(0));
    }
    return counts;
  }

  /// Warnings about what is there now, later than the moment at which Flux called the release
  /// Ready: what came before belongs to the rollout, and what speaks of pods that are gone to
  /// their end.
  private static Check warnings(ReleaseView view, Belongings after, Evidence first) {
    String id = "no-new-warnings";
    String title = "No new warning events";
    Instant since =
        view.condition("Ready")
            .filter(Condition::isTrue)
            .flatMap(Condition::since)
            .orElse(first.takenAt());
    Set<String> there = new HashSet<>();
    there.add(key("HelmRelease", view.resource()));
    after.objects().forEach(o -> there.add(key(o.kind(), o)));
    after.pods().stream()
        .filter(p -> p.deleted().isEmpty() && !p.status("phase").text().equals("Succeeded"))
        .forEach(p -> there.add(key("Pod", p)));
    after.claims().forEach(c -> there.add(key("PersistentVolumeClaim", c)));
    List<String> found =
        after.events().stream()
            .filter(e -> e.at("type").text().equals("Warning"))
            .filter(e -> at(e).map(t -> t.isAfter(since)).orElse(false))
            .filter(e -> there.contains(about(e)))
            .sorted(Comparator.comparing((Resource e) -> at(e).orElse(since)).reversed())
            .map(
                e ->
                    e.at("involvedObject", "kind").text()
                        + " "
                        + e.at("involvedObject", "name").text()
                        + ": "
                        + e.at("reason").text()
                        + ": "
                        + line(e.at("message").text()))
            .distinct()
            .toList();
    String span = "since " + since;
    return found.isEmpty()
        ? Check.passed(id, title, "none " + span)
        : Check.failed(id, title, some(found) + "; " + span);
  }

  private static String key(String kind, Resource r) {
    return kind + "/" + r.ref().path();
  }

  private static String about(Resource event) {
    Json object = event.at("involvedObject");
    String namespace = object.get("namespace").text();
    return object.get("kind").text()
        + "/"
        + (namespace.isEmpty() ? "" : namespace + "/")
        + object.get("name").text();
  }

  private static Optional<Instant> at(Resource event) {
    return Times.parse(event.at("series", "lastObservedTime"))
        .or(() -> Times.parse(event.at("lastTimestamp")))
        .or(() -> Times.parse(event.at("eventTime")));
  }

  private static Check errors(Belongings after, Evidence first, Duration window) {
    String id = "no-error-logs";
    String title = "No new errors in its logs";
    List<String> found = new ArrayList<>();
    int read = 0;
    for (Resource pod : after.pods()) {
      if (Workloads.failed(pod)) {
        continue; // said by the check on pods
      }
      for (Json status : pod.status("containerStatuses").list()) {
        Inquiry.ContainerLog log = log(pod, status.get("name").text());
        Optional<String> now = after.evidence().log(log);
        Optional<String> was = first.log(log);
        if (now.isEmpty() || was.isEmpty()) {
          continue;
        }
        read++;
        Set<String> known = new HashSet<>(was.get().lines().toList());
        now.get()
            .lines()
            .filter(l -> !known.contains(l) && ERROR_LINE.matcher(l).find())
            .map(
                l ->
                    "container " + log.container() + " of pod " + pod.ref().path() + ": " + line(l))
            .forEach(found::add);
      }
    }
    if (!found.isEmpty()) {
      return Check.failed(id, title, some(found));
    }
    return read == 0
        ? Check.skipped(id, title, "no log was read")
        : Check.passed(id, title, read + " logs, none within " + Times.display(window));
  }

  private static String line(String text) {
    String one = text.strip().replaceAll("\\s+", " ");
    return one.length() > MOST_OF_A_LINE ? one.substring(0, MOST_OF_A_LINE) + "…" : one;
  }

  private static String some(List<String> all) {
    String named = String.join("; ", all.subList(0, Math.min(MOST_NAMED, all.size())));
    return all.size() > MOST_NAMED ? named + "; and " + (all.size() - MOST_NAMED) + " more" : named;
  }
}

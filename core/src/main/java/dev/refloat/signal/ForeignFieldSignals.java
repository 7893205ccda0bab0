package dev.refloat.signal;

import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import dev.refloat.release.Belongings;
import dev.refloat.release.Workloads;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Fields of live objects that a person's tool wrote and that helm-controller does not own:
/// server-side
/// apply never removes them, whatever Git says (experiments 3).
final class ForeignFieldSignals {

  /// Managers behind which a person or a script stands. Controllers of the cluster write too, and
  /// are meant
  /// to.
  private static final Pattern PEOPLE =
      Pattern.compile(
          "^(helm|Helm|kubectl.*|before-first-apply|k9s|lens|freelens|OpenLens|headlamp|node-fetch)$");

  /// What `kubectl rollout restart` leaves, what a Deployment counts, and what scaling sets: not
  /// wrong.
  private static final Pattern HARMLESS =
      Pattern.compile(
          "kubectl\\.kubernetes\\.io/restartedAt|deployment\\.kubernetes\\.io/revision"
              + "|^spec\\.replicas$|^metadata\\.|last-applied-configuration");

  /// Fields that charts set themselves.
  static final Pattern TAKEN_OVER =
      Pattern.compile("\\.(?:image|command|args|resources[^,]*|value|imagePullPolicy)$");

  private ForeignFieldSignals() {}

  static void read(Belongings b, List<Signal> out) {
    List<Signal> found = new ArrayList<>();
    for (Resource object : b.objects()) {
      if (WorkloadSignals.isHook(object) || !managedByFlux(object)) {
        continue;
      }
      for (Json entry : object.meta("managedFields").list()) {
        foreign(object, entry).ifPresent(found::add);
      }
    }
    // what keeps a workload from working comes first
    found.stream().filter(s -> unhealthy(b, s)).forEach(out::add);
    found.stream().filter(s -> !unhealthy(b, s)).forEach(out::add);
  }

  private static boolean unhealthy(Belongings b, Signal s) {
    return b.workloads().stream()
        .anyMatch(w -> w.ref().sameObject(s.object()) && !Workloads.healthy(w));
  }

  private static boolean managedByFlux(Resource object) {
    return object.meta("managedFields").list().stream()
        .anyMatch(m -> m.get("manager").text().equals("helm-controller"));
  }

  private static Optional<Signal> foreign(Resource object, Json entry) {
    String manager = entry.get("manager").text();
    Set<String> theirs = foreignPaths(object, entry);
    // what a chart sets and a person changed comes back with the next upgrade: that is drift
    theirs.removeIf(path -> TAKEN_OVER.matcher(path).find());
    if (theirs.isEmpty()) {
      return Optional.empty();
    }
    Optional<Instant> since = Times.parse(entry.get("time"));
    List<String> shown = theirs.stream().limit(6).toList();
    return Optional.of(
        Signal.of(SignalKind.FOREIGN_FIELDS, object.ref())
            .says("metadata.managedFields[" + manager + "]", String.join(", ", shown))
            .at(since)
            .with("kind", object.kind())
            .with("namespace", object.namespace())
            .with("name", object.name())
            .with("manager", manager)
            .with("operation", entry.get("operation").text())
            .with("fields", String.join(", ", shown))
            .with("since", since.map(Instant::toString).orElse(""))
            .build());
  }

  static boolean person(String manager) {
    return PEOPLE.matcher(manager).matches();
  }

  /// The fields of a person's entry that helm-controller does not own as well.
  static Set<String> foreignPaths(Resource object, Json entry) {
    if (!person(entry.get("manager").text()) || !entry.get("subresource").text().isEmpty()) {
      return new LinkedHashSet<>();
    }
    Set<String> theirs = paths(entry.get("fieldsV1"));
    for (Json other : object.meta("managedFields").list()) {
      if (other.get("manager").text().equals("helm-controller")) {
        theirs.removeAll(paths(other.get("fieldsV1")));
      }
    }
    theirs.removeIf(path -> HARMLESS.matcher(path).find());
    return theirs;
  }

  /// The leaves of a fieldsV1 tree as dotted paths.
  private static Set<String> paths(Json fields) {
    Set<String> out = new LinkedHashSet<>();
    walk(fields, "", out, 0);
    return out;
  }

  private static void walk(Json node, String path, Set<String> out, int depth) {
    if (!(node instanceof Json.Obj o) || depth > 40) {
      return;
    }
    boolean leaf = true;
    for (String key : o.keys()) {
      if (!key.equals(".")) {
        leaf = false;
        walk(o.get(key), join(path, key), out, depth + 1);
      }
    }
    if (leaf && !path.isEmpty()) {
      out.add(path);
    }
  }

  private static String join(String path, String key) {
    String step =
        key.startsWith("f:") ? key.substring(2) : "[" + key.substring(key.indexOf(':') + 1) + "]";
    return path.isEmpty() || step.startsWith("[") ? path + step : path + "." + step;
  }
}

package dev.refloat.signal;

import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.evidence.Observation;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import dev.refloat.release.Belongings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// helm-controller's own log: JSON lines that name the object they speak of (flux-facts §4).
final class ControllerLog {
  private static final Pattern ERROR = Pattern.compile("\"error\":\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern TIME = Pattern.compile("\"ts\":\"([^\"]+)\"");

  private ControllerLog() {}

  record Line(ObjectRef pod, String text, Optional<Instant> at) {}

  /// Where the log of helm-controller is found: its pods, by Flux's label `app`.
  static Set<Inquiry.ContainerLog> inquiries(Evidence evidence) {
    Set<Inquiry.ContainerLog> logs = new LinkedHashSet<>();
    for (Resource pod : evidence.all(Kind.POD)) {
      if (pod.label("app").map("helm-controller"::equals).orElse(false)) {
        logs.add(new Inquiry.ContainerLog(pod.namespace(), pod.name(), "manager", false));
      }
    }
    if (logs.isEmpty()) {
      // a snapshot may hold the log without the pod
      logs.add(new Inquiry.ContainerLog("flux-system", "helm-controller", "manager", false));
    }
    return logs;
  }

  /// The newest distinct errors about this release, newest first.
  static List<Line> errorsOf(Belongings b) {
    String name = "\"name\":\"" + b.view().ref().name() + "\"";
    String namespace = "\"namespace\":\"" + b.view().ref().namespace() + "\"";
    List<Line> found = new ArrayList<>();
    for (Inquiry.ContainerLog inquiry : inquiries(b.evidence())) {
      if (!(b.evidence().answer(inquiry).orElse(null) instanceof Observation.Seen<?>)) {
        continue;
      }
      ObjectRef pod = new ObjectRef("v1", "Pod", inquiry.namespace(), inquiry.pod());
      b.evidence()
          .log(inquiry)
          .orElse("")
          .lines()
          .filter(l -> l.contains(name) && l.contains(namespace) && l.contains("\"error\":"))
          .forEach(l -> parse(pod, l).ifPresent(found::add));
    }
    List<Line> newestFirst = found.reversed();
    Set<String> seen = new LinkedHashSet<>();
    return newestFirst.stream().filter(l -> seen.add(l.text())).limit(3).toList();
  }

  private static Optional<Line> parse(ObjectRef pod, String line) {
    Matcher error = ERROR.matcher(line);
    Matcher time = TIME.matcher(line);
    return error.find()
        ? Optional.of(
            new Line(
                pod,
                error.group(1).replace("\\\"", "\"").replace("\\n", "\n"),
                time.find() ? Times.parse(time.group(1)) : Optional.empty()))
        : Optional.empty();
  }
}

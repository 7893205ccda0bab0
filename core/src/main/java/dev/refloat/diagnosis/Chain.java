package dev.refloat.diagnosis;

import dev.refloat.diagnosis.ChainLink.Health;
import dev.refloat.model.ObjectRef;
import dev.refloat.release.Belongings;
import dev.refloat.release.ReleaseView;
import dev.refloat.release.Stage;
import dev.refloat.signal.Signal;
import dev.refloat.signal.SignalKind;
import dev.refloat.signal.Signals;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The chain from the HelmRelease to the logs, with the lines that matter.
final class Chain {
  private static final int PODS = 4;
  private static final int LINES = 4;
  private static final int WORKLOADS = 6;

  private final Belongings belongings;
  private final Signals signals;
  private final List<ChainLink> links = new ArrayList<>();

  private Chain(Belongings belongings, Signals signals) {
    this.belongings = belongings;
    this.signals = signals;
  }

  static List<ChainLink> of(Belongings belongings, Signals signals) {
    Chain chain = new Chain(belongings, signals);
    chain.release();
    chain.owners();
    chain.dependencies();
    chain.sources();
    chain.storage();
    chain.workloads();
    chain.customResources();
    chain.claims();
    return chain.links;
  }

  private void add(
      String role, ObjectRef object, Health health, String text, List<String> details) {
    links.add(new ChainLink(role, object, health, text, details));
  }

  private void release() {
    ReleaseView v = belongings.view();
    List<String> details = new ArrayList<>();
    for (Signal f : signals.of(SignalKind.FAILURE)) {
      if (details.stream().noneMatch(d -> d.endsWith(f.get("message")))) {
        details.add(f.get("from") + " " + f.get("reason") + ": " + f.get("message"));
      }
    }
    Health health =
        switch (v.stage()) {
          case READY -> Health.GOOD;
          case IN_FLIGHT, SUSPENDED -> Health.WAITING;
          case DELETION,
              NOT_RECONCILED,
              PREREQUISITE,
              STATE,
              ACTION,
              WAIT,
              HOOK,
              TEST,
              REMEDIATION ->
              Health.BAD;
        };
    String chart = v.chartName() + (v.chartVersion().isEmpty() ? "" : " " + v.chartVersion());
    add("release", v.resource().ref(), health, v.state().word() + ", chart " + chart, details);
  }

  private void owners() {
    for (Signal s : signals.of(SignalKind.OWNER)) {
      boolean bad = s.get("ready").equals("false") || s.get("suspended").equals("true");
      add(
          "owner",
          s.object(),
          bad ? Health.BAD : s.get("ready").equals("true") ? Health.GOOD : Health.UNKNOWN,
          s.get("suspended").equals("true") ? "suspended" : s.value(),
          List.of());
    }
  }

  private void dependencies() {
    for (Signal s : signals.of(SignalKind.DEPENDENCY)) {
      boolean ready = s.get("ready").equals("true");
      add(
          "dependency",
          s.object(),
          ready ? Health.GOOD : Health.BAD,
          s.get("exists").equals("false")
              ? "does not exist"
              : s.get("state").isEmpty() ? "not seen" : s.get("state"),
          ready || s.value().isEmpty() ? List.of() : List.of(s.value()));
    }
  }

  private void sources() {
    for (Signal s : signals.of(SignalKind.SOURCE).reversed()) {
      boolean bad = s.get("ready").equals("false") || s.get("exists").equals("false");
      Health health =
          bad ? Health.BAD : s.get("ready").equals("true") ? Health.GOOD : Health.UNKNOWN;
      String text =
          switch (s.get("exists")) {
            case "false" -> "does not exist";
            case "unknown" -> "not seen";
            default -> s.get("suspended").equals("true") ? "suspended" : s.value();
          };
      add(s.get("role"), s.object(), health, text, List.of());
    }
  }

  private void storage() {
    for (Signal s : signals.of(SignalKind.RECORD)) {
      String status = s.get("status");
      Health health =
          switch (status) {
            case "deployed", "superseded" -> Health.GOOD;
            case "failed" -> Health.BAD;
            default -> status.startsWith("pending-") ? Health.WAITING : Health.BAD;
          };
      add(
          "storage",
          s.object(),
          health,
          "v"
              + s.get("version")
              + " "
              + status
              + (s.get("others").isEmpty() ? "" : " (" + s.get("others") + ")"),
          s.get("description").isEmpty() ? List.of() : List.of(s.get("description")));
    }
  }

  private void workloads() {
    boolean ready = belongings.view().stage() == Stage.READY;
    int shown = 0;
    for (Signal s : signals.of(SignalKind.WORKLOAD)) {
      boolean healthy = s.get("healthy").equals("true");
      if ((healthy && ready && shown > 2) || shown++ >= WORKLOADS) {
        continue;
      }
      List<String> details = new ArrayList<>();
      if (!healthy) {
        events(s.object().name(), true).forEach(details::add);
      }
      add(
          "workload",
          s.object(),
          healthy ? Health.GOOD : Health.BAD,
          s.get("ready")
              + " of "
              + s.get("desired")
              + " ready"
              + (s.get("message").isEmpty() ? "" : ": " + s.get("message")),
          details);
      pods(s.object().display());
    }
  }

  private void pods(String workload) {
    Map<String, List<Signal>> byPod = new LinkedHashMap<>();
    for (Signal c : signals.of(SignalKind.CONTAINER)) {
      if (c.get("workload").equals(workload)) {
        byPod.computeIfAbsent(c.get("pod"), _ -> new ArrayList<>()).add(c);
      }
    }
    for (Signal p : signals.of(SignalKind.POD)) {
      if (p.get("workload").equals(workload)) {
        byPod.computeIfAbsent(p.get("name"), _ -> new ArrayList<>()).add(p);
      }
    }
    byPod.entrySet().stream()
        .limit(PODS)
        .forEach(
            e -> {
              Signal first = e.getValue().getFirst();
              Set<String> details = new LinkedHashSet<>();
              e.getValue().stream()
                  .filter(s -> s.kind() == SignalKind.CONTAINER)
                  .forEach(s -> details.add("container " + s.get("name") + ": " + s.value()));
              details.addAll(events(e.getKey(), false));
              signals.of(SignalKind.LOG).stream()
                  .filter(l -> l.get("pod").equals(e.getKey()))
                  .limit(LINES)
                  .forEach(l -> details.add("log " + l.get("container") + ": " + l.get("line")));
              add("pod", first.object(), Health.BAD, first.value(), List.copyOf(details));
            });
  }

  private List<String> events(String name, boolean below) {
    Set<String> lines = new LinkedHashSet<>();
    for (Signal s : signals.of(SignalKind.EVENT)) {
      boolean about =
          s.get("name").equals(name)
              || (below
                  && s.get("kind").equals("ReplicaSet")
                  && s.get("name").startsWith(name + "-"));
      if (about) {
        lines.add("event " + s.get("reason") + ": " + s.get("message"));
      }
    }
    return lines.stream().limit(LINES).toList();
  }

  private void customResources() {
    for (Signal s : signals.of(SignalKind.CUSTOM_RESOURCE)) {
      add("custom-resource", s.object(), Health.BAD, s.get("reason") + ": " + s.value(), List.of());
    }
  }

  private void claims() {
    for (Signal s : signals.of(SignalKind.CLAIM)) {
      boolean bound = s.get("phase").equals("Bound");
      add(
          "claim",
          s.object(),
          bound ? Health.GOOD : Health.BAD,
          s.get("phase") + (s.get("class").isEmpty() ? "" : ", class " + s.get("class")),
          s.get("message").isEmpty() ? List.of() : List.of(s.get("message")));
    }
  }
}

package dev.refloat.diagnosis;

import dev.refloat.evidence.BlindSpot;
import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Kind;
import dev.refloat.model.Confidence;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.release.Belongings;
import dev.refloat.release.ReleaseRef;
import dev.refloat.release.ReleaseView;
import dev.refloat.release.Stage;
import dev.refloat.rule.Rule;
import dev.refloat.rule.RuleBook;
import dev.refloat.rule.When;
import dev.refloat.signal.Signal;
import dev.refloat.signal.SignalKind;
import dev.refloat.signal.SignalReader;
import dev.refloat.signal.Signals;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One pass over the releases of one evidence. A release that waits needs the diagnosis of the
/// release it
/// waits for, so results are kept.
final class Round {
  private static final int MAX_PROOFS = 12;

  private final RuleBook rules;
  private final Pass pass;
  private final Evidence evidence;
  private final Diagnoser.Detail healthy;
  private final Map<ReleaseRef, Diagnosis> done = new HashMap<>();
  private final Set<ReleaseRef> open = new HashSet<>();

  Round(RuleBook rules, Pass pass, Diagnoser.Detail healthy) {
    this.rules = rules;
    this.pass = pass;
    this.evidence = pass.evidence();
    this.healthy = healthy;
  }

  /// One diagnosis for each, in this order.
  List<Diagnosis> diagnose(List<Resource> releases) {
    // most wait for no other and are diagnosed side by side; the rest in order, as a cycle must
    // begin at the same member each time
    Pass.each(releases, this::alone)
        .forEach(found -> found.ifPresent(d -> done.put(d.release(), d)));
    return releases.stream().map(this::diagnose).toList();
  }

  /// The diagnosis of a release that waits for no other.
  private Optional<Diagnosis> alone(Resource release) {
    Belongings belongings = pass.belongings(release);
    Signals signals = SignalReader.read(belongings);
    return waits(signals) ? Optional.empty() : Optional.of(fresh(belongings, signals));
  }

  private static boolean waits(Signals signals) {
    return !signals.of(SignalKind.DEPENDENCY).stream().allMatch(s -> s.get("ready").equals("true"));
  }

  private Diagnosis diagnose(Resource release) {
    Belongings belongings = pass.belongings(release);
    ReleaseRef ref = belongings.view().ref();
    Diagnosis known = done.get(ref);
    if (known != null) {
      return known;
    }
    open.add(ref);
    Diagnosis fresh = fresh(belongings, withRootCauses(SignalReader.read(belongings)));
    open.remove(ref);
    done.put(ref, fresh);
    return fresh;
  }

  private Diagnosis fresh(Belongings belongings, Signals signals) {
    ReleaseView view = belongings.view();
    Stage stage = view.stage();
    List<Finding> findings = Matching.causes(rules, signals, stage);
    boolean quiet = stage == Stage.READY || stage == Stage.IN_FLIGHT || stage == Stage.DELETION;
    if (findings.isEmpty() && quiet) {
      return healthy(view, belongings, signals);
    }
    String cause = findings.isEmpty() ? Diagnosis.UNKNOWN : findings.getFirst().rule().id();
    List<String> symptoms = Symptoms.of(view, signals, findings, cause);
    List<BlindSpot> blind = blindSpots(belongings);
    return new Diagnosis(
        view.ref(),
        view.state(),
        cause,
        findings.isEmpty() ? Confidence.POSSIBLE : findings.getFirst().confidence(),
        symptoms,
        root(view, signals, findings),
        findings.isEmpty() ? unknown(view, signals) : findings.getFirst().summary(),
        proofs(signals, findings),
        DecisionTree.walk(signals, findings, symptoms, podsSeen(view)),
        blind,
        remedies(view, signals, findings),
        Chain.of(belongings, signals));
  }

  private Diagnosis healthy(ReleaseView view, Belongings belongings, Signals signals) {
    return new Diagnosis(
        view.ref(),
        view.state(),
        Diagnosis.NONE,
        Confidence.CERTAIN,
        List.of(),
        view.resource().ref(),
        view.stage() == Stage.READY
            ? "Ready, and its workloads are"
            : "An action is running within its time",
        List.of(),
        List.of(),
        blindSpots(belongings),
        List.of(),
        healthy == Diagnoser.Detail.FULL ? Chain.of(belongings, signals) : List.of());
  }

  private boolean podsSeen(ReleaseView view) {
    return !view.remote() && evidence.knows(Kind.POD, view.targetNamespace());
  }

  /// Completes the signals of dependencies with what the root of each chain fails of.
  private Signals withRootCauses(Signals signals) {
    if (!waits(signals)) {
      return signals;
    }
    List<Signal> out = new ArrayList<>();
    for (Signal s : signals.all()) {
      out.add(s.kind() == SignalKind.DEPENDENCY ? withRootCause(s) : s);
    }
    return new Signals(out);
  }

  private Signal withRootCause(Signal dependency) {
    Optional<Diagnosis> behind = diagnosisOf(rootOf(dependency));
    if (behind.isEmpty() || behind.get().healthy()) {
      return dependency;
    }
    Map<String, String> attributes = new LinkedHashMap<>(dependency.attributes());
    attributes.put("root-cause", behind.get().cause());
    ObjectRef deepest = behind.get().root();
    attributes.put("root-kind", deepest.kind());
    attributes.put("root-namespace", deepest.namespace());
    attributes.put("root-name", deepest.name());
    return new Signal(
        dependency.kind(),
        dependency.object(),
        dependency.field(),
        dependency.value(),
        dependency.at(),
        attributes);
  }

  private static ReleaseRef rootOf(Signal dependency) {
    return new ReleaseRef(dependency.get("root-namespace"), dependency.get("root-name"));
  }

  /// The diagnosis of another release; none while it is being made, which a cycle would do.
  private Optional<Diagnosis> diagnosisOf(ReleaseRef ref) {
    if (open.contains(ref)) {
      return Optional.empty();
    }
    return evidence.find(Kind.HELM_RELEASE, ref.namespace(), ref.name()).map(this::diagnose);
  }

  private ObjectRef root(ReleaseView view, Signals signals, List<Finding> findings) {
    if (findings.isEmpty()) {
      return view.resource().ref();
    }
    Finding first = findings.getFirst();
    if (first.rule().id().equals("dependency-not-ready")) {
      Optional<Signal> waitsFor =
          signals.of(SignalKind.DEPENDENCY).stream()
              .filter(s -> !s.get("ready").equals("true"))
              .findFirst();
      if (waitsFor.isPresent()) {
        return rootObject(waitsFor.get());
      }
    }
    return first.rule().root().map(r -> fill(r, first, view)).orElse(view.resource().ref());
  }

  private ObjectRef rootObject(Signal dependency) {
    // a release that waits names the release at the end of the chain; what that one fails of is its
    // own
    // root, and groups follow it there
    return dependency.get("cycle").isEmpty()
        ? pathEnd(dependency).object()
        : rootOf(dependency).object();
  }

  /// The last release of the path that was followed.
  private static ReleaseRef pathEnd(Signal dependency) {
    String[] path = dependency.get("path").split(" -> ", -1);
    String[] last = path[path.length - 1].split("/", 2);
    return new ReleaseRef(last[0], last.length == 2 ? last[1] : "");
  }

  private static ObjectRef fill(Rule.Root root, Finding finding, ReleaseView view) {
    ObjectRef filled =
        new ObjectRef(
            root.apiVersion().fill(finding.bindings()),
            root.kind().fill(finding.bindings()),
            root.namespace().fill(finding.bindings()),
            root.name().fill(finding.bindings()));
    return filled.name().isEmpty() || filled.kind().isEmpty() ? view.resource().ref() : filled;
  }

  private static String unknown(ReleaseView view, Signals signals) {
    return signals.of(SignalKind.FAILURE).stream()
        .map(f -> f.get("message"))
        .filter(m -> !m.isEmpty())
        .findFirst()
        .map(m -> "No known cause matches; Flux says: " + m)
        .orElse("No known cause matches, and Flux says nothing about " + view.ref().path());
  }

  private static List<Proof> proofs(Signals signals, List<Finding> findings) {
    Set<Signal> chosen = new LinkedHashSet<>();
    findings.stream().limit(1).forEach(f -> chosen.addAll(f.proofs()));
    signals.of(SignalKind.FAILURE).stream().limit(2).forEach(chosen::add);
    findings.stream().skip(1).forEach(f -> f.proofs().stream().limit(2).forEach(chosen::add));
    return chosen.stream()
        .filter(s -> !s.field().isEmpty())
        .limit(MAX_PROOFS)
        .map(s -> new Proof(s.object(), s.field(), s.value(), s.at()))
        .toList();
  }

  private List<BlindSpot> blindSpots(Belongings belongings) {
    List<BlindSpot> spots = new ArrayList<>();
    if (belongings.view().remote()) {
      spots.add(
          new BlindSpot(
              "workloads of " + belongings.view().ref().path(),
              "they run on the cluster of its kubeConfig"));
    }
    spots.addAll(evidence.blindSpots(belongings.namespaces()));
    return spots;
  }

  private static List<Remedy> remedies(ReleaseView view, Signals signals, List<Finding> findings) {
    List<Remedy> out = new ArrayList<>();
    if (!findings.isEmpty()) {
      Finding first = findings.getFirst();
      for (Rule.RemedyTemplate t : first.rule().remedies()) {
        boolean variant = t.variants().isEmpty() || t.variants().contains(first.variant().id());
        Optional<When.Held> held = t.when().flatMap(w -> w.holds(signals));
        if (variant && (t.when().isEmpty() || held.isPresent())) {
          Map<String, String> names = new HashMap<>(first.bindings());
          held.ifPresent(h -> names.putAll(h.bindings()));
          out.add(fill(t, names));
        }
      }
    }
    out.addAll(Levers.of(view, signals, findings));
    return out;
  }

  private static Remedy fill(Rule.RemedyTemplate t, Map<String, String> names) {
    return new Remedy(
        t.id(),
        t.title().fill(names),
        t.risk(),
        true,
        t.because().fill(names),
        t.commands().stream().map(c -> c.fillCommand(names)).toList(),
        false,
        t.moves().stream().map(m -> m.fill(names)).toList());
  }
}

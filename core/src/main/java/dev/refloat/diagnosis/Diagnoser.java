package dev.refloat.diagnosis;

import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.evidence.PastAction;
import dev.refloat.model.Resource;
import dev.refloat.release.Scope;
import dev.refloat.rule.RuleBook;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// From evidence to the cause of every release in a scope. Pure: the same evidence gives the same
/// answer.
public final class Diagnoser {
  private final RuleBook rules;
  private final Map<String, List<PastAction>> past;

  /// What the last evidence was read to say: the last questions and the diagnosis have the same.
  private volatile Pass last = new Pass(Evidence.of(Instant.EPOCH, Map.of()));

  /// How much is told of healthy releases.
  public enum Detail {
    /// Everything.
    FULL,
    /// All but the chain, which nobody looks at in a list of many.
    BRIEF
  }

  public Diagnoser(RuleBook rules) {
    this(rules, Map.of());
  }

  /// The same with what was written down of releases before.
  ///
  /// @param past by `namespace/name` of the HelmRelease
  public Diagnoser(RuleBook rules, Map<String, List<PastAction>> past) {
    this.rules = rules;
    this.past = Map.copyOf(past);
  }

  /// What evidence that is collected for this begins with.
  Evidence beginning(Instant takenAt) {
    return Evidence.of(takenAt, Map.of()).remembering(past);
  }

  /// What is still worth asking; empty when the evidence suffices.
  public Set<Inquiry> openQuestions(Evidence evidence, Scope scope) {
    return Inquiries.open(pass(evidence), scope);
  }

  /// One diagnosis for each release in the scope, healthy ones included, ordered by name.
  public List<Diagnosis> diagnose(Evidence evidence, Scope scope) {
    return diagnose(evidence, scope, Detail.FULL);
  }

  /// The same, with less about healthy releases.
  public List<Diagnosis> diagnose(Evidence evidence, Scope scope, Detail healthy) {
    return new Round(rules, pass(evidence), healthy)
        .diagnose(
            evidence.all(Kind.HELM_RELEASE).stream()
                .filter(scope::contains)
                .sorted(Comparator.comparing(Resource::ref))
                .toList());
  }

  private Pass pass(Evidence evidence) {
    Pass known = last;
    if (known.evidence() != evidence) {
      known = new Pass(evidence);
      last = known;
    }
    return known;
  }

  /// The releases that are not healthy, grouped by root, worst first: the root that holds back most
  /// releases, then the state that needs a person most.
  public static List<CauseGroup> group(List<Diagnosis> diagnoses) {
    Map<String, Diagnosis> byRelease = new LinkedHashMap<>();
    diagnoses.forEach(d -> byRelease.put(d.release().object().display(), d));
    Map<String, List<Diagnosis>> byRoot = new LinkedHashMap<>();
    for (Diagnosis d : diagnoses) {
      if (!d.healthy()) {
        byRoot.computeIfAbsent(deepestRoot(d, byRelease), _ -> new ArrayList<>()).add(d);
      }
    }
    List<CauseGroup> groups = new ArrayList<>();
    byRoot.values().forEach(members -> groups.add(groupOf(members)));
    groups.sort(
        Comparator.comparingInt((CauseGroup g) -> -g.members().size())
            .thenComparingInt(g -> severity(g.members().getFirst()))
            .thenComparing(CauseGroup::root));
    return List.copyOf(groups);
  }

  /// A release that waits names another release; what that one's root is, is its root too.
  private static String deepestRoot(Diagnosis d, Map<String, Diagnosis> byRelease) {
    String root = d.root().display();
    Diagnosis behind = byRelease.get(root);
    return behind == null || behind.healthy() ? root : behind.root().display();
  }

  private static CauseGroup groupOf(List<Diagnosis> members) {
    List<Diagnosis> sorted = new ArrayList<>(members);
    // the root itself first, then what only waits for it
    sorted.sort(
        Comparator.comparing((Diagnosis d) -> d.cause().equals("dependency-not-ready"))
            .thenComparing(d -> !d.release().object().sameObject(d.root()))
            .thenComparingInt(Diagnoser::severity)
            .thenComparing(Diagnosis::release));
    Diagnosis first = sorted.getFirst();
    return new CauseGroup(first.cause(), first.root(), first.summary(), sorted);
  }

  private static int severity(Diagnosis d) {
    return switch (d.state()) {
      case STALLED -> 0;
      case ROLLED_BACK -> 1;
      case FAILING -> 2;
      case DELETING -> 3;
      case RETRYING -> 4;
      case NOT_RECONCILED -> 5;
      case READY -> 6;
      case WAITING -> 7;
      case IN_FLIGHT -> 8;
      case SUSPENDED -> 9;
    };
  }
}

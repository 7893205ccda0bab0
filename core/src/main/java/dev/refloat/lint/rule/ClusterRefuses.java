package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.DryRun;
import dev.refloat.lint.Kinds;
import dev.refloat.lint.ReleaseTarget;
import dev.refloat.lint.Rendering.Rendered;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.lint.Trial;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.redact.Redactor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// An API server that was asked says that it would refuse an object. What only the repository is
/// about to bring (namespaces, definitions, quotas) is no ground for a refusal.
final class ClusterRefuses implements Check {
  private static final int MOST = 5;

  private static final RuleInfo INFO =
      new RuleInfo(
          "cluster-refuses",
          "The cluster takes every object that Flux would apply",
          Severity.ERROR,
          List.of(
              "manifest-invalid",
              "immutable-field",
              "removed-api",
              "crd-missing",
              "namespace-missing",
              "admission-denied",
              "pod-security",
              "quota-exceeded",
              "webhook-unavailable",
              "ownership-conflict",
              "gitops-blocked"),
          RuleInfo.Needs.CLUSTER);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Set<String> defined = new HashSet<>();
    for (Resource d : Trial.definitions(scene)) {
      defined.add(key(d.spec("group").text(), d.spec("names", "kind").text()));
    }
    Map<String, List<Declared>> notChecked = new LinkedHashMap<>();
    Map<ObjectRef, Integer> told = new HashMap<>();
    Set<String> namespaces = new HashSet<>();
    for (Trial.Answer answer : scene.dryRuns()) {
      Trial trial = answer.trial();
      Case c = new Case(scene, report, trial);
      boolean own = defined.contains(key(trial.object().ref().group(), trial.object().kind()));
      Optional<String> open =
          told.getOrDefault(trial.of().ref(), 0) >= MOST
              ? Optional.empty()
              : switch (answer.said()) {
                case DryRun.Taken t -> c.owned(t, told);
                case DryRun.NotTried(var why) -> Optional.of(why);
                case DryRun.NoNamespace(var namespace) -> {
                  if (namespaces.add(namespace)) {
                    c.noNamespace(namespace);
                  }
                  yield Optional.empty();
                }
                case DryRun.NoKind(var versions) ->
                    own
                        ? Optional.of("the cluster does not have its definition yet")
                        : c.noKind(versions, told);
                case DryRun.Refused refused -> c.refused(refused, own, told);
              };
      open.ifPresent(
          why -> notChecked.computeIfAbsent(why, _ -> new ArrayList<>()).add(trial.of()));
    }
    notChecked.forEach(
        (why, objects) -> {
          long more = objects.stream().distinct().count() - 1;
          report.notChecked(
              objects.getFirst(), more == 0 ? why : why + " (and of " + more + " others)");
        });
  }

  private static String key(String group, String kind) {
    return group + "/" + kind;
  }

  /// One object that was tried.
  private record Case(Scene scene, Report report, Trial trial) {

    /// Everything below says either a finding, or why nothing can be said.
    private Report.Draft draft(
        List<FieldEdit.Step> field, String cause, Map<ObjectRef, Integer> told) {
      told.merge(trial.of().ref(), 1, Integer::sum);
      if (!trial.rendered()) {
        return report.at(trial.of(), field).prevents("gitops-blocked");
      }
      List<String> value =
          scene.rendering(trial.of()).orElse(null) instanceof Rendered r && !field.isEmpty()
              ? Renderings.valueOf(r.values(), trial.object().root(), field)
              : List.of();
      return (value.isEmpty()
              ? Renderings.chart(report, trial.of())
              : Renderings.atValue(scene, report, trial.of(), value))
          .prevents(cause);
    }

    private String object() {
      String display = trial.object().ref().display();
      return trial.rendered() ? display + " of HelmRelease " + trial.of().ref().path() : display;
    }

    Optional<String> refused(DryRun.Refused refused, boolean own, Map<ObjectRef, Integer> told) {
      String said = Renderings.sentence(masked(refused.message()));
      Optional<String> cause = Verdict.of(refused).cause();
      if (cause.isEmpty()) {
        return Optional.of("the cluster does not say: " + said);
      }
      boolean content = cause.get().equals("manifest-invalid");
      if (refused.elsewhere() && !content) {
        return Optional.of("its namespace does not exist yet, so policies and quotas do not speak");
      }
      if (own && content) {
        // The definition changes with it; other rules compare it with the new one.
        return Optional.of("its definition is in the repository, and may change with it");
      }
      if (cause.get().equals("quota-exceeded") && declares("ResourceQuota")) {
        return Optional.of("its quota is in the repository, and may change with it");
      }
      draft(Verdict.field(refused, trial.object().root()), cause.get(), told)
          .as(cause.get().equals("webhook-unavailable") ? Severity.WARNING : Severity.ERROR)
          .say("The cluster refuses " + object() + ": " + said, advice(cause.get()));
      return Optional.empty();
    }

    private boolean declares(String kind) {
      return scene.cluster().all("", kind).stream()
          .anyMatch(d -> d.ref().namespace().equals(trial.object().namespace()));
    }

    private static String advice(String cause) {
      return switch (cause) {
        case "immutable-field" ->
            "Put the field back to what it was, or plan for the object to be made anew: refloat explain"
                + " immutable-field";
        case "admission-denied" ->
            "Give the object what the policy asks for, or ask its owners for an exception";
        case "pod-security" -> "Set the security context that the level of the namespace wants";
        case "quota-exceeded" -> "Ask for less, or raise the quota first";
        case "namespace-missing" -> "Let the namespace end first, or name another one";
        case "webhook-unavailable" ->
            "Repair the webhook first: nothing that it watches can change";
        default -> "Correct the field, or the value or version of the chart that makes it so";
      };
    }

    Optional<String> noKind(List<String> versions, Map<ObjectRef, Integer> told) {
      ObjectRef ref = trial.object().ref();
      boolean kubernetes = Kinds.builtInGroup(ref.group());
      draft(
              trial.rendered() ? List.of() : Release.keys("apiVersion"),
              kubernetes ? "removed-api" : "crd-missing",
              told)
          .say(
              "The cluster has no kind "
                  + ref.kind()
                  + " in "
                  + ref.apiVersion()
                  + ": it refuses "
                  + object(),
              versions.isEmpty()
                  ? kubernetes
                      ? "Take the kind that came after it"
                      : "Install the CustomResourceDefinition first"
                  : "Write " + apiVersions(ref, versions) + ", or take a chart that does");
      return Optional.empty();
    }

    private static String apiVersions(ObjectRef ref, List<String> versions) {
      return String.join(
          " or ",
          versions.stream().map(v -> ref.group().isEmpty() ? v : ref.group() + "/" + v).toList());
    }

    void noNamespace(String namespace) {
      boolean target =
          trial.of().object().spec("targetNamespace").text().equals(namespace) && trial.rendered();
      Report.Draft draft =
          target
              ? report.at(trial.of(), "spec", "targetNamespace").prevents("namespace-missing")
              : trial.rendered()
                  ? Renderings.chart(report, trial.of()).prevents("namespace-missing")
                  : report.at(trial.of(), "metadata", "namespace").prevents("gitops-blocked");
      draft.say(
          "Namespace "
              + namespace
              + " of "
              + object()
              + " is neither in the cluster nor in the repository",
          target
              ? "Add the Namespace, or set spec.install.createNamespace: true"
              : "Add the Namespace to the repository");
    }

    /// Helm takes over what it finds, unless it is told not to (helm-controller 1.1 and later).
    Optional<String> owned(DryRun.Taken taken, Map<ObjectRef, Integer> told) {
      if (trial.way() != Trial.Way.HELM || !taken.known()) {
        return Optional.empty();
      }
      Release release = new Release(trial.of());
      Optional<String> name = taken.result().annotation("meta.helm.sh/release-name");
      Optional<String> namespace = taken.result().annotation("meta.helm.sh/release-namespace");
      boolean ours =
          name.equals(Optional.of(ReleaseTarget.of(trial.of().object()).name()))
              && namespace.equals(Optional.of(release.targetNamespace()));
      boolean refused =
          release.spec("install", "disableTakeOwnership").isTrue()
              || release.spec("upgrade", "disableTakeOwnership").isTrue();
      if (ours || (name.isEmpty() && !refused)) {
        return Optional.empty();
      }
      draft(List.of(), "ownership-conflict", told)
          .as(refused ? Severity.ERROR : Severity.WARNING)
          .say(
              object()
                  + " is in the cluster already, and belongs to "
                  + name.map(n -> "Helm release " + namespace.orElse("?") + "/" + n)
                      .orElse("no Helm release")
                  + ": "
                  + (refused ? "Helm refuses to take it over" : "this release takes it away"),
              "Give one of them another name, or remove the one that is not wanted");
      return Optional.empty();
    }

    /// What an API server repeats may be a secret.
    private String masked(String message) {
      Set<String> secrets =
          scene.rendering(trial.of()).orElse(null) instanceof Rendered r ? r.secret() : Set.of();
      return Redactor.of(trial.object(), secrets).text(message);
    }
  }
}

package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Kinds;
import dev.refloat.lint.ReleaseTarget;
import dev.refloat.lint.Rendering.Rendered;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A ValidatingAdmissionPolicy of the repository denies what a chart renders. Fields below `spec`
/// that a chart leaves out get defaults in the cluster: an expression that needs one is not judged.
final class PolicyDenies implements Check {
  private static final String ADMISSION = "admissionregistration.k8s.io";

  private static final RuleInfo INFO =
      new RuleInfo(
          "policy-denies",
          "Admission policies of the repository allow what charts render",
          Severity.ERROR,
          List.of("admission-denied"),
          RuleInfo.Needs.CHARTS);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Cluster cluster = scene.cluster();
    for (Declared binding : cluster.all(ADMISSION, "ValidatingAdmissionPolicyBinding")) {
      boolean denies =
          binding.object().spec("validationActions").list().stream()
              .anyMatch(a -> a.text().equals("Deny"));
      Optional<Declared> policy =
          cluster.find(
              ADMISSION,
              "ValidatingAdmissionPolicy",
              "",
              binding.object().spec("policyName").text());
      if (denies && policy.isPresent()) {
        Renderings.eachHere(
            scene, (release, r) -> check(scene, release, r, policy.get(), binding, report));
      }
    }
  }

  private static void check(
      Scene scene,
      Declared release,
      Rendered rendering,
      Declared policy,
      Declared binding,
      Report report) {
    Kinds kinds =
        new Kinds(
            scene.cluster().all("apiextensions.k8s.io", "CustomResourceDefinition").stream()
                .map(Declared::object)
                .toList());
    TreeMap<String, List<Resource>> denied = new TreeMap<>();
    for (Resource plain : Renderings.objects(rendering).toList()) {
      Resource object = asApplied(plain, release);
      Json namespace = namespace(scene.cluster(), object.namespace());
      if (matches(policy.object().spec("matchConstraints"), object, namespace, kinds)
          && matches(binding.object().spec("matchResources"), object, namespace, kinds)) {
        try {
          denies(policy.object(), object, namespace)
              .ifPresent(why -> denied.computeIfAbsent(why, _ -> new ArrayList<>()).add(object));
        } catch (PolicyExpression.Unclear e) {
          report.notChecked(
              release, "an expression of policy " + policy.ref().name() + ": " + e.why());
          return;
        }
      }
    }
    denied.forEach(
        (why, objects) ->
            (release.object().spec("values").exists()
                    ? report.at(release, "spec", "values")
                    : Renderings.chart(report, release))
                .related(
                    policy
                        .positions()
                        .of(List.of(new FieldEdit.Key("spec"), new FieldEdit.Key("validations"))),
                    "demanded here")
                .say(
                    "Policy "
                        + policy.ref().name()
                        + " denies "
                        + String.join(", ", objects.stream().map(o -> o.ref().display()).toList())
                        + ", which "
                        + Renderings.chart(rendering.chart())
                        + " renders: "
                        + Renderings.sentence(why),
                    "Set what the policy asks for in the values, or with spec.commonMetadata or a"
                        + " post-renderer"));
  }

  /// What Helm and helm-controller add.
  private static Resource asApplied(Resource object, Declared release) {
    ReleaseTarget target = ReleaseTarget.of(release.object());
    Json root = object.root();
    root = put(root, "labels", "app.kubernetes.io/managed-by", "Helm");
    root = put(root, "labels", "helm.toolkit.fluxcd.io/name", release.ref().name());
    root = put(root, "labels", "helm.toolkit.fluxcd.io/namespace", release.ref().namespace());
    root = put(root, "annotations", "meta.helm.sh/release-name", target.name());
    root = put(root, "annotations", "meta.helm.sh/release-namespace", target.namespace());
    for (String field : List.of("labels", "annotations")) {
      for (var e : release.object().spec("commonMetadata").get(field).strings().entrySet()) {
        root = put(root, field, e.getKey(), e.getValue());
      }
    }
    return Resource.of(root);
  }

  private static Json put(Json root, String field, String key, String value) {
    return FieldEdit.set(new Json.Str(value), "metadata", field, key).applyTo(root);
  }

  private static Json namespace(Cluster cluster, String name) {
    if (name.isEmpty()) {
      return Json.Missing.MISSING;
    }
    Json root =
        cluster
            .find("", "Namespace", "", name)
            .map(d -> d.object().root())
            .orElseGet(
                () -> Json.from(Map.of("metadata", Map.of("name", name, "labels", Map.of()))));
    return put(root, "labels", "kubernetes.io/metadata.name", name);
  }

  private static boolean matches(Json match, Resource object, Json namespace, Kinds kinds) {
    if (!match.exists()) {
      return true;
    }
    List<Json> rules = match.get("resourceRules").list();
    return (rules.isEmpty() || rules.stream().anyMatch(r -> covers(r, object, kinds)))
        && match.get("excludeResourceRules").list().stream()
            .noneMatch(r -> covers(r, object, kinds))
        && (namespace instanceof Json.Missing
            || selects(
                match.get("namespaceSelector"), namespace.at("metadata", "labels").strings()))
        && selects(match.get("objectSelector"), object.labels());
  }

  private static boolean covers(Json rule, Resource object, Kinds kinds) {
    String apiVersion = object.ref().apiVersion();
    String version = apiVersion.substring(apiVersion.indexOf('/') + 1);
    String plural =
        kinds.find(object.ref().group(), object.kind()).map(Kinds.Kind::plural).orElse("");
    List<Json> names = rule.get("resourceNames").list();
    return holds(rule.get("apiGroups"), object.ref().group())
        && holds(rule.get("apiVersions"), version)
        && holds(rule.get("resources"), plural)
        && holds(rule.get("operations"), "CREATE")
        && (names.isEmpty() || names.stream().anyMatch(n -> n.text().equals(object.name())));
  }

  private static boolean holds(Json list, String wanted) {
    return list.list().stream()
        .anyMatch(i -> i.text().equals("*") || i.text().equals("*/*") || i.text().equals(wanted));
  }

  private static boolean selects(Json selector, Map<String, String> labels) {
    return selector.get("matchLabels").strings().entrySet().stream()
            .allMatch(e -> e.getValue().equals(labels.get(e.getKey())))
        && selector.get("matchExpressions").list().stream()
            .allMatch(
                e -> {
                  String has = labels.get(e.get("key").text());
                  boolean in =
                      has != null
                          && e.get("values").list().stream().anyMatch(v -> v.text().equals(has));
                  return switch (e.get("operator").text()) {
                    case "In" -> in;
                    case "NotIn" -> !in;
                    case "Exists" -> has != null;
                    case "DoesNotExist" -> has == null;
                    default -> false;
                  };
                });
  }

  /// Why an object is denied.
  private static Optional<String> denies(Resource policy, Resource object, Json namespace)
      throws PolicyExpression.Unclear {
    Map<String, Json> variables = new TreeMap<>();
    variables.put("object", object.root());
    if (namespace.exists()) {
      variables.put("namespaceObject", namespace);
    }
    boolean fails = policy.spec("failurePolicy").text("Fail").equals("Fail");
    for (Json condition : policy.spec("matchConditions").list()) {
      if (PolicyExpression.judge(condition.get("expression").text(), variables)
          != PolicyExpression.Verdict.TRUE) {
        return Optional.empty();
      }
    }
    for (Json validation : policy.spec("validations").list()) {
      String expression = validation.get("expression").text();
      switch (PolicyExpression.judge(expression, variables)) {
        case TRUE -> {}
        case FALSE -> {
          return Optional.of(validation.get("message").text("expression " + expression));
        }
        case FAULT -> {
          if (expression.contains(".spec")) {
            throw new PolicyExpression.Unclear(
                "it needs a field that gets its default in the cluster");
          }
          if (fails) {
            return Optional.of(validation.get("message").text("expression " + expression));
          }
        }
      }
    }
    return Optional.empty();
  }
}

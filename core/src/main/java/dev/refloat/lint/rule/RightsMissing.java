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
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// `serviceAccountName` makes helm-controller act with the rights of that account; the repository
/// shows which those are.
final class RightsMissing implements Check {
  private static final String RBAC = "rbac.authorization.k8s.io";

  private static final RuleInfo INFO =
      new RuleInfo(
          "rights-missing",
          "The service account of a release may make what the chart renders",
          Severity.WARNING,
          List.of("forbidden"),
          RuleInfo.Needs.CHARTS);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    for (Declared release : scene.cluster().releases()) {
      String account = release.object().spec("serviceAccountName").text();
      if (!account.isEmpty() && !release.object().spec("kubeConfig").exists()) {
        check(scene, release, account, report);
      }
    }
  }

  /// What a binding grants.
  ///
  /// @param namespace where; empty for everywhere
  private record Granted(String namespace, Json rules) {}

  private static void check(Scene scene, Declared release, String account, Report report) {
    Cluster cluster = scene.cluster();
    String subject = release.object().namespace() + "/" + account;
    List<Granted> granted = new ArrayList<>();
    boolean bound = false;
    for (String kind : List.of("RoleBinding", "ClusterRoleBinding")) {
      for (Declared binding : cluster.all(RBAC, kind)) {
        if (!names(binding.object(), release.object().namespace(), account)) {
          continue;
        }
        bound = true;
        Json role = binding.object().root().get("roleRef");
        if (List.of("cluster-admin", "admin", "edit").contains(role.get("name").text())) {
          // What every cluster has; `edit` lacks a little, which is not worth a false alarm.
          return;
        }
        String roleKind = role.get("kind").text();
        Optional<Declared> declared =
            cluster.find(
                RBAC,
                roleKind,
                roleKind.equals("Role") ? binding.object().namespace() : "",
                role.get("name").text());
        if (declared.isEmpty() || declared.get().object().root().get("aggregationRule").exists()) {
          return;
        }
        granted.add(
            new Granted(
                kind.equals("RoleBinding") ? binding.object().namespace() : "",
                declared.get().object().root().get("rules")));
      }
    }
    if (!bound) {
      Optional<String> open = Absence.openEnded(cluster, release);
      if (open.isPresent()) {
        report.notChecked(
            release, "the rights of service account " + subject + ": they " + open.get());
        return;
      }
      report
          .at(release, "spec", "serviceAccountName")
          .say(
              "No RoleBinding or ClusterRoleBinding in the repository names service account "
                  + subject
                  + ", as which HelmRelease "
                  + release.ref().path()
                  + " acts: it may not even read Helm's records",
              "Add a RoleBinding for the account, in "
                  + ReleaseTarget.of(release.object()).namespace());
      return;
    }
    if (scene.rendering(release).orElse(null) instanceof Rendered r) {
      rendered(scene, release, r, subject, granted, report);
    }
  }

  private static boolean names(Resource binding, String namespace, String account) {
    return binding.root().get("subjects").list().stream()
        .anyMatch(
            s ->
                switch (s.get("kind").text()) {
                  case "ServiceAccount" ->
                      s.get("name").text().equals(account)
                          && s.get("namespace").text(binding.namespace()).equals(namespace);
                  case "User" ->
                      s.get("name")
                          .text()
                          .equals("system:serviceaccount:" + namespace + ":" + account);
                  case "Group" ->
                      s.get("name").text().equals("system:serviceaccounts")
                          || s.get("name").text().equals("system:authenticated")
                          || s.get("name").text().equals("system:serviceaccounts:" + namespace);
                  default -> false;
                });
  }

  private static void rendered(
      Scene scene,
      Declared release,
      Rendered rendering,
      String subject,
      List<Granted> granted,
      Report report) {
    List<Resource> definitions = new ArrayList<>(rendering.crds());
    scene.cluster().all("apiextensions.k8s.io", "CustomResourceDefinition").stream()
        .map(Declared::object)
        .forEach(definitions::add);
    Kinds kinds = new Kinds(definitions);
    TreeSet<String> missing = new TreeSet<>();
    Renderings.objects(rendering)
        .forEach(
            o ->
                kinds
                    .find(o.ref().group(), o.kind())
                    .filter(k -> !may(granted, o.namespace(), k.group(), k.plural()))
                    .ifPresent(
                        k ->
                            missing.add(
                                (k.group().isEmpty() ? k.plural() : k.plural() + "." + k.group())
                                    + (o.namespace().isEmpty() ? "" : " in " + o.namespace()))));
    ReleaseTarget target = ReleaseTarget.of(release.object());
    if (!may(granted, target.storageNamespace(), "", "secrets")) {
      missing.add("secrets in " + target.storageNamespace() + ", where Helm keeps its records");
    }
    if (!missing.isEmpty()) {
      report
          .at(release, "spec", "serviceAccountName")
          .say(
              "Service account "
                  + subject
                  + ", as which HelmRelease "
                  + release.ref().path()
                  + " acts, may not create "
                  + String.join(", ", missing),
              "Add these resources, with all verbs, to a role of the account");
    }
  }

  private static boolean may(
      List<Granted> granted, String namespace, String group, String resource) {
    return granted.stream()
        .filter(g -> g.namespace().isEmpty() || g.namespace().equals(namespace))
        .flatMap(g -> g.rules().list().stream())
        .anyMatch(
            rule ->
                holds(rule.get("apiGroups"), group)
                    && holds(rule.get("resources"), resource)
                    && rule.get("resourceNames").list().isEmpty()
                    && holds(rule.get("verbs"), "create"));
  }

  private static boolean holds(Json list, String wanted) {
    return list.list().stream().anyMatch(i -> i.text().equals("*") || i.text().equals(wanted));
  }
}

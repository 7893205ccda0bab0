package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import java.util.List;
import java.util.Optional;

/// The kubeconfig of a release for another cluster is not in the repository and nothing in it makes
/// it. Cluster API makes `CLUSTER-kubeconfig` for its clusters.
final class KubeconfigMissing implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "kubeconfig-missing",
          "The kubeconfig of a release for another cluster is in the repository or made by it",
          Severity.WARNING,
          List.of("cluster-unreachable"),
          RuleInfo.Needs.REPOSITORY);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Producers producers = new Producers(scene.cluster());
    for (Declared d : scene.cluster().releases()) {
      Release release = new Release(d);
      check(scene.cluster(), release, "Secret", "secretRef", producers, report);
      check(scene.cluster(), release, "ConfigMap", "configMapRef", producers, report);
    }
  }

  private static void check(
      Cluster cluster,
      Release release,
      String kind,
      String field,
      Producers producers,
      Report report) {
    String name = release.spec("kubeConfig", field, "name").text();
    String namespace = release.namespace();
    if (Absence.open(name, namespace)
        || cluster.find("", kind, namespace, name).isPresent()
        || producers.make(namespace, name)
        || madeByClusterApi(cluster, namespace, name)) {
      return;
    }
    Optional<String> open = Absence.openEnded(cluster, release.declared());
    if (open.isPresent()) {
      report.notChecked(release.declared(), kind + " " + name + " " + open.get());
      return;
    }
    report
        .at(release.declared(), "spec", "kubeConfig", field, "name")
        .say(
            kind
                + " "
                + namespace
                + "/"
                + name
                + " is not in the repository and nothing in it makes it: without it HelmRelease "
                + release.path()
                + " cannot reach its cluster",
            Absence.meant(name, cluster.all("", kind), namespace)
                .map(m -> "Write name: " + m + ", if that was meant")
                .orElse("Add it encrypted, or suppress this rule with who makes it as the reason"));
  }

  private static boolean madeByClusterApi(Cluster cluster, String namespace, String name) {
    return name.endsWith("-kubeconfig")
        && cluster
            .find(
                "cluster.x-k8s.io",
                "Cluster",
                namespace,
                name.substring(0, name.length() - "-kubeconfig".length()))
            .isPresent();
  }
}

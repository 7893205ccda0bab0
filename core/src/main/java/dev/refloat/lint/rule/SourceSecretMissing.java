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

/// The credentials of a source are not in the repository and nothing in it makes them. They are
/// often made by hand (`flux create secret`), so that this is only worth knowing, unless the name
/// looks misspelt.
final class SourceSecretMissing implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "source-secret-missing",
          "The credentials of sources are in the repository or made by it",
          Severity.INFO,
          List.of("source-auth"),
          RuleInfo.Needs.REPOSITORY);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Cluster cluster = scene.cluster();
    Producers producers = new Producers(cluster);
    for (Declared d : cluster.objects()) {
      if (!d.ref().group().equals(Release.SOURCES) || bootstrapped(d)) {
        continue;
      }
      for (String field : List.of("secretRef", "certSecretRef", "proxySecretRef")) {
        check(cluster, d, field, producers, report);
      }
    }
  }

  /// `flux bootstrap` makes the GitRepository and its Secret of the same name.
  private static boolean bootstrapped(Declared source) {
    return source.ref().kind().equals("GitRepository") && source.ref().name().equals("flux-system");
  }

  private static void check(
      Cluster cluster, Declared source, String field, Producers producers, Report report) {
    String name = source.object().spec(field, "name").text();
    String namespace = source.ref().namespace();
    if (Absence.open(name)
        || Absence.openEnded(cluster, source).isPresent()
        || cluster.find("", "Secret", namespace, name).isPresent()
        || producers.make(namespace, name)) {
      return;
    }
    Optional<String> meant = Absence.meant(name, cluster.all("", "Secret"), namespace);
    report
        .at(source, "spec", field, "name")
        .as(meant.isPresent() ? Severity.WARNING : Severity.INFO)
        .say(
            "Secret "
                + namespace
                + "/"
                + name
                + " is not in the repository and nothing in it makes it: without it "
                + source.ref().display()
                + " cannot be fetched",
            meant
                .map(m -> "Write name: " + m + ", if that was meant")
                .orElse("Add it encrypted, so that a new cluster has it"));
  }
}

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
import java.util.stream.Stream;

/// A HelmRelease that is gone, or has another name: Flux uninstalls it.
final class ReleaseRemoved implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "release-removed",
          "A change does not remove a release",
          Severity.WARNING,
          List.of(),
          RuleInfo.Needs.BASE);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    for (Declared before : scene.removedReleases()) {
      if (uninstalls(scene.base().orElseThrow(), before)) {
        removed(scene, before, report);
      }
    }
  }

  /// A release that is suspended, or whose Kustomization does not prune, stays.
  private static boolean uninstalls(Cluster base, Declared release) {
    boolean kept =
        release.object().spec("suspend").isTrue()
            || Stream.of(release.object().labels(), release.object().annotations())
                .anyMatch(
                    m ->
                        m.getOrDefault("kustomize.toolkit.fluxcd.io/prune", "")
                            .equalsIgnoreCase("disabled"));
    boolean prunes =
        release.by().flatMap(base::find).map(k -> k.object().spec("prune").isTrue()).orElse(true);
    return prunes && !kept;
  }

  private static void removed(Scene scene, Declared before, Report report) {
    Release old = new Release(before);
    Optional<Declared> heir =
        scene.cluster().releases().stream()
            .filter(
                d -> {
                  Release r = new Release(d);
                  return r.releaseName().equals(old.releaseName())
                      && r.storageNamespace().equals(old.storageNamespace())
                      && scene.base().orElseThrow().find(d.ref()).isEmpty();
                })
            .findFirst();
    List<String> stored = Stateful.objects(scene.baseRendering(before));
    Report.Draft draft = report.at(before);
    heir.ifPresent(d -> draft.related(d.positions().of(), "the HelmRelease with its Helm release"));
    draft
        .as(heir.isPresent() || !stored.isEmpty() ? Severity.ERROR : Severity.WARNING)
        .say(
            "HelmRelease "
                + old.path()
                + (heir.isPresent()
                    ? " becomes "
                        + heir.get().ref().path()
                        + ", which has the same Helm release: the"
                        + " old one's deletion uninstalls what the new one runs"
                    : " is removed: Flux uninstalls the release")
                + (stored.isEmpty() ? "" : ", and " + String.join(", ", stored) + " with it"),
            heir.isPresent()
                ? "Suspend the old HelmRelease in a commit of its own first, so that its release"
                    + " stays"
                : "Suspend it first when its objects must stay; back up what it stores");
  }
}

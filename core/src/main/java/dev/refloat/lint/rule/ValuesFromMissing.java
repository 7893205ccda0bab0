package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import java.util.List;
import java.util.Optional;

/// `valuesFrom` names a ConfigMap or Secret that nothing in the repository makes. Helm-controller
/// takes it from the namespace of the HelmRelease and fails with ValuesError until it is there.
final class ValuesFromMissing implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "values-from-missing",
          "Every object in valuesFrom is in the repository or made by something in it",
          Severity.WARNING,
          List.of("values-source-missing"),
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
      for (Release.ValuesReference ref : release.valuesFrom()) {
        if (!ref.optional() && !Absence.open(ref.name())) {
          check(scene, release, ref, producers, report);
        }
      }
    }
  }

  private static void check(
      Scene scene,
      Release release,
      Release.ValuesReference ref,
      Producers producers,
      Report report) {
    String namespace = release.namespace();
    if (scene.cluster().find("", ref.kind(), namespace, ref.name()).isPresent()
        || producers.make(namespace, ref.name())) {
      return;
    }
    String what = ref.kind() + " " + namespace + "/" + ref.name();
    if (namespace.isEmpty()) {
      report.notChecked(
          release.declared(), ref.kind() + " " + ref.name() + ": its namespace is not known");
      return;
    }
    Optional<String> open = Absence.openEnded(scene.cluster(), release.declared());
    if (open.isPresent()) {
      report.notChecked(release.declared(), what + " " + open.get());
      return;
    }
    List<Declared> sameKind = scene.cluster().all("", ref.kind());
    Optional<String> meant = Absence.meant(ref.name(), sameKind, namespace);
    Optional<Declared> elsewhere =
        sameKind.stream().filter(d -> d.ref().name().equals(ref.name())).findFirst();
    Report.Draft draft = report.at(release.declared(), ref.path("name"));
    elsewhere.ifPresent(
        d ->
            draft.related(
                d.positions().of(),
                "a " + ref.kind() + " of this name, in " + d.ref().namespace()));
    draft.say(
        what
            + " is not in the repository and nothing in it makes it: HelmRelease "
            + release.declared().ref().path()
            + " waits for it without an end",
        meant
            .map(m -> "Name " + m + ", if that was meant, or add " + what)
            .or(
                () ->
                    elsewhere.map(
                        d ->
                            "Move it to namespace "
                                + namespace
                                + ": values are taken from the namespace of the HelmRelease only"))
            .orElse(
                "Add it, set optional: true, or suppress this rule with who makes it as the"
                    + " reason"));
  }
}

package dev.refloat.lint.rule;

import dev.refloat.lint.Broken;
import dev.refloat.lint.Check;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.ObjectRef;
import java.util.List;
import java.util.regex.Pattern;

/// A kustomization that kustomize does not build: a file that is not there, a circle, a patch of
/// nothing. Kustomize-controller then applies nothing of it.
final class KustomizationRefused implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "kustomization-refused",
          "Kustomize builds every kustomization",
          Severity.ERROR,
          List.of("gitops-blocked"),
          RuleInfo.Needs.REPOSITORY);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    for (Broken b : scene.cluster().broken()) {
      String file = b.place().file();
      String text = b.text().replaceFirst("^" + Pattern.quote(file) + "(?::\\d+)*: ", "");
      report
          .at(
              b.place(),
              new ObjectRef("kustomize.config.k8s.io/v1beta1", "Kustomization", "", folder(file)))
          .as(b.certain() ? Severity.ERROR : Severity.WARNING)
          .say(
              text + ": kustomize refuses to build it, and Flux applies nothing of it",
              "Correct it, and try it: kustomize build " + folder(file));
    }
  }

  private static String folder(String file) {
    int slash = file.lastIndexOf('/');
    return slash < 0 ? "." : file.substring(0, slash);
  }
}

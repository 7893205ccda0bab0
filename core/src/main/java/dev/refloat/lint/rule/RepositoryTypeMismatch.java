package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.redact.Redactor;
import java.util.List;

/// The URL of a HelmRepository and its type do not go together. Source-controller stalls it with
/// URLInvalid: `'oci' URL scheme cannot be used with 'default' HelmRepository type`.
final class RepositoryTypeMismatch implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "repository-type-mismatch",
          "A HelmRepository with an oci:// URL has type: oci, and only such a one",
          Severity.ERROR,
          List.of("source-not-ready"),
          RuleInfo.Needs.REPOSITORY);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    for (Declared d : scene.cluster().all(Release.SOURCES, "HelmRepository")) {
      String url = d.object().spec("url").text();
      boolean oci = d.object().spec("type").text().equals("oci");
      if (Absence.open(url) || d.object().spec("type").text().contains("${")) {
        continue;
      }
      if (url.startsWith("oci://") && !oci) {
        report
            .at(d, "spec", "url")
            .fix(
                "Say that it is an OCI registry",
                FieldEdit.set(new Json.Str("oci"), "spec", "type"))
            .say(
                d.ref().display() + " has an oci:// URL but not type: oci, and is stalled",
                "Add type: oci");
      } else if (oci && !url.startsWith("oci://")) {
        report
            .at(d, "spec", "type")
            .say(
                d.ref().display()
                    + " has type: oci but the URL "
                    + Redactor.byLook().text(url)
                    + " of another kind",
                "Write an oci:// URL, or take type: oci out");
      }
    }
  }
}

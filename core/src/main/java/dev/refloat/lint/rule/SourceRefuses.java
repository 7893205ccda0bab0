package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Rendering;
import dev.refloat.lint.Rendering.Failed;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.Json;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// A source of charts that cannot be reached, is none, or lets nobody in. Seen from here, which is
/// not the cluster: only what the server itself said is an error.
final class SourceRefuses implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "source-refuses",
          "Chart repositories and registries answer, with the credentials that are given",
          Severity.ERROR,
          List.of("source-not-ready", "source-auth", "source-tls"),
          RuleInfo.Needs.CHARTS);

  /// What is also seen where there is no network at all.
  private static final Pattern SILENT =
      Pattern.compile("no such host|timed out|no connection to|the connection to \\S+ broke");

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Set<Declared> told = new HashSet<>();
    Map<Declared, String> silent = new LinkedHashMap<>();
    boolean online = scene.renderings().values().stream().anyMatch(SourceRefuses::answered);
    Renderings.eachFailed(
        scene,
        EnumSet.of(Failed.At.SOURCE, Failed.At.SOURCE_AUTH, Failed.At.SOURCE_TLS),
        (release, failed) ->
            source(scene, release)
                .filter(told::add)
                .ifPresent(
                    s -> {
                      if (online || !SILENT.matcher(failed.message()).find()) {
                        say(s, failed, report);
                      } else {
                        silent.putIfAbsent(s, failed.message());
                      }
                    }));
    if (!silent.isEmpty()) {
      Map.Entry<Declared, String> first = silent.entrySet().iterator().next();
      report.notChecked(
          first.getKey(),
          (silent.size() == 1 ? "it" : "none of " + silent.size() + " chart sources")
              + (silent.size() == 1 ? " could not" : " could")
              + " be reached from here: "
              + first.getValue());
    }
  }

  /// Whether some server answered: then others that do not are worth a word.
  private static boolean answered(Rendering rendering) {
    return switch (rendering) {
      case Rendering.Rendered _ -> true;
      case Failed f ->
          switch (f.at()) {
            case CHART, CHART_VERSION, SOURCE_AUTH, SOURCE_TLS -> true;
            case SOURCE -> !SILENT.matcher(f.message()).find();
            case CHART_BUILD,
                VALUES,
                REFUSED_VALUES,
                REFUSED_IMAGE,
                KUBE_VERSION,
                TEMPLATE,
                MANIFEST,
                POST_RENDER ->
                f.chart().isPresent();
          };
      case Rendering.NotRendered _ -> false;
    };
  }

  private static Optional<Declared> source(Scene scene, Declared release) {
    Json ref = release.object().spec("chartRef");
    if (!ref.exists()) {
      ref = release.object().spec("chart", "spec", "sourceRef");
    }
    return scene
        .cluster()
        .find(
            Release.SOURCES,
            ref.get("kind").text(),
            ref.get("namespace").text(release.object().namespace()),
            ref.get("name").text());
  }

  private static void say(Declared source, Failed failed, Report report) {
    String what =
        source.ref().display() + " will not become ready: " + Renderings.sentence(failed.message());
    boolean secret = source.object().spec("secretRef").exists();
    switch (failed.at()) {
      case SOURCE_AUTH ->
          (secret ? report.at(source, "spec", "secretRef") : report.at(source, "spec", "url"))
              .prevents("source-auth")
              // A proxy of this machine may have said so.
              .as(failed.message().startsWith("forbidden") ? Severity.WARNING : Severity.ERROR)
              .say(
                  what,
                  secret
                      ? "Correct the user name and password in the Secret"
                      : "Add spec.secretRef with a Secret that holds user name and password");
      case SOURCE_TLS ->
          report
              .at(source, "spec", "url")
              .prevents("source-tls")
              .as(Severity.WARNING)
              .say(what, "Add spec.certSecretRef with the authority that signed its certificate");
      case SOURCE ->
          report
              .at(source, "spec", "url")
              .prevents("source-not-ready")
              .as(failed.message().startsWith("not found") ? Severity.ERROR : Severity.WARNING)
              .say(what, "Correct the address, or see why the server does not answer");
      case CHART,
          CHART_VERSION,
          CHART_BUILD,
          VALUES,
          REFUSED_VALUES,
          REFUSED_IMAGE,
          KUBE_VERSION,
          TEMPLATE,
          MANIFEST,
          POST_RENDER ->
          throw new IllegalArgumentException("not about the source");
    }
  }
}

package dev.refloat.adapter.chart;

import dev.refloat.adapter.json.JsonText;
import dev.refloat.adapter.process.Program;
import dev.refloat.adapter.process.ProgramFailure;
import dev.refloat.lint.Rendering.Failed.At;
import dev.refloat.model.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Runs `helm template`, which asks no cluster here: the chart lies on disk, and Helm sees no
/// kubeconfig, plugins or repositories. The network it asks for parts of a schema only, where that
/// names their address.
final class HelmTemplate {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int MOST_OUTPUT = 64 << 20;
  private static final int MOST_ERRORS = 64 << 10;
  private static final long MOST_MEMORY = 1L << 30;
  private static final Pattern ERROR = Pattern.compile("(?ms)^Error: (.*)\\z");

  /// A schema that refers to an address which does not answer: `failing loading "https://…": …`
  /// (Helm 3.18 to 4.3) or `Get "https://…": …` (before).
  private static final Pattern SCHEMA_AWAY =
      Pattern.compile(
          "(?s)\\Avalues don't meet the specifications.*?"
              + "(?:failing loading|Get) \"(?<address>https?://[^\"]+)\": (?<why>[^\n]+)");

  private final String binary;
  private final Map<String, String> env;
  private final Program.Limits limits;

  /// @param binary name or path
  /// @param home an empty folder for everything that Helm would keep
  HelmTemplate(String binary, Path home) {
    this(binary, home, LIMIT);
  }

  HelmTemplate(String binary, Path home, Duration limit) {
    this.binary = binary;
    this.limits = new Program.Limits(limit, MOST_OUTPUT, MOST_ERRORS, MOST_MEMORY);
    String none = home.resolve("none").toString();
    this.env =
        Map.of(
            "HELM_CONFIG_HOME", home.toString(),
            "HELM_CACHE_HOME", home.toString(),
            "HELM_DATA_HOME", home.toString(),
            "HELM_PLUGINS", none,
            "HELM_REPOSITORY_CONFIG", none,
            "HELM_REGISTRY_CONFIG", none,
            "KUBECONFIG", none);
  }

  /// What decides the output beside the chart and the values.
  ///
  /// @param kubeVersion empty for Helm's own default
  /// @param apiVersions that charts find in `.Capabilities`
  record Options(
      String release,
      String namespace,
      boolean upgrade,
      boolean skipSchema,
      String kubeVersion,
      SortedSet<String> apiVersions) {
    Options withoutSchema() {
      return new Options(release, namespace, upgrade, true, kubeVersion, apiVersions);
    }
  }

  sealed interface Rendered {}

  record Manifests(String text) implements Rendered {}

  /// @param at nothing when it has nothing to do with the chart: there is no helm
  /// @param lasting whether it would say so again
  record Refused(Optional<At> at, String message, boolean lasting) implements Rendered {}

  /// The chart's schema has parts elsewhere, which could not be had: nobody judged the values.
  record SchemaAway(String address, String why) implements Rendered {}

  /// What tells one helm from another: a change of it makes other renderings.
  String identity() {
    Path path = Path.of(binary);
    if (!Files.exists(path)) {
      for (String folder :
          System.getenv().getOrDefault("PATH", "").split(java.io.File.pathSeparator, -1)) {
        Path candidate = Path.of(folder, binary);
        if (!folder.isEmpty() && Files.isExecutable(candidate)) {
          path = candidate;
          break;
        }
      }
    }
    try {
      BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
      return path + " " + file.size() + " " + file.lastModifiedTime();
    } catch (IOException e) {
      return binary;
    }
  }

  Rendered render(Path chart, Json values, Options options, Path scratch) throws IOException {
    Path file = Files.createTempFile(scratch, "values", ".json");
    try {
      Files.writeString(file, JsonText.compact(values), StandardCharsets.UTF_8);
      List<String> command =
          new ArrayList<>(
              List.of(
                  binary,
                  "template",
                  options.release(),
                  chart.toString(),
                  "--namespace",
                  options.namespace(),
                  "--values",
                  file.toString(),
                  "--include-crds"));
      if (options.upgrade()) {
        command.add("--is-upgrade");
      }
      if (options.skipSchema()) {
        command.add("--skip-schema-validation");
      }
      if (!options.kubeVersion().isEmpty()) {
        command.addAll(List.of("--kube-version", options.kubeVersion()));
      }
      if (!options.apiVersions().isEmpty()) {
        command.addAll(List.of("--api-versions", String.join(",", options.apiVersions())));
      }
      ProcessBuilder builder = new ProcessBuilder(command).directory(scratch.toFile());
      builder.environment().putAll(env);
      builder.environment().put("GOMEMLIMIT", MOST_MEMORY / 2 + "B");
      Program.Answer answer = Program.run(builder, limits);
      if (answer.code() != 0) {
        return refused(answer.errors());
      }
      return answer.output().length() >= MOST_OUTPUT
          ? new Refused(Optional.of(At.TEMPLATE), "it renders more than 64 MiB", true)
          : new Manifests(answer.output());
    } catch (ProgramFailure e) {
      return switch (e.reason()) {
        case NOT_STARTED ->
            new Refused(
                Optional.empty(),
                "helm is not installed: install it, or set REFLOAT_HELM to its path",
                false);
        case TOO_SLOW, TOO_LARGE ->
            new Refused(
                Optional.of(At.TEMPLATE), "rendering it was stopped: " + e.getMessage(), false);
        case INTERRUPTED, UNREADABLE ->
            new Refused(Optional.empty(), "helm did not answer: " + e.getMessage(), false);
      };
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /// Takes Helm's words for what they say (Helm 3.16 to 4.3).
  static Rendered refused(String errors) {
    Matcher m = ERROR.matcher(errors);
    String message =
        (m.find() ? m.group(1) : errors)
            .replace("Use --debug flag to render out invalid YAML", "")
            .strip();
    Matcher away = SCHEMA_AWAY.matcher(message);
    return away.find()
        ? new SchemaAway(away.group("address"), away.group("why").strip())
        : new Refused(Optional.of(at(message)), message, true);
  }

  private static At at(String message) {
    if (message.startsWith("values don't meet the specifications")
        || message.contains("does not match the schema")) {
      return At.REFUSED_VALUES;
    }
    if (message.contains("execution error at")) {
      return message.contains("Original containers have been substituted")
              || message.contains("allowInsecureImages")
          ? At.REFUSED_IMAGE
          : At.REFUSED_VALUES;
    }
    if (message.startsWith("chart requires kubeVersion")) {
      return At.KUBE_VERSION;
    }
    if (message.contains("missing in charts/ directory")
        || message.contains("checking for chart dependencies")) {
      return At.CHART_BUILD;
    }
    if (message.startsWith("failed to parse") && message.contains("values")) {
      return At.VALUES;
    }
    return At.TEMPLATE;
  }
}

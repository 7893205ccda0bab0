package dev.refloat.adapter.chart;

import dev.refloat.adapter.json.JsonText;
import dev.refloat.adapter.process.Program;
import dev.refloat.adapter.process.ProgramFailure;
import dev.refloat.model.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Applies `spec.postRenderers` with the real kustomize, which helm-controller has built in:
/// `kustomize build`, else `kubectl kustomize`.
final class Kustomize {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Program.Limits LIMITS =
      new Program.Limits(LIMIT, 64 << 20, 64 << 10, 1L << 30);

  private final List<List<String>> programs;

  /// @param programs how it is called, the first that is there is used
  Kustomize(List<List<String>> programs) {
    this.programs = List.copyOf(programs);
  }

  sealed interface Patched {}

  record Manifests(String text) implements Patched {}

  /// @param tried whether it was run: the post-renderer is at fault then
  record Refused(boolean tried, String message) implements Patched {}

  /// @param kustomize `patches` and `images`, and what older versions call them
  Patched apply(String manifests, Json kustomize, Path scratch) throws IOException {
    Path folder = Files.createTempDirectory(scratch, "kustomize");
    Json.Builder file = Json.builder();
    file.put("apiVersion", "kustomize.config.k8s.io/v1beta1");
    file.put("kind", "Kustomization");
    file.put("resources", List.of(new Json.Str("all.yaml")).iterator());
    for (String field : List.of("patches", "patchesStrategicMerge", "patchesJson6902", "images")) {
      Json value = kustomize.get(field);
      if (!value.list().isEmpty()) {
        file.put(field, field.equals("patchesStrategicMerge") ? texts(value) : patches(value));
      }
    }
    Files.writeString(folder.resolve("all.yaml"), manifests, StandardCharsets.UTF_8);
    Files.writeString(
        folder.resolve("kustomization.yaml"),
        JsonText.compact(file.build()),
        StandardCharsets.UTF_8);
    for (List<String> command : programs) {
      try {
        List<String> whole = new ArrayList<>(command);
        whole.add(folder.toString());
        ProcessBuilder builder = new ProcessBuilder(whole).directory(folder.toFile());
        builder.environment().put("KUBECONFIG", folder.resolve("none").toString());
        Program.Answer answer = Program.run(builder, LIMITS);
        return answer.code() == 0
            ? new Manifests(answer.output())
            : new Refused(true, said(answer.errors(), folder));
      } catch (ProgramFailure e) {
        if (e.reason() != ProgramFailure.Reason.NOT_STARTED) {
          return new Refused(true, "kustomize was stopped: " + e.getMessage());
        }
      }
    }
    return new Refused(
        false, "it has post-renderers, for which kustomize or kubectl must be installed");
  }

  /// Only inline texts: a path would lead out of the folder.
  private static Json patches(Json list) {
    return Json.from(
        list.list().stream()
            .map(p -> p instanceof Json.Obj o ? o.without("path") : p)
            .map(
                p ->
                    p instanceof Json.Obj o && o.get("patch") instanceof Json.Arr
                        ? o.with("patch", new Json.Str(JsonText.compact(o.get("patch"))))
                        : p)
            .toList());
  }

  private static Json texts(Json list) {
    // A text without a field is the name of a file, or an address.
    return Json.from(
        list.list().stream()
            .map(p -> p instanceof Json.Str ? p : new Json.Str(JsonText.compact(p)))
            .filter(p -> p.text().contains(":") && !p.text().strip().matches("\\S+"))
            .toList());
  }

  private static String said(String errors, Path folder) {
    String text = errors.replace(folder.toString(), "").replaceFirst("(?s)^.*?[Ee]rror: ", "");
    return text.strip();
  }
}

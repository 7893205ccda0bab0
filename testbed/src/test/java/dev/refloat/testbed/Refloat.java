package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.wiring.Program;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Refloat as a user runs it, with that user's kubeconfig.
record Refloat(TestCluster cluster, Path kubeconfig) {

  static Refloat as(TestCluster cluster, Access user) {
    return new Refloat(cluster, cluster.kubeconfig(user));
  }

  Program.Result run(String... arguments) {
    return Program.run(environment(), List.of(arguments));
  }

  Map<String, String> environment() {
    Map<String, String> all = new HashMap<>();
    all.put("KUBECONFIG", kubeconfig.toString());
    all.put("HOME", cluster.state().toString());
    try {
      all.put("REFLOAT_HELM", Binaries.ofEnvironment().path(Binary.HELM).toString());
    } catch (UnavailableException e) {
      Narration.say("recoveries that need Helm will be refused: " + e.getMessage());
    }
    return all;
  }

  /// A diagnosis in JSON; `arguments` come before `-o json`. A crash of Refloat fails the test.
  JsonNode diagnose(String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = "diagnose";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[all.length - 2] = "-o";
    all[all.length - 1] = "json";
    Program.Result result = run(all);
    assertThat(result.code()).as("exit code; stderr: %s", result.err()).isIn(0, 1);
    assertThat(result.err()).doesNotContain("has a bug");
    return ApiClient.JSON.readTree(result.out());
  }

  /// `namespace/name` to the item.
  static Map<String, JsonNode> byRelease(JsonNode diagnoses) {
    Map<String, JsonNode> items = new TreeMap<>();
    for (JsonNode item : diagnoses.path("items")) {
      items.put(
          item.path("release").path("namespace").asString()
              + "/"
              + item.path("release").path("name").asString(),
          item);
    }
    return items;
  }

  /// `namespace/name` to the cause.
  static Map<String, String> causes(JsonNode diagnoses) {
    Map<String, String> causes = new TreeMap<>();
    byRelease(diagnoses).forEach((r, i) -> causes.put(r, i.path("cause").asString()));
    return causes;
  }

  /// What a person acts on, without what differs between two looks.
  static Map<String, String> essence(JsonNode diagnoses) {
    Map<String, String> all = new TreeMap<>();
    byRelease(diagnoses)
        .forEach(
            (r, i) ->
                all.put(
                    r,
                    i.path("state").asString()
                        + " "
                        + i.path("cause").asString()
                        + " "
                        + i.path("confidence").asString()
                        + " "
                        + i.path("symptoms")
                        + " "
                        + i.path("root")
                        + " "
                        + AGE.matcher(i.path("summary").asString()).replaceAll("$1…")));
    return all;
  }

  /// How long ago something was: it grows between two looks.
  private static final Pattern AGE =
      Pattern.compile("\\b((?:by \\S+|for|after|asked for) )(?:\\d+[dhms])+\\b");
}

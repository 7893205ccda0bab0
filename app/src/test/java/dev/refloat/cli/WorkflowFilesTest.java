package dev.refloat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.model.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The files by which others run `refloat lint` say what the program understands.
class WorkflowFilesTest {
  private static final Path ROOT = Path.of("..");
  private static final String ACTION = "action.yml";
  private static final String GITLAB = ".gitlab/ci/refloat-lint.gitlab-ci.yml";
  private static final String HOOKS = ".pre-commit-hooks.yaml";

  private static final Pattern OPTION =
      Pattern.compile("(?<![\\w-])(--(?:report|fail-on|config|baseline|changed-only|diff)[\\w-]*)");
  private static final Pattern REPORT = Pattern.compile("--report \"?([a-z]+)=");

  private static String text(String file) throws IOException {
    return Files.readString(ROOT.resolve(file));
  }

  private static Json yaml(String file) throws IOException {
    return YamlTrees.read(file, text(file)).getFirst();
  }

  @ParameterizedTest
  @ValueSource(strings = {ACTION, GITLAB, HOOKS})
  void useOnlyOptionsThatExist(String file) throws IOException {
    CommandInfo lint = new LintCommand().info();
    Matcher m = OPTION.matcher(text(file));
    while (m.find()) {
      assertThat(lint.option(m.group(1))).as(m.group(1)).isPresent();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {ACTION, GITLAB})
  void askForReportsThatExist(String file) throws IOException {
    List<String> formats = Arguments.words(dev.refloat.render.LintFormat.class);
    List<String> asked = new ArrayList<>();
    Matcher m = REPORT.matcher(text(file));
    while (m.find()) {
      asked.add(m.group(1));
    }
    assertThat(asked).isNotEmpty();
    assertThat(formats).containsAll(asked);
  }

  @Test
  void anActionKeepsItsInputsOutOfItsScripts() throws IOException {
    Json action = yaml(ACTION);
    assertThat(action.at("runs", "using").text()).isEqualTo("composite");
    for (Json step : action.at("runs", "steps").list()) {
      if (step.get("run").exists()) {
        assertThat(step.get("run").text()).doesNotContain("${{");
        assertThat(step.get("shell").text()).isEqualTo("bash");
      }
    }
  }

  @Test
  void hooksRunWhatThereIs() throws IOException {
    List<Json> hooks = yaml(HOOKS).list();
    assertThat(hooks).isNotEmpty();
    for (Json hook : hooks) {
      List<String> args = hook.get("args").list().stream().map(Json::text).toList();
      assertThat(Commands.named(args.getFirst())).isPresent();
      Arguments.parse(new LintCommand().info(), args.subList(1, args.size()), "refloat");
      if (hook.get("language").text().equals("script")) {
        Path entry = ROOT.resolve(hook.get("entry").text());
        assertThat(entry).isRegularFile();
      }
    }
  }

  @Test
  void gitLabFindsTheReports() throws IOException {
    Json job = yaml(GITLAB).get("refloat-lint");
    String script = job.get("script").list().getFirst().text();
    job.at("artifacts", "reports")
        .strings()
        .values()
        .forEach(report -> assertThat(script).contains("=" + report));
    assertThat(job.at("artifacts", "when").text()).isEqualTo("always");
  }
}

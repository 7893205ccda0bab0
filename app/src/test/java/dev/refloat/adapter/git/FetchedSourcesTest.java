package dev.refloat.adapter.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.lint.Sources;
import dev.refloat.model.Resource;
import dev.refloat.port.GitFailure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetchedSourcesTest {
  @TempDir Path temp;
  private Path origin = Path.of("");

  @BeforeEach
  void aRepository() throws Exception {
    origin = Files.createDirectory(temp.resolve("origin"));
    git("init", "--quiet", "--initial-branch=main");
    // As hosts do, for single commits.
    git("config", "uploadpack.allowAnySHA1InWant", "true");
    git("config", "uploadpack.allowFilter", "true");
    commit("one");
    git("tag", "-a", "v1", "-m", "first");
    commit("two");
  }

  private void commit(String content) throws Exception {
    Files.createDirectories(origin.resolve("charts/web"));
    Files.writeString(origin.resolve("charts/web/Chart.yaml"), content);
    git("add", ".");
    git("commit", "--quiet", "-m", content);
  }

  private void git(String... words) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("git", "-c", "user.name=a", "-c", "user.email=a@example.com"));
    command.addAll(List.of("-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"));
    command.addAll(List.of(words));
    assertThat(new ProcessBuilder(command).directory(origin.toFile()).start().waitFor())
        .as(String.join(" ", words))
        .isZero();
  }

  private Resource repository(String ref) throws Exception {
    return Resource.of(
        YamlTrees.read(
                "test",
                "{apiVersion: source.toolkit.fluxcd.io/v1, kind: GitRepository, metadata: {name: a},"
                    + " spec: {url: \"file://"
                    + origin
                    + "\", ref: "
                    + ref
                    + "}}")
            .getFirst());
  }

  private FetchedSources sources(boolean offline) {
    return new FetchedSources(temp.resolve("cache"), offline, "file");
  }

  private static String chart(Sources files) {
    return new String(
        files.folder("charts/web").orElseThrow().get("Chart.yaml"), StandardCharsets.UTF_8);
  }

  @Test
  void takesTheCommitThatFluxWouldTake() throws Exception {
    assertThat(chart(sources(false).files(repository("{branch: main}")))).isEqualTo("two");
    assertThat(chart(sources(false).files(repository("{tag: v1}")))).isEqualTo("one");
    commit("three");
    assertThat(chart(sources(false).files(repository("{branch: main}")))).isEqualTo("three");
    assertThat(chart(sources(false).files(repository("{name: refs/heads/main}"))))
        .isEqualTo("three");
  }

  @Test
  void asksNobodyOffline() throws Exception {
    assertThatThrownBy(() -> sources(true).files(repository("{branch: main}")))
        .isInstanceOf(GitFailure.class)
        .hasMessageContaining("not in the cache");
    sources(false).files(repository("{branch: main}"));
    commit("three");
    assertThat(chart(sources(true).files(repository("{branch: main}")))).isEqualTo("two");
  }

  @Test
  void saysWhyItCannotBeHad() {
    assertThatThrownBy(() -> sources(false).files(repository("{branch: gone}")))
        .hasMessageContaining("It has no refs/heads/gone");
    assertThatThrownBy(() -> sources(false).files(repository("{branch: \"--upload-pack=x\"}")))
        .hasMessageContaining("no name that git allows");
    assertThatThrownBy(() -> sources(false).files(repository("{semver: 1.x}")))
        .hasMessageContaining("range of versions");
    assertThatThrownBy(
            () ->
                new FetchedSources(temp.resolve("cache"), false)
                    .files(repository("{branch: main}")))
        .as("only over HTTPS")
        .hasMessageContaining("https");
  }
}

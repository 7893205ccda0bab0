package dev.refloat.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.refloat.adapter.catalog.Catalog;
import dev.refloat.cli.Cli;
import dev.refloat.cli.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The whole program, put together as users run it, on the bundled cluster.
class CommandLineTest {
  @TempDir Path folder;
  private Path broken = Path.of("");

  @BeforeEach
  void extractsTheBundledCluster() {
    broken = folder.resolve("broken");
    assertThat(run("demo", "--extract", broken.toString()).code()).isZero();
  }

  private record Result(int code, String out, String err) {}

  private static Result run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        new Cli(new Adapters(), Terminal.none(), _ -> {})
            .run(
                args,
                new StringReader(""),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, false, StandardCharsets.UTF_8),
                Map.of("HOME", "/nonexistent"));
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private Result diagnose(String... more) {
    List<String> args = new java.util.ArrayList<>(List.of("diagnose", "--from", broken.toString()));
    args.addAll(List.of(more));
    return run(args.toArray(String[]::new));
  }

  @Test
  void theDemoShowsTheClusterThenOneReleaseThenWhatToTry() {
    Result r = run("demo");
    assertThat(r.code()).isZero();
    assertThat(r.err()).isEmpty();
    assertThat(r.out())
        .containsSubsequence(
            "(23 checked)",
            "HelmRelease ai/librechat",
            "Proof",
            "Decision tree",
            "Which lever works",
            "recover docs/wiki",
            "Give up what manager helm applied to 2 objects",
            "Verdict: recovered",
            "validate",
            "docs/wiki works",
            "recover shop/db",
            "By hand: Set an image that exists",
            "--resume",
            "Verdict: recovered",
            "Helm install succeeded for release shop/storefront.v1",
            "demo --extract");
  }

  @ParameterizedTest
  @CsvSource({
    "ai/librechat, volume-corrupt",
    "shop/db, image-pull",
    "shop/orders, dependency-not-ready",
    "shop/storefront, dependency-not-ready",
    "payments/checkout, image-pull",
    "search/indexer, values-error",
    "tools/dashboard, chart-not-found",
    "edge/gateway, crd-missing",
    "reports/nightly, unschedulable",
    "media/library, volume-pending",
    "crm/contacts, forbidden",
    "mail/sender, stale-chart",
    "legacy/billing, suspended",
    "ledger/accounts, hook-failed",
    "docs/wiki, foreign-fields",
    "www/landing, image-pull",
    "news/feed, none",
    "geo/maps, none"
  })
  void namesTheCausesOfTheBundledCluster(String release, String cause) {
    assumeThat(cause)
        .as("the catalog has it")
        .matches(c -> c.equals("none") || Catalog.builtIn().rules().rule(c).isPresent());
    assertThat(diagnose(release, "-o", "json").out()).contains("\"cause\": \"" + cause + "\"");
  }

  @Test
  void theBundledClusterIsExtractedOnlyIntoAnEmptyPlace() {
    Result again = run("demo", "--extract", broken.toString());
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err()).contains("the folder is not empty");
  }

  @Test
  void aSnapshotOfASnapshotDiagnosesTheSame() {
    Path copy = folder.resolve("copy.tgz");
    assertThat(run("snapshot", copy.toString(), "--from", broken.toString()).code()).isZero();
    assertThat(run("get", "--from", copy.toString()).out())
        .isEqualTo(run("get", "--from", broken.toString()).out());
    Result again = run("snapshot", copy.toString(), "--from", broken.toString());
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err()).contains("will not replace", "--force");
  }

  @Test
  void whatIsNoSnapshotIsRefusedWithItsName() throws IOException {
    assertThat(run("diagnose", "--from", folder.resolve("none").toString()).err())
        .startsWith("error: there is no snapshot ");
    Path text = Files.writeString(folder.resolve("x.tgz"), "not an archive");
    Result r = run("diagnose", "--from", text.toString());
    assertThat(r.code()).isEqualTo(2);
    assertThat(r.err()).startsWith("error: cannot ").contains("x.tgz");
  }

  @Test
  void secretsOfAClusterAreInNoOutput() throws IOException {
    String secret = "hunter2-s3cret-value";
    Path objects = broken.resolve("objects.json");
    StringBuilder planted = new StringBuilder();
    for (String line : Files.readString(objects).lines().toList()) {
      if (line.contains("\"namespace\":\"payments\"")) {
        if (line.startsWith(
            "{\"apiVersion\":\"helm.toolkit.fluxcd.io/v2\",\"kind\":\"HelmRelease\"")) {
          assertThat(line).contains("\"values\":{");
          line =
              line.replace("\"values\":{", "\"values\":{\"db\":{\"password\":\"" + secret + "\"},");
        }
        line = line.replace("\"message\":\"", "\"message\":\"got " + secret + " ");
      }
      planted.append(line).append('\n');
    }
    Files.writeString(objects, planted);
    assertThat(planted).contains(secret);
    for (String format : List.of("table", "wide", "json", "yaml", "markdown", "name")) {
      assertThat(diagnose("-o", format).out()).as(format).isNotEmpty().doesNotContain(secret);
      assertThat(diagnose("payments/checkout", "-o", format).out())
          .as(format + " of one")
          .isNotEmpty()
          .doesNotContain(secret);
    }
    for (String format : List.of("table", "wide", "json", "yaml")) {
      assertThat(run("get", "--from", broken.toString(), "-o", format).out())
          .as("get " + format)
          .contains("checkout")
          .doesNotContain(secret);
    }
    Path copy = folder.resolve("masked");
    Result saved = run("snapshot", copy.toString(), "--from", broken.toString());
    assertThat(saved.code()).as(saved.err()).isZero();
    assertThat(Files.readString(copy.resolve("objects.json"))).doesNotContain(secret);
  }

  @Test
  void permissionsAreRolesThatAllowReadingOnly() {
    for (String command : List.of("diagnose", "get", "snapshot")) {
      String roles = run("permissions", command).out();
      assertThat(roles)
          .contains("kind: ClusterRole\n", "kind: ClusterRoleBinding\n", "refloat-" + command)
          .contains("helmreleases", "pods/log", "refloat-helm-storage", "secrets");
      assertThat(roles.lines().map(String::strip))
          .doesNotContain("- create", "- update", "- patch", "- delete", "- \"*\"");
    }
    assertThat(run("permissions", "diagnose", "--no-secrets").out()).doesNotContain("secrets");
  }

  @Test
  void aClusterThatIsNotThereIsAnErrorWithANextStep() {
    Result r = run("diagnose", "-A", "--kubeconfig", folder.resolve("none").toString());
    assertThat(r.code()).isEqualTo(2);
    assertThat(r.err()).startsWith("error: cannot use kubeconfig").contains("because: ", "next: ");
  }
}

package dev.refloat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CliTest {
  private final FakeBackend cluster =
      new FakeBackend()
          .release("ai", "librechat", false)
          .release("default", "fine", true)
          .release("shop", "api", true)
          .release("shop", "web", false);

  private record Result(int code, String out, String err) {}

  private Result run(String... args) {
    return run(Map.of(), args);
  }

  private Result run(Map<String, String> env, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        new Cli(cluster, Terminal.none(), _ -> {})
            .run(
                args,
                new StringReader(""),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, false, StandardCharsets.UTF_8),
                env);
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void failuresAreExitCodeOneAndDataOnStandardOutput() {
    Result r = run("diagnose", "-A");
    assertThat(r.code()).isEqualTo(1);
    assertThat(r.out()).contains("2 causes behind 2 failing releases (4 checked)", "ai/librechat");
    assertThat(r.err()).isEmpty();
  }

  @Test
  void aHealthyNamespaceIsExitCodeZero() {
    Result r = run("diagnose");
    assertThat(r.code()).isZero();
    assertThat(r.out()).isEqualTo("The only release in namespace default is healthy.\n");
  }

  @Test
  void anEmptyNamespaceIsSaidToBeEmpty() {
    assertThat(run("diagnose", "-n", "none").out())
        .isEqualTo("No HelmReleases in namespace none.\n");
    assertThat(run("diagnose", "-n", "none").code()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"librechat", "hr/librechat", "helmrelease/librechat", "helmreleases/librechat"})
  void namesAreWrittenAsForKubectl(String name) {
    Result r = run("diagnose", "-n", "ai", name);
    assertThat(r.code()).isEqualTo(1);
    assertThat(r.out()).startsWith("HelmRelease ai/librechat");
  }

  @Test
  void aNamespaceMayStandBeforeTheName() {
    assertThat(run("diagnose", "ai/librechat").out()).startsWith("HelmRelease ai/librechat");
    assertThat(run("diagnose", "-n", "ai", "hr", "librechat").out())
        .startsWith("HelmRelease ai/librechat");
  }

  @Test
  void severalNamesGiveATable() {
    Result r = run("diagnose", "ai/librechat", "shop/api");
    assertThat(r.code()).isEqualTo(1);
    assertThat(r.out()).contains("1 cause behind 1 failing release (2 checked)");
  }

  @Test
  void aNameInAnotherNamespaceIsPointedTo() {
    Result r = run("diagnose", "librechat");
    assertThat(r.code()).isEqualTo(2);
    assertThat(r.out()).isEmpty();
    assertThat(r.err())
        .isEqualTo(
            """
            error: no HelmRelease 'librechat' in namespace default
            because: there is one in another namespace: ai/librechat
            next: refloat diagnose ai/librechat
            """);
  }

  @Test
  void aMistypedNameGetsTheNearestOnes() {
    Result r = run("diagnose", "-n", "ai", "librechta");
    assertThat(r.code()).isEqualTo(2);
    assertThat(r.err()).contains("next: did you mean ai/librechat?");
  }

  @Test
  void aSnapshotHasNoNamespaceOfItsOwn() {
    assertThat(run("diagnose", "--from", "x").out()).contains("(4 checked)");
    assertThat(run("diagnose", "--from", "x", "librechat").out())
        .startsWith("HelmRelease ai/librechat");
    assertThat(cluster.opened).allMatch(s -> s instanceof ClusterSource.Snapshot);
  }

  @Test
  void aNameThatSeveralNamespacesHaveIsAskedBack() {
    cluster.release("ai", "web", true);
    Result r = run("diagnose", "--from", "x", "web");
    assertThat(r.code()).isEqualTo(2);
    assertThat(r.err()).contains("namespaces ai, shop have one each");
  }

  @Test
  void labelsNarrowTheScope() {
    assertThat(run("diagnose", "-A", "-l", "team=shop").out()).contains("(2 checked)");
    assertThat(run("diagnose", "-A", "-l", "team!=shop").code()).isEqualTo(2);
  }

  @Test
  void aClusterWithoutFluxIsSaidToHaveNone() {
    cluster.withoutFlux = true;
    Result r = run("diagnose", "-A");
    assertThat(r.code()).isEqualTo(2);
    assertThat(r.err()).startsWith("error: there is no Flux in context test\n");
  }

  @Test
  void forbiddenReleasesNameTheRightsThatAreMissing() {
    cluster.unreadable = "forbidden: User \"dev\" cannot list resource \"helmreleases\"";
    Result r = run("diagnose", "-A");
    assertThat(r.code()).isEqualTo(2);
    assertThat(r.err())
        .contains(
            "error: cannot read HelmReleases from context test", "refloat permissions diagnose");
  }

  @Test
  void namesAloneForScripts() {
    assertThat(run("diagnose", "-A", "-o", "name").out())
        .isEqualTo(
            """
            helmrelease.helm.toolkit.fluxcd.io/librechat
            helmrelease.helm.toolkit.fluxcd.io/web
            """);
  }

  @Test
  void jsonLeavesHealthyReleasesOutUnlessAskedFor() {
    assertThat(run("diagnose", "-A", "-ojson").out())
        .contains("\"kind\": \"DiagnosisList\"", "\"checked\": 4", "\"librechat\"")
        .doesNotContain("\"fine\"");
    assertThat(run("diagnose", "-A", "-o=json", "--all").out()).contains("\"fine\"", "\"none\"");
  }

  @Test
  void rowsWithoutHeadersAreOnePerRelease() {
    assertThat(run("diagnose", "-A", "--no-headers").out().lines()).hasSize(2);
    assertThat(run("diagnose", "-A", "-o", "wide", "--no-headers", "--all").out().lines())
        .hasSize(4);
  }

  @Test
  void getHasTheColumnsOfFluxThenTheCause() {
    Result r = run("get", "-A");
    assertThat(r.code()).isEqualTo(1);
    assertThat(r.out().lines().findFirst().orElse("").split(" +"))
        .containsExactly("NAMESPACE", "NAME", "REVISION", "SUSPENDED", "READY", "MESSAGE", "CAUSE");
    assertThat(run("get", "-n", "shop").out()).doesNotContain("NAMESPACE");
  }

  @Test
  void usageErrorsNameTheNearestWord() {
    assertThat(run("diagnos").err()).contains("did you mean 'refloat diagnose'?");
    assertThat(run("diagnose", "--alll").err()).contains("did you mean --all?");
    assertThat(run("diagnose", "-o", "jsn").err()).contains("did you mean json?");
    assertThat(run("diagnose", "--namespace").err()).contains("needs a value (NS)");
    assertThat(run("diagnose", "--timeout", "soon").err()).contains("like 30s");
    assertThat(run("explain", "imagepull").err()).contains("no cause or rule 'imagepull'");
    assertThat(run("--versoin").err()).contains("did you mean --version?");
    assertThat(run("-A").err()).contains("refloat diagnose -A");
    for (String[] wrong :
        List.of(
            new String[] {"diagnos"},
            new String[] {"diagnose", "--alll"},
            new String[] {"diagnose", "Not_A_Name"},
            new String[] {"diagnose", "--from", "x", "-w"},
            new String[] {"diagnose", "--from", "x", "--context", "y"},
            new String[] {"diagnose", "--as-group", "g"},
            new String[] {"permissions"},
            new String[] {"completion", "tcsh"})) {
      Result r = run(wrong);
      assertThat(r.code()).as(String.join(" ", wrong)).isEqualTo(2);
      assertThat(r.err()).startsWith("error: ").doesNotContain("\tat ", "    at ");
      assertThat(r.out()).isEmpty();
    }
  }

  @Test
  void optionsMayStandBeforeTheCommand() {
    assertThat(run("-n", "shop", "diagnose").out()).contains("(2 checked)");
    assertThat(run("-A", "get", "-o", "name").out().lines()).hasSize(4);
  }

  @Test
  void aBugShowsItsStackOnlyWhenAsked() {
    cluster.breaksWith = new IllegalStateException("password hunter2");
    Result plain = run("diagnose");
    assertThat(plain.code()).isEqualTo(2);
    assertThat(plain.err())
        .contains("error: Refloat has a bug", "--debug")
        .doesNotContain("    at ", "hunter2");
    Result debug = run("diagnose", "--debug");
    assertThat(debug.code()).isEqualTo(2);
    assertThat(debug.err()).contains("    at ").doesNotContain("hunter2");
  }

  @Test
  void helpSaysHowTheProgramWasCalled() {
    assertThat(run("--help").out()).contains("refloat demo");
    assertThat(run(Map.of(Cli.INVOKED_AS, "/usr/bin/kubectl-refloat"), "diagnose", "-h").out())
        .contains("kubectl refloat diagnose -A");
    assertThat(run(Map.of(Cli.INVOKED_AS, "C:\\x\\flux-refloat.cmd"), "help", "get").out())
        .contains("flux refloat get -A");
    assertThat(run("help", "help").out()).isEqualTo(run("help").out());
    for (String command : Commands.names()) {
      Result r = run(command, "--help");
      assertThat(r.code()).isZero();
      assertThat(r.out()).contains("Usage", "Examples");
    }
  }

  @Test
  void everyExampleInTheHelpIsUnderstood() {
    for (Commands.Entry entry : Commands.ALL) {
      for (CommandInfo.Example example : entry.command().get().info().examples()) {
        String[] words = example.arguments().replaceFirst(" [|>].*", "").split(" ");
        CommandInfo info = Commands.named(words[0]).orElseThrow().command().get().info();
        Arguments.parse(info, List.of(words).subList(1, words.length), "refloat");
      }
    }
  }

  @Test
  void coloursFollowTheOptionThenTheEnvironment() {
    String escape = "\u001b[";
    assertThat(run("diagnose", "-A").out()).doesNotContain(escape);
    assertThat(run("diagnose", "-A", "--color", "always").out()).contains(escape);
    assertThat(run(Map.of("CLICOLOR_FORCE", "1"), "diagnose", "-A").out()).contains(escape);
    assertThat(run(Map.of("CLICOLOR_FORCE", "1", "NO_COLOR", "1"), "diagnose", "-A").out())
        .doesNotContain(escape);
    assertThat(run(Map.of("CLICOLOR_FORCE", "0"), "diagnose", "-A").out()).doesNotContain(escape);
  }

  @Test
  void asciiIsAscii() {
    assertThat(run("diagnose", "-A", "--ascii").out().chars()).allMatch(c -> c < 128);
  }

  @Test
  void aReaderThatGoesAwayEndsTheOutputSilently() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    int code =
        new Cli(cluster, Terminal.none(), _ -> {})
            .run(
                new String[] {"diagnose", "-A"},
                new StringReader(""),
                new PrintStream(broken, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Map.of());
    assertThat(code).isEqualTo(1);
    assertThat(err.size()).isZero();
  }

  @Test
  void permissionsAreDocumentsOrAListOrATable() {
    assertThat(run("permissions", "diagnose").out())
        .isEqualTo("kind: ClusterRole\n---\nkind: ClusterRoleBinding\n");
    assertThat(run("permissions", "diagnose", "-o", "json").out())
        .contains("\"kind\": \"List\"", "\"kind\": \"ClusterRoleBinding\"");
    assertThat(run("permissions", "diagnose", "-o", "table").out())
        .contains("get,list   core    pods       namespace   to see pods");
    Result none = run("permissions", "explain");
    assertThat(none.code()).isZero();
    assertThat(none.out()).isEmpty();
    assertThat(none.err()).contains("needs no rights");
  }

  @Test
  void permissionsAreBoundToWhomTheUserNames() {
    assertThat(run("permissions", "diagnose").err()).contains("the group on-call");
    run("permissions", "diagnose", "-n", "ai", "--no-secrets", "--serviceaccount", "ci:bot");
    assertThat(cluster.granted.getLast())
        .isEqualTo(
            new Backend.Grant(
                Optional.of("ai"),
                false,
                new Backend.Subject("ServiceAccount", "bot", Optional.of("ci"))));
    assertThat(run("permissions", "diagnose", "--user", "ann").err()).isEmpty();
    assertThat(cluster.granted.getLast().subject().kind()).isEqualTo("User");
    for (String wrong : List.of("bot", ":bot", "ci:", "a:b:c")) {
      assertThat(run("permissions", "diagnose", "--serviceaccount", wrong).code()).isEqualTo(2);
    }
    assertThat(run("permissions", "diagnose", "--user", "a", "--group", "b").code()).isEqualTo(2);
  }

  @Test
  void snapshotTellsWhatItWroteAndThatSecretsAreMasked() {
    Result r = run("snapshot", "out.tgz", "-A");
    assertThat(r.code()).isZero();
    assertThat(r.out()).isEmpty();
    assertThat(r.err())
        .isEqualTo("Wrote 4 objects and 0 logs (2 KiB) to out.tgz, 3 secret values masked.\n");
    assertThat(run("snapshot", "out.tgz", "-A", "--include-secrets").err())
        .contains("It holds secrets");
    assertThat(run("snapshot", "-A").code()).isEqualTo(2);
    assertThat(run("snapshot", "o", "--max-size", "much").err()).contains("like 200M");
    assertThat(SnapshotCommand.bytes("2G")).isEqualTo(2L << 30);
  }

  @Test
  void aWatchPrintsAgainWhenSomethingChangedAndEndsWithTheLastState() {
    cluster.changes =
        new Backend.Changes() {
          private int waits;

          @Override
          public void await(java.time.Duration atMost) throws InterruptedException {
            if (++waits > 2) {
              throw new InterruptedException("Ctrl-C");
            }
            if (waits == 2) {
              cluster.releases.clear();
              cluster.release("default", "fine", true);
            }
          }

          @Override
          public void close() {
            // Nothing is open.
          }
        };
    Result r = run("diagnose", "-A", "-w");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(r.code()).isZero();
    assertThat(r.out())
        .containsOnlyOnce("2 causes behind 2 failing releases")
        .endsWith("The only release in all namespaces is healthy.\n");
  }

  @Test
  void aWatchOutlivesAClusterThatCannotBeReadForAWhile() {
    cluster.changes =
        new Backend.Changes() {
          private int waits;

          @Override
          public void await(java.time.Duration atMost) throws InterruptedException {
            switch (++waits) {
              case 1, 2 -> cluster.unreadable = "connection refused";
              case 3 -> {
                cluster.unreadable = null;
                cluster.release("shop", "third", false);
              }
              default -> throw new InterruptedException("Ctrl-C");
            }
          }

          @Override
          public void close() {
            // Nothing is open.
          }
        };
    Result r = run("get", "-n", "shop", "-w", "--no-headers");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(r.code()).isEqualTo(1);
    assertThat(r.err())
        .isEqualTo(
            "warning: cannot read HelmReleases from context test: connection refused;"
                + " still watching\n");
    assertThat(r.out()).containsOnlyOnce("third");
    assertThat(r.out().lines()).hasSize(2 + 1 + 3);
  }

  @Test
  void aWatchThatCannotBeginIsAnError() {
    cluster.unreadable = "connection refused";
    assertThat(run("get", "-A", "-w").code()).isEqualTo(2);
    assertThat(run("get", "--from", "x", "-w").code()).isEqualTo(2);
  }

  @Test
  void hintsQuoteWhatAShellWouldTakeApart() {
    assertThat(run("diagnose", "--from", "my snapshot", "no-such-release-here").err())
        .contains("get --from 'my snapshot' -A");
  }

  @Test
  void versionIsPrintedInEveryWayPeopleAsk() {
    assertThat(run("--version").out()).isEqualTo("refloat 1.2.3\n");
    assertThat(run("version").out()).isEqualTo("refloat 1.2.3\n");
    assertThat(run("version", "-o", "json").out()).contains("\"version\": \"1.2.3\"");
  }

  @Test
  void completionScriptsExistForEveryShell() {
    for (String shell : List.of("bash", "zsh", "fish", "powershell")) {
      assertThat(run("completion", shell).out()).contains("__complete");
    }
  }

  @Test
  void completesAsCobraDoes() {
    assertThat(run("__complete", "dia").out())
        .isEqualTo("diagnose\tName the cause of failing releases\n:4\n");
    assertThat(run("__completeNoDesc", "diagnose", "-A", "s").out())
        .isEqualTo("shop/api\nshop/web\n:4\n");
    assertThat(run("__completeNoDesc", "diagnose", "-n", "ai", "").out())
        .isEqualTo("librechat\n:4\n");
    assertThat(run("__completeNoDesc", "diagnose", "-n", "").out())
        .isEqualTo("ai\ndefault\nshop\n:4\n");
    assertThat(run("__completeNoDesc", "diagnose", "-o", "j").out()).isEqualTo("json\n:4\n");
    assertThat(run("__completeNoDesc", "diagnose", "--output=m").out()).isEqualTo("markdown\n:4\n");
    assertThat(run("__completeNoDesc", "get", "--context", "p").out()).isEqualTo("prod\n:4\n");
    assertThat(run("__completeNoDesc", "diagnose", "--from", "").out()).isEqualTo(":0\n");
    assertThat(run("__completeNoDesc", "completion", "f").out()).isEqualTo("fish\n:4\n");
    assertThat(run("__completeNoDesc", "diagnose", "--no").out()).isEqualTo("--no-headers\n:4\n");
  }

  @Test
  void completionOffersNothingWhenTheClusterCannotBeRead() {
    cluster.breaksWith = new IllegalStateException("no cluster");
    Result r = run("__complete", "diagnose", "");
    assertThat(r.code()).isZero();
    assertThat(r.out()).isEqualTo(":4\n");
    assertThat(r.err()).isEmpty();
  }
}

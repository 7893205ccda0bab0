package dev.refloat.adapter.kubernetes;

import dev.refloat.adapter.json.JsonText;
import dev.refloat.adapter.json.JsonTrees;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.adapter.process.Program;
import dev.refloat.adapter.process.ProgramFailure;
import dev.refloat.model.Json;
import dev.refloat.model.Times;
import java.io.File;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// A credential plugin: a program named in the kubeconfig that prints a token or a client
/// certificate
/// (client.authentication.k8s.io/v1 and v1beta1). Cloud providers' logins work this way.
///
/// The program is started directly, never through a shell, and what it prints is never shown: it is
/// the
/// credential. Its error output goes to the terminal when a person is there to read it, as logins
/// print
/// links and codes; else its last line is part of the error.
final class ExecPlugin implements Credentials {
  private static final String GROUP = "client.authentication.k8s.io/";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /// Somebody may have to find a phone first.
  private static final Duration LIMIT_WITH_A_PERSON = Duration.ofMinutes(10);

  private static final int MAX_OUTPUT = 1024 * 1024;
  private static final int MAX_ERRORS = 64 * 1024;

  /// Credentials are renewed a little early, so that they do not run out on the way.
  private static final Duration MARGIN = Duration.ofSeconds(10);

  /// What the program gave.
  record Issued(
      Optional<String> token,
      Optional<String> certificate,
      Optional<String> key,
      Optional<Instant> expires) {
    @Override
    public String toString() {
      return "Issued[secret]";
    }
  }

  private final Json exec;
  private final KubeConfig.Entry user;
  private final Json cluster;
  private final Surroundings around;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private Issued issued;

  /// Runs the program for the first time.
  ///
  /// @param user the kubeconfig's user with an `exec` section
  /// @param cluster what the program is told of the cluster, if it asks for it
  ExecPlugin(KubeConfig.Entry user, Json cluster, Surroundings around, Clock clock) {
    this.exec = user.body().get("exec");
    this.user = user;
    this.cluster = cluster;
    this.around = around;
    this.clock = clock;
    this.issued = run();
  }

  Issued issued() {
    return issued;
  }

  @Override
  public Optional<String> header() {
    lock.lock();
    try {
      if (issued.expires().isPresent()
          && clock.instant().isAfter(issued.expires().get().minus(MARGIN))) {
        issued = run();
      }
      return bearer();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean renew(Optional<String> refused) {
    lock.lock();
    try {
      if (issued.token().isEmpty()) {
        return false;
      }
      if (bearer().equals(refused)) {
        issued = run();
      }
      return !bearer().equals(refused);
    } finally {
      lock.unlock();
    }
  }

  private Optional<String> bearer() {
    return issued.token().map(t -> "Bearer " + t);
  }

  private Issued run() {
    String apiVersion = exec.get("apiVersion").text();
    if (!apiVersion.equals(GROUP + "v1") && !apiVersion.equals(GROUP + "v1beta1")) {
      throw failure(
          "its apiVersion is "
              + (apiVersion.isEmpty() ? "missing" : Words.line(apiVersion))
              + "; v1 and v1beta1 exist",
          "Write the kubeconfig anew with your provider's tool.");
    }
    boolean terminal = around.interactive().getAsBoolean();
    String mode = exec.get("interactiveMode").text("IfAvailable");
    if (mode.equals("Always") && !terminal) {
      throw failure("it needs a terminal to log in", "Run Refloat in a terminal, or log in first.");
    }
    boolean person = terminal && !mode.equals("Never");
    String output = start(apiVersion, person);
    return read(output, apiVersion);
  }

  private String start(String apiVersion, boolean person) {
    List<String> command = new ArrayList<>();
    command.add(program());
    exec.get("args").list().forEach(a -> command.add(a.text()));
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> env = builder.environment();
    env.clear();
    env.putAll(around.environment());
    exec.get("env").list().forEach(e -> env.put(e.get("name").text(), e.get("value").text()));
    env.put("KUBERNETES_EXEC_INFO", info(apiVersion, person));
    if (person) {
      builder.redirectInput(ProcessBuilder.Redirect.INHERIT);
      builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    }
    Duration limit = person ? LIMIT_WITH_A_PERSON : LIMIT;
    Program.Answer answer;
    try {
      answer = Program.run(builder, new Program.Limits(limit, MAX_OUTPUT, MAX_ERRORS));
    } catch (ProgramFailure e) {
      throw switch (e.reason()) {
        case NOT_STARTED -> {
          String hint = exec.get("installHint").text();
          yield failure(
              "the program was not found or cannot be started",
              hint.isEmpty() ? "Install it, or put it on the PATH." : Words.line(hint));
        }
        case TOO_SLOW, TOO_LARGE ->
            failure(
                "no answer within " + limit.toSeconds() + " s",
                "Run it by hand to see what it waits for.");
        case INTERRUPTED -> failure("interrupted", "Try again.");
        case UNREADABLE ->
            failure("its output could not be read", "Run it by hand to see what it prints.");
      };
    }
    if (answer.code() != 0) {
      String last = lastLine(answer.errors());
      throw failure(
          "it ended with exit code " + answer.code() + (last.isEmpty() ? "" : ": " + last),
          "Log in again, or run it by hand to see what is wrong.");
    }
    return answer.output();
  }

  /// A name with a separator is relative to the kubeconfig; one without is searched on the PATH.
  private String program() {
    String command = exec.get("command").text();
    if (command.isBlank()) {
      throw failure("no command is given", "Write the kubeconfig anew with your provider's tool.");
    }
    Path path = Path.of(command);
    if (!path.isAbsolute() && path.getNameCount() > 1) {
      Path folder = user.file().toAbsolutePath().getParent();
      return folder == null ? command : folder.resolve(path).normalize().toString();
    }
    if (!path.isAbsolute()) {
      for (String folder : around.variable("PATH").orElse("").split(File.pathSeparator, -1)) {
        for (String suffix : List.of("", ".exe", ".cmd", ".bat")) {
          File candidate = new File(folder.isEmpty() ? "." : folder, command + suffix);
          if (candidate.isFile() && candidate.canExecute()) {
            return candidate.getPath();
          }
        }
      }
    }
    return command;
  }

  private String info(String apiVersion, boolean person) {
    Json.Builder spec = Json.builder().put("interactive", person);
    if (exec.get("provideClusterInfo").isTrue()) {
      spec.put("cluster", cluster);
    }
    return JsonText.compact(
        Json.builder()
            .put("kind", "ExecCredential")
            .put("apiVersion", apiVersion)
            .put("spec", spec.build())
            .build());
  }

  private Issued read(String output, String apiVersion) {
    Json root;
    try {
      root = JsonTrees.read("output of the credential plugin", output);
    } catch (MalformedInput e) {
      throw failure(
          "what it printed is not an ExecCredential in JSON",
          "Run it by hand: nothing but the JSON may go to standard output.");
    }
    if (!root.get("kind").text().equals("ExecCredential")
        || !root.get("apiVersion").text().equals(apiVersion)) {
      throw failure(
          "it answered with "
              + Words.line(root.get("apiVersion").text("no apiVersion"))
              + ", asked for was "
              + apiVersion,
          "Write the kubeconfig anew with your provider's tool.");
    }
    Json status = root.get("status");
    Optional<String> token = status.get("token").scalar().map(String::strip);
    Optional<String> certificate = status.get("clientCertificateData").scalar();
    Optional<String> key = status.get("clientKeyData").scalar();
    if (token.filter(t -> !t.isEmpty()).isEmpty() && (certificate.isEmpty() || key.isEmpty())) {
      throw failure("it gave neither a token nor a certificate with its key", "Log in again.");
    }
    return new Issued(token, certificate, key, Times.parse(status.get("expirationTimestamp")));
  }

  private UnusableCluster failure(String why, String next) {
    return new UnusableCluster(
        "credential plugin "
            + Words.line(exec.get("command").text())
            + " of user "
            + Words.line(user.name()),
        why,
        next);
  }

  private static String lastLine(String text) {
    return text.lines().filter(l -> !l.isBlank()).reduce((_, b) -> b).map(Words::line).orElse("");
  }
}

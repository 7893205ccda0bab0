package dev.refloat.testbed;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The Go toolchain: builds programs from modules that were never meant to be dependencies, each in
/// a scratch module of its own so that their requirements do not meet.
final class Go {
  /// A failed download is tried again; a failed compilation is not.
  private static final Pattern NETWORK_TROUBLE =
      Pattern.compile(
          "(?i)timeout|timed out|connection (reset|refused)|unexpected EOF|no such host|TLS"
              + " handshake|\\b(429|50[0234])\\b|stream error|GOAWAY");

  private static final int TRIES = 4;
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(5);
  private static final Duration LIMIT = Duration.ofMinutes(60);
  private static final Duration BETWEEN_PROGRESS = Duration.ofSeconds(15);

  private final Optional<Path> command;
  private final String flags;

  private Go(Optional<Path> command, String flags) {
    this.command = command;
    this.flags = flags;
  }

  /// The `go` on the PATH of this environment.
  static Go ofPath(Map<String, String> environment) {
    Optional<Path> found =
        Pattern.compile(Pattern.quote(java.io.File.pathSeparator))
            .splitAsStream(environment.getOrDefault("PATH", ""))
            .filter(s -> !s.isBlank())
            .map(folder -> Path.of(folder, "go"))
            .filter(Files::isExecutable)
            .findFirst();
    return new Go(found, environment.getOrDefault("GOFLAGS", ""));
  }

  static Go absent() {
    return new Go(Optional.empty(), "");
  }

  boolean present() {
    return command.isPresent();
  }

  /// Builds the given programs of one module below `work` and returns their paths.
  List<Path> build(Binary.Module module, List<Binary> wanted, Path work)
      throws UnavailableException, IOException {
    String names = String.join(", ", wanted.stream().map(Binary::program).toList());
    Narration.say(
        "building "
            + names
            + " from "
            + module.path()
            + "@"
            + module.version()
            + ", once (about "
            + module.firstBuild()
            + " on two cores when Go's own cache is empty)");
    Instant start = Instant.now();
    Path out = Files.createDirectories(work.resolve("bin"));
    String linker = "-s -w";
    if (module == Binary.Module.KUBERNETES) {
      prepareKubernetes(work);
      linker += kubernetesVersionFlags();
    } else {
      scratch(work, List.of(module.path() + "@" + module.version()));
    }
    List<Path> built = new ArrayList<>();
    for (Binary b : wanted) {
      Path file = out.resolve(b.program());
      run(
          work,
          b.program(),
          List.of(
              "build",
              "-v",
              "-mod=mod",
              "-trimpath",
              "-ldflags",
              linker,
              "-o",
              file.toString(),
              b.goPackage()));
      built.add(file);
    }
    Narration.say(
        "built " + names + " in " + Narration.duration(Duration.between(start, Instant.now())));
    return built;
  }

  /// Makes the CRDs of the given API modules below `work`; returns the folder with the YAML files.
  Path fluxCrds(Path controllerGen, Path work, List<Binary.ApiModule> apis)
      throws UnavailableException, IOException {
    scratch(work, apis.stream().map(m -> m.path() + "@" + m.version()).toList());
    StringBuilder imports = new StringBuilder("package scratch\n\nimport (\n");
    List<String> packages = new ArrayList<>();
    for (Binary.ApiModule m : apis) {
      for (String p : m.packages()) {
        packages.add(m.path() + "/" + p);
        imports.append("\t_ \"").append(m.path()).append('/').append(p).append("\"\n");
      }
    }
    Files.writeString(work.resolve("scratch.go"), imports.append(")\n"));
    run(work, "the Flux API modules", List.of("mod", "tidy"));
    Path out = Files.createDirectories(work.resolve("crds"));
    List<String> line = new ArrayList<>();
    line.add(controllerGen.toString());
    line.add("crd");
    for (String p : packages) {
      line.add("paths=" + p);
    }
    line.add("output:crd:dir=" + out);
    exec(work, "the Flux CRDs", line, true);
    try (var files = Files.list(out)) {
      if (files.findAny().isEmpty()) {
        throw new UnavailableException(
            "controller-gen made no CRDs from " + String.join(", ", packages));
      }
    }
    return out;
  }

  private void scratch(Path work, List<String> modules) throws UnavailableException, IOException {
    Files.writeString(work.resolve("go.mod"), "module refloat.dev/scratch\n\ngo 1.25\n");
    List<String> line = new ArrayList<>(List.of("get"));
    line.addAll(modules);
    run(work, modules.getFirst(), line);
  }

  /// k8s.io/kubernetes requires its staging modules at v0.0.0 and replaces them with folders that
  /// its published module does not have. The same modules are published under their own names: the
  /// replacements are rewritten to those.
  private void prepareKubernetes(Path work) throws UnavailableException, IOException {
    Binary.Module k = Binary.Module.KUBERNETES;
    Files.writeString(work.resolve("go.mod"), "module refloat.dev/scratch\n\ngo 1.25\n");
    String json =
        run(work, k.path(), List.of("mod", "download", "-json", k.path() + "@" + k.version()));
    Path goMod = Path.of(jsonField(json, "GoMod"));
    Path source = Path.of(jsonField(json, "Dir"));
    String staging = k.version().replaceFirst("^v1\\.", "v0.");
    String text = Files.readString(goMod);
    text = text.replaceFirst("(?m)^module \\S+", "module refloat.dev/scratch");
    text =
        Pattern.compile("(?m)^(\\s*(?:replace )?)(\\S+) => \\./staging/src/(\\S+)$")
            .matcher(text)
            .replaceAll("$1$2 => $3 " + staging);
    text += "\nrequire " + k.path() + " " + k.version() + "\n";
    Files.writeString(work.resolve("go.mod"), text);
    Files.write(work.resolve("go.sum"), Files.readAllBytes(source.resolve("go.sum")));
  }

  /// An API server without its version answers `v0.0.0-master`, and charts refuse it.
  private static String kubernetesVersionFlags() {
    String version = Binary.Module.KUBERNETES.version();
    String[] parts = version.substring(1).split("\\.", -1);
    Map<String, String> values = new TreeMap<>();
    values.put("gitVersion", version);
    values.put("gitMajor", parts[0]);
    values.put("gitMinor", parts[1]);
    values.put("gitTreeState", "clean");
    values.put("gitCommit", "0".repeat(40));
    values.put("buildDate", "1970-01-01T00:00:00Z");
    StringBuilder flags = new StringBuilder();
    for (String where : List.of("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")) {
      values.forEach(
          (k, v) -> flags.append(" -X ").append(where).append('.').append(k).append('=').append(v));
    }
    return flags.toString();
  }

  private static String jsonField(String json, String field) throws UnavailableException {
    Matcher m = Pattern.compile("\"" + field + "\":\\s*\"([^\"]*)\"").matcher(json);
    if (!m.find()) {
      throw new UnavailableException("go mod download named no " + field + ": " + json.strip());
    }
    return m.group(1).replace("\\\\", "\\");
  }

  /// Runs `go` and returns its standard output.
  private String run(Path work, String what, List<String> arguments)
      throws UnavailableException, IOException {
    List<String> line = new ArrayList<>();
    line.add(command.map(Path::toString).orElse("go"));
    line.addAll(arguments);
    return exec(work, what, line, false);
  }

  private String exec(Path work, String what, List<String> line, boolean quiet)
      throws UnavailableException, IOException {
    for (int attempt = 1; ; attempt++) {
      Outcome outcome = once(work, what, line, quiet);
      if (outcome.code == 0) {
        return outcome.out;
      }
      if (attempt >= TRIES || !NETWORK_TROUBLE.matcher(outcome.tail).find()) {
        throw new UnavailableException(
            "`"
                + String.join(" ", line.size() > 4 ? line.subList(0, 2) : line)
                + "` for "
                + what
                + " failed with exit code "
                + outcome.code
                + ":\n"
                + outcome.tail);
      }
      Narration.say("a download for " + what + " failed; trying again: " + lastLine(outcome.tail));
      pause(BETWEEN_TRIES.multipliedBy(attempt));
    }
  }

  private record Outcome(int code, String out, String tail) {}

  private Outcome once(Path work, String what, List<String> line, boolean quiet)
      throws IOException, UnavailableException {
    Path out = Files.createTempFile(work, "out-", ".txt");
    ProcessBuilder builder = new ProcessBuilder(line).directory(work.toFile());
    Map<String, String> environment = builder.environment();
    environment.put("CGO_ENABLED", "0");
    environment.put("GOWORK", "off");
    // A person's GOFLAGS may hold -mod=vendor or -tags, which mean nothing here.
    environment.put(
        "GOFLAGS",
        flags.contains("-mod=") ? "-buildvcs=false" : (flags + " -buildvcs=false").trim());
    builder.redirectOutput(out.toFile());
    Process process = builder.start();
    process.getOutputStream().close();
    Deque<String> tail = new ArrayDeque<>();
    Instant start = Instant.now();
    Instant told = start;
    int compiled = 0;
    int downloaded = 0;
    try (BufferedReader err = process.errorReader(StandardCharsets.UTF_8)) {
      for (String s = err.readLine(); s != null; s = err.readLine()) {
        if (s.startsWith("go: downloading ")) {
          downloaded++;
        } else if (s.matches("[\\w.\\-/]+")) {
          compiled++;
        } else {
          tail.addLast(s);
          if (tail.size() > 40) {
            tail.removeFirst();
          }
        }
        Instant now = Instant.now();
        if (!quiet && Duration.between(told, now).compareTo(BETWEEN_PROGRESS) > 0) {
          told = now;
          Narration.say(
              what
                  + ": "
                  + downloaded
                  + " modules downloaded, "
                  + compiled
                  + " packages compiled, "
                  + Narration.duration(Duration.between(start, now)));
        }
        if (Duration.between(start, now).compareTo(LIMIT) > 0) {
          process.destroyForcibly();
          throw new UnavailableException(
              "building " + what + " took longer than " + Narration.duration(LIMIT));
        }
      }
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      return new Outcome(process.waitFor(), Files.readString(out), String.join("\n", tail));
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new UnavailableException("building " + what + " was interrupted");
    }
  }

  private static void pause(Duration duration) throws UnavailableException {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("a build was interrupted");
    }
  }

  private static String lastLine(String text) {
    return text.substring(text.lastIndexOf('\n') + 1);
  }
}

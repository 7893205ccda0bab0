package dev.refloat.adapter.git;

import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.adapter.process.Program;
import dev.refloat.adapter.process.ProgramFailure;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.model.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// The user's kustomize, for what this program does not follow itself. It reads nothing outside of
/// the folder and its bases (its default load restriction), runs no plugins, and is not asked about
/// folders with remote bases.
final class KustomizeProgram {
  private static final Program.Limits LIMITS =
      new Program.Limits(Duration.ofSeconds(20), 32 << 20, 64 << 10);

  /// Folders that are built at most: a repository must not keep us busy for ever.
  private static final int MAX_RUNS = 100;

  private final List<List<String>> commands;
  private final ConcurrentMap<Path, Optional<List<Json>>> built = new ConcurrentHashMap<>();

  /// The programs on the PATH: kustomize, else the one inside of kubectl.
  KustomizeProgram() {
    this(List.of(List.of("kustomize", "build"), List.of("kubectl", "kustomize")));
  }

  /// Other programs.
  ///
  /// @param commands to try in this order; the folder is added
  KustomizeProgram(List<List<String>> commands) {
    this.commands = List.copyOf(commands);
  }

  /// The objects that it makes of a folder; nothing when there is no such program, or it refuses.
  Optional<List<Json>> build(Path folder) {
    Optional<List<Json>> known = built.get(folder);
    if (known == null) {
      known = built.size() < MAX_RUNS ? run(folder) : Optional.empty();
      built.put(folder, known);
    }
    return known;
  }

  private Optional<List<Json>> run(Path folder) {
    for (List<String> command : commands) {
      List<String> all = new ArrayList<>(command);
      all.add(folder.toString());
      ProcessBuilder program = new ProcessBuilder(all);
      // Of a kubectl that would ask a cluster for something.
      program.environment().putAll(Map.of("KUBECONFIG", "/dev/null", "GIT_TERMINAL_PROMPT", "0"));
      try {
        Program.Answer answer = Program.run(program, LIMITS);
        return answer.code() == 0
            ? Optional.of(YamlTrees.read("kustomize", answer.output()))
            : Optional.empty();
      } catch (MalformedInput e) {
        return Optional.empty();
      } catch (ProgramFailure e) {
        if (e.reason() != ProgramFailure.Reason.NOT_STARTED) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }
}

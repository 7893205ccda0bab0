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
  private final ConcurrentMap<Path, Outcome> built = new ConcurrentHashMap<>();

  /// What it says to a folder.
  sealed interface Outcome {}

  /// The objects that it makes.
  record Made(List<Json> objects) implements Outcome {
    Made {
      objects = List.copyOf(objects);
    }
  }

  /// It does not make any.
  record Refused(String words) implements Outcome {}

  /// There is no such program, or it was not asked.
  record Silent() implements Outcome {}

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

  /// Lets it build a folder, once.
  Outcome build(Path folder) {
    Outcome known = built.get(folder);
    if (known == null) {
      known = built.size() < MAX_RUNS ? run(folder) : new Silent();
      built.put(folder, known);
    }
    return known;
  }

  private Outcome run(Path folder) {
    for (List<String> command : commands) {
      List<String> all = new ArrayList<>(command);
      all.add(folder.toString());
      ProcessBuilder program = new ProcessBuilder(all);
      // Of a kubectl that would ask a cluster for something.
      program.environment().putAll(Map.of("KUBECONFIG", "/dev/null", "GIT_TERMINAL_PROMPT", "0"));
      try {
        Program.Answer answer = Program.run(program, LIMITS);
        return answer.code() == 0
            ? new Made(YamlTrees.read("kustomize", answer.output()))
            : new Refused(answer.errors().strip());
      } catch (MalformedInput e) {
        return new Silent();
      } catch (ProgramFailure e) {
        if (e.reason() != ProgramFailure.Reason.NOT_STARTED) {
          return new Silent();
        }
      }
    }
    return new Silent();
  }
}

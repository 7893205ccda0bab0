package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.model.Nearest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `refloat completion`: the script that lets a shell complete names, options and causes.
final class CompletionCommand implements Command {
  private static final Map<String, String> FILES =
      Map.of(
          "bash", "completion.bash",
          "zsh", "completion.zsh",
          "fish", "completion.fish",
          "powershell", "completion.ps1");
  private static final List<String> SHELLS = List.of("bash", "zsh", "fish", "powershell");

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "completion",
        "bash|zsh|fish|powershell",
        "Prints a completion script. Commands, options, causes, contexts, and the names of releases"
            + " and namespaces of the cluster complete.",
        Optional.of(Completing.words(SHELLS)),
        List.of(Options.general()),
        List.of(
            new Example("bash, in ~/.bashrc", "completion bash > ~/.refloat.bash"),
            new Example("zsh, in a folder of $fpath", "completion zsh > _refloat"),
            new Example(
                "PowerShell, then '. ~/refloat.ps1' in $PROFILE",
                "completion powershell > ~/refloat.ps1"),
            new Example("fish", "completion fish > ~/.config/fish/completions/refloat.fish")));
  }

  @Override
  public int run(Arguments arguments, Session session) {
    String shell = arguments.words().size() == 1 ? arguments.words().getFirst() : "";
    String file = FILES.get(shell);
    if (file == null) {
      throw new CommandException(
          shell.isEmpty() ? "completion needs one shell" : "there is no script for '" + shell + "'",
          "it is one of: " + String.join(", ", SHELLS),
          Nearest.of(shell, SHELLS, 1).stream()
              .findFirst()
              .map(n -> "did you mean " + n + "?")
              .orElse(null));
    }
    try (InputStream in = CompletionCommand.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("resource " + file + " is missing");
      }
      session.out().print(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ExitCode.CLEAN;
  }
}

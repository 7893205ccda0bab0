package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.model.Json;
import java.util.List;
import java.util.Optional;

/// `refloat version`.
final class VersionCommand implements Command {

  enum Format {
    TEXT,
    JSON,
    YAML
  }

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "version",
        "[options]",
        "Prints the version of Refloat and of the Java that runs it.",
        Optional.empty(),
        List.of(new Section("Output", List.of(Options.output(Format.class))), Options.general()),
        List.of(new Example("for a bug report", "version -o yaml")));
  }

  @Override
  public int run(Arguments arguments, Session session) {
    Json.Obj version =
        Json.builder()
            .put("version", session.backend().version())
            .put("java", Runtime.version().toString())
            .put("platform", System.getProperty("os.name") + "/" + System.getProperty("os.arch"))
            .build();
    switch (arguments.choice("--output", Format.class, Format.TEXT)) {
      case TEXT -> session.out().println("refloat " + session.backend().version());
      case JSON -> session.json().document(version);
      case YAML -> session.yaml().document(version);
    }
    return ExitCode.CLEAN;
  }
}

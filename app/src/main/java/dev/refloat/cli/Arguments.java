package dev.refloat.cli;

import dev.refloat.model.Nearest;
import dev.refloat.model.Times;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// The parsed arguments of one command.
final class Arguments {
  private final ParseResult parsed;
  private final String program;

  private Arguments(ParseResult parsed, String program) {
    this.parsed = parsed;
    this.program = program;
  }

  /// @param program how the user calls this program, for hints
  /// @throws CommandException when they do not fit the command
  static Arguments parse(CommandInfo info, List<String> args, String program) {
    CommandSpec spec = CommandSpec.create().name(info.name());
    info.options().forEach(o -> spec.addOption(spec(o)));
    if (info.words().isPresent()) {
      spec.addPositional(
          PositionalParamSpec.builder().type(String[].class).arity("0..*").index("0..*").build());
    }
    CommandLine line = new CommandLine(spec);
    line.setOverwrittenOptionsAllowed(true);
    line.setExpandAtFiles(false);
    try {
      return new Arguments(line.parseArgs(args.toArray(String[]::new)), program);
    } catch (CommandLine.ParameterException e) {
      throw usage(e, info, program);
    }
  }

  private static OptionSpec spec(Option option) {
    String[] names =
        java.util.stream.Stream.concat(option.names().stream(), option.hidden().stream())
            .toArray(String[]::new);
    OptionSpec.Builder builder = OptionSpec.builder(names);
    if (!option.takesValue()) {
      return builder.type(boolean.class).build();
    }
    return builder
        .paramLabel(option.label())
        .arity("1")
        .type(option.many() ? String[].class : String.class)
        .build();
  }

  private static CommandException usage(
      CommandLine.ParameterException e, CommandInfo info, String program) {
    String help = program + " " + info.name() + " --help";
    if (e instanceof CommandLine.UnmatchedArgumentException u && !u.getUnmatched().isEmpty()) {
      String word = u.getUnmatched().getFirst();
      if (!word.startsWith("-")) {
        return new CommandException(
            "unexpected argument '" + word + "'",
            info.words().isPresent() ? null : info.name() + " takes no arguments",
            help);
      }
      String name = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
      List<String> known =
          info.options().flatMap(o -> o.names().stream()).filter(n -> n.startsWith("--")).toList();
      return new CommandException(
          "unknown option '" + name + "' for " + info.name(),
          null,
          Nearest.of(name, known, 1).stream()
              .findFirst()
              .map(n -> "did you mean " + n + "? else " + help)
              .orElse(help));
    }
    if (e instanceof CommandLine.MissingParameterException m && !m.getMissing().isEmpty()) {
      return new CommandException(
          m.getMissing().getFirst() instanceof OptionSpec o
              ? "option " + o.longestName() + " needs a value (" + o.paramLabel() + ")"
              : "an argument is missing",
          null,
          help);
    }
    return new CommandException(String.valueOf(e.getMessage()), null, help);
  }

  String program() {
    return program;
  }

  boolean flag(String name) {
    return parsed.matchedOptionValue(name, Boolean.FALSE);
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(parsed.matchedOptionValue(name, (String) null));
  }

  List<String> texts(String name) {
    return Arrays.asList(parsed.matchedOptionValue(name, new String[0]));
  }

  Optional<Path> path(String name) {
    return text(name).map(t -> path(name, t));
  }

  static Path path(String what, String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new CommandException(what + " '" + text + "' is not a path", e.getReason(), null, e);
    }
  }

  Optional<Duration> duration(String name) {
    return text(name)
        .map(
            t ->
                Times.duration(t)
                    .filter(d -> d.toMillis() > 0)
                    .orElseThrow(
                        () ->
                            new CommandException(
                                "option " + name + " does not understand '" + t + "'",
                                "it takes a duration",
                                "write it like 30s or 2m")));
  }

  /// One of a few words.
  <T extends Enum<T>> T choice(String name, Class<T> type, T otherwise) {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return otherwise;
    }
    List<String> words = words(type);
    for (T value : type.getEnumConstants()) {
      if (word(value).equals(text.get())) {
        return value;
      }
    }
    throw new CommandException(
        "option " + name + " does not know '" + text.get() + "'",
        "it takes one of: " + String.join(", ", words),
        Nearest.of(text.get(), words, 1).stream()
            .findFirst()
            .map(n -> "did you mean " + n + "?")
            .orElse(null));
  }

  static <T extends Enum<T>> List<String> words(Class<T> type) {
    return Arrays.stream(type.getEnumConstants()).map(Arguments::word).toList();
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(java.util.Locale.ROOT);
  }

  /// What is not an option.
  List<String> words() {
    return parsed.hasMatchedPositional(0)
        ? Arrays.asList(parsed.matchedPositionalValue(0, new String[0]))
        : List.of();
  }
}

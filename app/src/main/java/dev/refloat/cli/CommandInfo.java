package dev.refloat.cli;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What a command is called, takes and does: the source of its parser, its help and its completion.
///
/// @param usage what follows the command's name in the usage line
/// @param words what its arguments may be; empty when it takes none
/// @param examples a comment and the arguments after the program's name
record CommandInfo(
    String name,
    String usage,
    String description,
    Optional<Completing> words,
    List<Section> sections,
    List<Example> examples) {

  record Section(String title, List<Option> options) {
    Section {
      options = List.copyOf(options);
    }
  }

  record Example(String comment, String arguments) {}

  CommandInfo {
    sections = List.copyOf(sections);
    examples = List.copyOf(examples);
  }

  Stream<Option> options() {
    return sections.stream().flatMap(s -> s.options().stream());
  }

  Optional<Option> option(String name) {
    return options().filter(o -> o.called(name)).findFirst();
  }
}

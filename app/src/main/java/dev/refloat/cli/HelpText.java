package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.render.Page;
import dev.refloat.render.Span;
import dev.refloat.render.Style;
import java.util.ArrayList;
import java.util.List;

/// What `--help` prints.
final class HelpText {
  private HelpText() {}

  static void print(Page page, CommandInfo info, String program) {
    page.wrapped(Style.PLAIN, "", "", info.description());
    page.blank();
    page.heading("Usage");
    page.line("  " + program + " " + info.name() + " " + info.usage());
    for (Section section : info.sections()) {
      page.blank();
      page.heading(section.title());
      List<List<Span>> rows = new ArrayList<>();
      for (Option option : section.options()) {
        rows.add(List.of(Span.of(names(option)), Span.of(option.help())));
      }
      page.columns("  ", 3, true, rows);
    }
    if (!info.examples().isEmpty()) {
      page.blank();
      page.heading("Examples");
      for (Example example : info.examples()) {
        page.line(Span.of("  "), Span.dim("# " + example.comment()));
        page.line(Span.of("  "), new Span(Style.CYAN, program + " " + example.arguments()));
      }
    }
    page.blank();
    // What reads releases can find failures.
    page.line(
        Span.dim(
            info.option("--watch").isPresent()
                ? "Exit codes: 0 clean, 1 failures found, 2 wrong usage or an error."
                : "Exit codes: 0 done, 2 wrong usage or an error."));
  }

  /// Options without a short name line up behind those with one.
  private static String names(Option option) {
    String names = String.join(", ", option.names());
    return (option.names().getFirst().startsWith("--") ? "    " + names : names)
        + (option.takesValue() ? " " + option.label() : "");
  }

  static void print(Page page, List<Commands.Entry> commands, String program) {
    page.wrapped(
        Style.PLAIN, "", "", "Refloat finds why a Flux HelmRelease failed, and proves it.");
    page.blank();
    page.heading("Usage");
    page.line("  " + program + " COMMAND [options]");
    page.blank();
    page.heading("Commands");
    List<List<Span>> rows = new ArrayList<>();
    commands.forEach(c -> rows.add(List.of(Span.bold(c.name()), Span.of(c.title()))));
    page.columns("  ", 3, true, rows);
    page.blank();
    page.heading("Start here");
    for (String[] start :
        new String[][] {
          {"see it work, without a cluster", "demo"},
          {"what fails in the cluster, and why", "diagnose -A"},
          {"everything about one release", "diagnose -n NAMESPACE NAME"}
        }) {
      page.line(Span.of("  "), Span.dim("# " + start[0]));
      page.line(Span.of("  "), new Span(Style.CYAN, program + " " + start[1]));
    }
    page.blank();
    page.line("Options of a command: " + program + " COMMAND --help");
  }
}

package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.render.Page;
import dev.refloat.render.Span;
import dev.refloat.render.Style;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
    page.heading("Exit codes");
    List<List<Span>> codes = new ArrayList<>();
    exitCodes(info).forEach((code, meaning) -> codes.add(List.of(Span.of(code), Span.of(meaning))));
    page.columns("  ", 3, true, codes);
  }

  /// What each code means for a command, in their order.
  private static Map<String, String> exitCodes(CommandInfo info) {
    Map<String, String> codes = new TreeMap<>();
    codes.put("0", "done");
    codes.put("2", "wrong usage, unreadable input, or an error of Refloat's own");
    switch (info.name()) {
      case "recover", "rollback" -> {
        codes.put("0", "recovered, or nothing had to be done");
        codes.put("3", "refused: a guard, a missing approval, or a person has to act first");
        codes.put("4", "a step failed; what is left for a time is said");
        codes.put("5", "carried out, but the release is not seen to work");
      }
      case "restore" -> {
        codes.put("3", "refused: not confirmed");
        codes.put("4", "not every object could be created again");
      }
      case "plan" -> {
        codes.put("0", "there is a plan, or nothing has to be done");
        codes.put("3", "refused: there is no safe plan, or another release comes first");
      }
      case "validate" -> {
        codes.put("0", "it works");
        codes.put("1", "a check failed");
        codes.put("5", "what matters most could not be seen");
      }
      case "probe" -> {
        codes.put("0", "yes: pulled, resolved, reached");
        codes.put("1", "no");
        codes.put("3", "refused: the cluster does not let the pod in");
        codes.put("5", "it could not be found out");
      }
      case "lint" -> {
        codes.put("0", "nothing that counts");
        codes.put("1", "findings that count: warnings and errors, or as --fail-on says");
      }
      case "fix" -> codes.put("1", "some findings need a person");
      default -> {
        if (info.option("--watch").isPresent()) {
          // what reads releases can find failures
          codes.put("0", "clean");
          codes.put("1", "failures found");
        }
      }
    }
    return codes;
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

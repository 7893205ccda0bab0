package dev.refloat.cli;

import dev.refloat.lint.Baseline;
import dev.refloat.lint.Check;
import dev.refloat.lint.Judged;
import dev.refloat.lint.LintResult;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Settings;
import dev.refloat.lint.Severity;
import dev.refloat.lint.Sources;
import dev.refloat.lint.Triage;
import dev.refloat.render.GitHubText;
import dev.refloat.render.LintFormat;
import dev.refloat.render.LintView;
import dev.refloat.render.Look;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/// What `refloat lint` does with what the rules found: which of it counts, where it is written and
/// what the exit code says.
final class LintOutput {
  private static final String SUMMARY_FILE = "GITHUB_STEP_SUMMARY";

  /// From which severity on a finding makes the run fail.
  enum FailOn {
    ERROR,
    WARNING,
    INFO,
    NEVER;

    Optional<Severity> least() {
      return switch (this) {
        case ERROR -> Optional.of(Severity.ERROR);
        case WARNING -> Optional.of(Severity.WARNING);
        case INFO -> Optional.of(Severity.INFO);
        case NEVER -> Optional.empty();
      };
    }
  }

  private final Arguments arguments;
  private final Session session;
  private final Backend.Kept kept;
  private final List<Check> checks;

  /// @param checks that ran
  LintOutput(Arguments arguments, Session session, Backend.Kept kept, List<Check> checks) {
    this.arguments = arguments;
    this.session = session;
    this.kept = kept;
    this.checks = checks;
  }

  static List<Option> options() {
    return List.of(
        Options.output(LintFormat.class),
        Option.value(
                "FORMAT=FILE",
                "write this too; may be repeated: sarif=refloat.sarif",
                Completing.nothing(),
                "--report")
            .repeatable(),
        Option.value(
            "SEVERITY",
            "exit code 1 from this severity on (default warning): "
                + String.join(", ", Arguments.words(FailOn.class)),
            Completing.words(Arguments.words(FailOn.class)),
            "--fail-on"),
        Option.value(
            "FILE",
            "settings; else .refloat.yaml of the repository",
            Completing.of(Completing.What.FILES),
            "--config"),
        Option.value(
            "FILE",
            "findings that are known and do not count; else .refloat/baseline.json",
            Completing.of(Completing.What.FILES),
            "--baseline"),
        Option.flag("write all findings to the baseline", "--write-baseline"));
  }

  /// Writes the result.
  ///
  /// @param judged files all of whose findings are in the result
  ///
  /// @return the exit code
  int finish(LintResult result, Sources sources, Predicate<String> judged) {
    boolean writing = arguments.flag("--write-baseline");
    Judged left =
        new Triage(
                kept.settings(),
                sources,
                writing ? Baseline.EMPTY : kept.baseline(),
                session.backend().checks().stream().map(c -> c.info().id()).toList(),
                seeingAll(checks),
                judged)
            .judge(result);
    if (writing) {
      Path file = kept.write(Baseline.of(left.findings()));
      session.tell(
          "Wrote "
              + left.findings().size()
              + (left.findings().size() == 1 ? " finding to " : " findings to ")
              + file
              + ". They do not count from now on.");
      return ExitCode.CLEAN;
    }
    Optional<Severity> least = failFrom();
    List<RuleInfo> rules = checks.stream().map(Check::info).toList();
    LintView view =
        new LintView(
            left,
            sources,
            rules,
            session.backend()::rulePage,
            new LintView.Seen(
                result.counts().files(),
                result.counts().clusters(),
                result.counts().objects(),
                result.counts().releases()),
            session.backend().version(),
            least);
    reports(view);
    LintFormat format = arguments.choice("--output", LintFormat.class, LintFormat.TEXT);
    format.write(
        session.out(),
        session.edge(),
        session.look(arguments),
        !session.terminal().unicode(),
        view,
        session.program());
    if (format == LintFormat.GITHUB) {
      summary(view);
    }
    return least.map(left::anyFrom).orElse(false) ? ExitCode.FINDINGS : ExitCode.CLEAN;
  }

  /// The rules that saw all they need: charts and registries may have been seen in part.
  static List<String> seeingAll(List<Check> checks) {
    return checks.stream()
        .map(Check::info)
        .filter(
            rule ->
                switch (rule.needs()) {
                  case REPOSITORY, LEARNT -> true;
                  case CHARTS, BASE, ONLINE, CLUSTER -> false;
                })
        .map(RuleInfo::id)
        .toList();
  }

  /// `--fail-on`, else what the settings say, else warnings.
  private Optional<Severity> failFrom() {
    if (arguments.text("--fail-on").isPresent()) {
      return arguments.choice("--fail-on", FailOn.class, FailOn.WARNING).least();
    }
    return kept.settings().failOn().orElse(Settings.Level.WARNING).severity();
  }

  private record ReportFile(LintFormat format, Path path) {}

  private void reports(LintView view) {
    List<ReportFile> files = new ArrayList<>();
    for (String text : arguments.texts("--report")) {
      int equals = text.indexOf('=');
      Optional<LintFormat> format =
          equals <= 0 ? Optional.empty() : format(text.substring(0, equals));
      if (format.isEmpty() || equals == text.length() - 1) {
        throw new CommandException(
            "option --report does not understand '" + text + "'",
            "it takes FORMAT=FILE, with one of: "
                + String.join(", ", Arguments.words(LintFormat.class)),
            "write it like --report sarif=refloat.sarif");
      }
      files.add(
          new ReportFile(format.get(), Arguments.path("--report", text.substring(equals + 1))));
    }
    for (ReportFile f : files) {
      try (Writer out = Files.newBufferedWriter(f.path())) {
        f.format().write(out, session.edge(), Look.plain(), false, view, session.program());
      } catch (IOException e) {
        throw new CommandException(
            "cannot write the report " + f.path(),
            reason(e),
            "name a file in a folder that exists and that you may write",
            e);
      }
    }
  }

  private static Optional<LintFormat> format(String word) {
    return Arrays.stream(LintFormat.values())
        .filter(f -> f.name().toLowerCase(Locale.ROOT).equals(word))
        .findFirst();
  }

  /// GitHub's runner names the file in which a step may leave a summary.
  private void summary(LintView view) {
    String file = session.env().getOrDefault(SUMMARY_FILE, "");
    if (file.isEmpty()) {
      return;
    }
    OpenOption[] append = {StandardOpenOption.CREATE, StandardOpenOption.APPEND};
    try (Writer out = Files.newBufferedWriter(Arguments.path(SUMMARY_FILE, file), append)) {
      GitHubText.summary(out, session.edge(), view);
    } catch (IOException e) {
      // The annotations are there; a summary is a convenience.
      session.tell("The step's summary could not be written: " + reason(e));
    }
  }

  private static String reason(IOException e) {
    String name = e.getClass().getSimpleName().replaceAll("(Exception|Error)$", "");
    return name + ": " + e.getMessage();
  }
}

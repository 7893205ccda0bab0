package dev.refloat.cli;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The commands. A command's class is loaded when it is asked for.
final class Commands {

  /// @param title for the list of commands, and for completion
  record Entry(String name, String title, Supplier<Command> command) {}

  static final List<Entry> ALL =
      List.of(
          new Entry("diagnose", "Name the cause of failing releases", () -> new DiagnoseCommand()),
          new Entry("get", "List releases with their causes", () -> new GetCommand()),
          new Entry("plan", "Show how a release would be recovered", () -> new PlanCommand()),
          new Entry("recover", "Recover a release, step by step", () -> new RecoverCommand()),
          new Entry("validate", "Check that a release works", () -> new ValidateCommand()),
          new Entry("probe", "Ask from inside the cluster, with a pod", () -> new ProbeCommand()),
          new Entry("history", "List the revisions of a release", () -> new HistoryCommand()),
          new Entry(
              "rollback",
              "Return a release to a revision that worked",
              () -> new RollbackCommand()),
          new Entry("restore", "Create again what a recovery removed", () -> new RestoreCommand()),
          new Entry("report", "Write the post-mortem of a recovery", () -> new ReportCommand()),
          new Entry("recoveries", "List recoveries", () -> new RecoveriesCommand()),
          new Entry("lint", "Find in Git what will fail", () -> new LintCommand()),
          new Entry("fix", "Make the safe fixes of what lint finds", () -> new FixCommand()),
          new Entry("render", "Print what Flux would apply", () -> new RenderCommand()),
          new Entry("diff", "Show what a change does to a release", () -> new DiffCommand()),
          new Entry("learn", "Keep what the past of releases teaches", () -> new LearnCommand()),
          new Entry("alerts", "Write alerts for releases that fail", () -> new AlertsCommand()),
          new Entry("explain", "Print the page of a cause", () -> new ExplainCommand()),
          new Entry(
              "snapshot", "Write a cluster to disk for a diagnosis", () -> new SnapshotCommand()),
          new Entry(
              "permissions", "Print the RBAC that a command needs", () -> new PermissionsCommand()),
          new Entry("demo", "Diagnose a recorded cluster", () -> new DemoCommand()),
          new Entry("completion", "Print a completion script", () -> new CompletionCommand()),
          new Entry("version", "Print the version", () -> new VersionCommand()));

  private Commands() {}

  static Optional<Entry> named(String name) {
    return ALL.stream().filter(e -> e.name().equals(name)).findFirst();
  }

  static List<String> names() {
    return ALL.stream().map(Entry::name).toList();
  }
}

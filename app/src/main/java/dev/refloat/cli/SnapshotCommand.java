package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.diagnosis.Diagnoser;
import dev.refloat.evidence.Evidence;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `refloat snapshot`: what a diagnosis needs of a cluster, on disk.
final class SnapshotCommand implements Command {
  private static final long DEFAULT_MAX = 512L << 20;
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12})\\s*([kKmMgG]?)(?:i?[bB])?");

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "snapshot",
        "OUT [options]",
        "Writes what a diagnosis reads from a cluster into OUT: a folder, or one file when OUT ends"
            + " in .tgz or .zip. Secret data is masked.",
        Optional.of(Completing.of(Completing.What.FILES)),
        Options.ofReleases(
            List.of(),
            List.of(
                Option.flag("keep secret data: handle the file like a secret", "--include-secrets"),
                Option.value(
                    "SIZE",
                    "write no more than this; what is left out is said (default 512M)",
                    Completing.nothing(),
                    "--max-size"),
                Option.flag("replace an existing snapshot", "--force"))),
        List.of(
            new Example("the whole cluster, for a colleague", "snapshot incident.tgz -A"),
            new Example("diagnose it anywhere", "diagnose --from incident.tgz")));
  }

  @Override
  public int run(Arguments arguments, Session session) {
    if (arguments.words().size() != 1) {
      throw new CommandException(
          "snapshot needs one place to write to",
          null,
          session.program() + " snapshot incident.tgz -A");
    }
    Path out = Arguments.path("output", arguments.words().getFirst());
    Backend.SaveOptions options =
        new Backend.SaveOptions(
            arguments.flag("--include-secrets"),
            arguments.text("--max-size").map(SnapshotCommand::bytes).orElse(DEFAULT_MAX),
            arguments.flag("--force"));
    Diagnoser diagnoser =
        new Diagnoser(session.backend().knowledge(arguments.path("--catalog")).rules());
    Backend.Saved saved;
    try (Backend.Cluster cluster =
            session.backend().open(Options.source(arguments), session.env());
        ProgressLine progress = ProgressLine.start(session, "reading " + cluster.title())) {
      Target target = Target.everything(arguments, cluster.namespace());
      Evidence evidence = Survey.read(cluster, diagnoser, target, Hints.of(arguments), progress);
      saved = cluster.save(evidence, out, options);
    }
    session.tell(
        "Wrote "
            + saved.objects()
            + " objects and "
            + saved.logs()
            + " logs ("
            + size(saved.bytes())
            + ") to "
            + out
            + (options.includeSecrets()
                ? ". It holds secrets: handle it like one."
                : ", " + saved.masked() + " secret values masked."));
    saved.leftOut().forEach(b -> session.tell("Left out: " + b.what() + " (" + b.why() + ")"));
    session.hint("Diagnose it: " + session.program() + " diagnose --from " + out);
    return ExitCode.CLEAN;
  }

  static long bytes(String text) {
    Matcher m = SIZE.matcher(text.strip());
    if (!m.matches()) {
      throw new CommandException(
          "option --max-size does not understand '" + text + "'",
          "it takes a size",
          "write it like 200M or 1G");
    }
    int shift =
        switch (m.group(2).toLowerCase(Locale.ROOT)) {
          case "k" -> 10;
          case "m" -> 20;
          case "g" -> 30;
          default -> 0;
        };
    return Long.parseLong(m.group(1)) << shift;
  }

  private static String size(long bytes) {
    return bytes < 1 << 20
        ? Math.max(1, bytes >> 10) + " KiB"
        : String.format(Locale.ROOT, "%.1f MiB", bytes / (double) (1 << 20));
  }
}

package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Section;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The options that several commands share, named as kubectl and flux name theirs.
final class Options {
  static final Duration TIMEOUT = Duration.ofSeconds(30);

  /// As kubectl calls it.
  private static final String REQUEST_TIMEOUT = "--request-timeout";

  static final Option NAMESPACE =
      Option.value(
          "NS",
          "releases of this namespace; else that of the context",
          Completing.of(Completing.What.NAMESPACES),
          "-n",
          "--namespace");
  static final Option ALL_NAMESPACES =
      Option.flag("releases of all namespaces", "-A", "--all-namespaces");
  static final Option SELECTOR =
      Option.value(
          "LABELS",
          "releases with these labels: key=value[,key=value]",
          Completing.nothing(),
          "-l",
          "--selector");

  static final Option WATCH =
      Option.flag("go on, and print again when something changed", "-w", "--watch");
  static final Option NO_HEADERS = Option.flag("rows only", "--no-headers").alsoAs("--no-header");

  private Options() {}

  /// What every command takes that reads releases.
  ///
  /// @param which more ways to choose releases
  /// @param output of this command
  static List<Section> ofReleases(List<Option> which, List<Option> output) {
    List<Option> chosen = new ArrayList<>(List.of(NAMESPACE, ALL_NAMESPACES, SELECTOR));
    chosen.addAll(which);
    List<Option> shown = new ArrayList<>(output);
    shown.add(catalog());
    return List.of(
        new Section("Which releases", chosen), cluster(), new Section("Output", shown), general());
  }

  /// Which cluster.
  static Section cluster() {
    return cluster("--timeout");
  }

  /// The same for a command whose `--timeout` is about all that it does.
  static Section clusterToAct() {
    return cluster(REQUEST_TIMEOUT);
  }

  private static Section cluster(String limit) {
    List<Option> options =
        new ArrayList<>(
            List.of(
                Option.value(
                    "SNAPSHOT",
                    "a snapshot on disk (folder, .tgz or .zip) instead of a cluster",
                    Completing.of(Completing.What.FILES),
                    "--from")));
    options.addAll(live(limit));
    return new Section("Where to look", options);
  }

  /// Which live cluster, for a command that a snapshot cannot serve.
  static List<Option> live() {
    return live("--timeout");
  }

  private static List<Option> live(String limit) {
    return List.of(
        Option.value(
            "FILE", "kubeconfig to use", Completing.of(Completing.What.FILES), "--kubeconfig"),
        Option.value(
                "NAME",
                "context of the kubeconfig",
                Completing.of(Completing.What.CONTEXTS),
                "--context")
            .alsoAs("--kube-context"),
        Option.value("USER", "impersonate this user", Completing.nothing(), "--as")
            .alsoAs("--kube-as"),
        Option.value(
                "GROUP",
                "impersonate this group; may be repeated",
                Completing.nothing(),
                "--as-group")
            .alsoAs("--kube-as-group")
            .repeatable(),
        Option.value(
            "DURATION",
            "give up on a request that stays without an answer (default 30s)",
            Completing.nothing(),
            limit));
  }

  /// What every command has.
  static Section general() {
    return new Section(
        "General",
        List.of(
            Option.value(
                "WHEN",
                "colours: auto, always or never",
                Completing.words(Arguments.words(Session.Color.class)),
                "--color"),
            Option.flag("ASCII characters only", "--ascii"),
            Option.flag("stack traces of errors", "--debug"),
            Option.flag("this help", "-h", "--help")));
  }

  static Option catalog() {
    return Option.value(
        "DIR",
        "failure classes of your own, beside the built-in ones",
        Completing.of(Completing.What.DIRECTORIES),
        "--catalog");
  }

  static <T extends Enum<T>> Option output(Class<T> formats) {
    List<String> words = Arguments.words(formats);
    return Option.value(
        "FORMAT", String.join("|", words), Completing.words(words), "-o", "--output");
  }

  static ClusterSource source(Arguments arguments) {
    return source(arguments, "--timeout");
  }

  static ClusterSource sourceToAct(Arguments arguments) {
    return source(arguments, REQUEST_TIMEOUT);
  }

  private static ClusterSource source(Arguments arguments, String limit) {
    Optional<Path> from = arguments.path("--from");
    if (from.isPresent()) {
      for (String live : List.of("--kubeconfig", "--context", "--as")) {
        if (arguments.text(live).isPresent()) {
          throw new CommandException(
              "--from and " + live + " do not go together",
              "a snapshot needs no cluster",
              "leave one of them out");
        }
      }
      return new ClusterSource.Snapshot(from.get());
    }
    return live(arguments, namespaces(arguments), limit);
  }

  /// A live cluster, for a command whose arguments are not names of releases.
  static ClusterSource live(Arguments arguments) {
    return live(arguments, List.of(), "--timeout");
  }

  private static ClusterSource live(Arguments arguments, List<String> namespaces, String limit) {
    if (!arguments.texts("--as-group").isEmpty() && arguments.text("--as").isEmpty()) {
      throw new CommandException(
          "--as-group needs --as", "Kubernetes impersonates a user, with groups", null);
    }
    return new ClusterSource.Live(
        arguments.path("--kubeconfig"),
        arguments.text("--context"),
        arguments.text("--as"),
        arguments.texts("--as-group"),
        namespaces,
        arguments.duration(limit).orElse(TIMEOUT));
  }

  private static List<String> namespaces(Arguments arguments) {
    List<String> namespaces = new ArrayList<>(arguments.text("--namespace").stream().toList());
    for (String word : arguments.words()) {
      int slash = word.indexOf('/');
      if (slash > 0 && !Target.ALIASES.contains(word.substring(0, slash))) {
        namespaces.add(word.substring(0, slash));
      }
    }
    return namespaces;
  }
}

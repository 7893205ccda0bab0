package dev.refloat.cli;

import dev.refloat.evidence.Answer;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.evidence.Observation;
import dev.refloat.model.Resource;
import dev.refloat.rule.Rule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/// Answers `__complete` as a Cobra program does, which is how kubectl and flux complete the
/// arguments of their plugins: candidates with descriptions behind a tab, then `:` and a directive
/// (https://github.com/spf13/cobra, `completions.go`, ShellCompDirective).
final class Completer {
  private static final int FILES = 0;
  private static final int NO_FILES = 4;
  private static final int DIRECTORIES_ONLY = 16;

  /// A shell that hangs on a key press is worse than one that offers nothing.
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Session session;

  Completer(Session session) {
    this.session = session;
  }

  private record Candidate(String word, String description) {}

  /// @param words what was typed after the program's name; the last one is to be completed
  void print(List<String> words, boolean descriptions) {
    String typed = words.isEmpty() ? "" : words.getLast();
    List<String> before = words.isEmpty() ? List.of() : words.subList(0, words.size() - 1);
    List<Candidate> candidates = new ArrayList<>();
    int directive = complete(before, typed, candidates);
    String prefix = typed.startsWith("--") && typed.contains("=") ? afterEquals(typed) : typed;
    for (Candidate c : candidates) {
      if (c.word().startsWith(prefix)) {
        String word = session.edge().line(c.word());
        String text = session.edge().line(c.description());
        session.out().println(descriptions && !text.isEmpty() ? word + "\t" + text : word);
      }
    }
    session.out().println(":" + directive);
  }

  private static String afterEquals(String typed) {
    return typed.substring(typed.indexOf('=') + 1);
  }

  private int complete(List<String> before, String typed, List<Candidate> out) {
    Optional<Commands.Entry> entry =
        before.stream().flatMap(w -> Commands.named(w).stream()).findFirst();
    if (entry.isEmpty()) {
      if (typed.startsWith("-")) {
        out.add(new Candidate("--help", "this help"));
        out.add(new Candidate("--version", "the version"));
      } else if (before.isEmpty() || before.getLast().equals("help")) {
        Commands.ALL.forEach(c -> out.add(new Candidate(c.name(), c.title())));
      }
      return NO_FILES;
    }
    CommandInfo info = entry.get().command().get().info();
    if (typed.startsWith("--") && typed.contains("=")) {
      return info.option(typed.substring(0, typed.indexOf('=')))
          .map(o -> offer(o.completing(), info, before, out))
          .orElse(NO_FILES);
    }
    if (!before.isEmpty()) {
      Optional<Option> waiting = info.option(before.getLast()).filter(Option::takesValue);
      if (waiting.isPresent()) {
        return offer(waiting.get().completing(), info, before, out);
      }
    }
    if (typed.startsWith("-")) {
      info.options()
          .filter(o -> o.many() || o.names().stream().noneMatch(before::contains))
          .forEach(
              o ->
                  o.names().stream()
                      .filter(n -> n.startsWith("--") || typed.equals("-"))
                      .forEach(n -> out.add(new Candidate(n, o.help()))));
      return NO_FILES;
    }
    return info.words().map(w -> offer(w, info, before, out)).orElse(NO_FILES);
  }

  private int offer(
      Completing completing, CommandInfo info, List<String> before, List<Candidate> out) {
    switch (completing.what()) {
      case NOTHING -> {
        return NO_FILES;
      }
      case FILES -> {
        return FILES;
      }
      case DIRECTORIES -> {
        return DIRECTORIES_ONLY;
      }
      case WORDS -> completing.words().forEach(w -> out.add(new Candidate(w, "")));
      case COMMANDS -> Commands.ALL.forEach(c -> out.add(new Candidate(c.name(), c.title())));
      case CAUSES -> causes(info, before, out);
      case CONTEXTS ->
          quietly(() -> session.backend().contexts(kubeconfig(info, before), session.env()))
              .forEach(c -> out.add(new Candidate(c, "")));
      case NAMESPACES -> namespaces(info, before, out);
      case RELEASES -> releases(info, before, out);
    }
    return NO_FILES;
  }

  private void causes(CommandInfo info, List<String> before, List<Candidate> out) {
    List<Rule> rules =
        quietly(
            () ->
                session
                    .backend()
                    .knowledge(arguments(info, before).flatMap(a -> a.path("--catalog")))
                    .rules()
                    .rules());
    rules.forEach(r -> out.add(new Candidate(r.id(), r.title())));
  }

  private void namespaces(CommandInfo info, List<String> before, List<Candidate> out) {
    quietly(
            () -> {
              List<String> names = new ArrayList<>();
              // Those that have releases; all of them where there are none yet.
              list(info, before, Kind.HELM_RELEASE, _ -> "").forEach(r -> names.add(r.namespace()));
              if (names.isEmpty()) {
                list(info, before, Kind.NAMESPACE, _ -> "").forEach(r -> names.add(r.name()));
              }
              return names.stream().distinct().sorted().toList();
            })
        .forEach(n -> out.add(new Candidate(n, "")));
  }

  private void releases(CommandInfo info, List<String> before, List<Candidate> out) {
    Optional<Arguments> arguments = arguments(info, before);
    boolean everywhere = arguments.map(a -> a.flag("--all-namespaces")).orElse(false);
    Optional<String> namespace =
        everywhere ? Optional.empty() : arguments.flatMap(a -> a.text("--namespace"));
    boolean paths =
        namespace.isEmpty() && (everywhere || arguments.flatMap(a -> a.text("--from")).isPresent());
    quietly(
            () ->
                list(
                    info,
                    before,
                    Kind.HELM_RELEASE,
                    c ->
                        namespace
                            .or(() -> everywhere ? Optional.empty() : c.namespace())
                            .orElse("")))
        .forEach(
            r ->
                out.add(
                    new Candidate(
                        paths ? r.namespace() + "/" + r.name() : r.name(),
                        r.condition("Ready")
                            .map(c -> c.isTrue() ? "ready" : c.reason())
                            .orElse(""))));
  }

  private List<Resource> list(
      CommandInfo info,
      List<String> before,
      Kind kind,
      Function<Backend.Cluster, String> namespace) {
    ClusterSource source = arguments(info, before).map(Options::source).orElseThrow();
    if (source instanceof ClusterSource.Live live) {
      source =
          new ClusterSource.Live(
              live.kubeconfig(),
              live.context(),
              live.asUser(),
              live.asGroups(),
              live.namespaces(),
              PATIENCE);
    }
    try (Backend.Cluster cluster = session.backend().open(source, session.env())) {
      Inquiry.ListOf list = new Inquiry.ListOf(kind, namespace.apply(cluster));
      return cluster.reader().ask(Set.of(list)).get(list)
              instanceof Observation.Seen<Answer>(Answer.Objects(var items))
          ? items
          : List.of();
    }
  }

  private Optional<Path> kubeconfig(CommandInfo info, List<String> before) {
    return arguments(info, before).flatMap(a -> a.path("--kubeconfig"));
  }

  /// What was typed so far, as far as it can be understood.
  private Optional<Arguments> arguments(CommandInfo info, List<String> before) {
    List<String> words = new ArrayList<>(before);
    words.remove(info.name());
    if (!words.isEmpty() && info.option(words.getLast()).map(Option::takesValue).orElse(false)) {
      words.removeLast();
    }
    try {
      return Optional.of(Arguments.parse(info, words, session.program()));
    } catch (CommandException e) {
      return Optional.empty();
    }
  }

  /// Completion never fails and never takes long: it offers nothing instead.
  private static <T> List<T> quietly(java.util.concurrent.Callable<List<T>> question) {
    CompletableFuture<List<T>> answer = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("completion")
        .start(
            () -> {
              try {
                answer.complete(question.call());
              } catch (Exception e) {
                answer.completeExceptionally(e);
              }
            });
    try {
      return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    } catch (ExecutionException | TimeoutException e) {
      return List.of();
    }
  }
}

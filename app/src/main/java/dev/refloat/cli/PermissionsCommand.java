package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.model.Json;
import dev.refloat.model.Nearest;
import dev.refloat.render.Page;
import dev.refloat.render.Span;
import dev.refloat.render.YamlText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `refloat permissions`: the least rights that a command needs, as roles and bindings to apply.
final class PermissionsCommand implements Command {

  enum Format {
    YAML,
    JSON,
    TABLE
  }

  /// Who stands in the bindings when nobody is named.
  private static final Backend.Subject ON_CALL =
      new Backend.Subject("Group", "on-call", Optional.empty());

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "permissions",
        "COMMAND [options]",
        "Prints the roles that a command needs and their bindings, ready for kubectl apply. Only the"
            + " HelmReleases are a must: what else may not be read becomes a blind spot of the"
            + " diagnosis. Reading Secrets (Helm's records) is a role of its own.",
        Optional.of(Completing.of(Completing.What.COMMANDS)),
        List.of(
            new Section(
                "For whom",
                List.of(
                    Option.value(
                        "NAME",
                        "bind to this group (default on-call)",
                        Completing.nothing(),
                        "--group"),
                    Option.value("NAME", "bind to this user", Completing.nothing(), "--user"),
                    Option.value(
                            "NS:NAME",
                            "bind to this service account",
                            Completing.nothing(),
                            "--serviceaccount")
                        .alsoAs("--service-account"))),
            new Section(
                "How much",
                List.of(
                    Option.value(
                        "NS",
                        "Roles in this namespace instead of ClusterRoles",
                        Completing.of(Completing.What.NAMESPACES),
                        "-n",
                        "--namespace"),
                    Option.flag("leave the role for Secrets out", "--no-secrets"))),
            new Section("Output", List.of(Options.output(Format.class))),
            Options.general()),
        List.of(
            new Example(
                "for the people on call", "permissions diagnose --group sre | kubectl apply -f -"),
            new Example(
                "for a bot, in one namespace",
                "permissions diagnose -n ai --serviceaccount ci:bot"),
            new Example("what each right is for", "permissions diagnose -o table")));
  }

  @Override
  public int run(Arguments arguments, Session session) {
    if (arguments.words().size() != 1) {
      throw new CommandException(
          arguments.words().isEmpty()
              ? "permissions needs the name of a command"
              : "permissions takes one command",
          "it is one of: " + String.join(", ", Commands.names()),
          session.program() + " permissions diagnose");
    }
    String command = arguments.words().getFirst();
    if (Commands.named(command).isEmpty()) {
      throw new CommandException(
          "there is no command '" + command + "'",
          null,
          Nearest.of(command, Commands.names(), 1).stream()
              .findFirst()
              .map(n -> "did you mean " + n + "?")
              .orElse("it is one of: " + String.join(", ", Commands.names())));
    }
    Format format = arguments.choice("--output", Format.class, Format.YAML);
    Optional<String> namespace = arguments.text("--namespace");
    Optional<Backend.Subject> named = subject(arguments);
    Backend.Needed needed =
        session
            .backend()
            .permissions(
                command,
                new Backend.Grant(
                    namespace, !arguments.flag("--no-secrets"), named.orElse(ON_CALL)));
    if (needed.rights().isEmpty()) {
      session.tell("'" + command + "' asks no cluster: it needs no rights.");
      return ExitCode.CLEAN;
    }
    switch (format) {
      case YAML -> yaml(session, needed.objects());
      case JSON ->
          session
              .json()
              .document(
                  Json.builder().put("apiVersion", "v1").put("kind", "List").build(),
                  "items",
                  needed.objects().iterator());
      case TABLE -> table(session.page(arguments), needed.rights());
    }
    if (format != Format.TABLE && named.isEmpty()) {
      session.tell(
          "Bound to the group on-call; name yours with --group, --user or --serviceaccount.");
    }
    if (namespace.isPresent()) {
      session.tell(
          "Nodes, volumes, namespaces, definitions and webhooks belong to no namespace: with these"
              + " roles they are blind spots.");
    }
    return ExitCode.CLEAN;
  }

  private static Optional<Backend.Subject> subject(Arguments arguments) {
    List<Backend.Subject> named = new ArrayList<>();
    arguments
        .text("--group")
        .ifPresent(g -> named.add(new Backend.Subject("Group", g, Optional.empty())));
    arguments
        .text("--user")
        .ifPresent(u -> named.add(new Backend.Subject("User", u, Optional.empty())));
    arguments.text("--serviceaccount").ifPresent(a -> named.add(serviceAccount(a)));
    if (named.size() > 1) {
      throw new CommandException(
          "--group, --user and --serviceaccount do not go together",
          "the roles are bound to one of them",
          "name one, and add others to the binding");
    }
    return named.stream().findFirst();
  }

  private static Backend.Subject serviceAccount(String text) {
    int colon = text.indexOf(':');
    if (colon <= 0 || colon == text.length() - 1 || text.indexOf(':', colon + 1) > 0) {
      throw new CommandException(
          "option --serviceaccount does not understand '" + text + "'",
          "it takes a namespace and a name",
          "write it like ci:bot");
    }
    return new Backend.Subject(
        "ServiceAccount", text.substring(colon + 1), Optional.of(text.substring(0, colon)));
  }

  private static void yaml(Session session, List<Json.Obj> objects) {
    YamlText text = session.yaml();
    boolean first = true;
    for (Json.Obj object : objects) {
      if (!first) {
        session.out().println("---");
      }
      text.document(object);
      first = false;
    }
  }

  private static void table(Page page, List<Backend.Right> rights) {
    List<List<Span>> rows = new ArrayList<>();
    rows.add(
        List.of(
            Span.of("VERBS"),
            Span.of("GROUP"),
            Span.of("RESOURCE"),
            Span.of("SCOPE"),
            Span.of("WHAT FOR")));
    for (Backend.Right right : rights) {
      rows.add(
          List.of(
              Span.of(String.join(",", right.verbs())),
              Span.of(right.group().isEmpty() ? "core" : right.group()),
              Span.of(right.resource()),
              Span.of(right.namespaced() ? "namespace" : "cluster"),
              Span.of(right.why())));
    }
    page.columns("", 3, false, rows);
  }
}

package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.evidence.Kind;
import dev.refloat.model.Json;
import dev.refloat.model.Nearest;
import dev.refloat.render.Page;
import dev.refloat.render.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// `refloat permissions`: the least rights that a command needs, as a role to apply.
final class PermissionsCommand implements Command {

  enum Format {
    YAML,
    JSON,
    TABLE
  }

  /// @param why what is not seen without it
  private record Rule(
      String group, List<String> resources, List<String> verbs, boolean namespaced, String why) {}

  private static final Set<String> READING = Set.of("diagnose", "get", "snapshot");

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "permissions",
        "COMMAND [options]",
        "Prints the role that a command needs, ready for kubectl apply. Only the HelmReleases are"
            + " a must: what else may not be read becomes a blind spot of the diagnosis.",
        Optional.of(Completing.of(Completing.What.COMMANDS)),
        List.of(
            new Section(
                "Output",
                List.of(
                    Option.value(
                        "NS",
                        "a Role for this namespace instead of a ClusterRole",
                        Completing.of(Completing.What.NAMESPACES),
                        "-n",
                        "--namespace"),
                    Options.output(Format.class))),
            Options.general()),
        List.of(
            new Example(
                "a role for the people on call", "permissions diagnose | kubectl apply -f -"),
            new Example("what it lets them see", "permissions diagnose -o table")));
  }

  @Override
  public int run(Arguments arguments, Session session) {
    if (arguments.words().size() != 1) {
      throw new CommandException(
          "permissions needs the name of one command",
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
              .orElse(null));
    }
    if (!READING.contains(command)) {
      session.tell("'" + command + "' does not talk to a cluster: it needs no rights.");
      return ExitCode.CLEAN;
    }
    Optional<String> namespace = arguments.text("--namespace");
    List<Rule> rules = rules(namespace.isPresent());
    switch (arguments.choice("--output", Format.class, Format.YAML)) {
      case YAML -> session.yaml().document(role(rules, namespace));
      case JSON -> session.json().document(role(rules, namespace));
      case TABLE -> table(session.page(arguments), rules);
    }
    if (namespace.isPresent()) {
      session.hint(
          "Nodes, volumes, namespaces, definitions and webhooks belong to no namespace: with this"
              + " role they are blind spots.");
    }
    return ExitCode.CLEAN;
  }

  private static List<Rule> rules(boolean namespacedOnly) {
    Map<String, List<String>> byGroup = new LinkedHashMap<>();
    Map<String, List<String>> clusterByGroup = new LinkedHashMap<>();
    for (Kind kind : Kind.values()) {
      if (kind == Kind.SECRET) {
        continue;
      }
      (kind.namespaced() ? byGroup : clusterByGroup)
          .computeIfAbsent(kind.group(), _ -> new ArrayList<>())
          .add(kind.plural());
    }
    List<String> read = List.of("get", "list");
    List<Rule> rules = new ArrayList<>();
    byGroup.forEach(
        (group, resources) -> rules.add(new Rule(group, resources, read, true, why(group))));
    rules.add(new Rule("", List.of("pods/log"), List.of("get"), true, "why containers crash"));
    rules.add(
        new Rule(
            "",
            List.of("secrets"),
            read,
            true,
            "Helm's record of a release; values and pull secrets are only looked up by name"));
    if (!namespacedOnly) {
      clusterByGroup.forEach(
          (group, resources) -> rules.add(new Rule(group, resources, read, false, why(group))));
    }
    return rules;
  }

  private static String why(String group) {
    return switch (group) {
      case "helm.toolkit.fluxcd.io" -> "the releases: the only must";
      case "source.toolkit.fluxcd.io" -> "where charts come from";
      case "kustomize.toolkit.fluxcd.io" -> "what applies the releases";
      case "apps", "batch" -> "the workloads of a release";
      case "" -> "pods, events, volumes, namespaces";
      case "storage.k8s.io" -> "why a volume is not provided";
      case "apiextensions.k8s.io" -> "which kinds exist";
      case "admissionregistration.k8s.io" -> "which webhook refuses or hangs";
      default -> "";
    };
  }

  private static Json.Obj role(List<Rule> rules, Optional<String> namespace) {
    Json.Builder metadata = Json.builder().put("name", "refloat-reader");
    namespace.ifPresent(n -> metadata.put("namespace", n));
    return Json.builder()
        .put("apiVersion", "rbac.authorization.k8s.io/v1")
        .put("kind", namespace.isPresent() ? "Role" : "ClusterRole")
        .put("metadata", metadata.build())
        .put(
            "rules",
            rules.stream()
                .<Json>map(
                    r ->
                        Json.builder()
                            .put("apiGroups", Json.from(List.of(r.group())))
                            .put("resources", Json.from(r.resources()))
                            .put("verbs", Json.from(r.verbs()))
                            .build())
                .iterator())
        .build();
  }

  private static void table(Page page, List<Rule> rules) {
    List<List<Span>> rows = new ArrayList<>();
    rows.add(
        List.of(Span.of("VERBS"), Span.of("GROUP"), Span.of("RESOURCES"), Span.of("WHAT FOR")));
    for (Rule rule : rules) {
      String first = String.join(",", rule.verbs());
      String group = rule.group().isEmpty() ? "core" : rule.group();
      for (String resource : rule.resources()) {
        rows.add(List.of(Span.of(first), Span.of(group), Span.of(resource), Span.of(rule.why())));
      }
    }
    page.columns("", 3, false, rows);
  }
}

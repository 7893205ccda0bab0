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

  private record Rule(String group, List<Resource> resources, List<String> verbs) {}

  /// @param why what is not seen without it
  private record Resource(String name, String why) {}

  private static final List<String> READ = List.of("get", "list");
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
    List<Kind> kinds = new ArrayList<>(List.of(Kind.values()));
    if (namespacedOnly) {
      kinds.removeIf(k -> !k.namespaced());
    }
    Map<String, List<Kind>> byGroup = new LinkedHashMap<>();
    kinds.forEach(k -> byGroup.computeIfAbsent(k.group(), _ -> new ArrayList<>()).add(k));
    List<Rule> rules = new ArrayList<>();
    byGroup.forEach(
        (group, members) -> rules.add(new Rule(group, resources(members), verbs(group))));
    Resource logs = new Resource("pods/log", "why containers crash");
    rules.add(new Rule("", List.of(logs), List.of("get")));
    return rules;
  }

  /// Releases are watched too: `diagnose --watch`.
  private static List<String> verbs(String group) {
    return group.equals(Kind.HELM_RELEASE.group()) ? List.of("get", "list", "watch") : READ;
  }

  private static List<Resource> resources(List<Kind> kinds) {
    return kinds.stream().map(k -> new Resource(k.plural(), why(k))).toList();
  }

  private static String why(Kind kind) {
    return switch (kind) {
      case HELM_RELEASE -> "the releases: the only must";
      case HELM_CHART, HELM_REPOSITORY, OCI_REPOSITORY, GIT_REPOSITORY, BUCKET, EXTERNAL_ARTIFACT ->
          "where charts come from";
      case KUSTOMIZATION -> "what applies the releases";
      case DEPLOYMENT, STATEFUL_SET, DAEMON_SET, REPLICA_SET, JOB, POD ->
          "what a release waits for";
      case PERSISTENT_VOLUME_CLAIM, PERSISTENT_VOLUME, STORAGE_CLASS -> "why a volume is missing";
      case SERVICE -> "addresses of load balancers, backends of webhooks";
      case EVENT -> "what Kubernetes says went wrong";
      case NAMESPACE -> "whether a namespace exists or terminates";
      case NODE -> "why a pod is not scheduled";
      case RESOURCE_QUOTA -> "which quota is used up";
      case SERVICE_ACCOUNT -> "whether a service account exists";
      case CONFIG_MAP -> "whether values and mounted files exist";
      case SECRET -> "the Helm record of a failing release; whether values and pull secrets exist";
      case CUSTOM_RESOURCE_DEFINITION -> "which kinds exist";
      case VALIDATING_WEBHOOK, MUTATING_WEBHOOK -> "which webhook refuses or hangs";
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
                            .put(
                                "resources",
                                Json.from(r.resources().stream().map(Resource::name).toList()))
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
      for (Resource resource : rule.resources()) {
        rows.add(
            List.of(
                Span.of(first), Span.of(group), Span.of(resource.name()), Span.of(resource.why())));
      }
    }
    page.columns("", 3, false, rows);
  }
}

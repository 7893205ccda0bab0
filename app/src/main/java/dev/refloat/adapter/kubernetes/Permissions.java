package dev.refloat.adapter.kubernetes;

import dev.refloat.adapter.yaml.YamlText;
import dev.refloat.evidence.Kind;
import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The least rights that a command needs, as RBAC. They follow from the kinds that a diagnosis
/// lists
/// and from the requests that [LiveCluster] makes for the other inquiries.
///
/// Only the HelmReleases are a must: what else may not be read becomes a blind spot. Helm's storage
/// and the Secrets that releases refer to are a role of their own, because Kubernetes cannot grant
/// the
/// names of Secrets without their content.
public final class Permissions {

  /// What reads a cluster.
  public enum Command {
    DIAGNOSE,
    GET,
    SNAPSHOT;

    /// As it is typed.
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    public static Optional<Command> of(String word) {
      for (Command c : values()) {
        if (c.word().equals(word)) {
          return Optional.of(c);
        }
      }
      return Optional.empty();
    }
  }

  /// One rule of a role.
  ///
  /// @param group empty for the core group
  /// @param namespaced whether a Role can grant it; a ClusterRole can grant everything
  public record Rule(String group, List<String> resources, List<String> verbs, boolean namespaced) {
    public Rule {
      resources = List.copyOf(resources);
      verbs = List.copyOf(verbs);
    }

    /// Whether this rule allows a request.
    public boolean allows(String ofGroup, String resource, String verb) {
      return group.equals(ofGroup) && resources.contains(resource) && verbs.contains(verb);
    }
  }

  /// Who gets the rights.
  ///
  /// @param kind `Group`, `User` or `ServiceAccount`
  /// @param namespace of a service account
  public record Subject(String kind, String name, Optional<String> namespace) {

    /// What stands in the text when nobody was named.
    public static final Subject ON_CALL = new Subject("Group", "on-call", Optional.empty());
  }

  private static final List<String> READ = List.of("get", "list");
  private static final List<String> FOLLOW = List.of("get", "list", "watch");
  private static final String RBAC = "rbac.authorization.k8s.io";

  private Permissions() {}

  /// What a command reads, without Secrets.
  public static List<Rule> rules(Command command) {
    // The reading commands collect the same evidence; a snapshot does not follow.
    boolean follows = command != Command.SNAPSHOT;
    Map<String, List<String>> namespaced = new LinkedHashMap<>();
    Map<String, List<String>> ofCluster = new LinkedHashMap<>();
    for (Kind kind : Kind.values()) {
      if (kind != Kind.SECRET && kind != Kind.HELM_RELEASE) {
        (kind.namespaced() ? namespaced : ofCluster)
            .computeIfAbsent(kind.group(), _ -> new ArrayList<>())
            .add(kind.plural());
      }
    }
    List<Rule> rules = new ArrayList<>();
    rules.add(
        new Rule(
            Kind.HELM_RELEASE.group(),
            List.of(Kind.HELM_RELEASE.plural()),
            follows ? FOLLOW : READ,
            true));
    namespaced.forEach((group, resources) -> rules.add(new Rule(group, resources, READ, true)));
    rules.add(new Rule("", List.of("pods/log"), List.of("get"), true));
    ofCluster.forEach((group, resources) -> rules.add(new Rule(group, resources, READ, false)));
    return List.copyOf(rules);
  }

  /// What reading Helm's records, and Secrets that releases refer to, takes.
  public static List<Rule> secrets() {
    return List.of(new Rule("", List.of(Kind.SECRET.plural()), READ, true));
  }

  /// The objects to apply: a role, its binding, and the same for the Secrets when they are wanted.
  ///
  /// @param namespace a Role in this namespace instead of a ClusterRole; objects of the cluster are
  ///     then blind spots
  public static List<Json> objects(
      Command command, Optional<String> namespace, boolean withSecrets, Subject subject) {
    List<Json> objects = new ArrayList<>();
    grant(objects, "refloat-" + command.word(), rules(command), namespace, subject);
    if (withSecrets) {
      grant(objects, "refloat-helm-storage", secrets(), namespace, subject);
    }
    return List.copyOf(objects);
  }

  /// The same as YAML for `kubectl apply -f -`.
  public static String yaml(
      Command command, Optional<String> namespace, boolean withSecrets, Subject subject) {
    return objects(command, namespace, withSecrets, subject).stream()
        .map(YamlText::write)
        .collect(Collectors.joining("---\n"));
  }

  private static void grant(
      List<Json> objects,
      String name,
      List<Rule> rules,
      Optional<String> namespace,
      Subject subject) {
    String role = namespace.isPresent() ? "Role" : "ClusterRole";
    objects.add(
        object(role, name, namespace)
            .put(
                "rules",
                rules.stream()
                    .filter(r -> r.namespaced() || namespace.isEmpty())
                    .<Json>map(
                        r ->
                            Json.builder()
                                .put("apiGroups", Json.from(List.of(r.group())))
                                .put("resources", Json.from(r.resources()))
                                .put("verbs", Json.from(r.verbs()))
                                .build())
                    .iterator())
            .build());
    Json.Builder who = Json.builder().put("kind", subject.kind());
    if (!subject.kind().equals("ServiceAccount")) {
      who.put("apiGroup", RBAC);
    }
    who.put("name", subject.name());
    subject.namespace().ifPresent(n -> who.put("namespace", n));
    objects.add(
        object(role + "Binding", name, namespace)
            .put(
                "roleRef",
                Json.builder().put("apiGroup", RBAC).put("kind", role).put("name", name).build())
            .put("subjects", List.<Json>of(who.build()).iterator())
            .build());
  }

  private static Json.Builder object(String kind, String name, Optional<String> namespace) {
    Json.Builder metadata = Json.builder().put("name", name);
    namespace.ifPresent(n -> metadata.put("namespace", n));
    return Json.builder()
        .put("apiVersion", RBAC + "/v1")
        .put("kind", kind)
        .put("metadata", metadata.build());
  }
}

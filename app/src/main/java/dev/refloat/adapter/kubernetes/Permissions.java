package dev.refloat.adapter.kubernetes;

import dev.refloat.evidence.Kind;
import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The least rights that each command needs, as RBAC. [#NEEDS] is the one place that says so: a
/// command that changes something gets a row there, with the rights that it needs beside the
/// reading
/// ones.
///
/// Only the HelmReleases are a must: what else may not be read becomes a blind spot. Helm's storage
/// and the Secrets that releases refer to are a role of their own, because Kubernetes cannot grant
/// the names of Secrets without their content.
public final class Permissions {

  /// Which role grants a right.
  public enum Role {
    /// That of the command.
    COMMAND,
    /// The one that all commands share, and that one may leave out.
    HELM_STORAGE,
    /// To let the API server judge Secrets, which one may leave out.
    SECRET_TRIALS;

    String name(String command) {
      return switch (this) {
        case COMMAND -> "refloat-" + command;
        case HELM_STORAGE -> "refloat-helm-storage";
        case SECRET_TRIALS -> "refloat-" + command + "-secrets";
      };
    }
  }

  /// What may be done with one resource.
  ///
  /// @param group empty for the core group
  /// @param resource its plural; a subresource as `pods/log`
  /// @param namespaced whether a Role can grant it; a ClusterRole can grant everything
  /// @param why what a command needs it for
  public record Right(
      Role role,
      String group,
      String resource,
      List<String> verbs,
      boolean namespaced,
      String why) {
    public Right {
      verbs = List.copyOf(verbs);
    }

    /// Whether this allows a request.
    public boolean allows(String ofGroup, String ofResource, String verb) {
      return group.equals(ofGroup) && resource.equals(ofResource) && verbs.contains(verb);
    }
  }

  /// Who gets the rights.
  ///
  /// @param kind `Group`, `User` or `ServiceAccount`
  /// @param namespace of a service account
  public record Subject(String kind, String name, Optional<String> namespace) {}

  private static final String RBAC = "rbac.authorization.k8s.io";

  private static final String TRIED = "let the API server judge it; nothing is stored";

  private static final List<String> READ = List.of("get", "list");
  private static final List<String> FOLLOW = List.of("get", "list", "watch");

  /// The releases themselves, read once.
  private static final List<Right> RELEASES = List.of(right(Kind.HELM_RELEASE, READ));

  /// The same, with `--watch`.
  private static final List<Right> RELEASES_FOLLOWED = List.of(right(Kind.HELM_RELEASE, FOLLOW));

  /// What a diagnosis looks at besides: every kind that the core knows, and logs.
  private static final List<Right> EVIDENCE = evidence();

  private static final List<Right> SECRETS = List.of(right(Kind.SECRET, READ));

  /// What a plan looks at besides.
  private static final List<Right> COPIES =
      List.of(right(Kind.VOLUME_SNAPSHOT, READ), right(Kind.VOLUME_SNAPSHOT_CLASS, READ));

  /// What a validation looks at besides. The other objects of a release are looked at by name where
  /// that is allowed: their kinds only the chart knows. Helm's tests need what the tests do.
  private static final List<Right> WORKING =
      List.of(
          right(Kind.ENDPOINT_SLICE, READ),
          read("networking.k8s.io", "ingresses", "which hosts and Services should answer"),
          read("gateway.networking.k8s.io", "httproutes", "which hosts and Services should answer"),
          read("", "services/proxy", "ask Services through the API server, with --in-cluster"));

  /// Pods of a probe, in the release's namespace.
  private static final List<Right> PROBES =
      List.of(change(Kind.POD, "a pod that looks and is removed again", "create", "delete"));

  /// What steps of a plan change. A rollback or an uninstall by Helm needs besides what the
  /// release's
  /// own objects need: those kinds only the chart knows.
  private static final List<Right> CHANGES =
      List.of(
          change(
              Kind.HELM_RELEASE,
              "marks, requests, suspend and resume; recreation",
              "patch",
              "create",
              "delete"),
          change(Kind.HELM_CHART, "requests to read a source again", "patch"),
          change(Kind.HELM_REPOSITORY, "requests to read a source again", "patch"),
          change(Kind.OCI_REPOSITORY, "requests to read a source again", "patch"),
          change(Kind.GIT_REPOSITORY, "requests to read a source again", "patch"),
          change(Kind.BUCKET, "requests to read a source again", "patch"),
          change(Kind.KUSTOMIZATION, "requests to apply Git again", "patch"),
          change(Kind.POD, "restarts", "delete"),
          change(Kind.DEPLOYMENT, "immutable or foreign fields", "patch", "create", "delete"),
          change(Kind.STATEFUL_SET, "immutable or foreign fields", "patch", "create", "delete"),
          change(Kind.DAEMON_SET, "immutable or foreign fields", "patch", "create", "delete"),
          change(Kind.JOB, "immutable fields", "patch", "create", "delete"),
          change(Kind.SERVICE, "immutable or foreign fields", "patch", "create", "delete"),
          change(
              Kind.PERSISTENT_VOLUME_CLAIM, "volumes, when approved", "patch", "create", "delete"),
          change(Kind.PERSISTENT_VOLUME, "keep a volume when its claim goes", "patch"),
          change(Kind.VOLUME_SNAPSHOT, "save a volume before anything is removed", "create"),
          change(Kind.NAMESPACE, "a namespace that is missing", "create"),
          change(Kind.EVENT, "tell on the release what is done", "create"));

  /// What charts and repositories commonly hold. `lint --server-dry-run` sends it as Flux would,
  /// and
  /// Kubernetes asks for the same rights whether something is stored or not. Objects of other kinds
  /// are reported as not checked.
  private static final List<Right> TRIALS = trials();

  /// Command to rights. Commands that are not here ask no cluster.
  private static final Map<String, List<Right>> NEEDS =
      Map.ofEntries(
          needs("diagnose", RELEASES_FOLLOWED, EVIDENCE, SECRETS),
          needs("get", RELEASES_FOLLOWED, EVIDENCE, SECRETS),
          needs("snapshot", RELEASES, EVIDENCE, SECRETS),
          needs("lint", TRIALS),
          needs("learn", RELEASES, List.of(right(Kind.EVENT, READ)), SECRETS),
          needs("plan", RELEASES, EVIDENCE, COPIES, SECRETS),
          needs("validate", RELEASES, EVIDENCE, WORKING, SECRETS),
          needs("probe", RELEASES, EVIDENCE, SECRETS, PROBES),
          needs("recover", RELEASES, EVIDENCE, COPIES, SECRETS, CHANGES),
          needs("rollback", RELEASES, EVIDENCE, COPIES, SECRETS, CHANGES),
          needs("restore", RELEASES, EVIDENCE, COPIES, SECRETS, CHANGES));

  private Permissions() {}

  @SafeVarargs
  private static Map.Entry<String, List<Right>> needs(String command, List<Right>... rights) {
    List<Right> all = new ArrayList<>();
    for (List<Right> some : rights) {
      all.addAll(some);
    }
    return Map.entry(command, List.copyOf(all));
  }

  private static List<Right> evidence() {
    List<Right> rights = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      if (kind != Kind.SECRET && kind != Kind.HELM_RELEASE && !beyondDiagnosis(kind)) {
        rights.add(right(kind, READ));
      }
      if (kind == Kind.POD) {
        rights.add(
            new Right(Role.COMMAND, "", "pods/log", List.of("get"), true, "why containers crash"));
      }
    }
    return List.copyOf(rights);
  }

  /// Copies of volumes are looked at by a plan, and where Services lead to by a validation.
  private static boolean beyondDiagnosis(Kind kind) {
    return kind == Kind.VOLUME_SNAPSHOT
        || kind == Kind.VOLUME_SNAPSHOT_CLASS
        || kind == Kind.ENDPOINT_SLICE;
  }

  private static List<Right> trials() {
    List<Right> rights = new ArrayList<>();
    rights.add(right(Kind.NAMESPACE, List.of("get", "create", "patch")));
    trial(rights, true, "", "configmaps", "persistentvolumeclaims", "pods", "serviceaccounts");
    trial(rights, true, "", "services", "resourcequotas", "limitranges");
    trial(rights, true, "apps", "daemonsets", "deployments", "statefulsets");
    trial(rights, true, "autoscaling", "horizontalpodautoscalers");
    trial(rights, true, "batch", "cronjobs", "jobs");
    trial(rights, true, "networking.k8s.io", "ingresses", "networkpolicies");
    trial(rights, true, "policy", "poddisruptionbudgets");
    trial(rights, true, RBAC, "rolebindings", "roles");
    trial(rights, false, RBAC, "clusterrolebindings", "clusterroles");
    trial(rights, false, "scheduling.k8s.io", "priorityclasses");
    trial(rights, false, "storage.k8s.io", "storageclasses");
    trial(rights, false, "apiextensions.k8s.io", "customresourcedefinitions");
    trial(rights, true, "helm.toolkit.fluxcd.io", "helmreleases");
    trial(rights, true, "kustomize.toolkit.fluxcd.io", "kustomizations");
    trial(rights, true, "notification.toolkit.fluxcd.io", "alerts", "providers", "receivers");
    trial(rights, true, "source.toolkit.fluxcd.io", "buckets", "gitrepositories", "helmcharts");
    trial(rights, true, "source.toolkit.fluxcd.io", "helmrepositories", "ocirepositories");
    rights.add(
        new Right(Role.SECRET_TRIALS, "", "secrets", List.of("create", "patch"), true, TRIED));
    return List.copyOf(rights);
  }

  private static void trial(
      List<Right> rights, boolean namespaced, String group, String... resources) {
    for (String resource : resources) {
      rights.add(
          new Right(Role.COMMAND, group, resource, List.of("create", "patch"), namespaced, TRIED));
    }
  }

  private static Right read(String group, String resource, String why) {
    return new Right(Role.COMMAND, group, resource, List.of("get"), true, why);
  }

  private static Right change(Kind kind, String why, String... verbs) {
    return new Right(
        Role.COMMAND, kind.group(), kind.plural(), List.of(verbs), kind.namespaced(), why);
  }

  private static Right right(Kind kind, List<String> verbs) {
    return new Right(
        kind == Kind.SECRET ? Role.HELM_STORAGE : Role.COMMAND,
        kind.group(),
        kind.plural(),
        verbs,
        kind.namespaced(),
        why(kind));
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
      case ENDPOINT_SLICE -> "whether a Service leads to a ready pod";
      case SERVICE -> "addresses of load balancers, backends of webhooks";
      case EVENT -> "what Kubernetes says went wrong";
      case NAMESPACE -> "whether a namespace exists or terminates";
      case NODE -> "why a pod is not scheduled";
      case RESOURCE_QUOTA -> "which quota is used up";
      case SERVICE_ACCOUNT -> "whether a service account exists";
      case CONFIG_MAP -> "whether values and mounted files exist";
      case SECRET -> "the Helm record of a failing release; whether values and pull secrets exist";
      case CUSTOM_RESOURCE_DEFINITION -> "which kinds exist";
      case VOLUME_SNAPSHOT, VOLUME_SNAPSHOT_CLASS -> "whether a volume can be saved";
      case VALIDATING_WEBHOOK, MUTATING_WEBHOOK -> "which webhook refuses or hangs";
    };
  }

  /// What a command does in a cluster; nothing when it asks none.
  ///
  /// @param inNamespace only what a Role can grant
  public static List<Right> of(String command, boolean inNamespace, boolean withSecrets) {
    return NEEDS.getOrDefault(command, List.of()).stream()
        .filter(r -> r.namespaced() || !inNamespace)
        .filter(r -> r.role() == Role.COMMAND || withSecrets)
        .toList();
  }

  /// The objects to apply: a role and its binding, and the same for the Secrets when they are
  /// wanted.
  ///
  /// @param namespace a Role in this namespace instead of a ClusterRole; objects of the cluster are
  ///     then blind spots
  public static List<Json.Obj> objects(
      String command, Optional<String> namespace, boolean withSecrets, Subject subject) {
    List<Right> rights = of(command, namespace.isPresent(), withSecrets);
    List<Json.Obj> objects = new ArrayList<>();
    for (Role role : Role.values()) {
      List<Right> granted = rights.stream().filter(r -> r.role() == role).toList();
      if (!granted.isEmpty()) {
        grant(objects, role.name(command), granted, namespace, subject);
      }
    }
    return List.copyOf(objects);
  }

  private static void grant(
      List<Json.Obj> objects,
      String name,
      List<Right> rights,
      Optional<String> namespace,
      Subject subject) {
    String role = namespace.isPresent() ? "Role" : "ClusterRole";
    objects.add(object(role, name, namespace).put("rules", rules(rights).iterator()).build());
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

  /// Resources of one group with the same verbs are one rule.
  private static List<Json> rules(List<Right> rights) {
    record Key(String group, List<String> verbs) {}
    Map<Key, List<String>> rules = new LinkedHashMap<>();
    for (Right r : rights) {
      rules
          .computeIfAbsent(new Key(r.group(), r.verbs()), _ -> new ArrayList<>())
          .add(r.resource());
    }
    List<Json> written = new ArrayList<>();
    rules.forEach(
        (key, resources) ->
            written.add(
                Json.builder()
                    .put("apiGroups", Json.from(List.of(key.group())))
                    .put("resources", Json.from(resources))
                    .put("verbs", Json.from(key.verbs()))
                    .build()));
    return written;
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

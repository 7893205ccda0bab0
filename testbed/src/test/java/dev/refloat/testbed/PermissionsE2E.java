package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.wiring.Program;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What Refloat sees with fewer rights, and that `refloat permissions` says exactly which it needs.
@RequiresTestBed
final class PermissionsE2E {
  private static final String ROLE = "refloat-diagnose";
  private static final String SECRETS_ROLE = "refloat-helm-storage";

  /// What no recorded failure gives a reason to read.
  private static final Set<String> ONLY_ON_DEMAND =
      Set.of(
          "externalartifacts",
          "nodes",
          "replicasets",
          "serviceaccounts",
          "mutatingwebhookconfigurations",
          "validatingwebhookconfigurations");

  /// `/api/v1/namespaces/NS/PLURAL/NAME/SUBRESOURCE` and its shorter and grouped forms.
  private static final Pattern RESOURCE =
      Pattern.compile(
          "/(?:api|apis/[^/]+)/v[^/]+/(?:namespaces/[^/]+/)?([a-z]+)(?:/[^/]+(/[a-z]+)?)?");

  private static TestCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = BrokenCluster.get();
  }

  @AfterEach
  void takeRightsAway() throws Exception {
    for (String kind : List.of("clusterrole", "clusterrolebinding")) {
      cluster.kubectl(cluster.admin(), "delete", kind, ROLE, SECRETS_ROLE, "--ignore-not-found");
    }
    for (String kind : List.of("role", "rolebinding")) {
      cluster.kubectl(
          cluster.admin(),
          "delete",
          kind,
          ROLE,
          SECRETS_ROLE,
          "-n",
          "image-tag-missing",
          "--ignore-not-found");
    }
  }

  @Test
  void giveExactlyEnoughForAWholeCluster() {
    List<ObjectNode> printed = printed();
    grant(printed);
    assertThat(allowed(printed)).as("every rule holds for the user").isTrue();
    try (FaultProxy proxy = FaultProxy.before(cluster)) {
      Access user = oncall().at(proxy.uri());
      Refloat limited = Refloat.as(cluster, user);
      JsonNode asAdmin = Refloat.as(cluster, cluster.admin()).diagnose("-A", "--all");
      assertThat(Refloat.essence(limited.diagnose("-A", "--all")))
          .isEqualTo(Refloat.essence(asAdmin));
      assertThat(forbidden(proxy)).isEmpty();

      // Nothing is granted that is never read, but for what only other failures lead to.
      List<String> idle = resources(printed);
      idle.removeAll(requested(proxy));
      assertThat(ONLY_ON_DEMAND).as("granted but never read").containsAll(idle);

      // The grant is what opens the door: without it, something is refused.
      for (String resource : List.of("helmcharts", "pods", "pods/log", "secrets", "events")) {
        grant(without(printed, r -> r.equals(resource)));
        awaitAccess(groupOf(printed, resource), resource, false);
        proxy.forget();
        limited.run("diagnose", "-A", "-o", "json");
        assertThat(forbidden(proxy)).as("without %s", resource).isNotEmpty();
      }
    }
  }

  @Test
  void giveEnoughForOneNamespace() {
    List<ObjectNode> printed = printed("-n", "image-tag-missing");
    assertThat(printed)
        .extracting(o -> o.path("kind").asString())
        .containsExactly("Role", "RoleBinding", "Role", "RoleBinding");
    grant(printed);
    cluster.await(
        "the role is in force",
        Duration.ofSeconds(20),
        () ->
            cluster
                .api(oncall())
                .get("/apis/helm.toolkit.fluxcd.io/v2/namespaces/image-tag-missing/helmreleases")
                .has("items"));
    Refloat limited = Refloat.as(cluster, oncall());
    JsonNode found = limited.diagnose("-n", "image-tag-missing");
    assertThat(Refloat.causes(found)).containsEntry("image-tag-missing/app", "image-pull");

    Program.Result everywhere = limited.run("diagnose", "-A");
    assertThat(everywhere.code()).isEqualTo(2);
    assertThat(everywhere.err()).containsIgnoringCase("forbidden").contains("-n");
    assertThat(limited.run("get", "-n", "image-tag-missing").out()).contains("image-pull");
  }

  @Test
  void turnMissingRightsIntoBlindSpots() {
    List<ObjectNode> printed = printed();
    for (String kind : List.of("secrets", "events", "pods", "pods/log", "nodes")) {
      grant(without(printed, r -> r.equals(kind) || r.startsWith(kind + "/")));
      awaitAccess(groupOf(printed, kind), kind, false);
      Refloat limited = Refloat.as(cluster, oncall());
      JsonNode item = Refloat.byRelease(limited.diagnose("-n", "crash-loop")).get("crash-loop/app");
      assertThat(item).as("without %s the release is still listed", kind).isNotNull();
      String without = kind.equals("pods/log") ? "log" : kind;
      if (!kind.equals("nodes") && !kind.equals("secrets")) {
        assertThat(item.path("blindSpots").toString().toLowerCase(java.util.Locale.ROOT))
            .as("without %s", kind)
            .contains(without.replaceFirst("s$", ""));
      }
      assertThat(limited.run("diagnose", "-A").code()).as("without %s", kind).isEqualTo(1);
    }
  }

  @Test
  void refuseAUserWhoMayReadNothing() {
    Refloat nobody = Refloat.as(cluster, cluster.user("nobody"));
    for (List<String> line :
        List.of(
            List.of("diagnose", "-A"),
            List.of("diagnose", "-n", "image-tag-missing"),
            List.of("get", "-A"))) {
      Program.Result result = nobody.run(line.toArray(String[]::new));
      assertThat(result.code()).as("%s: %s", line, result.err()).isEqualTo(2);
      assertThat(result.err()).contains("refloat permissions").doesNotContain("has a bug");
    }
  }

  @Test
  void leaveHelmsRecordsOutWhenTheyAreNotWanted() {
    List<ObjectNode> printed = printed("--no-secrets");
    assertThat(printed).hasSize(2);
    grant(printed);
    awaitAccess("helm.toolkit.fluxcd.io", "helmreleases", true);
    assertThat(mayI("", "secrets", "list")).isFalse();
    assertThat(Refloat.as(cluster, oncall()).run("diagnose", "-A").code()).isEqualTo(1);
  }

  private static Access oncall() {
    return cluster.serviceAccount("default", "oncall");
  }

  /// What `permissions diagnose` prints for the service account `oncall`.
  private static List<ObjectNode> printed(String... more) {
    List<String> line =
        new ArrayList<>(List.of("permissions", "diagnose", "--serviceaccount", "default:oncall"));
    line.addAll(List.of(more));
    Program.Result result = Refloat.as(cluster, cluster.admin()).run(line.toArray(String[]::new));
    assertThat(result.code()).as(result.err()).isZero();
    return Manifests.read(result.out());
  }

  /// Applies what was printed as it is: roles and bindings.
  private static void grant(List<ObjectNode> printed) {
    printed.forEach(o -> cluster.api().apply(o.deepCopy()));
    if (printed.getFirst().path("kind").asString().equals("ClusterRole")) {
      awaitAccess("helm.toolkit.fluxcd.io", "helmreleases", true);
    }
  }

  /// Whether every rule is granted, as the API server itself says.
  private static boolean allowed(List<ObjectNode> printed) {
    for (JsonNode rule : rules(printed)) {
      for (JsonNode group : rule.path("apiGroups")) {
        for (JsonNode resource : rule.path("resources")) {
          for (JsonNode verb : rule.path("verbs")) {
            if (!mayI(group.asString(), resource.asString(), verb.asString())) {
              return false;
            }
          }
        }
      }
    }
    return true;
  }

  private static List<JsonNode> rules(List<ObjectNode> printed) {
    List<JsonNode> rules = new ArrayList<>();
    printed.forEach(o -> o.path("rules").forEach(rules::add));
    return rules;
  }

  private static boolean mayI(String group, String resource, String verb) {
    String[] parts = resource.split("/", 2);
    ObjectNode review = ApiClient.JSON.createObjectNode();
    review.put("apiVersion", "authorization.k8s.io/v1").put("kind", "SelfSubjectAccessReview");
    ObjectNode attributes = review.putObject("spec").putObject("resourceAttributes");
    attributes.put("group", group).put("resource", parts[0]).put("verb", verb);
    if (parts.length == 2) {
      attributes.put("subresource", parts[1]);
    }
    try (ApiClient user = cluster.api(oncall())) {
      return user.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review)
          .path("status")
          .path("allowed")
          .asBoolean();
    }
  }

  private static void awaitAccess(String group, String resource, boolean wanted) {
    String verb = resource.contains("/") ? "get" : "list";
    cluster.await(
        "access to " + resource + " is " + wanted,
        Duration.ofSeconds(20),
        () -> mayI(group, resource, verb) == wanted);
  }

  private static String groupOf(List<ObjectNode> printed, String resource) {
    for (JsonNode rule : rules(printed)) {
      if (rule.path("resources").toString().contains("\"" + resource + "\"")) {
        return rule.path("apiGroups").get(0).asString();
      }
    }
    throw new AssertionError(resource + " is in no rule");
  }

  private static List<String> resources(List<ObjectNode> printed) {
    List<String> all = new ArrayList<>();
    for (JsonNode rule : rules(printed)) {
      rule.path("resources").forEach(r -> all.add(r.asString()));
    }
    // Without the releases there is nothing to diagnose; another test has that.
    all.remove("helmreleases");
    return all;
  }

  private static List<ObjectNode> without(List<ObjectNode> printed, Predicate<String> taken) {
    List<ObjectNode> left = new ArrayList<>();
    for (ObjectNode object : printed) {
      ObjectNode copy = object.deepCopy();
      if (object.has("rules")) {
        ArrayNode rules = copy.putArray("rules");
        for (JsonNode rule : object.path("rules")) {
          ObjectNode kept = (ObjectNode) rule.deepCopy();
          ArrayNode resources = kept.putArray("resources");
          for (JsonNode r : rule.path("resources")) {
            if (!taken.test(r.asString())) {
              resources.add(r);
            }
          }
          if (!resources.isEmpty()) {
            rules.add(kept);
          }
        }
      }
      left.add(copy);
    }
    return left;
  }

  private static Set<String> requested(FaultProxy proxy) {
    Set<String> all = new HashSet<>();
    for (FaultProxy.Seen s : proxy.seen()) {
      Matcher m = RESOURCE.matcher(s.path());
      if (m.matches()) {
        all.add(m.group(1) + (m.group(2) == null ? "" : m.group(2)));
      }
    }
    return all;
  }

  private static List<String> forbidden(FaultProxy proxy) {
    return proxy.answered().stream()
        .filter(a -> a.status() == 403)
        .map(a -> a.request().target())
        .toList();
  }
}

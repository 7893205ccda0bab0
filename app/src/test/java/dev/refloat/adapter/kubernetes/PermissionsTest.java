package dev.refloat.adapter.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PermissionsTest {

  @ParameterizedTest
  @ValueSource(strings = {"diagnose", "get", "snapshot", "plan", "recover"})
  void coverEveryRequestThatIsMade(String command) throws IOException {
    List<Inquiry> everything = new ArrayList<>();
    List<Kind> kinds = new ArrayList<>(List.of(Kind.values()));
    if (!command.equals("plan") && !command.equals("recover")) {
      // only a plan looks at copies of volumes
      kinds.removeAll(List.of(Kind.VOLUME_SNAPSHOT, Kind.VOLUME_SNAPSHOT_CLASS));
    }
    if (!command.equals("validate")) {
      // only a validation looks where Services lead
      kinds.remove(Kind.ENDPOINT_SLICE);
    }
    for (Kind kind : kinds) {
      everything.add(new Inquiry.ListOf(kind, ""));
      everything.add(
          new Inquiry.ObjectNamed(
              new ObjectRef(
                  (kind.group().isEmpty() ? "" : kind.group() + "/") + kind.versions().getFirst(),
                  kind.kindName(),
                  kind.namespaced() ? "a" : "",
                  "x")));
    }
    everything.add(new Inquiry.ContainerLog("a", "p", "c", true));
    everything.add(new Inquiry.HelmRecordNames("a", "r"));
    everything.add(new Inquiry.HelmRecordNamed("a", "s"));
    List<Permissions.Right> granted = Permissions.of(command, false, true);

    RequestLog log = new RequestLog();
    try (FakeApiServer server = FakeApiServer.start();
        LiveCluster cluster = cluster(server, log)) {
      cluster.ask(everything);
    }

    assertThat(log.entries())
        .filteredOn(e -> e.purpose() != RequestLog.Purpose.DISCOVERY)
        .hasSizeGreaterThan(kinds.size() * 2)
        .allSatisfy(e -> assertThat(allowed(e, granted)).as("%s", e).isTrue());
  }

  private static LiveCluster cluster(FakeApiServer server, RequestLog log) {
    Connection connection =
        new Connection(
            "test",
            URI.create(server.url()),
            Optional.empty(),
            new Tls(Optional.empty(), false, Optional.empty(), Optional.empty(), Optional.empty()),
            Credentials.none(),
            List.of(),
            Optional.empty());
    return new LiveCluster(
        new ApiClient(connection, Duration.ofSeconds(5), RetryPolicy.DEFAULT, 8, log),
        log,
        OutsideQuestions.NONE,
        List.of(),
        Instant.EPOCH);
  }

  /// Takes a path apart as the API server does: group, resource, and a name or none.
  private static boolean allowed(RequestLog.Entry entry, List<Permissions.Right> rights) {
    List<String> parts = new ArrayList<>(List.of(entry.path().substring(1).split("/", -1)));
    String group = parts.removeFirst().equals("api") ? "" : parts.removeFirst();
    parts.removeFirst();
    if (parts.getFirst().equals("namespaces") && parts.size() > 2) {
      parts.removeFirst();
      parts.removeFirst();
    }
    String resource = parts.removeFirst();
    String verb = parts.isEmpty() ? "list" : "get";
    String whole = parts.size() > 1 ? resource + "/" + parts.get(1) : resource;
    return rights.stream().anyMatch(r -> r.allows(group, whole, verb));
  }

  @Test
  void leaveSecretsToARoleOfTheirOwn() {
    for (String command : List.of("diagnose", "get", "snapshot")) {
      assertThat(Permissions.of(command, false, false))
          .noneMatch(r -> r.resource().equals("secrets"))
          .allMatch(r -> !r.verbs().contains("*") && !r.resource().contains("*"));
      assertThat(objects(command, Optional.empty(), false).toString()).doesNotContain("secrets");
    }
    assertThat(objects("get", Optional.empty(), true))
        .filteredOn(o -> o.toString().contains("secrets"))
        .extracting(PermissionsTest::called)
        .containsExactly("ClusterRole refloat-helm-storage");
  }

  @Test
  void letThoseWhoFollowWatchReleasesOnly() {
    assertThat(Permissions.of("diagnose", false, true))
        .filteredOn(r -> r.verbs().contains("watch"))
        .extracting(Permissions.Right::resource)
        .containsExactly("helmreleases");
    assertThat(Permissions.of("snapshot", false, true)).noneMatch(r -> r.verbs().contains("watch"));
  }

  @Test
  void areARoleAndItsBindingForEachPart() {
    List<Json.Obj> objects = objects("get", Optional.empty(), true);

    assertThat(objects)
        .extracting(PermissionsTest::called)
        .containsExactly(
            "ClusterRole refloat-get",
            "ClusterRoleBinding refloat-get",
            "ClusterRole refloat-helm-storage",
            "ClusterRoleBinding refloat-helm-storage");
    assertThat(objects.get(1).at("roleRef", "name").text()).isEqualTo("refloat-get");
    Json who = objects.get(1).get("subjects").list().getFirst();
    assertThat(who.get("name").text()).isEqualTo("bot");
    assertThat(who.get("namespace").text()).isEqualTo("ci");
  }

  @Test
  void haveOneRuleForResourcesThatAreReadAlike() {
    List<Json> rules = objects("get", Optional.empty(), false).getFirst().get("rules").list();
    assertThat(rules)
        .extracting(r -> r.get("apiGroups").toString() + r.get("verbs"))
        .doesNotHaveDuplicates();
  }

  @Test
  void areARoleWithoutObjectsOfTheClusterForOneNamespace() {
    List<Json.Obj> objects = objects("diagnose", Optional.of("ai"), false);

    assertThat(objects)
        .extracting(PermissionsTest::called)
        .containsExactly("Role refloat-diagnose", "RoleBinding refloat-diagnose");
    assertThat(objects).allMatch(d -> d.at("metadata", "namespace").text().equals("ai"));
    assertThat(objects.getFirst().toString())
        .contains("helmreleases")
        .doesNotContain("persistentvolumes\"")
        .doesNotContain("nodes");
  }

  @Test
  void areNoneForACommandThatAsksNoCluster() {
    assertThat(Permissions.of("explain", false, true)).isEmpty();
    assertThat(objects("explain", Optional.empty(), true)).isEmpty();
  }

  private static List<Json.Obj> objects(
      String command, Optional<String> namespace, boolean withSecrets) {
    return Permissions.objects(
        command,
        namespace,
        withSecrets,
        new Permissions.Subject("ServiceAccount", "bot", Optional.of("ci")));
  }

  private static String called(Json object) {
    return object.get("kind").text() + " " + object.at("metadata", "name").text();
  }
}

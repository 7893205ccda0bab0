package dev.refloat.adapter.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PermissionsTest {

  @ParameterizedTest
  @EnumSource(Permissions.Command.class)
  void coverEveryRequestThatIsMade(Permissions.Command command) throws IOException {
    List<Inquiry> everything = new ArrayList<>();
    for (Kind kind : Kind.values()) {
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
    List<Permissions.Rule> granted = new ArrayList<>(Permissions.rules(command));
    granted.addAll(Permissions.secrets());

    RequestLog log = new RequestLog();
    try (FakeApiServer server = FakeApiServer.start();
        LiveCluster cluster = cluster(server, log)) {
      cluster.ask(everything);
    }

    assertThat(log.entries())
        .filteredOn(e -> e.purpose() != RequestLog.Purpose.DISCOVERY)
        .hasSizeGreaterThan(Kind.values().length * 2)
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
  private static boolean allowed(RequestLog.Entry entry, List<Permissions.Rule> rules) {
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
    return rules.stream().anyMatch(r -> r.allows(group, whole, verb));
  }

  @Test
  void leaveSecretsToARoleOfTheirOwn() {
    for (Permissions.Command command : Permissions.Command.values()) {
      assertThat(Permissions.rules(command))
          .noneMatch(r -> r.resources().contains("secrets"))
          .allMatch(r -> !r.verbs().contains("*") && !r.resources().contains("*"));
    }
    assertThat(
            Permissions.yaml(
                Permissions.Command.DIAGNOSE, Optional.empty(), false, Permissions.Subject.ON_CALL))
        .doesNotContain("secrets");
  }

  @Test
  void letThoseWhoFollowWatchReleasesOnly() {
    assertThat(Permissions.rules(Permissions.Command.DIAGNOSE))
        .filteredOn(r -> r.verbs().contains("watch"))
        .extracting(Permissions.Rule::resources)
        .containsExactly(List.of("helmreleases"));
    assertThat(Permissions.rules(Permissions.Command.SNAPSHOT))
        .noneMatch(r -> r.verbs().contains("watch"));
  }

  @Test
  void areYamlForTheWholeCluster() throws IOException {
    List<Json> documents =
        parse(
            Permissions.yaml(
                Permissions.Command.GET, Optional.empty(), true, Permissions.Subject.ON_CALL));

    assertThat(documents)
        .extracting(d -> d.get("kind").text() + " " + d.at("metadata", "name").text())
        .containsExactly(
            "ClusterRole refloat-get",
            "ClusterRoleBinding refloat-get",
            "ClusterRole refloat-helm-storage",
            "ClusterRoleBinding refloat-helm-storage");
    assertThat(documents.get(1).at("roleRef", "name").text()).isEqualTo("refloat-get");
    assertThat(documents.get(1).get("subjects").list().getFirst().get("name").text())
        .isEqualTo("on-call");
  }

  @Test
  void areARoleWithoutObjectsOfTheClusterForOneNamespace() throws IOException {
    List<Json> documents =
        parse(
            Permissions.yaml(
                Permissions.Command.DIAGNOSE,
                Optional.of("ai"),
                false,
                new Permissions.Subject("ServiceAccount", "bot", Optional.of("ci"))));

    assertThat(documents)
        .extracting(d -> d.get("kind").text())
        .containsExactly("Role", "RoleBinding");
    assertThat(documents).allMatch(d -> d.at("metadata", "namespace").text().equals("ai"));
    assertThat(documents.getFirst().toString())
        .contains("helmreleases")
        .doesNotContain("persistentvolumes\"")
        .doesNotContain("nodes");
    assertThat(documents.get(1).get("subjects").list().getFirst().get("namespace").text())
        .isEqualTo("ci");
  }

  private static List<Json> parse(String yaml) throws IOException {
    try {
      return YamlTrees.read(
          "permissions",
          new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)),
          Limits.DOCUMENT);
    } catch (MalformedInput e) {
      throw new AssertionError(yaml, e);
    }
  }
}

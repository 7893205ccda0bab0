package dev.refloat.adapter.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.adapter.json.MalformedInput;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamingTest {

  @ParameterizedTest
  @CsvSource({
    "nginx, docker.io, library/nginx",
    "nginx:1.27, docker.io, library/nginx",
    "bitnami/redis, docker.io, bitnami/redis",
    "index.docker.io/bitnami/redis, docker.io, bitnami/redis",
    "docker.io/nginx@sha256:abc, docker.io, library/nginx",
    "ghcr.io/org/app/sub:v1@sha256:abc, ghcr.io, org/app/sub",
    "localhost/app, localhost, app",
    "localhost:5000/app:1, localhost:5000, app",
    "registry:5000/a_b/c__d-e.f, registry:5000, a_b/c__d-e.f"
  })
  void findsTheRegistryOfAnImage(String image, String registry, String repository) {
    assertThat(ImageReference.parse(image)).contains(new ImageReference(registry, repository));
  }

  @ParameterizedTest
  @CsvSource({
    "''",
    "UPPER",
    "a//b",
    "host.io/../x",
    "host.io/a b",
    "-a.io/x",
    "host.io/",
    "a.io:x/y"
  })
  void refusesWhatIsNoImage(String image) {
    assertThat(ImageReference.parse(image)).isEmpty();
  }

  @Test
  void matchesLoginsAsTheKubeletDoes() throws MalformedInput {
    DockerConfig config = new DockerConfig();
    for (Map.Entry<String, String> e :
        Map.of(
                "https://index.docker.io/v1/", "hub",
                "*.example.com", "any",
                "reg.example.com", "exact",
                "reg.example.com/team", "team",
                "http://plain.io:5000/v2/", "plain")
            .entrySet()) {
      config.add(
          "{\"auths\":{\"%s\":{\"username\":\"%s\",\"password\":\"p\"}}}"
              .formatted(e.getKey(), e.getValue()));
    }
    assertThat(config.loginFor("docker.io", "library/nginx")).contains(new Login("hub", "p"));
    assertThat(config.loginFor("other.example.com", "x")).contains(new Login("any", "p"));
    assertThat(config.loginFor("reg.example.com", "team/x")).contains(new Login("team", "p"));
    assertThat(config.loginFor("reg.example.com", "teams/x")).isPresent();
    assertThat(config.loginFor("plain.io:5000", "x")).contains(new Login("plain", "p"));
    assertThat(config.loginFor("example.com", "x")).isEmpty();
    assertThat(config.loginFor("a.b.example.com", "x")).isEmpty();
  }

  @Test
  void showsNoSecretWhenPrinted() {
    assertThat(new Login("bob", "p4ss").toString()).doesNotContain("p4ss");
    assertThat(new Trust("a", "b", "k3y").toString()).doesNotContain("k3y");
  }
}

package dev.refloat.adapter.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentProxiesTest {
  private static final Map<String, String> ENV =
      Map.of(
          "HTTPS_PROXY", "http://secure.proxy:3128",
          "http_proxy", "plain.proxy",
          "NO_PROXY", "internal.example, .svc,*.local");

  @ParameterizedTest
  @CsvSource({
    "https://ghcr.io/v2, secure.proxy:3128",
    "http://charts.example.com, plain.proxy:80",
    "https://internal.example, DIRECT",
    "https://a.internal.example, DIRECT",
    "https://notinternal.example, secure.proxy:3128",
    "http://x.ns.svc, DIRECT",
    "http://x.local, DIRECT",
    "http://127.0.0.1:5000, DIRECT",
    "http://localhost:5000, DIRECT"
  })
  void choosesTheProxyOfTheEnvironment(URI uri, String expected) {
    assertThat(new EnvironmentProxies(ENV).select(uri).getFirst().toString())
        .contains(expected.replace(":", "/<unresolved>:"));
  }

  @ParameterizedTest
  @CsvSource({"'*', DIRECT", "'', DIRECT"})
  void goesDirectlyWithoutOne(String noProxy, String expected) {
    assertThat(
            new EnvironmentProxies(Map.of("NO_PROXY", noProxy, "HTTPS_PROXY", noProxy))
                .select(URI.create("https://ghcr.io"))
                .getFirst()
                .toString())
        .isEqualTo(expected);
  }
}

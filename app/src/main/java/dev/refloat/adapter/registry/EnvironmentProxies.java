package dev.refloat.adapter.registry;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The proxies that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name, in upper or lower case, which
/// Java does not read by itself. A user and password in the address are not used.
public final class EnvironmentProxies extends ProxySelector {
  private final Map<String, String> env;

  public EnvironmentProxies(Map<String, String> env) {
    this.env = Map.copyOf(env);
  }

  @Override
  public List<Proxy> select(URI uri) {
    String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
    if (spared(host)) {
      return List.of(Proxy.NO_PROXY);
    }
    return variable("https".equalsIgnoreCase(uri.getScheme()) ? "HTTPS_PROXY" : "HTTP_PROXY")
        .flatMap(EnvironmentProxies::proxy)
        .map(List::of)
        .orElse(List.of(Proxy.NO_PROXY));
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(env.get(name))
        .or(() -> Optional.ofNullable(env.get(name.toLowerCase(Locale.ROOT))))
        .filter(v -> !v.isBlank());
  }

  private static Optional<Proxy> proxy(String value) {
    try {
      URI at = URI.create(value.contains("://") ? value.strip() : "http://" + value.strip());
      return at.getHost() == null
          ? Optional.empty()
          : Optional.of(
              new Proxy(
                  Proxy.Type.HTTP,
                  InetSocketAddress.createUnresolved(
                      at.getHost(), at.getPort() < 0 ? 80 : at.getPort())));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// Loopback is never asked through a proxy; `NO_PROXY` names hosts, domains, or `*` for all.
  private boolean spared(String host) {
    if (host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]")) {
      return true;
    }
    for (String item : variable("NO_PROXY").orElse("").split(",", -1)) {
      String name = item.strip().toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", "");
      if (name.equals("*")
          || (!name.isEmpty() && (host.equals(name) || host.endsWith("." + name)))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // There is no second proxy to try.
  }
}

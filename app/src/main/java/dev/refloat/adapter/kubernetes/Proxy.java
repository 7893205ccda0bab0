package dev.refloat.adapter.kubernetes;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/// The HTTP proxy on the way to the API server.
///
/// @param authorization the value of `Proxy-Authorization`, when the proxy's address carries a user
record Proxy(String host, int port, Optional<String> authorization) {

  @Override
  public String toString() {
    return host + ":" + port;
  }

  /// The cluster's `proxy-url`, else `HTTPS_PROXY` or `HTTP_PROXY` unless `NO_PROXY` names the
  /// server.
  static Optional<Proxy> of(URI server, String proxyUrl, Surroundings around) {
    if (!proxyUrl.isEmpty()) {
      return Optional.of(parse(proxyUrl, "proxy-url of the cluster"));
    }
    String variable = "https".equalsIgnoreCase(server.getScheme()) ? "HTTPS_PROXY" : "HTTP_PROXY";
    Optional<String> value = around.eitherCase(variable);
    if (value.isEmpty() || spared(server, around.eitherCase("NO_PROXY").orElse(""))) {
      return Optional.empty();
    }
    return Optional.of(parse(value.get(), variable));
  }

  private static Proxy parse(String address, String from) {
    URI uri;
    try {
      uri = URI.create(address.contains("://") ? address : "http://" + address);
    } catch (IllegalArgumentException e) {
      throw unusable(from, "it is not a URL");
    }
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http")) {
      throw unusable(from, "a proxy of type " + scheme + " is not supported, only http is");
    }
    if (uri.getHost() == null) {
      throw unusable(from, "it names no host");
    }
    String user = uri.getUserInfo();
    return new Proxy(
        uri.getHost(),
        uri.getPort() < 0 ? 80 : uri.getPort(),
        user == null
            ? Optional.empty()
            : Optional.of(
                "Basic "
                    + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8))));
  }

  private static UnusableCluster unusable(String from, String why) {
    return new UnusableCluster(
        from, why, "Give the address of an HTTP proxy, as in http://proxy.example.com:3128.");
  }

  /// Whether `NO_PROXY` names the server, as Go's client reads it: loopback never goes through a
  /// proxy; `example.com` means the domain and what is below, `.example.com` what is below only;
  /// networks
  /// are written as `10.0.0.0/8`; an entry may end in a port.
  static boolean spared(URI server, String noProxy) {
    String host = bare(server.getHost()).toLowerCase(Locale.ROOT);
    if (host.equals("localhost") || host.equals("::1") || host.matches("127(\\.\\d+){3}")) {
      return true;
    }
    for (String entry : noProxy.split("[,\\s]+", -1)) {
      String name = entry.toLowerCase(Locale.ROOT);
      if (name.equals("*")) {
        return true;
      }
      int colon = name.lastIndexOf(':');
      if (colon > 0 && name.indexOf(':') == colon && name.substring(colon + 1).matches("\\d+")) {
        if (!name.substring(colon + 1).equals(Integer.toString(port(server)))) {
          continue;
        }
        name = name.substring(0, colon);
      }
      if (name.isEmpty()) {
        continue;
      }
      if (name.startsWith("*.")) {
        name = name.substring(1);
      }
      boolean matches =
          name.startsWith(".")
              ? host.endsWith(name)
              : host.equals(name) || host.endsWith("." + name) || inNetwork(host, name);
      if (matches) {
        return true;
      }
    }
    return false;
  }

  private static int port(URI server) {
    return server.getPort() >= 0
        ? server.getPort()
        : "https".equalsIgnoreCase(server.getScheme()) ? 443 : 80;
  }

  static String bare(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  private static boolean inNetwork(String host, String network) {
    int slash = network.indexOf('/');
    if (slash < 0) {
      return false;
    }
    Optional<byte[]> address = literal(host);
    Optional<byte[]> base = literal(network.substring(0, slash));
    if (address.isEmpty() || base.isEmpty() || address.get().length != base.get().length) {
      return false;
    }
    int bits;
    try {
      bits = Integer.parseInt(network.substring(slash + 1));
    } catch (NumberFormatException e) {
      return false;
    }
    for (int i = 0; i < address.get().length; i++) {
      int left = Math.clamp(bits - 8L * i, 0, 8);
      int mask = (0xff00 >> left) & 0xff;
      if ((address.get()[i] & mask) != (base.get()[i] & mask)) {
        return false;
      }
    }
    return true;
  }

  private static Optional<byte[]> literal(String text) {
    try {
      return Optional.of(java.net.InetAddress.ofLiteral(text).getAddress());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}

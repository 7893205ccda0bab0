package dev.refloat.adapter.kubernetes;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/// Paths of the Kubernetes API. Names may come from anywhere (a message, an owner reference), so
/// they are
/// checked and encoded before they become part of a request.
final class Paths {

  /// Every name that Kubernetes allows for any object, RBAC's `system:node` included.
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,252}");

  private Paths() {}

  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  static String query(Map<String, String> parameters) {
    StringJoiner joined = new StringJoiner("&");
    parameters.forEach((k, v) -> joined.add(segment(k) + "=" + segment(v)));
    return joined.toString();
  }

  /// @param namespace empty: everywhere, or an object of the cluster
  static String collection(String group, String version, String namespace, String plural) {
    return (group.isEmpty() ? "/api" : "/apis/" + segment(group))
        + "/"
        + segment(version)
        + (namespace.isEmpty() ? "" : "/namespaces/" + segment(namespace))
        + "/"
        + segment(plural);
  }
}

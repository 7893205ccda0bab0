package dev.refloat.adapter.registry;

import dev.refloat.adapter.json.JsonTrees;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.model.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The logins of a `kubernetes.io/dockerconfigjson` Secret, matched as the kubelet matches them: by
/// host, with `*` for a label of it, and path prefix; the longest match wins.
final class DockerConfig {
  private final List<Entry> entries = new ArrayList<>();

  private record Entry(String host, String path, Login login) {}

  /// Adds what a config holds; entries that cannot be read are left out.
  void add(String json) throws MalformedInput {
    Json auths = JsonTrees.read("pull secret", json).get("auths");
    if (auths instanceof Json.Obj o) {
      o.forEach((key, value) -> login(value).ifPresent(login -> entries.add(entry(key, login))));
    }
  }

  private static Entry entry(String key, Login login) {
    String place = key.replaceFirst("^https?://", "");
    int slash = place.indexOf('/');
    String host = slash < 0 ? place : place.substring(0, slash);
    String path = slash < 0 ? "" : place.substring(slash + 1);
    if (path.equals("v1/") || path.equals("v2/") || path.equals("v1") || path.equals("v2")) {
      path = "";
    }
    if (host.equals("index.docker.io") || host.equals("registry-1.docker.io")) {
      host = "docker.io";
    }
    return new Entry(host, path, login);
  }

  private static Optional<Login> login(Json value) {
    String user = value.get("username").text();
    String password = value.get("password").text();
    if (!user.isEmpty()) {
      return Optional.of(new Login(user, password));
    }
    try {
      String both =
          new String(
              Base64.getDecoder().decode(value.get("auth").text().strip()), StandardCharsets.UTF_8);
      int colon = both.indexOf(':');
      return colon <= 0
          ? Optional.empty()
          : Optional.of(new Login(both.substring(0, colon), both.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  Optional<Login> loginFor(String registry, String repository) {
    return entries.stream()
        .filter(e -> hostMatches(e.host, registry) && pathMatches(e.path, repository))
        .max(Comparator.comparingInt(e -> e.path.length()))
        .map(Entry::login);
  }

  private static boolean hostMatches(String pattern, String host) {
    String[] want = pattern.split("\\.", -1);
    String[] have = host.split("\\.", -1);
    if (want.length != have.length) {
      return false;
    }
    for (int i = 0; i < want.length; i++) {
      if (!want[i].equals("*") && !want[i].equalsIgnoreCase(have[i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean pathMatches(String prefix, String repository) {
    String p = prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
    return p.isEmpty() || repository.equals(p) || repository.startsWith(p + "/");
  }
}

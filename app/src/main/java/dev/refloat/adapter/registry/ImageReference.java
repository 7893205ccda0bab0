package dev.refloat.adapter.registry;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Where an image lies: `docker.io/library/nginx` for `nginx:1.27`, by the rules of the reference
/// grammar (github.com/distribution/reference).
///
/// @param registry host and port as it is written, `docker.io` when none is
/// @param repository the path in the registry
record ImageReference(String registry, String repository) {
  private static final Pattern HOST =
      Pattern.compile("(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*+)|\\[[0-9a-fA-F:]++])(?::[0-9]{1,5})?+");
  private static final Pattern PATH =
      Pattern.compile("[a-z0-9]++(?:[._-]++[a-z0-9]++)*+(?:/[a-z0-9]++(?:[._-]++[a-z0-9]++)*+)*+");

  /// The reference, or nothing when it breaks the grammar: then no registry needs to be asked.
  static Optional<ImageReference> parse(String image) {
    if (image.length() > 512) {
      return Optional.empty();
    }
    String name = image;
    int digest = name.indexOf('@');
    if (digest >= 0) {
      name = name.substring(0, digest);
    }
    int tag = name.lastIndexOf(':');
    if (tag > name.lastIndexOf('/')) {
      name = name.substring(0, tag);
    }
    int slash = name.indexOf('/');
    String first = slash < 0 ? "" : name.substring(0, slash);
    boolean hasHost =
        first.contains(".")
            || first.contains(":")
            || first.equals("localhost")
            || !first.equals(first.toLowerCase(Locale.ROOT));
    String registry = hasHost ? first : "docker.io";
    String repository = hasHost ? name.substring(slash + 1) : name;
    if (registry.equals("index.docker.io")) {
      registry = "docker.io";
    }
    if (registry.equals("docker.io") && !repository.contains("/")) {
      repository = "library/" + repository;
    }
    if (!HOST.matcher(registry).matches() || !PATH.matcher(repository).matches()) {
      return Optional.empty();
    }
    return Optional.of(new ImageReference(registry, repository));
  }

  /// Whether this can be a repository's path in a registry.
  static boolean isPath(String path) {
    return path.length() <= 255 && PATH.matcher(path).matches();
  }

  /// The host that serves the registry's API.
  String server() {
    return registry.equals("docker.io") ? "registry-1.docker.io" : registry;
  }
}

package dev.refloat.adapter.registry;

import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.evidence.Observation;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/// How to reach what a source object names: with the Secrets that it names, else with the logins of
/// this machine.
final class SourceAccess {
  private final Web web;
  private final ObjectLookup objects;
  private final LocalLogins local;

  SourceAccess(Web web, ObjectLookup objects, LocalLogins local) {
    this.web = web;
    this.objects = objects;
    this.local = local;
  }

  OciRegistry registryOf(Resource source, String url) throws Unanswered {
    String place = url.substring("oci://".length());
    int slash = place.indexOf('/');
    String host = slash < 0 ? place : place.substring(0, slash);
    String provider = source.spec("provider").text("generic");
    Optional<String> secret = source.spec("secretRef", "name").scalar();
    Optional<Login> login = Optional.empty();
    if (secret.isPresent()) {
      Json data = secret(source.namespace(), secret.get());
      DockerConfig logins = new DockerConfig();
      addLogins(logins, data);
      String registry = host.equals("registry-1.docker.io") ? "docker.io" : host;
      login = logins.isEmpty() ? login(data) : logins.loginFor(registry, pathOf(url));
    } else {
      login = local.ofRegistry(host, pathOf(url));
      if (login.isEmpty() && !provider.equals("generic")) {
        throw Unanswered.because(
            "not asked: the cluster logs in with its own identity at " + provider);
      }
    }
    boolean plain = source.spec("insecure").isTrue();
    String server =
        host.equals("docker.io") || host.equals("index.docker.io") ? "registry-1.docker.io" : host;
    return new OciRegistry(web, plain, server, trust(source), login);
  }

  static String pathOf(String ociUrl) {
    String place = ociUrl.substring("oci://".length());
    int slash = place.indexOf('/');
    String path = slash < 0 ? "" : place.substring(slash + 1);
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  Resource read(ObjectRef ref) throws Unanswered {
    return switch (objects.read(ref)) {
      case Observation.Seen<Resource>(var resource) -> resource;
      case Observation.Absent<Resource> _ ->
          throw Unanswered.because("there is no " + ref.display());
      case Observation.Unreadable<Resource>(var why) ->
          throw Unanswered.because(ref.display() + " cannot be read: " + why);
    };
  }

  Json secret(String namespace, String name) throws Unanswered {
    return read(new ObjectRef("v1", "Secret", namespace, name)).at("data");
  }

  Optional<Login> basicLogin(Resource source, String url) throws Unanswered {
    Optional<String> name = source.spec("secretRef", "name").scalar();
    return name.isEmpty() ? local.ofRepository(url) : login(secret(source.namespace(), name.get()));
  }

  private static Optional<Login> login(Json data) {
    String user = decoded(data, "username");
    return user.isEmpty()
        ? Optional.empty()
        : Optional.of(new Login(user, decoded(data, "password")));
  }

  static void addLogins(DockerConfig logins, Json data) throws Unanswered {
    String config = decoded(data, ".dockerconfigjson");
    if (config.isEmpty()) {
      return;
    }
    try {
      logins.add(config);
    } catch (MalformedInput e) {
      throw Unanswered.because("the pull secret is not JSON");
    }
  }

  /// `certSecretRef`, and the older keys of `secretRef` (source-controller, v1beta2).
  Trust trust(Resource source) throws Unanswered {
    Optional<String> name = source.spec("certSecretRef", "name").scalar();
    if (name.isPresent()) {
      Json data = secret(source.namespace(), name.get());
      return new Trust(
          either(data, "ca.crt", "caFile"),
          either(data, "tls.crt", "certFile"),
          either(data, "tls.key", "keyFile"));
    }
    Optional<String> old = source.spec("secretRef", "name").scalar();
    if (old.isPresent()) {
      Json data = secret(source.namespace(), old.get());
      return new Trust(
          decoded(data, "caFile"), decoded(data, "certFile"), decoded(data, "keyFile"));
    }
    return Trust.SYSTEM;
  }

  private static String either(Json data, String key, String older) {
    String value = decoded(data, key);
    return value.isEmpty() ? decoded(data, older) : value;
  }

  private static String decoded(Json data, String key) {
    try {
      return new String(Base64.getDecoder().decode(data.get(key).text()), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}

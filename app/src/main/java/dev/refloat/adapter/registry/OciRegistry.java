package dev.refloat.adapter.registry;

import dev.refloat.adapter.json.JsonTrees;
import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.model.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One registry that speaks the OCI distribution API, version 1.1: the tags of a repository, and
/// its catalog where it has one.
final class OciRegistry {
  private static final Limits ANSWER = new Limits(8 << 20, 12, 400_000);
  private static final int PAGE = 1000;
  private static final int MOST_PAGES = 10;
  private static final int LONGEST_NAME = 256;

  private static final Pattern CHALLENGE =
      Pattern.compile("([A-Za-z]++)=(?:\"([^\"\\\\]*+)\"|([^\\s,]++))");
  private static final Pattern NEXT = Pattern.compile("<([^>]++)>\\s*+;\\s*+rel=\"?next\"?");

  private static final Pattern REFERENCE =
      Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}|sha256:[0-9a-f]{64}");
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
  private static final String MANIFESTS =
      "application/vnd.oci.image.manifest.v1+json,"
          + " application/vnd.docker.distribution.manifest.v2+json";

  private final Web web;
  private final String scheme;
  private final String host;
  private final Trust trust;
  private final Optional<Login> login;

  /// @param plain talk http, as `spec.insecure` of a source asks for
  OciRegistry(Web web, boolean plain, String host, Trust trust, Optional<Login> login) {
    this.web = web;
    this.scheme = plain ? "http" : "https";
    this.host = host;
    this.trust = trust;
    this.login = login;
  }

  /// All tags, in the registry's order.
  List<String> tags(String repository) throws Unanswered, InterruptedException {
    if (!ImageReference.isPath(repository)) {
      throw Unanswered.because("not asked: no registry can have a repository of this name");
    }
    return pages(
        "/v2/" + repository + "/tags/list?n=" + PAGE, "tags", "repository:" + repository + ":pull");
  }

  /// The repositories, which most public registries do not list.
  List<String> repositories() throws Unanswered, InterruptedException {
    return pages("/v2/_catalog?n=" + PAGE, "repositories", "registry:catalog:*");
  }

  private List<String> pages(String path, String field, String scope)
      throws Unanswered, InterruptedException {
    List<String> names = new ArrayList<>();
    URI at;
    try {
      at = URI.create(scheme + "://" + host + path);
    } catch (IllegalArgumentException e) {
      throw Unanswered.because("its address is not one of a registry");
    }
    Optional<String> authorization = Optional.empty();
    for (int page = 0; page < MOST_PAGES; page++) {
      Web.Reply reply = get(at, authorization);
      if (reply.status() == 401 && page == 0) {
        String challenge = reply.header("WWW-Authenticate").orElse("");
        reply.close();
        authorization = Optional.of(authorize(challenge, scope));
        reply = get(at, authorization);
      }
      Optional<URI> next;
      try (Web.Reply r = reply) {
        Json answer = read(r, scope);
        for (Json name : answer.get(field).list()) {
          if (!name.text().isEmpty() && name.text().length() <= LONGEST_NAME) {
            names.add(name.text());
          }
        }
        next = next(r);
      }
      if (next.isEmpty()) {
        return names;
      }
      at = next.get();
    }
    return names;
  }

  private Web.Reply get(URI at, Optional<String> authorization)
      throws Unanswered, InterruptedException {
    return web.get(at, authorization, "application/json", trust, ANSWER.bytes());
  }

  /// One layer of what a tag or digest stands for.
  ///
  /// @param digest as in `sha256:…`
  record Layer(String mediaType, String digest, long size) {}

  /// The layers of a tag or digest, in their order.
  List<Layer> layers(String repository, String reference) throws Unanswered, InterruptedException {
    if (!ImageReference.isPath(repository) || !REFERENCE.matcher(reference).matches()) {
      throw Unanswered.because("not asked: no registry can have this name");
    }
    try (Web.Reply reply =
        authorized("/v2/" + repository + "/manifests/" + reference, MANIFESTS, repository)) {
      Json manifest = read(reply, "repository:" + repository + ":pull");
      return manifest.get("layers").list().stream()
          .map(
              l ->
                  new Layer(
                      l.get("mediaType").text(), l.get("digest").text(), l.get("size").integer(0)))
          .toList();
    }
  }

  /// What a layer holds, as its digest promises.
  byte[] blob(String repository, Layer layer, long mostBytes)
      throws Unanswered, InterruptedException {
    if (!DIGEST.matcher(layer.digest()).matches()) {
      throw Unanswered.because("what " + host + " answers has a digest of an unknown kind");
    }
    if (layer.size() > mostBytes) {
      throw Unanswered.because(
          "the chart is larger than " + mostBytes / (1 << 20) + " MiB: refused");
    }
    try (Web.Reply reply =
        authorized(
            "/v2/" + repository + "/blobs/" + layer.digest(), "*/*", repository, mostBytes)) {
      if (reply.status() != 200) {
        throw Unanswered.because(Web.host(reply.from()) + " answers " + reply.status());
      }
      byte[] content = reply.body().readAllBytes();
      if (!Digests.sha256(content).equals(layer.digest().substring("sha256:".length()))) {
        throw Unanswered.because("what " + host + " sends has another digest than it says");
      }
      return content;
    } catch (IOException e) {
      throw Web.unreachable(URI.create(scheme + "://" + host), e);
    }
  }

  private Web.Reply authorized(String path, String accept, String repository)
      throws Unanswered, InterruptedException {
    return authorized(path, accept, repository, ANSWER.bytes());
  }

  private Web.Reply authorized(String path, String accept, String repository, long mostBytes)
      throws Unanswered, InterruptedException {
    URI at;
    try {
      at = URI.create(scheme + "://" + host + path);
    } catch (IllegalArgumentException e) {
      throw Unanswered.because("its address is not one of a registry");
    }
    Web.Reply reply = web.get(at, Optional.empty(), accept, trust, mostBytes);
    if (reply.status() != 401) {
      return reply;
    }
    String challenge = reply.header("WWW-Authenticate").orElse("");
    reply.close();
    String token = authorize(challenge, "repository:" + repository + ":pull");
    return web.get(at, Optional.of(token), accept, trust, mostBytes);
  }

  /// The next page must be one of this registry.
  private static Optional<URI> next(Web.Reply reply) {
    Matcher m = NEXT.matcher(reply.header("Link").orElse(""));
    if (!m.find()) {
      return Optional.empty();
    }
    try {
      URI to = reply.from().resolve(m.group(1));
      return Web.sameOrigin(reply.from(), to) ? Optional.of(to) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Json read(Web.Reply reply, String scope) throws Unanswered {
    String name = Web.host(reply.from());
    switch (reply.status()) {
      case 200 -> {}
      case 401 ->
          throw Unanswered.because(
              login.isPresent()
                  ? "unauthorized: " + name + " refuses the credentials"
                  : "unauthorized: " + name + " wants credentials, and none are given for it");
      case 403 -> throw Unanswered.because("forbidden by " + name);
      case 404 -> {
        if (scope.startsWith("registry:")) {
          throw Unanswered.because(name + " does not list its repositories");
        }
        throw Unanswered.absent(name + " has no such repository");
      }
      case 429 -> throw Unanswered.rateLimited(reply);
      default -> throw Unanswered.because(name + " answers " + reply.status());
    }
    try {
      Json json = JsonTrees.read(name, reply.body(), ANSWER);
      if (json instanceof Json.Obj) {
        return json;
      }
      throw Unanswered.because("what " + name + " answers is not of a registry");
    } catch (MalformedInput e) {
      throw Unanswered.because("what " + name + " answers is not of a registry");
    } catch (IOException e) {
      throw Web.unreachable(reply.from(), e);
    }
  }

  /// What to send after a 401: Basic, or a token from the server that the registry names.
  private String authorize(String challenge, String scope) throws Unanswered, InterruptedException {
    String kind = challenge.strip().toLowerCase(Locale.ROOT);
    if (kind.startsWith("basic")) {
      return login
          .map(Login::header)
          .orElseThrow(
              () ->
                  Unanswered.because(
                      "unauthorized: " + host + " wants credentials, and none are given for it"));
    }
    if (!kind.startsWith("bearer")) {
      throw Unanswered.because("unauthorized: " + host + " wants a login of an unknown kind");
    }
    Map<String, String> parameters = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    Matcher m = CHALLENGE.matcher(challenge);
    while (m.find()) {
      parameters.put(m.group(1), m.group(2) != null ? m.group(2) : m.group(3));
    }
    URI realm = realm(parameters.getOrDefault("realm", ""));
    String query =
        "service=" + encode(parameters.getOrDefault("service", "")) + "&scope=" + encode(scope);
    URI ask = URI.create(realm + (realm.getRawQuery() == null ? "?" : "&") + query);
    Optional<String> credentials =
        mayHaveLogin(realm) ? login.map(Login::header) : Optional.<String>empty();
    try (Web.Reply reply = web.get(ask, credentials, "application/json", trust, ANSWER.bytes())) {
      String name = Web.host(realm);
      if (reply.status() == 401 || reply.status() == 403) {
        throw Unanswered.because(
            credentials.isPresent()
                ? "unauthorized: " + name + " refuses the credentials"
                : "unauthorized: the repository does not exist or needs credentials");
      }
      Json answer = read(reply, "registry:token");
      String token = answer.get("token").text(answer.get("access_token").text());
      if (token.isEmpty() || token.chars().anyMatch(c -> c <= ' ' || c >= 127)) {
        throw Unanswered.because("unauthorized: " + name + " gives no token");
      }
      return "Bearer " + token;
    }
  }

  private URI realm(String address) throws Unanswered {
    try {
      URI realm = URI.create(address);
      if (realm.getHost() != null
          && ("https".equals(realm.getScheme()) || scheme.equals(realm.getScheme()))) {
        return realm;
      }
    } catch (IllegalArgumentException e) {
      // As with any other address that will not do.
    }
    throw Unanswered.because("unauthorized: " + host + " names no usable token server");
  }

  /// The token server gets the login only when it is the registry's own host or lies in the domain
  /// that the registry lies in: `auth.docker.io` for `registry-1.docker.io`.
  private boolean mayHaveLogin(URI realm) {
    String registry = host.replaceFirst(":[0-9]+$", "").toLowerCase(Locale.ROOT);
    String server = realm.getHost().toLowerCase(Locale.ROOT);
    if (server.equals(registry)) {
      return true;
    }
    int dot = registry.indexOf('.');
    String domain = registry.substring(dot + 1);
    return dot > 0
        && domain.contains(".")
        && !isAddress(registry)
        && (server.equals(domain) || server.endsWith("." + domain));
  }

  private static boolean isAddress(String host) {
    try {
      InetAddress.ofLiteral(host);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static String encode(String s) {
    return URLEncoder.encode(s, StandardCharsets.UTF_8);
  }
}

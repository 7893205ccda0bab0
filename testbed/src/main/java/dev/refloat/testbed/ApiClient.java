package dev.refloat.testbed;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Speaks plain HTTP with an API server, as one user. It knows nothing of Refloat, so that tests
/// look at the cluster through other eyes than the code under test.
public final class ApiClient implements AutoCloseable {
  /// Reads and writes the JSON of Kubernetes objects.
  public static final JsonMapper JSON = JsonMapper.builder().build();

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /// A request that the API server refused.
  public static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;

    Refused(String method, String path, int status, String body) {
      super(method + " " + path + " answered " + status + ": " + body);
      this.status = status;
    }

    public int status() {
      return status;
    }
  }

  /// How a kind is addressed.
  record Route(String base, String plural, boolean namespaced, boolean hasStatus) {
    String collection(String namespace) {
      return namespaced
          ? base + "/namespaces/" + (namespace.isEmpty() ? "default" : namespace) + "/" + plural
          : base + "/" + plural;
    }
  }

  private final HttpClient http;
  private final URI server;
  private final Optional<String> token;
  private final Map<String, Map<String, Route>> routes = new ConcurrentHashMap<>();

  ApiClient(URI server, SSLContext tls, Optional<String> token) {
    this.http =
        HttpClient.newBuilder().sslContext(tls).connectTimeout(Duration.ofSeconds(5)).build();
    this.server = server;
    this.token = token;
  }

  /// An answer of any status.
  public record Reply(int status, String body) {}

  /// One request; any status is an answer.
  ///
  /// @throws IOException when no answer came
  public Reply send(String method, String path, String contentType, String body)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.resolve(path))
            .timeout(LIMIT)
            .header("Accept", "application/json");
    token.ifPresent(t -> request.header("Authorization", "Bearer " + t));
    if (body.isEmpty()) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request.header("Content-Type", contentType);
      request.method(method, HttpRequest.BodyPublishers.ofString(body));
    }
    try {
      HttpResponse<String> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      return new Reply(response.statusCode(), response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private JsonNode exchange(String method, String path, String contentType, String body) {
    try {
      Reply reply = send(method, path, contentType, body);
      if (reply.status() / 100 != 2) {
        throw new Refused(method, path, reply.status(), reply.body());
      }
      return JSON.readTree(reply.body());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(method + " " + path + " got no answer", e);
    }
  }

  public JsonNode get(String path) {
    return exchange("GET", path, "", "");
  }

  public JsonNode post(String path, JsonNode body) {
    return exchange("POST", path, "application/json", body.toString());
  }

  public JsonNode put(String path, JsonNode body) {
    return exchange("PUT", path, "application/json", body.toString());
  }

  public JsonNode mergePatch(String path, JsonNode body) {
    return exchange("PATCH", path, "application/merge-patch+json", body.toString());
  }

  public JsonNode delete(String path) {
    return exchange("DELETE", path, "", "");
  }

  /// Creates an object, and its status where the kind has one.
  public JsonNode create(ObjectNode object) {
    Route route = route(object);
    JsonNode made = post(route.collection(namespace(object)), object);
    return object.has("status") ? putStatus(route, object, made) : made;
  }

  /// Server-side apply by field manager `testbed`, with force.
  public JsonNode apply(ObjectNode object) {
    return apply(object, "testbed");
  }

  /// Server-side apply by a field manager, with force.
  public JsonNode apply(ObjectNode object, String manager) {
    String path = path(object) + "?force=true&fieldManager=" + manager;
    return exchange("PATCH", path, "application/apply-patch+yaml", object.toString());
  }

  /// Writes the status that `wanted` has, whoever else writes to the object meanwhile.
  private JsonNode putStatus(Route route, ObjectNode wanted, JsonNode now) {
    if (!route.hasStatus()) {
      return now;
    }
    ObjectNode body = JSON.createObjectNode();
    body.set("status", wanted.get("status"));
    return mergePatch(path(wanted) + "/status", body);
  }

  /// Where an object of this kind and name is.
  public String path(JsonNode object) {
    return route(object).collection(namespace(object))
        + "/"
        + object.path("metadata").path("name").asString();
  }

  private static String namespace(JsonNode object) {
    return object.path("metadata").path("namespace").asString("");
  }

  Route route(JsonNode object) {
    String apiVersion = object.path("apiVersion").asString();
    String kind = object.path("kind").asString();
    Route known = routes.computeIfAbsent(apiVersion, this::discover).get(kind);
    if (known == null) {
      // A CRD may have been installed since.
      Map<String, Route> fresh = discover(apiVersion);
      routes.put(apiVersion, fresh);
      known = fresh.get(kind);
    }
    if (known == null) {
      throw new IllegalArgumentException("the API server has no " + apiVersion + " " + kind);
    }
    return known;
  }

  private Map<String, Route> discover(String apiVersion) {
    String base = apiVersion.contains("/") ? "/apis/" + apiVersion : "/api/" + apiVersion;
    Map<String, Route> found = new ConcurrentHashMap<>();
    java.util.Set<String> withStatus = new java.util.HashSet<>();
    JsonNode resources = get(base).path("resources");
    for (JsonNode r : resources) {
      String name = r.path("name").asString();
      if (name.endsWith("/status")) {
        withStatus.add(name.substring(0, name.indexOf('/')));
      }
    }
    for (JsonNode r : resources) {
      String name = r.path("name").asString();
      if (!name.contains("/")) {
        found.put(
            r.path("kind").asString(),
            new Route(base, name, r.path("namespaced").asBoolean(), withStatus.contains(name)));
      }
    }
    return found;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}

package dev.refloat.standin;

import dev.refloat.model.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The few requests that the stand-in makes itself.
final class ApiServer implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /// An answer that is no success.
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;

    Refused(int status, String message) {
      super(message);
      this.status = status;
    }

    int status() {
      return status;
    }

    String words() {
      return String.valueOf(getMessage());
    }
  }

  private final HttpClient http;
  private final ApiEndpoint endpoint;
  private final Formats formats;
  private final Map<String, Map<String, Boolean>> namespaced = new ConcurrentHashMap<>();

  ApiServer(ApiEndpoint endpoint, Formats formats) {
    this.http =
        HttpClient.newBuilder()
            .sslContext(endpoint.tls())
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    this.endpoint = endpoint;
    this.formats = formats;
  }

  /// The object, or nothing when it is not there.
  Json get(String path) {
    try {
      return send("GET", path, "", "", Optional.empty());
    } catch (Refused e) {
      if (e.status() == 404) {
        return Json.Missing.MISSING;
      }
      throw e;
    }
  }

  List<Json> list(String path, Optional<String> asUser) {
    return send("GET", path, "", "", asUser).get("items").list();
  }

  List<Json> list(String path) {
    return list(path, Optional.empty());
  }

  Json mergePatch(String path, Json body) {
    return send(
        "PATCH", path, "application/merge-patch+json", formats.json(body), Optional.empty());
  }

  /// Server-side apply as a field manager, with force.
  Json apply(String path, String manager, Json body) {
    return send(
        "PATCH",
        path + "?fieldManager=" + manager + "&force=true",
        "application/apply-patch+yaml",
        formats.json(body),
        Optional.empty());
  }

  Json put(String path, Json body) {
    return send("PUT", path, "application/json", formats.json(body), Optional.empty());
  }

  void post(String path, Json body) {
    send("POST", path, "application/json", formats.json(body), Optional.empty());
  }

  /// Deletes an object; none is as good as a deleted one.
  void delete(String path) {
    try {
      send("DELETE", path, "", "", Optional.empty());
    } catch (Refused e) {
      if (e.status() != 404) {
        throw e;
      }
    }
  }

  /// Whether objects of a kind live in namespaces; a kind that is not served is taken for one that
  /// does.
  boolean isNamespaced(String apiVersion, String kind) {
    Map<String, Boolean> kinds =
        namespaced.computeIfAbsent(
            apiVersion,
            v -> {
              Map<String, Boolean> found = new ConcurrentHashMap<>();
              for (Json r :
                  get(v.contains("/") ? "/apis/" + v : "/api/" + v).get("resources").list()) {
                found.put(r.get("kind").text(), r.get("namespaced").isTrue());
              }
              return found;
            });
    return kinds.getOrDefault(kind, true);
  }

  static String query(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private Json send(
      String method, String path, String contentType, String body, Optional<String> asUser) {
    URI uri = endpoint.server().resolve(path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).timeout(LIMIT).header("Accept", "application/json");
    endpoint.bearer().ifPresent(t -> request.header("Authorization", "Bearer " + t));
    asUser.ifPresent(u -> request.header("Impersonate-User", u));
    if (body.isEmpty()) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request.header("Content-Type", contentType);
      request.method(method, HttpRequest.BodyPublishers.ofString(body));
    }
    try {
      HttpResponse<String> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      Json reply = formats.json(response.body());
      if (response.statusCode() / 100 != 2) {
        throw new Refused(
            response.statusCode(), reply.get("message").text(response.body().strip()));
      }
      return reply;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("interrupted", e));
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + path + " got no answer", e);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}

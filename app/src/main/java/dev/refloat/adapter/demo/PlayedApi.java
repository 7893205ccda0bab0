package dev.refloat.adapter.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.refloat.adapter.json.JsonText;
import dev.refloat.adapter.json.JsonTrees;
import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.model.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/// As much of Kubernetes' API as Refloat and everyday kubectl need, over HTTP on loopback:
/// discovery, get, list, watch, create, replace, patch, delete, tables, logs. No validation, no
/// admission, no users.
final class PlayedApi implements AutoCloseable {
  private static final long WATCH_MILLIS = 1_000;
  private static final int DEFAULT_WATCH_SECONDS = 1_800;
  private static final Limits BODY = new Limits(4L * 1024 * 1024, 60, 200_000);

  /// What a path means.
  ///
  /// @param name empty for a collection
  /// @param below a subresource; may be empty
  private record Target(Type type, String namespace, String name, String below) {}

  private final Store store;
  private final Path logs;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile boolean closed;

  /// @param logs `<namespace>/<pod>/<container>.log`
  PlayedApi(Store store, Path logs) throws IOException {
    this.store = store;
    this.logs = logs;
    this.server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
  }

  void start() {
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      // a page in a browser must not talk to it, by whatever name
      String host = String.valueOf(exchange.getRequestHeaders().getFirst("Host"));
      if (!url().equals("http://" + host) || exchange.getRequestHeaders().containsKey("Origin")) {
        send(exchange, 403, new Refused(403, "Forbidden", "only for this machine").status());
        return;
      }
      try {
        answer(exchange);
      } catch (Refused e) {
        send(exchange, e.code(), e.status());
      } catch (MalformedInput e) {
        send(exchange, 400, new Refused(400, "BadRequest", e.problem()).status());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void answer(HttpExchange exchange) throws IOException, Refused, InterruptedException {
    String path = exchange.getRequestURI().getPath();
    Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
    String accept = String.valueOf(exchange.getRequestHeaders().getFirst("Accept"));
    Optional<Json.Obj> discovery = discovery(path);
    if (discovery.isPresent()) {
      send(exchange, 200, discovery.get());
      return;
    }
    Target target = target(path);
    switch (exchange.getRequestMethod()) {
      case "GET" -> {
        if (target.below().equals("proxy")) {
          throw new Refused(503, "ServiceUnavailable", "nothing really runs in a played cluster");
        }
        if (target.below().equals("log")) {
          log(exchange, target, query);
        } else if (!target.name().isEmpty()) {
          Json.Obj object = there(target);
          send(exchange, 200, shown(target.type(), List.of(object), accept, true));
        } else if (query.getOrDefault("watch", "").matches("true|1")) {
          watch(exchange, target, query, accept);
        } else {
          list(exchange, target, query, accept);
        }
      }
      case "POST" -> create(exchange, target, query, body(exchange));
      case "PUT" -> send(exchange, 200, replace(target, query, body(exchange)));
      case "PATCH" -> patch(exchange, target, query);
      case "DELETE" -> send(exchange, 200, delete(target, query, exchange));
      default -> throw new Refused(405, "MethodNotAllowed", "not in this stand-in");
    }
  }

  // --- discovery

  private Optional<Json.Obj> discovery(String path) {
    List<Type> types = store.types();
    if (path.equals("/version")) {
      return Optional.of(
          object(
              Map.of(
                  "major",
                  "1",
                  "minor",
                  "37",
                  "gitVersion",
                  "v1.37.0-refloat-demo",
                  "platform",
                  "stand-in")));
    }
    if (path.equals("/api")) {
      return Optional.of(object(Map.of("kind", "APIVersions", "versions", List.of("v1"))));
    }
    if (path.equals("/apis")) {
      Set<String> groups = new LinkedHashSet<>();
      types.stream().filter(t -> !t.group().isEmpty()).forEach(t -> groups.add(t.apiVersion()));
      List<Object> all = new ArrayList<>();
      for (String api : groups) {
        Map<String, Object> version =
            Map.of("groupVersion", api, "version", api.substring(api.indexOf('/') + 1));
        all.add(
            Map.of(
                "name", api.substring(0, api.indexOf('/')),
                "versions", List.of(version),
                "preferredVersion", version));
      }
      return Optional.of(object(Map.of("kind", "APIGroupList", "apiVersion", "v1", "groups", all)));
    }
    String[] parts = path.substring(1).split("/", -1);
    String api =
        parts[0].equals("api") && parts.length == 2
            ? parts[1]
            : parts[0].equals("apis") && parts.length == 3 ? parts[1] + "/" + parts[2] : "";
    List<Json> served =
        types.stream()
            .filter(t -> t.apiVersion().equals(api))
            .map(t -> (Json) t.discovery())
            .toList();
    return served.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Json.builder()
                .put("kind", "APIResourceList")
                .put("apiVersion", "v1")
                .put("groupVersion", api)
                .put("resources", new Json.Arr(served))
                .build());
  }

  private static Json.Obj object(Map<String, ?> fields) {
    return (Json.Obj) Json.from(new LinkedHashMap<>(fields));
  }

  private Target target(String path) throws Refused {
    List<String> parts = new ArrayList<>(List.of(path.substring(1).split("/", -1)));
    String root = parts.removeFirst();
    if ((!root.equals("api") && !root.equals("apis"))
        || parts.size() < (root.equals("api") ? 2 : 3)) {
      throw new Refused(404, "NotFound", "the server could not find the requested resource");
    }
    String group = root.equals("api") ? "" : parts.removeFirst();
    String version = parts.removeFirst();
    String namespace = "";
    if (parts.getFirst().equals("namespaces") && parts.size() > 2) {
      parts.removeFirst();
      namespace = parts.removeFirst();
    }
    String plural = parts.removeFirst();
    Type type =
        store.types().stream()
            .filter(
                t ->
                    t.group().equals(group)
                        && t.version().equals(version)
                        && t.plural().equals(plural))
            .findFirst()
            .orElseThrow(
                () ->
                    new Refused(
                        404, "NotFound", "the server could not find the requested resource"));
    return new Target(
        type,
        namespace,
        parts.isEmpty() ? "" : parts.removeFirst(),
        parts.isEmpty() ? "" : parts.removeFirst());
  }

  private Json.Obj there(Target t) throws Refused {
    return store
        .get(t.type(), t.namespace(), t.name())
        .orElseThrow(() -> Refused.notFound(t.type(), t.name()));
  }

  // --- reading

  /// As the client wants it: whole, metadata alone, or as a table.
  private Json.Obj shown(Type type, List<Json.Obj> objects, String accept, boolean one) {
    String version = Long.toString(store.version());
    if (accept.contains("as=Table")) {
      return Tables.table(type, objects, version, false);
    }
    boolean metadata = accept.contains("as=PartialObjectMetadata");
    List<Json> items = new ArrayList<>();
    for (Json.Obj o : objects) {
      items.add(
          metadata
              ? Json.builder()
                  .put("kind", "PartialObjectMetadata")
                  .put("apiVersion", "meta.k8s.io/v1")
                  .put("metadata", o.get("metadata"))
                  .build()
              : o);
    }
    if (one && items.getFirst() instanceof Json.Obj o) {
      return o;
    }
    return Json.builder()
        .put("kind", metadata ? "PartialObjectMetadataList" : type.kind() + "List")
        .put("apiVersion", metadata ? "meta.k8s.io/v1" : type.apiVersion())
        .put("metadata", Json.builder().put("resourceVersion", version).build())
        .put("items", new Json.Arr(items))
        .build();
  }

  private void list(HttpExchange exchange, Target t, Map<String, String> query, String accept)
      throws IOException {
    List<Json.Obj> items =
        store.list(t.type(), t.namespace()).stream().filter(Selectors.of(query)).toList();
    send(exchange, 200, shown(t.type(), items, accept, false));
  }

  private void watch(HttpExchange exchange, Target t, Map<String, String> query, String accept)
      throws IOException, Refused, InterruptedException {
    String from = query.getOrDefault("resourceVersion", "");
    long seen =
        from.matches("\\d{1,18}") && !from.equals("0") ? Long.parseLong(from) : store.version();
    if (!store.remembers(seen)) {
      throw new Refused(410, "Expired", "too old resource version: " + from);
    }
    String limit = query.getOrDefault("timeoutSeconds", "");
    long end =
        System.nanoTime()
            + (limit.matches("\\d{1,6}") ? Long.parseLong(limit) : DEFAULT_WATCH_SECONDS)
                * 1_000_000_000L;
    Predicate<Json.Obj> wanted = Selectors.of(query);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    out.flush();
    if (from.isEmpty() || from.equals("0")) {
      for (Json.Obj o : store.list(t.type(), t.namespace()).stream().filter(wanted).toList()) {
        tell(out, "ADDED", t.type(), o, accept);
      }
    }
    while (!closed && System.nanoTime() < end) {
      for (Store.Change change : store.since(seen, WATCH_MILLIS)) {
        seen = Math.max(seen, change.version());
        boolean here =
            change.type().equals(t.type())
                && (t.namespace().isEmpty()
                    || change.object().at("metadata", "namespace").text().equals(t.namespace()));
        if (here && wanted.test(change.object())) {
          tell(out, change.what(), t.type(), change.object(), accept);
        }
      }
    }
  }

  private void tell(OutputStream out, String what, Type type, Json.Obj object, String accept)
      throws IOException {
    Json.Obj shown = shown(type, List.of(object), accept, true);
    Json event = Json.builder().put("type", what).put("object", shown).build();
    out.write((JsonText.compact(event) + "\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private void log(HttpExchange exchange, Target t, Map<String, String> query)
      throws IOException, Refused {
    Json.Obj pod = there(t);
    String container =
        query.getOrDefault(
            "container",
            pod.at("spec", "containers").list().stream()
                .findFirst()
                .map(c -> c.get("name").text())
                .orElse(""));
    boolean previous = query.getOrDefault("previous", "").equals("true");
    Path file =
        logs.resolve(t.namespace())
            .resolve(t.name())
            .resolve(container + (previous ? ".previous.log" : ".log"));
    if (!container.matches("[a-z0-9-]*") || !Files.isRegularFile(file)) {
      if (previous) {
        throw new Refused(
            400, "BadRequest", "previous terminated container \"" + container + "\" not found");
      }
      send(exchange, 200, "text/plain", new byte[0]);
      return;
    }
    send(exchange, 200, "text/plain", Files.readAllBytes(file));
  }

  // --- writing

  private static boolean dryRun(Map<String, String> query) {
    return query.getOrDefault("dryRun", "").equals("All");
  }

  private Json.Obj written(Target t, Map<String, String> query, Json.Obj wanted) {
    return dryRun(query) ? wanted : store.put(t.type(), wanted);
  }

  private void create(HttpExchange exchange, Target t, Map<String, String> query, Json body)
      throws IOException, Refused {
    if (!(body instanceof Json.Obj o) || !(o.get("metadata") instanceof Json.Obj meta)) {
      throw new Refused(400, "BadRequest", "an object with metadata is expected");
    }
    String name = meta.get("name").text();
    if (name.isEmpty()) {
      name = meta.get("generateName").text() + Long.toString(store.version() % 100_000, 36) + "d";
    }
    Json.Obj named = named(t, meta.with("name", Json.from(name)));
    synchronized (store) {
      if (store.get(t.type(), t.namespace(), name).isPresent()) {
        throw new Refused(
            409, "AlreadyExists", t.type().resource() + " \"" + name + "\" already exists");
      }
      Json.Obj fresh = named.without("uid").without("resourceVersion").without("creationTimestamp");
      send(exchange, 201, written(t, query, o.with("metadata", fresh)));
    }
  }

  private static Json.Obj named(Target t, Json.Obj meta) {
    return t.type().namespaced() ? meta.with("namespace", Json.from(t.namespace())) : meta;
  }

  private Json.Obj replace(Target t, Map<String, String> query, Json body) throws Refused {
    synchronized (store) {
      Json.Obj now = there(t);
      if (!(body instanceof Json.Obj wanted)) {
        throw new Refused(400, "BadRequest", "an object is expected");
      }
      return written(t, query, checked(t, now, wanted));
    }
  }

  /// Conflicts, and what no client may change.
  private static Json.Obj checked(Target t, Json.Obj now, Json wanted) throws Refused {
    if (!(wanted instanceof Json.Obj o) || !(o.get("metadata") instanceof Json.Obj meta)) {
      throw Refused.invalid("an object with metadata is expected");
    }
    for (String field : List.of("resourceVersion", "uid")) {
      Json has = meta.get(field);
      if (has.exists() && !has.text().isEmpty() && !has.equals(now.at("metadata", field))) {
        throw new Refused(
            409,
            "Conflict",
            "Operation cannot be fulfilled on "
                + t.type().resource()
                + " \""
                + t.name()
                + "\": the object has been modified; please apply your changes to the latest version and try again");
      }
    }
    Json.Obj kept = meta;
    for (String field :
        List.of("uid", "creationTimestamp", "name", "namespace", "deletionTimestamp")) {
      Json own = now.at("metadata", field);
      kept = own.exists() ? kept.with(field, own) : kept.without(field);
    }
    return o.with("metadata", kept);
  }

  private void patch(HttpExchange exchange, Target t, Map<String, String> query)
      throws IOException, Refused {
    String type = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
    Json body = body(exchange);
    synchronized (store) {
      Optional<Json.Obj> now = store.get(t.type(), t.namespace(), t.name());
      if (type.startsWith("application/apply-patch")) {
        Json.Obj start =
            now.orElseGet(
                () ->
                    Json.builder()
                        .put("metadata", named(t, object(Map.of("name", t.name()))))
                        .build());
        Json applied = Patches.apply(start, body, query.getOrDefault("fieldManager", "unknown"));
        Json.Obj wanted = now.isPresent() ? checked(t, now.get(), applied) : (Json.Obj) applied;
        send(exchange, now.isPresent() ? 200 : 201, written(t, query, wanted));
        return;
      }
      Json.Obj there = there(t);
      Json wanted =
          type.startsWith("application/json-patch")
              ? Patches.operations(there, body)
              : type.startsWith("application/merge-patch")
                  ? Patches.merge(there, body)
                  : Patches.strategic(there, body);
      // the version in a patch is a precondition
      Json.Obj checked = checked(t, there, wanted);
      send(exchange, 200, written(t, query, checked));
    }
  }

  private Json.Obj delete(Target t, Map<String, String> query, HttpExchange exchange)
      throws IOException, Refused {
    Json options = body(exchange);
    synchronized (store) {
      Json.Obj now = there(t);
      String uid = options.at("preconditions", "uid").text();
      if (!uid.isEmpty() && !uid.equals(now.at("metadata", "uid").text())) {
        throw new Refused(
            409,
            "Conflict",
            "Precondition failed: UID in precondition: "
                + uid
                + ", UID in object meta: "
                + now.at("metadata", "uid").text());
      }
      if (!dryRun(query)) {
        if (!options.get("propagationPolicy").text().equals("Orphan")) {
          new Workloads(store).removeOwned(now);
        }
        store.delete(t.type(), t.namespace(), t.name());
      }
      return object(Map.of("kind", "Status", "apiVersion", "v1", "status", "Success"));
    }
  }

  // --- bytes

  private static Json body(HttpExchange exchange) throws IOException, Refused {
    String type = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
    if (type.contains("protobuf")) {
      throw new Refused(
          415,
          "UnsupportedMediaType",
          "this stand-in for an API server speaks JSON only; kubectl create -f FILE does too");
    }
    byte[] bytes = exchange.getRequestBody().readNBytes(4 * 1024 * 1024);
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.isBlank()) {
      return Json.emptyObject();
    }
    return type.contains("yaml") && !text.stripLeading().startsWith("{")
        ? YamlTrees.read("request", text).getFirst()
        : JsonTrees.read("request", new java.io.ByteArrayInputStream(bytes), BODY);
  }

  private static Map<String, String> query(@org.jspecify.annotations.Nullable String raw) {
    Map<String, String> query = new LinkedHashMap<>();
    if (raw != null) {
      for (String part : raw.split("&", -1)) {
        int equals = part.indexOf('=');
        if (equals > 0) {
          query.put(
              URLDecoder.decode(part.substring(0, equals), StandardCharsets.UTF_8),
              URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
        }
      }
    }
    return query;
  }

  private static void send(HttpExchange exchange, int code, Json.Obj body) throws IOException {
    send(
        exchange,
        code,
        "application/json",
        JsonText.compact(body).getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int code, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(code, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    closed = true;
    server.stop(0);
    threads.shutdownNow();
  }
}

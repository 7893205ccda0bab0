package dev.refloat.adapter.demo;

import dev.refloat.model.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The objects, their versions and what changed: the etcd of the demonstration.
final class Store {

  /// Changes that a watch can still be told of.
  private static final int MOST_CHANGES = 5_000;

  /// One change, for those who watch.
  ///
  /// @param what `ADDED`, `MODIFIED` or `DELETED`
  record Change(long version, String what, Type type, Json.Obj object) {}

  private final List<Type> types;
  private final Map<String, Json.Obj> objects = new LinkedHashMap<>();
  private final List<Change> changes = new ArrayList<>();
  private long version = 10_000;

  Store(List<Type> types) {
    this.types = List.copyOf(types);
  }

  List<Type> types() {
    return types;
  }

  Optional<Type> type(String group, String kind) {
    return types.stream().filter(t -> t.group().equals(group) && t.kind().equals(kind)).findFirst();
  }

  private static String key(Type type, String namespace, String name) {
    return type.resource() + "/" + namespace + "/" + name;
  }

  synchronized long version() {
    return version;
  }

  synchronized Optional<Json.Obj> get(Type type, String namespace, String name) {
    return Optional.ofNullable(objects.get(key(type, namespace, name)));
  }

  /// @param namespace empty: everywhere
  synchronized List<Json.Obj> list(Type type, String namespace) {
    String prefix = type.resource() + "/" + (namespace.isEmpty() ? "" : namespace + "/");
    return objects.entrySet().stream()
        .filter(e -> e.getKey().startsWith(prefix))
        .map(Map.Entry::getValue)
        .toList();
  }

  synchronized List<Json.Obj> all() {
    return List.copyOf(objects.values());
  }

  /// Takes an object of the snapshot as it is.
  synchronized void load(Type type, Json.Obj object) {
    Json meta = object.get("metadata");
    objects.put(key(type, meta.get("namespace").text(), meta.get("name").text()), object);
    version = Math.max(version, meta.get("resourceVersion").integer(0));
  }

  /// Writes an object: sets what the server sets, and counts the generation when more than
  /// metadata and status changed.
  synchronized Json.Obj put(Type type, Json.Obj wanted) {
    Json.Obj meta = (Json.Obj) wanted.get("metadata");
    String key = key(type, meta.get("namespace").text(), meta.get("name").text());
    Optional<Json.Obj> before = Optional.ofNullable(objects.get(key));
    if (before.isPresent() && essence(before.get()).equals(essence(wanted))) {
      return before.get();
    }
    version++;
    long generation = before.map(b -> b.at("metadata", "generation").integer(1)).orElse(0L);
    boolean changed = before.isEmpty() || !spec(before.get()).equals(spec(wanted));
    Json.Obj stamped =
        meta.with("resourceVersion", Json.from(Long.toString(version)))
            .with("generation", Json.from(changed ? generation + 1 : generation));
    if (!stamped.get("uid").exists()) {
      stamped = stamped.with("uid", Json.from(UUID.randomUUID().toString()));
    }
    if (!stamped.get("creationTimestamp").exists()) {
      stamped = stamped.with("creationTimestamp", Json.from(now()));
    }
    Json.Obj object =
        wanted
            .with("apiVersion", Json.from(type.apiVersion()))
            .with("kind", Json.from(type.kind()))
            .with("metadata", stamped);
    boolean gone =
        stamped.get("deletionTimestamp").exists() && stamped.get("finalizers").list().isEmpty();
    if (gone) {
      objects.remove(key);
      tell("DELETED", type, object);
    } else {
      objects.put(key, object);
      tell(before.isEmpty() ? "ADDED" : "MODIFIED", type, object);
    }
    return object;
  }

  /// Deletes an object; one with finalizers is only marked.
  synchronized void delete(Type type, String namespace, String name) {
    Optional<Json.Obj> there = get(type, namespace, name);
    if (there.isEmpty()) {
      return;
    }
    Json.Obj meta = (Json.Obj) there.get().get("metadata");
    if (!meta.get("finalizers").list().isEmpty()) {
      if (!meta.get("deletionTimestamp").exists()) {
        put(type, there.get().with("metadata", meta.with("deletionTimestamp", Json.from(now()))));
      }
      return;
    }
    objects.remove(key(type, namespace, name));
    version++;
    tell(
        "DELETED",
        type,
        there
            .get()
            .with("metadata", meta.with("resourceVersion", Json.from(Long.toString(version)))));
  }

  private void tell(String what, Type type, Json.Obj object) {
    changes.add(new Change(version, what, type, object));
    if (changes.size() > MOST_CHANGES) {
      changes.removeFirst();
    }
    notifyAll();
  }

  /// Whether a watch that begins after this version misses nothing.
  synchronized boolean remembers(long since) {
    return since >= version || changes.isEmpty() || changes.getFirst().version() <= since + 1;
  }

  /// What changed after a version; waits a while for something to happen.
  synchronized List<Change> since(long since, long millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    for (long left = millis; version <= since && left > 0; ) {
      wait(left);
      left = (end - System.nanoTime()) / 1_000_000;
    }
    return changes.stream().filter(c -> c.version() > since).toList();
  }

  private static Json spec(Json.Obj object) {
    return object.without("metadata").without("status").without("apiVersion").without("kind");
  }

  /// What counts as a change.
  private static Json essence(Json.Obj object) {
    return object.get("metadata") instanceof Json.Obj meta
        ? object
            .without("apiVersion")
            .without("kind")
            .with("metadata", meta.without("resourceVersion").without("generation"))
        : object;
  }

  static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}

package dev.refloat.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One Kubernetes object as it was read. Objects read as metadata only have no spec and no status.
public record Resource(ObjectRef ref, Json root) {

  /// Reads apiVersion, kind, namespace and name from the object itself.
  public static Resource of(Json root) {
    Json meta = root.get("metadata");
    return new Resource(
        new ObjectRef(
            root.get("apiVersion").text(),
            root.get("kind").text(),
            meta.get("namespace").text(),
            meta.get("name").text()),
        root);
  }

  public String kind() {
    return ref.kind();
  }

  public String namespace() {
    return ref.namespace();
  }

  public String name() {
    return ref.name();
  }

  public Json at(String... path) {
    return root.at(path);
  }

  public Json meta(String field) {
    return root.at("metadata", field);
  }

  public Json spec(String... path) {
    return root.get("spec").at(path);
  }

  public Json status(String... path) {
    return root.get("status").at(path);
  }

  public String uid() {
    return meta("uid").text();
  }

  public Map<String, String> labels() {
    return meta("labels").strings();
  }

  public Map<String, String> annotations() {
    return meta("annotations").strings();
  }

  public Optional<String> label(String key) {
    return meta("labels").get(key).scalar();
  }

  public Optional<String> annotation(String key) {
    return meta("annotations").get(key).scalar();
  }

  public Optional<Instant> created() {
    return Times.parse(meta("creationTimestamp"));
  }

  /// When deletion was asked for; the object stays until its finalizers are gone.
  public Optional<Instant> deleted() {
    return Times.parse(meta("deletionTimestamp"));
  }

  public long generation() {
    return meta("generation").integer(0);
  }

  public List<String> finalizers() {
    return meta("finalizers").list().stream().map(Json::text).toList();
  }

  /// The owner that manages this object (`controller: true`), else the first owner.
  public Optional<Json> controllerOwner() {
    List<Json> owners = meta("ownerReferences").list();
    return owners.stream()
        .filter(o -> o.get("controller").isTrue())
        .findFirst()
        .or(() -> owners.stream().findFirst());
  }

  public Optional<Condition> condition(String type) {
    for (Json c : status("conditions").list()) {
      if (c.get("type").text().equals(type)) {
        return Optional.of(Condition.of(c));
      }
    }
    return Optional.empty();
  }

  public List<Condition> conditions() {
    return status("conditions").list().stream().map(Condition::of).toList();
  }
}

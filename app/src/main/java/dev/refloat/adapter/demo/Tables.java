package dev.refloat.adapter.demo;

import dev.refloat.model.Json;
import dev.refloat.model.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// What `kubectl get` prints.
final class Tables {
  private static final Instant NEVER = Instant.EPOCH;

  /// One column.
  private record Column(String name, Function<Json.Obj, String> cell) {}

  private Tables() {}

  static Json.Obj table(Type type, List<Json.Obj> objects, String version, boolean watched) {
    List<Column> columns = columns(type);
    List<Json> definitions = new ArrayList<>();
    for (Column c : columns) {
      definitions.add(
          Json.builder()
              .put("name", c.name())
              .put("type", "string")
              .put("format", c.name().equals("Name") ? "name" : "")
              .put("description", "")
              .put("priority", 0)
              .build());
    }
    List<Json> rows = new ArrayList<>();
    for (Json.Obj o : objects) {
      List<Json> cells = new ArrayList<>();
      columns.forEach(c -> cells.add(Json.from(c.cell().apply(o))));
      rows.add(
          Json.builder()
              .put("cells", new Json.Arr(cells))
              .put(
                  "object",
                  Json.builder()
                      .put("kind", "PartialObjectMetadata")
                      .put("apiVersion", "meta.k8s.io/v1")
                      .put("metadata", o.get("metadata"))
                      .build())
              .build());
    }
    Json.Builder table =
        Json.builder()
            .put("kind", "Table")
            .put("apiVersion", "meta.k8s.io/v1")
            .put("metadata", Json.builder().put("resourceVersion", version).build());
    // in a watch only the first event says what the columns are; saying it again does no harm
    table.put("columnDefinitions", new Json.Arr(definitions));
    return table.put("rows", new Json.Arr(rows)).build();
  }

  private static List<Column> columns(Type type) {
    List<Column> all = new ArrayList<>();
    Column age = new Column("Age", Tables::age);
    if (!type.kind().equals("Event")) {
      all.add(new Column("Name", o -> o.at("metadata", "name").text()));
    }
    switch (type.kind()) {
      case "HelmRelease",
          "HelmChart",
          "HelmRepository",
          "OCIRepository",
          "GitRepository",
          "Kustomization" -> {
        all.add(age);
        all.add(new Column("Ready", o -> condition(o, "Ready", "status")));
        all.add(new Column("Status", o -> condition(o, "Ready", "message")));
      }
      case "Deployment" -> {
        all.add(
            new Column(
                "Ready",
                o -> count(o, "readyReplicas") + "/" + o.at("spec", "replicas").integer(1)));
        all.add(new Column("Up-to-date", o -> Long.toString(count(o, "updatedReplicas"))));
        all.add(new Column("Available", o -> Long.toString(count(o, "availableReplicas"))));
        all.add(age);
      }
      case "StatefulSet", "ReplicaSet" -> {
        all.add(
            new Column(
                "Ready",
                o -> count(o, "readyReplicas") + "/" + o.at("spec", "replicas").integer(1)));
        all.add(age);
      }
      case "Pod" -> {
        all.add(new Column("Ready", Tables::containersReady));
        all.add(new Column("Status", Tables::podStatus));
        all.add(new Column("Restarts", o -> Long.toString(restarts(o))));
        all.add(age);
      }
      case "Service" -> {
        all.add(new Column("Type", o -> o.at("spec", "type").text("ClusterIP")));
        all.add(new Column("Cluster-IP", o -> o.at("spec", "clusterIP").text("<none>")));
        all.add(age);
      }
      case "PersistentVolumeClaim" -> {
        all.add(new Column("Status", o -> o.at("status", "phase").text("Pending")));
        all.add(new Column("Volume", o -> o.at("spec", "volumeName").text()));
        all.add(age);
      }
      case "Namespace", "PersistentVolume" -> {
        all.add(new Column("Status", o -> o.at("status", "phase").text("Active")));
        all.add(age);
      }
      case "Event" -> {
        all.add(new Column("Last Seen", o -> since(o.get("lastTimestamp"))));
        all.add(new Column("Type", o -> o.get("type").text()));
        all.add(new Column("Reason", o -> o.get("reason").text()));
        all.add(
            new Column(
                "Object",
                o ->
                    o.at("involvedObject", "kind").text()
                        + "/"
                        + o.at("involvedObject", "name").text()));
        all.add(new Column("Message", o -> o.get("message").text()));
      }
      default -> all.add(age);
    }
    return all;
  }

  private static long count(Json.Obj o, String field) {
    return o.at("status", field).integer(0);
  }

  private static String condition(Json.Obj o, String type, String field) {
    return o.at("status", "conditions").list().stream()
        .filter(c -> c.get("type").text().equals(type))
        .map(c -> c.get(field).text())
        .findFirst()
        .orElse("");
  }

  private static String containersReady(Json.Obj pod) {
    List<Json> all = pod.at("status", "containerStatuses").list();
    long ready = all.stream().filter(c -> c.get("ready").isTrue()).count();
    return ready + "/" + Math.max(all.size(), pod.at("spec", "containers").list().size());
  }

  private static long restarts(Json.Obj pod) {
    return pod.at("status", "containerStatuses").list().stream()
        .mapToLong(c -> c.get("restartCount").integer(0))
        .sum();
  }

  private static String podStatus(Json.Obj pod) {
    for (Json c : pod.at("status", "containerStatuses").list()) {
      String waiting = c.at("state", "waiting", "reason").text();
      if (!waiting.isEmpty()) {
        return waiting;
      }
    }
    return pod.at("status", "phase").text("Pending");
  }

  private static String age(Json.Obj o) {
    return since(o.at("metadata", "creationTimestamp"));
  }

  private static String since(Json time) {
    Instant then = Times.parse(time).orElse(NEVER);
    return then.equals(NEVER)
        ? "<unknown>"
        : Times.display(
            Duration.ofSeconds(Math.max(0, Duration.between(then, Instant.now()).toSeconds())));
  }
}

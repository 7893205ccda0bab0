package dev.refloat.adapter.demo;

import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// What Kubernetes' controllers and a kubelet would do, without delay: pods of a workload, its
/// status, and where Services lead.
final class Workloads {
  private static final String ORIGIN = "helm.toolkit.fluxcd.io/";

  private final Store store;
  private final AtomicInteger names = new AtomicInteger(7_000);

  Workloads(Store store) {
    this.store = store;
  }

  private Type type(String group, String kind) {
    return store.type(group, kind).orElseThrow();
  }

  /// Puts every workload of a release where its spec wants it, with new pods.
  void settle(String namespace, String release) {
    for (String kind : List.of("Deployment", "StatefulSet")) {
      for (Json.Obj workload : store.list(type("apps", kind), namespace)) {
        if (workload.at("metadata", "labels", ORIGIN + "name").text().equals(release)) {
          ready(type("apps", kind), workload);
        }
      }
    }
    for (Json.Obj job : store.list(type("batch", "Job"), namespace)) {
      boolean hook = job.at("metadata", "annotations", "helm.sh/hook").exists();
      if (hook && job.at("metadata", "name").text().startsWith(release + "-")) {
        removeOwned(job); // hooks that succeeded are deleted
        store.delete(type("batch", "Job"), namespace, job.at("metadata", "name").text());
      }
    }
    endpoints(namespace);
  }

  private void ready(Type type, Json.Obj workload) {
    removeOwned(workload);
    long wanted = workload.at("spec", "replicas").integer(1);
    String namespace = workload.at("metadata", "namespace").text();
    String name = workload.at("metadata", "name").text();
    Json.Obj owner = workload;
    Type ownerType = type;
    Map<String, Object> labels = new LinkedHashMap<>();
    if (type.kind().equals("Deployment")) {
      String hash =
          String.format(
              Locale.ROOT, "%010x", workload.at("spec", "template").hashCode() & 0xffffffffL);
      labels.put("pod-template-hash", hash);
      ownerType = type("apps", "ReplicaSet");
      owner =
          store.put(
              ownerType,
              object(
                  namespace,
                  name + "-" + hash,
                  labels,
                  owner(type, workload),
                  Map.of("replicas", wanted),
                  Map.of("replicas", wanted, "readyReplicas", wanted)));
    }
    for (int i = 0; i < wanted; i++) {
      boolean ordinal = type.kind().equals("StatefulSet");
      String suffix =
          ordinal ? Integer.toString(i) : Integer.toString(names.incrementAndGet(), 36) + "xz";
      pod(
          workload,
          namespace,
          owner.at("metadata", "name").text() + "-" + suffix,
          labels,
          owner(ownerType, owner));
    }
    bind(namespace, workload);
    Json.Obj now = store.get(type, namespace, name).orElse(workload);
    store.put(type, now.with("status", status(type, now, wanted)));
  }

  private static Json status(Type type, Json.Obj workload, long wanted) {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("observedGeneration", workload.at("metadata", "generation").integer(1));
    for (String count :
        List.of("replicas", "readyReplicas", "updatedReplicas", "availableReplicas")) {
      status.put(count, wanted);
    }
    if (type.kind().equals("StatefulSet")) {
      status.put("currentRevision", "1");
      status.put("updateRevision", "1");
    }
    status.put(
        "conditions",
        List.of(
            condition("Available", "True", "MinimumReplicasAvailable", ""),
            condition("Progressing", "True", "NewReplicaSetAvailable", "")));
    return Json.from(status);
  }

  private static Map<String, Object> condition(
      String type, String status, String reason, String message) {
    return Map.of(
        "type",
        type,
        "status",
        status,
        "reason",
        reason,
        "message",
        message,
        "lastTransitionTime",
        Store.now());
  }

  private void pod(
      Json.Obj workload,
      String namespace,
      String name,
      Map<String, Object> more,
      List<Object> owner) {
    Map<String, Object> labels = new LinkedHashMap<>(more);
    workload.at("spec", "template", "metadata", "labels").strings().forEach(labels::put);
    Json.Obj spec =
        workload.at("spec", "template", "spec") instanceof Json.Obj o ? o : Json.emptyObject();
    List<Object> statuses = new ArrayList<>();
    for (Json container : spec.get("containers").list()) {
      statuses.add(
          Map.of(
              "name",
              container.get("name").text(),
              "image",
              container.get("image").text(),
              "imageID",
              "",
              "ready",
              true,
              "started",
              true,
              "restartCount",
              0,
              "state",
              Map.of("running", Map.of("startedAt", Store.now()))));
    }
    String node =
        store.list(type("", "Node"), "").stream()
            .findFirst()
            .map(n -> n.at("metadata", "name").text())
            .orElse("node-1");
    List<Object> conditions = new ArrayList<>();
    for (String c : List.of("PodScheduled", "Initialized", "ContainersReady", "Ready")) {
      conditions.add(condition(c, "True", "", ""));
    }
    store.put(
        type("", "Pod"),
        object(
            namespace,
            name,
            labels,
            owner,
            spec.with("nodeName", Json.from(node)),
            Map.of(
                "phase",
                "Running",
                "startTime",
                Store.now(),
                "podIP",
                "10.1.0." + (names.get() % 250 + 1),
                "conditions",
                conditions,
                "containerStatuses",
                statuses)));
  }

  private static Json.Obj object(
      String namespace,
      String name,
      Map<String, Object> labels,
      List<Object> owners,
      Object spec,
      Object status) {
    return (Json.Obj)
        Json.from(
            Map.of(
                "metadata",
                Map.of(
                    "namespace",
                    namespace,
                    "name",
                    name,
                    "labels",
                    labels,
                    "ownerReferences",
                    owners),
                "spec",
                spec,
                "status",
                status));
  }

  private static List<Object> owner(Type type, Json.Obj owner) {
    return List.of(
        Map.of(
            "apiVersion", type.apiVersion(),
            "kind", type.kind(),
            "name", owner.at("metadata", "name").text(),
            "uid", owner.at("metadata", "uid").text(),
            "controller", true,
            "blockOwnerDeletion", true));
  }

  /// A claim of a template that waits for a class is made anew, bound.
  private void bind(String namespace, Json.Obj workload) {
    Type claims = type("", "PersistentVolumeClaim");
    for (Json template : workload.at("spec", "volumeClaimTemplates").list()) {
      String prefix =
          template.at("metadata", "name").text()
              + "-"
              + workload.at("metadata", "name").text()
              + "-";
      for (Json.Obj claim : store.list(claims, namespace)) {
        if (claim.at("metadata", "name").text().startsWith(prefix)
            && !claim.at("status", "phase").text().equals("Bound")) {
          store.put(claims, claim.with("status", Json.from(Map.of("phase", "Bound"))));
        }
      }
    }
  }

  /// ReplicaSets and pods below a workload.
  void removeOwned(Json.Obj owner) {
    String uid = owner.at("metadata", "uid").text();
    String namespace = owner.at("metadata", "namespace").text();
    for (Type type : List.of(type("apps", "ReplicaSet"), type("", "Pod"))) {
      for (Json.Obj o : store.list(type, namespace)) {
        if (o.at("metadata", "ownerReferences").list().stream()
            .anyMatch(r -> r.get("uid").text().equals(uid))) {
          if (!type.kind().equals("Pod")) {
            removeOwned(o);
          }
          store.delete(type, namespace, o.at("metadata", "name").text());
        }
      }
    }
  }

  /// A pod that was deleted comes back as it was: what was wrong with it still is.
  void replace(Json.Obj deleted) {
    Optional<Json> owner = deleted.at("metadata", "ownerReferences").list().stream().findFirst();
    String namespace = deleted.at("metadata", "namespace").text();
    if (owner.isEmpty()) {
      return;
    }
    Optional<Type> type = store.type("apps", owner.get().get("kind").text());
    boolean there =
        type.flatMap(t -> store.get(t, namespace, owner.get().get("name").text()))
            .filter(o -> o.at("metadata", "uid").text().equals(owner.get().get("uid").text()))
            .isPresent();
    if (!there) {
      return;
    }
    String old = deleted.at("metadata", "name").text();
    String name =
        type.orElseThrow().kind().equals("StatefulSet")
            ? old
            : old.substring(0, old.lastIndexOf('-') + 1)
                + Integer.toString(names.incrementAndGet(), 36)
                + "xz";
    Json.Obj meta = (Json.Obj) deleted.get("metadata");
    store.put(
        type("", "Pod"),
        deleted.with(
            "metadata",
            meta.without("uid")
                .without("creationTimestamp")
                .without("deletionTimestamp")
                .with("name", Json.from(name))));
    endpoints(namespace);
  }

  /// Where the Services of a namespace lead.
  void endpoints(String namespace) {
    Type slices = type("discovery.k8s.io", "EndpointSlice");
    for (Json.Obj service : store.list(type("", "Service"), namespace)) {
      Map<String, String> selector = service.at("spec", "selector").strings();
      if (selector.isEmpty()) {
        continue;
      }
      List<Object> endpoints = new ArrayList<>();
      for (Json.Obj pod : store.list(type("", "Pod"), namespace)) {
        if (pod.at("metadata", "labels").strings().entrySet().containsAll(selector.entrySet())) {
          boolean ready =
              pod.at("status", "conditions").list().stream()
                  .anyMatch(
                      c ->
                          c.get("type").text().equals("Ready")
                              && c.get("status").text().equals("True"));
          endpoints.add(
              Map.of(
                  "addresses", List.of(pod.at("status", "podIP").text("10.1.0.1")),
                  "conditions", Map.of("ready", ready),
                  "targetRef",
                      Map.of(
                          "kind",
                          "Pod",
                          "namespace",
                          namespace,
                          "name",
                          pod.at("metadata", "name").text())));
        }
      }
      String name = service.at("metadata", "name").text();
      Json.Obj slice =
          (Json.Obj)
              Json.from(
                  Map.of(
                      "addressType",
                      "IPv4",
                      "endpoints",
                      endpoints,
                      "ports",
                      service.at("spec", "ports").list()));
      store.put(
          slices,
          slice.with(
              "metadata",
              Json.from(
                  Map.of(
                      "namespace",
                      namespace,
                      "name",
                      name + "-demo",
                      "labels",
                      Map.of("kubernetes.io/service-name", name),
                      "ownerReferences",
                      owner(type("", "Service"), service),
                      "uid",
                      "slice-" + service.at("metadata", "uid").text(),
                      "creationTimestamp",
                      service.at("metadata", "creationTimestamp").text()))));
    }
  }
}

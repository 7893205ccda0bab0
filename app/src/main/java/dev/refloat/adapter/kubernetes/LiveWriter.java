package dev.refloat.adapter.kubernetes;

import dev.refloat.adapter.json.JsonText;
import dev.refloat.adapter.json.JsonTrees;
import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.json.Pruning;
import dev.refloat.evidence.Observation;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.port.ClusterWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes to a live cluster. A write is sent once; it is repeated only when the server certainly
/// did not take it.
final class LiveWriter implements ClusterWriter {

  private static final int CONFLICT = 409;
  private static final int SERVER_ERROR = 500;

  private final ApiClient api;
  private final LiveCluster cluster;

  LiveWriter(ApiClient api, LiveCluster cluster) {
    this.api = api;
    this.cluster = cluster;
  }

  @Override
  public Optional<Resource> get(ObjectRef object) {
    try {
      return switch (cluster.object(object)) {
        case Observation.Seen<Json>(var root) -> Optional.of(Resource.of(root));
        case Observation.Absent<Json> _ -> Optional.empty();
        case Observation.Unreadable<Json>(var why) ->
            throw new WriteFailure(
                WriteFailure.Reason.NOT_DONE, object.display() + " cannot be read: " + why);
      };
    } catch (ApiFailure e) {
      throw unread(object.display(), e);
    }
  }

  private static WriteFailure unread(String what, ApiFailure e) {
    WriteFailure.Reason reason =
        switch (e.type()) {
          case UNAUTHORIZED, FORBIDDEN -> WriteFailure.Reason.FORBIDDEN;
          case NOT_FOUND -> WriteFailure.Reason.ABSENT;
          case EXPIRED, REFUSED, UNREACHABLE, FAILED -> WriteFailure.Reason.NOT_DONE;
        };
    return new WriteFailure(reason, what + " cannot be read: " + e.why());
  }

  @Override
  public List<Resource> list(ObjectRef kind, String labelSelector) {
    String what = kind.kind() + " objects in namespace " + kind.namespace();
    try {
      Discovery.Served served = served(kind);
      Json list =
          api.read(
              new ApiClient.Question(
                  RequestLog.Purpose.LIST,
                  Paths.collection(
                      kind.group(), served.version(), kind.namespace(), served.plural()),
                  Paths.query(Map.of("labelSelector", labelSelector)),
                  ApiClient.JSON),
              body -> JsonTrees.read(what, body, Limits.DOCUMENT, Pruning.NOTHING));
      List<Resource> items = new ArrayList<>();
      for (Json item : list.get("items").list()) {
        if (item instanceof Json.Obj o) {
          // items of a list do not say of which kind they are
          items.add(
              Resource.of(
                  o.with("apiVersion", Json.from(kind.apiVersion()))
                      .with("kind", Json.from(kind.kind()))));
        }
      }
      return items;
    } catch (ApiFailure e) {
      throw unread(what, e);
    }
  }

  @Override
  public Resource merge(
      ObjectRef object, Json patch, String resourceVersion, String manager, boolean dryRun) {
    Json body = patch;
    if (!resourceVersion.isEmpty() && patch instanceof Json.Obj top) {
      Json.Obj meta = top.get("metadata") instanceof Json.Obj known ? known : Json.emptyObject();
      body = top.with("metadata", meta.with("resourceVersion", Json.from(resourceVersion)));
    }
    return send(
        "PATCH", object, "application/merge-patch+json", body, parameters(manager, dryRun), true);
  }

  @Override
  public Resource edit(ObjectRef object, Json operations, String manager, boolean dryRun) {
    return send(
        "PATCH",
        object,
        "application/json-patch+json",
        operations,
        parameters(manager, dryRun),
        true);
  }

  @Override
  public Resource apply(
      ObjectRef object, Json content, String manager, boolean force, boolean dryRun) {
    Map<String, String> parameters = parameters(manager, dryRun);
    parameters.put("force", Boolean.toString(force));
    return send("PATCH", object, "application/apply-patch+yaml", content, parameters, true);
  }

  @Override
  public Resource create(ObjectRef object, Json content, String manager, boolean dryRun) {
    return send("POST", object, ApiClient.JSON, content, parameters(manager, dryRun), false);
  }

  @Override
  public void delete(ObjectRef object, String uid, String propagationPolicy, boolean dryRun) {
    Json options =
        Json.builder()
            .put("apiVersion", "v1")
            .put("kind", "DeleteOptions")
            .put("propagationPolicy", propagationPolicy)
            .put("preconditions", Json.builder().put("uid", uid).build())
            .build();
    Map<String, String> parameters = new LinkedHashMap<>();
    if (dryRun) {
      parameters.put("dryRun", "All");
    }
    send("DELETE", object, ApiClient.JSON, options, parameters, true);
  }

  private static Map<String, String> parameters(String manager, boolean dryRun) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("fieldManager", manager);
    if (dryRun) {
      parameters.put("dryRun", "All");
    }
    return parameters;
  }

  private Discovery.Served served(ObjectRef object) throws ApiFailure {
    return cluster
        .servedFor(object)
        .orElseThrow(
            () ->
                new WriteFailure(
                    WriteFailure.Reason.ABSENT,
                    "the cluster has no kind " + object.kind() + " of " + object.apiVersion()));
  }

  private Resource send(
      String method,
      ObjectRef object,
      String contentType,
      Json body,
      Map<String, String> parameters,
      boolean byName) {
    if (!Paths.isName(object.name())
        || (!object.namespace().isEmpty() && !Paths.isName(object.namespace()))) {
      throw new WriteFailure(
          WriteFailure.Reason.INVALID, object.display() + " is not a name that Kubernetes allows");
    }
    Discovery.Served served;
    try {
      served = served(object);
    } catch (ApiFailure e) {
      throw unread("the kind of " + object.display(), e);
    }
    String collection =
        Paths.collection(object.group(), served.version(), object.namespace(), served.plural());
    Json versioned = body;
    if (body instanceof Json.Obj o && o.get("apiVersion").exists() && !method.equals("DELETE")) {
      String group = object.group();
      versioned =
          o.with(
              "apiVersion",
              Json.from(group.isEmpty() ? served.version() : group + "/" + served.version()));
    }
    ApiClient.Answered answer =
        api.write(
            new ApiClient.Write(
                method,
                byName ? collection + "/" + Paths.segment(object.name()) : collection,
                Paths.query(parameters),
                Optional.of(new Transport.Body(contentType, JsonText.compact(versioned)))));
    if (answer.status() >= 200 && answer.status() < 300) {
      return answer.body().get("kind").exists()
          ? Resource.of(answer.body())
          : new Resource(object, answer.body());
    }
    throw failure(method, object, answer);
  }

  private static WriteFailure failure(String method, ObjectRef object, ApiClient.Answered answer) {
    String what =
        switch (method) {
          case "DELETE" -> "delete ";
          case "POST" -> "create ";
          default -> "change ";
        };
    String why = answer.why().isEmpty() ? "the server answered " + answer.status() : answer.why();
    return new WriteFailure(reason(answer), "could not " + what + object.display() + ": " + why);
  }

  private static WriteFailure.Reason reason(ApiClient.Answered answer) {
    if (answer.status() == 0) {
      return answer.sent() ? WriteFailure.Reason.UNANSWERED : WriteFailure.Reason.NOT_DONE;
    }
    return switch (answer.status()) {
      case 401, 403 -> WriteFailure.Reason.FORBIDDEN;
      case 404 -> WriteFailure.Reason.ABSENT;
      case CONFLICT ->
          answer.body().get("reason").text().equals("AlreadyExists")
              ? WriteFailure.Reason.EXISTS
              : WriteFailure.Reason.CONFLICT;
      case 429 -> WriteFailure.Reason.NOT_DONE;
      // a server that fails half-way, or a proxy before it, may have let the write through
      default ->
          answer.status() >= SERVER_ERROR
              ? WriteFailure.Reason.UNANSWERED
              : WriteFailure.Reason.INVALID;
    };
  }
}

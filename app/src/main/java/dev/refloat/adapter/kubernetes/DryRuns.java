package dev.refloat.adapter.kubernetes;

import dev.refloat.adapter.json.JsonText;
import dev.refloat.evidence.Observation;
import dev.refloat.lint.DryRun;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Sends objects to a live API server with `dryRun=All`: it says what it would say, and stores
/// nothing. Several threads may ask.
public final class DryRuns {
  private static final int LONGEST_MESSAGE = 2000;
  private static final int MOST_FIELDS = 20;

  private final ApiClient api;
  private final LiveCluster cluster;
  private final Discovery discovery;

  DryRuns(ApiClient api, LiveCluster cluster, Discovery discovery) {
    this.api = api;
    this.cluster = cluster;
    this.discovery = discovery;
  }

  /// A namespace as it is.
  public Observation<Resource> namespace(String name) {
    try {
      return switch (cluster.object(new ObjectRef("v1", "Namespace", "", name))) {
        case Observation.Seen<Json>(var root) -> new Observation.Seen<>(Resource.of(root));
        case Observation.Absent<Json> _ -> new Observation.Absent<>();
        case Observation.Unreadable<Json>(var why) -> new Observation.Unreadable<>(why);
      };
    } catch (ApiFailure e) {
      return new Observation.Unreadable<>(e.why());
    }
  }

  /// A server-side apply that takes over the fields of other managers.
  public DryRun apply(Resource object, String manager) {
    Map<String, String> parameters = parameters(manager);
    parameters.put("force", "true");
    return send("PATCH", object, "application/apply-patch+yaml", parameters);
  }

  /// A creation. That the object is there already is no refusal: it was judged before.
  public DryRun create(Resource object, String manager) {
    DryRun said = send("POST", object, ApiClient.JSON, parameters(manager));
    return said instanceof DryRun.Refused r && r.status() == 409
        ? new DryRun.Taken(true, object)
        : said;
  }

  private static Map<String, String> parameters(String manager) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("dryRun", "All");
    parameters.put("fieldManager", manager);
    return parameters;
  }

  private DryRun send(
      String method, Resource object, String contentType, Map<String, String> parameters) {
    ObjectRef ref = object.ref();
    if (!Paths.isName(ref.name())
        || (!ref.namespace().isEmpty() && !Paths.isName(ref.namespace()))) {
      return new DryRun.Refused(
          400, "metadata.name: not a name that Kubernetes allows", List.of("metadata.name"), false);
    }
    List<Discovery.Served> served;
    try {
      served = discovery.find(ref.group(), ref.kind());
    } catch (ApiFailure e) {
      return new DryRun.NotTried("the kinds of the cluster cannot be read: " + e.why());
    }
    String version = ref.apiVersion().substring(ref.apiVersion().indexOf('/') + 1);
    Optional<Discovery.Served> kind =
        served.stream().filter(s -> s.version().equals(version)).findFirst();
    if (kind.isEmpty()) {
      return new DryRun.NoKind(served.stream().map(Discovery.Served::version).distinct().toList());
    }
    if (kind.get().namespaced() && ref.namespace().isEmpty()) {
      return new DryRun.NotTried("it names no namespace");
    }
    String collection =
        Paths.collection(
            ref.group(),
            version,
            kind.get().namespaced() ? ref.namespace() : "",
            kind.get().plural());
    return said(
        api.write(
            new ApiClient.Write(
                method,
                method.equals("POST") ? collection : collection + "/" + Paths.segment(ref.name()),
                Paths.query(parameters),
                Optional.of(new Transport.Body(contentType, JsonText.compact(object.root()))))));
  }

  private static DryRun said(ApiClient.Answered answer) {
    int status = answer.status();
    if (status == 200 || status == 201) {
      return new DryRun.Taken(status == 200, Resource.of(answer.body()));
    }
    String message = answer.body().get("message").text();
    if (status == 0 || status == 401 || status == 429 || message.isEmpty()) {
      return new DryRun.NotTried(
          answer.why().isEmpty() ? "the API server answered " + status : answer.why());
    }
    return new DryRun.Refused(
        status,
        message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE) + "…",
        answer.body().at("details", "causes").list().stream()
            .map(c -> c.get("field").text())
            .filter(f -> !f.isEmpty())
            .limit(MOST_FIELDS)
            .toList(),
        false);
  }
}

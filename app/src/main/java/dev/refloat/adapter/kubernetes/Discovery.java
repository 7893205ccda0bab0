package dev.refloat.adapter.kubernetes;

import dev.refloat.adapter.json.JsonTrees;
import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.json.Pruning;
import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Which kinds the server has, in which versions, under which names. Asked only when something is
/// not
/// where it was expected, or for kinds that Refloat does not know; then with one request for all
/// groups
/// (aggregated discovery, Kubernetes 1.26 and later), else one for each version of a group.
final class Discovery {
  private static final String AGGREGATED =
      "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
          + "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,"
          + ApiClient.JSON;

  private static final Pruning NEEDLESS =
      Pruning.NOTHING
          .without("items", "versions", "resources", "subresources")
          .without("items", "versions", "resources", "verbs")
          .without("items", "versions", "resources", "categories");

  /// A kind as the server has it.
  record Served(String kind, String version, String plural, boolean namespaced) {}

  private final ApiClient api;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, List<Served>> byGroup = new HashMap<>();
  private @Nullable Json groups;
  private @Nullable ApiFailure failed;

  Discovery(ApiClient api) {
    this.api = api;
  }

  /// Looks again at the next question: a definition may have come or gone.
  void forget() {
    lock.lock();
    try {
      byGroup.clear();
      groups = null;
      failed = null;
    } finally {
      lock.unlock();
    }
  }

  /// The versions of a kind, the server's preferred first; none when it has no such kind.
  List<Served> find(String group, String kind) throws ApiFailure {
    lock.lock();
    try {
      if (failed != null) {
        throw failed;
      }
      @Nullable List<Served> known = byGroup.get(group);
      if (known == null) {
        known = group.isEmpty() ? core() : load(group);
        byGroup.put(group, known);
      }
      return known.stream().filter(s -> s.kind().equals(kind)).toList();
    } catch (ApiFailure e) {
      failed = e;
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private List<Served> core() throws ApiFailure {
    return resources("/api/v1", "v1");
  }

  private List<Served> load(String group) throws ApiFailure {
    @Nullable Json all = groups;
    if (all == null) {
      all = get("/apis", AGGREGATED);
      groups = all;
    }
    List<Served> served = new ArrayList<>();
    for (Json item : all.get("items").list()) {
      if (item.at("metadata", "name").text().equals(group)) {
        for (Json version : item.get("versions").list()) {
          for (Json r : version.get("resources").list()) {
            served.add(
                new Served(
                    r.at("responseKind", "kind").text(),
                    version.get("version").text(),
                    r.get("resource").text(),
                    r.get("scope").text().equals("Namespaced")));
          }
        }
      }
    }
    for (Json item : all.get("groups").list()) {
      if (item.get("name").text().equals(group)) {
        for (Json version : item.get("versions").list()) {
          String name = version.get("version").text();
          served.addAll(
              resources("/apis/" + Paths.segment(group) + "/" + Paths.segment(name), name));
        }
      }
    }
    return List.copyOf(served);
  }

  private List<Served> resources(String path, String version) throws ApiFailure {
    List<Served> served = new ArrayList<>();
    for (Json r : get(path, ApiClient.JSON).get("resources").list()) {
      if (r.get("name").text().indexOf('/') < 0) {
        served.add(
            new Served(
                r.get("kind").text(), version, r.get("name").text(), r.get("namespaced").isTrue()));
      }
    }
    return served;
  }

  private Json get(String path, String accept) throws ApiFailure {
    return api.read(
        new ApiClient.Question(RequestLog.Purpose.DISCOVERY, path, "", accept),
        body -> JsonTrees.read("discovery at " + path, body, Limits.DOCUMENT, NEEDLESS));
  }
}

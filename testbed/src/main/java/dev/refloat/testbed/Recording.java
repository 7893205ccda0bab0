package dev.refloat.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// A recorded failure, put into a running cluster as it was: objects with their status, owner
/// chains by the new uids, generations, field managers, deletions in progress and logs. Times are
/// moved so that the recording was taken now.
public final class Recording {
  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");

  /// Cluster-wide settings that would refuse or change the other objects come last; so does a
  /// quota,
  /// which refuses everything as long as it has no status.
  private static final List<String> LAST =
      List.of(
          "Event",
          "ResourceQuota",
          "ValidatingAdmissionPolicy",
          "ValidatingAdmissionPolicyBinding",
          "ValidatingWebhookConfiguration",
          "MutatingWebhookConfiguration");

  private static final List<String> FIRST =
      List.of("Namespace", "Node", "ServiceAccount", "Secret", "ConfigMap");

  /// Made by the cluster itself.
  private static final Set<String> SKIPPED = Set.of("CustomResourceDefinition");

  private final Path folder;
  private final List<ObjectNode> objects;

  private Recording(Path folder, List<ObjectNode> objects) {
    this.folder = folder;
    this.objects = objects;
  }

  /// Reads `objects.json` of a snapshot folder.
  public static Recording read(Path folder) {
    try {
      JsonNode list = ApiClient.JSON.readTree(Files.readString(folder.resolve("objects.json")));
      List<ObjectNode> objects = new ArrayList<>();
      for (JsonNode item : list.path("items")) {
        objects.add((ObjectNode) item);
      }
      return new Recording(folder, objects);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the recording " + folder, e);
    }
  }

  /// The objects as they were recorded.
  public List<ObjectNode> objects() {
    return objects.stream().map(ObjectNode::deepCopy).toList();
  }

  /// The newest time in any object, which is about when the recording was taken.
  public Instant takenAt() {
    return objects.stream()
        .flatMap(o -> o.valueStream().flatMap(Recording::times))
        .max(Comparator.naturalOrder())
        .orElse(Instant.EPOCH);
  }

  private static java.util.stream.Stream<Instant> times(JsonNode node) {
    if (node.isString()) {
      return time(node.asString()).stream();
    }
    return node.valueStream().flatMap(Recording::times);
  }

  private static Optional<Instant> time(String text) {
    if (!TIME.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /// Loads everything but CRDs.
  public void load(TestCluster cluster) {
    load(cluster, o -> true);
  }

  /// Loads the objects that a test wants, such as those of Flux only.
  public void load(TestCluster cluster, Predicate<JsonNode> wanted) {
    load(cluster, wanted, o -> o);
  }

  /// Loads the objects that a test wants, each changed as it wants, such as to an older API
  /// version.
  public void load(
      TestCluster cluster, Predicate<JsonNode> wanted, UnaryOperator<ObjectNode> change) {
    Duration shift = Duration.between(takenAt(), Instant.now().truncatedTo(ChronoUnit.SECONDS));
    Map<String, String> uids = new HashMap<>();
    Map<String, ObjectNode> byUid = new HashMap<>();
    for (ObjectNode o : objects) {
      byUid.put(uid(o), o);
    }
    List<ObjectNode> ordered =
        objects.stream()
            .filter(o -> !SKIPPED.contains(kind(o)))
            .filter(wanted)
            .sorted(Comparator.comparingInt(o -> rank(o, byUid)))
            .toList();
    for (ObjectNode recorded : ordered) {
      new Loading(cluster, shift, uids).load(change.apply(recorded.deepCopy()));
    }
    cluster.podLogs().load(folder.resolve("logs"));
  }

  /// Owners before what they own.
  private static int rank(ObjectNode o, Map<String, ObjectNode> byUid) {
    if (FIRST.contains(kind(o))) {
      return FIRST.indexOf(kind(o));
    }
    if (LAST.contains(kind(o))) {
      return 1000 + LAST.indexOf(kind(o));
    }
    int depth = 0;
    ObjectNode here = o;
    while (depth < 20) {
      ObjectNode owner = null;
      for (JsonNode r : here.path("metadata").path("ownerReferences")) {
        owner = byUid.get(r.path("uid").asString());
      }
      if (owner == null) {
        break;
      }
      here = owner;
      depth++;
    }
    return 100 + depth;
  }

  private static String kind(JsonNode o) {
    return o.path("kind").asString();
  }

  private static String uid(JsonNode o) {
    return o.path("metadata").path("uid").asString("");
  }

  /// Puts one object into the cluster.
  private record Loading(TestCluster cluster, Duration shift, Map<String, String> uids) {

    void load(ObjectNode recorded) {
      ObjectNode object = moved(recorded.deepCopy());
      ObjectNode meta = (ObjectNode) object.get("metadata");
      JsonNode managed = meta.path("managedFields").deepCopy();
      boolean deleting = meta.has("deletionTimestamp");
      long generation = meta.path("generation").asLong(1) - (deleting ? 1 : 0);
      meta.remove(
          List.of(
              "uid",
              "resourceVersion",
              "generation",
              "creationTimestamp",
              "deletionTimestamp",
              "deletionGracePeriodSeconds",
              "managedFields",
              "selfLink"));
      remapOwners(meta);
      fit(object);
      JsonNode made = create(object, recorded, generation);
      if (made.isMissingNode()) {
        return;
      }
      String path = cluster.api().path(object);
      if (managed.isArray() && !managed.isEmpty()) {
        ObjectNode patch = ApiClient.JSON.createObjectNode();
        patch.putObject("metadata").set("managedFields", managed);
        cluster.api().mergePatch(path, patch);
      }
      if (deleting) {
        cluster.api().delete(path);
      }
    }

    /// Creates an object with the recorded generation, so that `status.observedGeneration` tells
    /// what it told: the spec is made different and changed until it is as recorded.
    private JsonNode create(ObjectNode object, ObjectNode recorded, long generation) {
      ApiClient api = cluster.api();
      String field =
          switch (kind(object)) {
            case "Deployment", "ReplicaSet", "StatefulSet" -> "replicas";
            default -> "interval";
          };
      JsonNode last = object.path("spec").path(field);
      boolean stepwise = generation > 1 && !last.isMissingNode();
      ObjectNode first = object.deepCopy();
      if (stepwise) {
        ((ObjectNode) first.get("spec")).set(field, other(last, 1));
      }
      try {
        JsonNode made = api.create(first);
        uids.put(Recording.uid(recorded), Recording.uid(made));
        if (stepwise) {
          for (long left = generation - 1; left > 0; left--) {
            ObjectNode patch = ApiClient.JSON.createObjectNode();
            // Never the value before: that would not count as a change.
            patch.putObject("spec").set(field, left == 1 ? last : other(last, left));
            api.mergePatch(api.path(object), patch);
          }
        }
        return made;
      } catch (ApiClient.Refused e) {
        // Nodes and the like are in every recording; the namespace's own service account may have
        // been made by the controller-manager.
        if (e.status() != 409) {
          throw new IllegalStateException(
              kind(object) + " " + object.path("metadata") + " was not taken: " + e.getMessage(),
              e);
        }
        uids.put(Recording.uid(recorded), Recording.uid(api.get(api.path(object))));
        return tools.jackson.databind.node.MissingNode.getInstance();
      }
    }

    private static JsonNode other(JsonNode value, long step) {
      return value.isNumber()
          ? ApiClient.JSON.getNodeFactory().numberNode(value.asLong() + step)
          : StringNode.valueOf("100" + step + "m");
    }

    private void remapOwners(ObjectNode meta) {
      if (!(meta.get("ownerReferences") instanceof ArrayNode owners)) {
        return;
      }
      ArrayNode kept = ApiClient.JSON.createArrayNode();
      for (JsonNode owner : owners) {
        String uid = uids.get(owner.path("uid").asString());
        if (uid != null) {
          kept.add(((ObjectNode) owner.deepCopy()).put("uid", uid));
        }
      }
      if (kept.isEmpty()) {
        meta.remove("ownerReferences");
      } else {
        meta.set("ownerReferences", kept);
      }
    }

    /// What another cluster cannot take as it is.
    private void fit(ObjectNode object) {
      switch (kind(object)) {
        case "Service" -> {
          ObjectNode spec = (ObjectNode) object.get("spec");
          if (!spec.path("clusterIP").asString("").equals("None")) {
            spec.remove(List.of("clusterIP", "clusterIPs"));
          }
          for (JsonNode port : spec.path("ports")) {
            ((ObjectNode) port).remove("nodePort");
          }
        }
        case "Event" -> {
          if (object.get("involvedObject") instanceof ObjectNode ref) {
            String uid = uids.get(ref.path("uid").asString());
            if (uid != null) {
              ref.put("uid", uid);
            }
            ref.remove("resourceVersion");
          }
        }
        case "PersistentVolume" -> {
          if (object.path("spec").get("claimRef") instanceof ObjectNode ref) {
            ref.remove(List.of("uid", "resourceVersion"));
          }
        }
        case "Node" -> {
          ObjectNode status = (ObjectNode) object.path("status");
          status
              .putObject("daemonEndpoints")
              .putObject("kubeletEndpoint")
              .put("Port", cluster.podLogs().port());
        }
        case "Job" -> {
          // A selector is only taken with labels that hold the uid of a Job that is no more.
          ObjectNode spec = (ObjectNode) object.get("spec");
          spec.put("manualSelector", true);
        }
        default -> {}
      }
    }

    /// The same object with its times moved.
    private ObjectNode moved(ObjectNode object) {
      for (Map.Entry<String, JsonNode> e : List.copyOf(object.properties())) {
        object.set(e.getKey(), moved(e.getValue()));
      }
      return object;
    }

    private JsonNode moved(JsonNode node) {
      if (node instanceof ObjectNode o) {
        return moved(o);
      }
      if (node instanceof ArrayNode a) {
        for (int i = 0; i < a.size(); i++) {
          a.set(i, moved(a.get(i)));
        }
        return a;
      }
      if (node.isString()) {
        String text = node.asString();
        return time(text)
            .map(t -> (JsonNode) StringNode.valueOf(format(t.plus(shift), text)))
            .orElse(node);
      }
      return node;
    }

    /// Kubernetes tells times of whole seconds from those with microseconds.
    private static String format(Instant at, String like) {
      return like.contains(".")
          ? java.time.format.DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
              .withZone(java.time.ZoneOffset.UTC)
              .format(at)
          : at.truncatedTo(ChronoUnit.SECONDS).toString();
    }
  }
}

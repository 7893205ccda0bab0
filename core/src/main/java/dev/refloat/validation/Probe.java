package dev.refloat.validation;

import dev.refloat.model.Condition;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import dev.refloat.release.Belongings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A short-lived pod that finds out something from inside a cluster: whether an image can be pulled
/// where a release runs, or whether a host can be resolved or reached from there. Pure: what the
/// pod
/// looks like, and what its status tells.
///
/// The pod stands beside the release's own: the same namespace, service account, pull secrets and
/// node constraints. It runs as nobody without any rights, so that the strictest pod security
/// (`restricted`) lets it in, ends by itself (`activeDeadlineSeconds`), and carries
/// [#LABEL], by which every later run finds what an earlier one left.
public record Probe(Kind kind, String title, ObjectRef pod, Json.Obj manifest) {

  /// The label of every pod of a probe; its value is the kind of probe.
  public static final String LABEL = "refloat.dev/probe";

  /// The annotation that says when the pod is nobody's any more.
  private static final String UNTIL = "refloat.dev/probe-until";

  /// No such program is in any image: the kubelet pulls, and the container does not start. Nothing
  /// of the image runs.
  private static final String NOTHING = "/refloat-probe/only-pulls";

  private static final long NOBODY = 65534;

  /// What is found out.
  public enum Kind {
    REGISTRY("registry"),
    DNS("dns"),
    REACH("reach");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  /// One probe per image that the workloads of a release use, with the constraints of the workload
  /// that uses it.
  ///
  /// @param id names the pods
  public static List<Probe> registry(Belongings b, String id, Instant until, Duration atMost) {
    List<Probe> probes = new ArrayList<>();
    Set<String> seen = new LinkedHashSet<>();
    for (Resource workload : b.workloads()) {
      Json spec = podSpec(workload);
      List<Json> containers = new ArrayList<>(spec.get("initContainers").list());
      containers.addAll(spec.get("containers").list());
      for (Json container : containers) {
        String image = container.get("image").text();
        if (!image.isEmpty() && seen.add(workload.namespace() + " " + image)) {
          probes.add(
              of(
                  Kind.REGISTRY,
                  "Image " + image + " can be pulled in namespace " + workload.namespace(),
                  workload,
                  id + "-" + probes.size(),
                  image,
                  List.of(NOTHING),
                  until,
                  atMost));
        }
      }
    }
    return probes;
  }

  /// A look at a host from where the release's first workload runs.
  ///
  /// @param port 0 only resolves the name
  /// @param image has `nslookup` and `nc`, as busybox does
  public static Optional<Probe> host(
      Belongings b,
      String host,
      int port,
      String image,
      String id,
      Instant until,
      Duration atMost) {
    String seconds = Long.toString(Math.max(1, atMost.toSeconds() / 2));
    return b.workloads().stream()
        .findFirst()
        .map(
            w ->
                port == 0
                    ? of(
                        Kind.DNS,
                        host + " is resolved in namespace " + w.namespace(),
                        w,
                        id + "-0",
                        image,
                        List.of("nslookup", host),
                        until,
                        atMost)
                    : of(
                        Kind.REACH,
                        host + ":" + port + " is reached from namespace " + w.namespace(),
                        w,
                        id + "-0",
                        image,
                        List.of("nc", "-z", "-w", seconds, host, Integer.toString(port)),
                        until,
                        atMost));
  }

  private static Json podSpec(Resource workload) {
    return workload.kind().equals("Pod") ? workload.spec() : workload.spec("template", "spec");
  }

  private static Probe of(
      Kind kind,
      String title,
      Resource workload,
      String name,
      String image,
      List<String> command,
      Instant until,
      Duration atMost) {
    Json like = podSpec(workload);
    Map<String, Object> container = new LinkedHashMap<>();
    container.put("name", "probe");
    container.put("image", image);
    container.put("command", command);
    // an image that is there already says nothing of the registry
    container.put("imagePullPolicy", kind == Kind.REGISTRY ? "Always" : "IfNotPresent");
    container.put(
        "resources",
        Map.of(
            "requests", Map.of("cpu", "10m", "memory", "16Mi"),
            "limits", Map.of("cpu", "100m", "memory", "64Mi")));
    container.put(
        "securityContext",
        Map.of(
            "allowPrivilegeEscalation", false,
            "readOnlyRootFilesystem", true,
            "capabilities", Map.of("drop", List.of("ALL"))));
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("restartPolicy", "Never");
    spec.put("activeDeadlineSeconds", atMost.toSeconds() + 60);
    spec.put("terminationGracePeriodSeconds", 0);
    spec.put("automountServiceAccountToken", false);
    spec.put("enableServiceLinks", false);
    spec.put(
        "securityContext",
        Map.of(
            "runAsNonRoot",
            true,
            "runAsUser",
            NOBODY,
            "runAsGroup",
            NOBODY,
            "seccompProfile",
            Map.of("type", "RuntimeDefault")));
    spec.put("containers", List.of(container));
    for (String same :
        List.of(
            "serviceAccountName",
            "imagePullSecrets",
            "nodeSelector",
            "tolerations",
            "runtimeClassName",
            "dnsPolicy",
            "dnsConfig",
            "hostAliases")) {
      if (like.get(same).exists()) {
        spec.put(same, like.get(same));
      }
    }
    Json nodes = like.at("affinity", "nodeAffinity");
    if (nodes.exists()) {
      spec.put("affinity", Map.of("nodeAffinity", nodes));
    }
    Map<String, Object> meta = new LinkedHashMap<>();
    meta.put("namespace", workload.namespace());
    meta.put("name", name);
    meta.put("labels", Map.of(LABEL, kind.word()));
    meta.put("annotations", Map.of(UNTIL, until.toString()));
    Map<String, Object> pod = new LinkedHashMap<>();
    pod.put("apiVersion", "v1");
    pod.put("kind", "Pod");
    pod.put("metadata", meta);
    pod.put("spec", spec);
    return new Probe(
        kind,
        title,
        new ObjectRef("v1", "Pod", workload.namespace(), name),
        (Json.Obj) Json.from(pod));
  }

  /// Whether a pod of a probe was left by a run that is over.
  public static boolean abandoned(Resource pod, Instant now) {
    return pod.label(LABEL).isPresent()
        && Times.parse(pod.annotation(UNTIL).orElse("")).map(t -> t.isBefore(now)).orElse(true);
  }

  /// What a pod has found out.
  ///
  /// @param log of its container; may be empty
  /// @param last whether there is no time left to wait
  /// @return nothing while it is open
  public Optional<Check> judge(Resource now, String log, boolean last) {
    String id = "probe-" + kind.word();
    Json status =
        now.status("containerStatuses").list().stream().findFirst().orElse(Json.emptyObject());
    Json waiting = status.at("state", "waiting");
    String reason = waiting.get("reason").text();
    String message = waiting.get("message").text();
    String said = reason + (message.isEmpty() ? "" : ": " + message);
    boolean unpulled =
        switch (reason) {
          case "ErrImagePull",
              "ImagePullBackOff",
              "InvalidImageName",
              "ErrImageNeverPull",
              "RegistryUnavailable",
              "SignatureValidationFailed",
              "ImageInspectError" ->
              true;
          default -> false;
        };
    if (unpulled) {
      return Optional.of(
          kind == Kind.REGISTRY
              ? Check.failed(id, title, said)
              : Check.unknown(
                  id,
                  title,
                  "the image of the probe cannot be pulled (" + said + "): see --image"));
    }
    Json ended = status.at("state", "terminated");
    boolean started = ended.exists() || status.at("state", "running").exists();
    if (kind == Kind.REGISTRY) {
      boolean pulled =
          started
              || !status.get("imageID").text().isEmpty()
              || switch (reason) {
                case "CreateContainerError", "RunContainerError", "CreateContainerConfigError" ->
                    true;
                default -> false;
              };
      if (pulled) {
        String node = now.spec("nodeName").text();
        return Optional.of(
            Check.passed(id, title, "pulled" + (node.isEmpty() ? "" : " on node " + node)));
      }
    } else if (ended.exists()) {
      long code = ended.get("exitCode").integer(-1);
      String told = log.strip().replaceAll("\\s+", " ");
      return Optional.of(
          code == 0
              ? Check.passed(id, title, told.isEmpty() ? "yes" : told)
              : code == 127 || code == 128
                  ? Check.unknown(
                      id, title, "the image of the probe has not the program for it: see --image")
                  : Check.failed(id, title, told.isEmpty() ? "exit code " + code : told));
    }
    if (now.status("phase").text().equals("Failed")) {
      return Optional.of(
          Check.unknown(
              id,
              title,
              "the pod failed: "
                  + now.status("reason").text()
                  + " "
                  + now.status("message").text()));
    }
    if (!last) {
      return Optional.empty();
    }
    Optional<String> unplaced =
        now.condition("PodScheduled").filter(Condition::isFalse).map(Condition::message);
    return Optional.of(
        Check.unknown(
            id,
            title,
            unplaced
                .map(m -> "no node takes the pod: " + m)
                .orElse(
                    said.isEmpty()
                        ? "it did not end in time"
                        : "it did not end in time: " + said)));
  }
}

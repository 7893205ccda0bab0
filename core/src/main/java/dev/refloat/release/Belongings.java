package dev.refloat.release;

import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.HelmRecord;
import dev.refloat.evidence.Kind;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// What belongs to one release, found in the evidence: its objects by inventory, label, Helm
/// annotation
/// and manifest; the pods below them by owner; its sources, owner and Helm storage.
public final class Belongings {

  private static final List<Kind> WAITED =
      List.of(Kind.DEPLOYMENT, Kind.STATEFUL_SET, Kind.DAEMON_SET, Kind.JOB, Kind.POD);

  private static final Set<String> INHERITING = Set.of("Pod", "ReplicaSet", "EndpointSlice");

  private final ReleaseView view;
  private final Evidence evidence;
  private final Map<String, Resource> objects = new LinkedHashMap<>();
  private final Set<ObjectRef> named = new LinkedHashSet<>();
  private final Set<ObjectRef> hooks = new LinkedHashSet<>();
  private final Map<String, Resource> pods = new LinkedHashMap<>();
  private final Map<String, Resource> topOfPod = new LinkedHashMap<>();

  public Belongings(ReleaseView view, Evidence evidence) {
    this.view = view;
    this.evidence = evidence;
    if (!view.remote()) {
      collect();
    }
  }

  public ReleaseView view() {
    return view;
  }

  public Evidence evidence() {
    return evidence;
  }

  /// The objects of the release that were seen, hooks included.
  public List<Resource> objects() {
    return List.copyOf(objects.values());
  }

  /// Every object that the release is known to have, seen or not.
  public Set<ObjectRef> named() {
    return named;
  }

  /// The hooks that the release is known to have, seen or not: many are deleted when they are done.
  public Set<ObjectRef> hooks() {
    return hooks;
  }

  public List<Resource> workloads() {
    return objects.values().stream().filter(o -> Workloads.KINDS.contains(o.kind())).toList();
  }

  public List<Resource> of(Kind kind) {
    return objects.values().stream()
        .filter(o -> o.kind().equals(kind.kindName()) && o.ref().group().equals(kind.group()))
        .toList();
  }

  /// Pods of the release: those below its workloads, those below its custom resources, and its own.
  public List<Resource> pods() {
    return List.copyOf(pods.values());
  }

  /// The object of the release that a pod runs for.
  public Optional<Resource> workloadOf(Resource pod) {
    return Optional.ofNullable(topOfPod.get(pod.ref().path()));
  }

  /// Claims of the release: its own, those that its pods mount, and those of its StatefulSets'
  /// templates.
  public List<Resource> claims() {
    Map<String, Resource> found = new LinkedHashMap<>();
    of(Kind.PERSISTENT_VOLUME_CLAIM).forEach(c -> found.put(c.ref().path(), c));
    for (Resource pod : pods()) {
      for (Json volume : pod.spec("volumes").list()) {
        String claim = volume.at("persistentVolumeClaim", "claimName").text();
        if (!claim.isEmpty()) {
          evidence
              .find(Kind.PERSISTENT_VOLUME_CLAIM, pod.namespace(), claim)
              .ifPresent(c -> found.put(c.ref().path(), c));
        }
      }
    }
    for (Resource set : of(Kind.STATEFUL_SET)) {
      for (Json template : set.spec("volumeClaimTemplates").list()) {
        String prefix = template.at("metadata", "name").text() + "-" + set.name() + "-";
        evidence.in(set.namespace(), Kind.PERSISTENT_VOLUME_CLAIM).stream()
            .filter(c -> c.name().startsWith(prefix))
            .forEach(c -> found.put(c.ref().path(), c));
      }
    }
    return List.copyOf(found.values());
  }

  /// Objects of kinds that Kubernetes does not define.
  public List<Resource> customResources() {
    return objects.values().stream().filter(o -> isCustom(o.ref())).toList();
  }

  /// Whether the API group of an object is one that Kubernetes itself does not have.
  public static boolean isCustom(ObjectRef ref) {
    String group = ref.group();
    return group.contains(".")
        && !group.endsWith(".k8s.io")
        && !group.endsWith(".kubernetes.io")
        && !ref.kind().equals("CustomResourceDefinition");
  }

  /// The namespaces in which this release has or should have something.
  public Set<String> namespaces() {
    Set<String> all = new LinkedHashSet<>();
    all.add(view.ref().namespace());
    if (!view.remote()) {
      all.add(view.targetNamespace());
      named.stream().map(ObjectRef::namespace).filter(n -> !n.isEmpty()).forEach(all::add);
    }
    return all;
  }

  /// The storage Secrets, newest revision first.
  public List<Resource> records() {
    List<Resource> exact = evidence.recordNames(view.storageNamespace(), view.storageName());
    return exact;
  }

  /// The newest record, when its content was read.
  public Optional<HelmRecord> newestRecord() {
    return records().stream().findFirst().flatMap(s -> evidence.record(s.namespace(), s.name()));
  }

  /// Whether an object that an event speaks of exists no longer.
  public boolean gone(String kind, String group, String namespace, String name) {
    return Kind.of(group, kind)
        .filter(k -> evidence.knows(k, namespace))
        .map(k -> evidence.find(k, namespace, name).isEmpty())
        .orElse(false);
  }

  private void collect() {
    String namespace = view.targetNamespace();
    for (Json entry : view.resource().status("inventory", "entries").list()) {
      inventoryRef(entry).ifPresent(this::name);
    }
    for (Resource labelled : evidence.labelledFor(view.ref().namespace(), view.ref().name())) {
      // pods inherit the labels of their template, and slices those of their Service; they are
      // found
      // through their owners
      if (!INHERITING.contains(labelled.kind())) {
        add(labelled);
      }
    }
    newestRecord()
        .ifPresent(
            record -> {
              record.manifest().forEach(o -> name(withNamespace(o.ref(), namespace)));
              for (HelmRecord.Hook h : record.hooks()) {
                ObjectRef hook = withNamespace(h.object().ref(), namespace);
                hooks.add(hook);
                name(hook);
              }
            });
    for (Failure failure : view.allFailures()) {
      for (WaitedFor w : WaitedFor.in(failure.message())) {
        WAITED.stream()
            .filter(k -> k.kindName().equals(w.kind()))
            .findFirst()
            .ifPresent(k -> waitedFor(failure, k, w));
      }
    }
    evidence.madeByHelm(namespace, view.storageName()).stream()
        .filter(o -> !o.kind().equals("Pod") && !o.kind().equals("ReplicaSet"))
        .forEach(this::add);
    evidence.hooksIn(namespace).stream().filter(this::hookOfThis).forEach(this::add);
    for (ObjectRef ref : List.copyOf(named)) {
      if (ref.kind().equals("CronJob")) {
        newestRun(ref).ifPresent(job -> objects.put("Job/batch/" + job.ref().path(), job));
      }
    }
    collectPods();
  }

  /// Of the Jobs of a CronJob the newest tells how it fares.
  private Optional<Resource> newestRun(ObjectRef cronJob) {
    return evidence.jobsOfCronJob(cronJob.namespace(), cronJob.name()).stream()
        .max(java.util.Comparator.comparing(j -> j.meta("creationTimestamp").text()))
        .filter(Workloads::failed);
  }

  /// Hooks carry neither Helm's ownership annotations nor, before helm-controller 1.6, Flux's
  /// labels.
  /// Their name or instance label tells the release by convention only.
  private boolean hookOfThis(Resource r) {
    String release = view.storageName();
    return r.label("app.kubernetes.io/instance").map(release::equals).orElse(false)
        || r.label("release").map(release::equals).orElse(false)
        || r.name().equals(release)
        || r.name().startsWith(release + "-");
  }

  private void waitedFor(Failure failure, Kind kind, WaitedFor w) {
    String apiVersion = kind.group().isEmpty() ? "v1" : kind.group() + "/v1";
    ObjectRef ref = new ObjectRef(apiVersion, kind.kindName(), w.namespace(), w.name());
    if (failure.stage() == Stage.HOOK) {
      hooks.add(ref);
    }
    name(ref);
  }

  private void name(ObjectRef ref) {
    named.add(ref);
    evidence.find(ref).ifPresent(this::add);
  }

  private void add(Resource r) {
    named.add(r.ref());
    if (r.annotation("helm.sh/hook").isPresent()) {
      hooks.add(r.ref());
    }
    if (r.controllerOwner().map(o -> ownedByKnown(o)).orElse(false)) {
      return;
    }
    objects.put(r.kind() + "/" + r.ref().group() + "/" + r.ref().path(), r);
  }

  /// A Job of a CronJob or a ReplicaSet of a Deployment is judged through its owner.
  private static boolean ownedByKnown(Json owner) {
    return Set.of("CronJob", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job")
        .contains(owner.get("kind").text());
  }

  private void collectPods() {
    for (Resource top : objects()) {
      if (top.kind().equals("Pod")) {
        addPod(top, top);
        continue;
      }
      Deque<Resource> open = new ArrayDeque<>(List.of(top));
      Set<String> seen = new LinkedHashSet<>();
      while (!open.isEmpty()) {
        Resource here = open.pop();
        for (Resource child : evidence.ownedBy(here.uid())) {
          if (!seen.add(child.kind() + child.ref().path())) {
            continue;
          }
          if (child.kind().equals("Pod")) {
            addPod(child, top);
          } else if (!child.kind().equals("Event")) {
            open.push(child);
          }
        }
      }
      if (top.kind().equals("Deployment")) {
        evidence.podsOfDeployment(top.namespace(), top.name()).forEach(p -> addPod(p, top));
      }
    }
    for (ObjectRef ref : named) {
      if (isCustom(ref)) {
        podsOfCustom(evidence.find(ref).orElseGet(() -> new Resource(ref, Json.emptyObject())));
      }
    }
  }

  /// Pods that a custom resource makes, itself, through workloads that its operator makes, or
  /// through ReplicaSets, which are not read.
  private void podsOfCustom(Resource top) {
    ObjectRef ref = top.ref();
    for (Resource child : evidence.ownedByCustom(ref.namespace(), ref.kind(), ref.name())) {
      if (child.kind().equals("Pod")) {
        addPod(child, top);
        continue;
      }
      evidence.ownedBy(child.uid()).stream()
          .filter(p -> p.kind().equals("Pod"))
          .forEach(p -> addPod(p, top));
      if (child.kind().equals("Deployment")) {
        evidence.podsOfDeployment(child.namespace(), child.name()).forEach(p -> addPod(p, top));
      }
    }
    if (evidence.find(Kind.DEPLOYMENT, ref.namespace(), ref.name()).isEmpty()) {
      evidence.podsOfDeployment(ref.namespace(), ref.name()).forEach(p -> addPod(p, top));
    }
  }

  private void addPod(Resource pod, Resource top) {
    pods.put(pod.ref().path(), pod);
    topOfPod.putIfAbsent(pod.ref().path(), top);
  }

  /// An object of a manifest where Helm puts it: in the target namespace, unless it says another or
  /// is of the cluster.
  public ObjectRef placed(ObjectRef ref) {
    return withNamespace(ref, view.targetNamespace());
  }

  private static ObjectRef withNamespace(ObjectRef ref, String namespace) {
    return ref.namespace().isEmpty() && namespaced(ref)
        ? new ObjectRef(ref.apiVersion(), ref.kind(), namespace, ref.name())
        : ref;
  }

  private static boolean namespaced(ObjectRef ref) {
    return Kind.of(ref.group(), ref.kind())
        .map(Kind::namespaced)
        .orElse(!ref.kind().startsWith("Cluster") && !ref.kind().equals("PriorityClass"));
  }

  /// Reads `<namespace>_<name>_<group>_<kind>`; a colon in a name is written `__` (flux-facts
  /// §1.2).
  public static Optional<ObjectRef> inventoryRef(Json entry) {
    String id = entry.get("id").text().replace("__", ":");
    int first = id.indexOf('_');
    int last = id.lastIndexOf('_');
    int group = last <= 0 ? -1 : id.lastIndexOf('_', last - 1);
    if (first < 0 || group < first) {
      return Optional.empty();
    }
    String groupName = id.substring(group + 1, last);
    String version = entry.get("v").text("v1");
    return Optional.of(
        new ObjectRef(
            groupName.isEmpty() ? version : groupName + "/" + version,
            id.substring(last + 1),
            id.substring(0, first),
            id.substring(first + 1, Math.max(group, first + 1))));
  }

  /// The events that speak of this release, of what belongs to it, or of pods that it had.
  public List<Resource> events() {
    Map<String, Resource> found = new LinkedHashMap<>();
    ObjectRef self = view.resource().ref();
    about(self.namespace(), self.name(), "HelmRelease"::equals, found);
    for (Resource object : objects.values()) {
      about(object.namespace(), object.name(), object.kind()::equals, found);
      if (Workloads.KINDS.contains(object.kind())) {
        below(object.ref(), found);
      }
    }
    // objects that are gone (deleted hooks, what a remediation uninstalled), and custom workloads
    for (ObjectRef ref : named) {
      if (isCustom(ref) || (Workloads.KINDS.contains(ref.kind()) && evidence.find(ref).isEmpty())) {
        below(ref, found);
      }
    }
    for (Resource pod : pods.values()) {
      about(pod.namespace(), pod.name(), "Pod"::equals, found);
    }
    for (Resource claim : claims()) {
      about(claim.namespace(), claim.name(), "PersistentVolumeClaim"::equals, found);
    }
    if (objects.isEmpty() && !view.remote()) {
      // everything was uninstalled again: the names of what there was begin with the release's
      for (Resource event : evidence.eventsAbout(view.targetNamespace(), view.storageName())) {
        String name = event.at("involvedObject", "name").text();
        String kind = event.at("involvedObject", "kind").text();
        boolean named =
            name.equals(view.storageName()) || name.startsWith(view.storageName() + "-");
        if (named && !kind.startsWith("Helm")) {
          found.put(event.ref().path(), event);
        }
      }
    }
    return List.copyOf(found.values());
  }

  /// Events of a workload and of the ReplicaSets and pods that are or were below it.
  private void below(ObjectRef workload, Map<String, Resource> found) {
    about(workload.namespace(), workload.name(), workload.kind()::equals, found);
    for (Resource event : evidence.eventsAbout(workload.namespace(), workload.name() + "-")) {
      String kind = event.at("involvedObject", "kind").text();
      if ((kind.equals("ReplicaSet") || kind.equals("Pod"))
          && belowByName(workload, event.at("involvedObject", "name").text())) {
        found.put(event.ref().path(), event);
      }
    }
  }

  private void about(
      String namespace, String name, Predicate<String> kind, Map<String, Resource> found) {
    for (Resource event : evidence.eventsAbout(namespace, name)) {
      if (event.at("involvedObject", "name").text().equals(name)
          && kind.test(event.at("involvedObject", "kind").text())) {
        found.put(event.ref().path(), event);
      }
    }
  }

  private static boolean belowByName(ObjectRef workload, String name) {
    // app-5c964ccc57-tmct4 is a pod of app, and not of a Deployment app-api: what follows the name
    // is a
    // hash and a suffix, an ordinal, or a suffix alone
    String rest = name.substring(workload.name().length() + 1);
    return switch (workload.kind()) {
      case "Deployment" -> rest.matches("[a-z0-9]{6,10}(-[a-z0-9]{5})?");
      case "StatefulSet" -> rest.matches("\\d+");
      case "DaemonSet", "Job", "CronJob", "Pod" -> rest.matches("[a-z0-9]{5}(-[a-z0-9]{5})?");
      default -> rest.matches("\\d+|[a-z0-9]{5}|[a-z0-9]{6,10}(-[a-z0-9]{5})?");
    };
  }
}

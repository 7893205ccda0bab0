package dev.refloat.evidence;

import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// All that is known of a cluster at one moment: immutable, indexed once, and the only input of a
/// diagnosis. New answers make new evidence with [#plus].
public final class Evidence {
  /// Stands among namespaces, none of which can be named so.
  private static final String REGISTRIES = "registries:";

  private final Instant takenAt;
  private final Map<Inquiry, Observation<Answer>> answers;
  private final Index index;
  private final Map<String, List<PastAction>> past;
  private final Map<String, Map<Inquiry, Observation<Answer>>> names = new HashMap<>();
  private final Map<String, Set<BlindSpot>> blindSpots = new HashMap<>();

  private Evidence(
      Instant takenAt,
      Map<Inquiry, Observation<Answer>> answers,
      Index index,
      Map<String, List<PastAction>> past) {
    this.takenAt = takenAt;
    this.past = past;
    // in the order in which it was asked, the same in every run
    this.answers = Collections.unmodifiableMap(answers);
    this.index = index;
    answers.forEach(this::file);
  }

  public static Evidence of(Instant takenAt, Map<Inquiry, Observation<Answer>> answers) {
    Map<Inquiry, Observation<Answer>> all = new LinkedHashMap<>(answers);
    return new Evidence(takenAt, all, Index.of(all), Map.of());
  }

  /// This evidence and more. Only what is new is indexed; without new objects the index is shared.
  public Evidence plus(Map<Inquiry, Observation<Answer>> more) {
    Map<Inquiry, Observation<Answer>> all = new LinkedHashMap<>(answers);
    all.putAll(more);
    List<Resource> objects = Index.objectsOf(more.values());
    // what takes the place of something leaves traces of it behind: then all is indexed anew
    boolean replaces =
        more.keySet().stream().anyMatch(answers::containsKey)
            || objects.stream().anyMatch(r -> find(r.ref()).isPresent());
    Index next = replaces ? Index.of(all) : objects.isEmpty() ? index : index.plus(objects);
    return new Evidence(takenAt, all, next, past);
  }

  /// This evidence, and what was written down before.
  ///
  /// @param actions by `namespace/name` of the HelmRelease
  public Evidence remembering(Map<String, List<PastAction>> actions) {
    return new Evidence(takenAt, answers, index, Map.copyOf(actions));
  }

  /// What was written down of a HelmRelease.
  public List<PastAction> past(String namespace, String name) {
    return past.getOrDefault(namespace + "/" + name, List.of());
  }

  public Instant takenAt() {
    return takenAt;
  }

  public boolean asked(Inquiry inquiry) {
    return answers.containsKey(inquiry);
  }

  /// The answer to one inquiry; nothing when it was not asked.
  public Optional<Observation<Answer>> answer(Inquiry inquiry) {
    return Optional.ofNullable(answers.get(inquiry));
  }

  /// All objects of a kind.
  public List<Resource> all(Kind kind) {
    return index.byKind.getOrDefault(kind.group() + "/" + kind.kindName(), List.of());
  }

  /// The objects of a kind in one namespace.
  public List<Resource> in(String namespace, Kind kind) {
    return index.byKindAndNamespace.getOrDefault(
        kind.group() + "/" + kind.kindName() + "/" + namespace, List.of());
  }

  public Optional<Resource> find(Kind kind, String namespace, String name) {
    return find(kind.group(), kind.kindName(), kind.namespaced() ? namespace : "", name);
  }

  public Optional<Resource> find(ObjectRef ref) {
    return find(ref.group(), ref.kind(), ref.namespace(), ref.name());
  }

  /// Finds one object whatever version it was read in.
  public Optional<Resource> find(String group, String kind, String namespace, String name) {
    return Optional.ofNullable(index.byName.get(key(group, kind, namespace, name)));
  }

  /// The objects whose `ownerReferences` name this uid.
  public List<Resource> ownedBy(String uid) {
    return uid.isEmpty() ? List.of() : index.byOwner.getOrDefault(uid, List.of());
  }

  /// The events about objects of a namespace (empty for objects of the cluster) whose name starts
  /// so:
  /// pods that are gone are known by the name of their workload only.
  public List<Resource> eventsAbout(String namespace, String namePrefix) {
    return startingWith(index.eventsByObject, namespace + "/" + namePrefix);
  }

  /// Whether an event about an object of a namespace tells of trouble; with an empty one, of an
  /// object of the cluster.
  public boolean tellsOfTroubleIn(String namespace) {
    return index.troubledNamespaces.contains(namespace);
  }

  /// Warnings, and the one failure that helm-controller reports as Normal (flux-facts §2.1).
  public static boolean tellsOfTrouble(Resource event) {
    return event.at("type").text().equals("Warning")
        || event.at("reason").text().equals("HelmChartSyncErr");
  }

  /// The Deployments of all namespaces whose name starts so: Flux's controllers are wherever
  /// someone
  /// put them.
  public List<Resource> deploymentsNamed(String namePrefix) {
    return startingWith(index.deploymentsByName, namePrefix);
  }

  private static List<Resource> startingWith(
      NavigableMap<String, List<Resource>> byName, String prefix) {
    List<Resource> found = new ArrayList<>();
    for (Map.Entry<String, List<Resource>> e : byName.tailMap(prefix, true).entrySet()) {
      if (!e.getKey().startsWith(prefix)) {
        break;
      }
      found.addAll(e.getValue());
    }
    return found;
  }

  /// Objects that Helm made for a release, by its annotations `meta.helm.sh/release-name` and
  /// `…/release-namespace`.
  public List<Resource> madeByHelm(String namespace, String releaseName) {
    return index.byHelmRelease.getOrDefault(namespace + "/" + releaseName, List.of());
  }

  /// The HelmReleases that stand for one Helm release, by `spec.releaseName` and its default.
  public List<Resource> releasesNamed(String storageNamespace, String releaseName) {
    return index.byStorage.getOrDefault(storageNamespace + "/" + releaseName, List.of());
  }

  /// The Jobs that a CronJob of this name made.
  public List<Resource> jobsOfCronJob(String namespace, String cronJob) {
    return index.jobsByCronJob.getOrDefault(namespace + "/" + cronJob, List.of());
  }

  /// Objects in a namespace that carry the annotation `helm.sh/hook`.
  public List<Resource> hooksIn(String namespace) {
    return index.hooksByNamespace.getOrDefault(namespace, List.of());
  }

  /// The pods below the ReplicaSets of a Deployment, whether those were read or not: a pod names
  /// its
  /// ReplicaSet, and that is named after the Deployment and the hash of its pod template.
  public List<Resource> podsOfDeployment(String namespace, String deployment) {
    return index.podsByDeployment.getOrDefault(namespace + "/" + deployment, List.of());
  }

  /// The objects that a custom resource owns, whether that one was read or not.
  public List<Resource> ownedByCustom(String namespace, String kind, String name) {
    return index.byCustomOwner.getOrDefault(namespace + "/" + kind + "/" + name, List.of());
  }

  /// Objects that Helm rendered for a HelmRelease, by the labels
  /// `helm.toolkit.fluxcd.io/name` and `…/namespace` that helm-controller puts on them.
  public List<Resource> labelledFor(String namespace, String name) {
    return index.byOrigin.getOrDefault(namespace + "/" + name, List.of());
  }

  /// Whether a kind was listed there with success, so that an object that is not in it does not
  /// exist.
  public boolean knows(Kind kind, String namespace) {
    return seen(new Inquiry.ListOf(kind, "")) || seen(new Inquiry.ListOf(kind, namespace));
  }

  /// Whether an object is there: found, known to be absent, or not known.
  public Presence presence(ObjectRef ref) {
    if (find(ref).isPresent()) {
      return Presence.THERE;
    }
    boolean absent =
        answers.get(new Inquiry.ObjectNamed(ref)) instanceof Observation.Absent<Answer>
            || Kind.of(ref.group(), ref.kind()).map(k -> knows(k, ref.namespace())).orElse(false);
    return absent ? Presence.ABSENT : Presence.UNKNOWN;
  }

  /// What is known of an object's existence. The words are those of signals.
  public enum Presence {
    THERE("true"),
    ABSENT("false"),
    UNKNOWN("unknown");

    private final String word;

    Presence(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  private boolean seen(Inquiry inquiry) {
    return answers.get(inquiry) instanceof Observation.Seen
        || answers.get(inquiry) instanceof Observation.Absent;
  }

  /// The log of a container, when it was asked for and could be read.
  public Optional<String> log(Inquiry.ContainerLog inquiry) {
    return answers.get(inquiry) instanceof Observation.Seen<Answer>(Answer.Text(var text))
        ? Optional.of(text)
        : Optional.empty();
  }

  public Optional<HelmRecord> record(String namespace, String secretName) {
    return answers.get(new Inquiry.HelmRecordNamed(namespace, secretName))
            instanceof Observation.Seen<Answer>(Answer.Release(var r))
        ? Optional.of(r)
        : Optional.empty();
  }

  /// The storage Secrets of a Helm release, newest revision first.
  public List<Resource> recordNames(String namespace, String releaseName) {
    return index.recordsByRelease.getOrDefault(namespace + "/" + releaseName, List.of());
  }

  /// Everything that could not be read.
  public List<BlindSpot> blindSpots() {
    return sorted(blindSpots.values().stream().flatMap(Set::stream).distinct());
  }

  /// What could not be read in these namespaces and in the cluster as a whole. A registry that did
  /// not tell its tags is no part of it: that is a signal of the release that asked.
  public List<BlindSpot> blindSpots(Collection<String> namespaces) {
    Set<BlindSpot> spots = new LinkedHashSet<>(blindSpots.getOrDefault("", Set.of()));
    namespaces.forEach(ns -> spots.addAll(blindSpots.getOrDefault(ns, Set.of())));
    return sorted(spots.stream());
  }

  private static List<BlindSpot> sorted(Stream<BlindSpot> spots) {
    return spots.sorted(Comparator.comparing(BlindSpot::what)).toList();
  }

  /// What was asked of repositories and registries for a namespace: about sources in it, and about
  /// images of its pods.
  public Map<Inquiry, Observation<Answer>> namesAskedFor(String namespace) {
    return names.getOrDefault(namespace, Map.of());
  }

  private void file(Inquiry inquiry, Observation<Answer> observation) {
    String namespace =
        switch (inquiry) {
          case Inquiry.ListOf(_, var ns) -> ns;
          case Inquiry.ObjectNamed(var ref) -> ref.namespace();
          case Inquiry.ContainerLog log -> log.namespace();
          case Inquiry.HelmRecordNames(var ns, _) -> ns;
          case Inquiry.HelmRecordNamed(var ns, _) -> ns;
          case Inquiry.ChartVersions(var source, _) -> source.namespace();
          case Inquiry.ImageTags tags -> tags.namespace();
        };
    if (inquiry instanceof Inquiry.ChartVersions || inquiry instanceof Inquiry.ImageTags) {
      names.computeIfAbsent(namespace, _ -> new LinkedHashMap<>()).put(inquiry, observation);
    }
    if (observation instanceof Observation.Unreadable<Answer>(var why)) {
      blindSpots
          .computeIfAbsent(
              inquiry instanceof Inquiry.ImageTags ? REGISTRIES : namespace,
              _ -> new LinkedHashSet<>())
          .add(new BlindSpot(describe(inquiry), why));
    }
  }

  /// Everything that was asked and how it was answered: what a snapshot has to hold.
  public Map<Inquiry, Observation<Answer>> answers() {
    return answers;
  }

  /// All objects seen.
  public Collection<Resource> objects() {
    return index.byName.values();
  }

  private static String describe(Inquiry inquiry) {
    return switch (inquiry) {
      case Inquiry.ListOf(var kind, var ns) ->
          kind.plural() + (ns.isEmpty() ? " of the cluster" : " in namespace " + ns);
      case Inquiry.ObjectNamed(var ref) -> ref.display();
      case Inquiry.ContainerLog(var ns, var pod, var container, var previous) ->
          (previous ? "previous log" : "log")
              + " of container "
              + container
              + " in pod "
              + ns
              + "/"
              + pod;
      case Inquiry.HelmRecordNames(var ns, var release) ->
          "Helm storage Secrets of release " + ns + "/" + release;
      case Inquiry.HelmRecordNamed(var ns, var secret) ->
          "Helm storage Secret " + ns + "/" + secret;
      case Inquiry.ChartVersions(var source, var chart) ->
          (chart.isEmpty() ? "names of charts" : "versions of chart " + chart)
              + " at "
              + source.display();
      case Inquiry.ImageTags i -> "tags of image " + i.image();
    };
  }

  private static String key(String group, String kind, String namespace, String name) {
    return group + "/" + kind + "/" + namespace + "/" + name;
  }

  /// Maps from the ways that objects are looked up. Built in one pass: linear in the number of
  /// objects.
  private static final class Index {
    final Map<String, Resource> byName;
    final Map<String, List<Resource>> byKind;
    final Map<String, List<Resource>> byKindAndNamespace;
    final Map<String, List<Resource>> byOwner;
    final Map<String, List<Resource>> byCustomOwner;
    final Map<String, List<Resource>> byOrigin;
    final Map<String, List<Resource>> byHelmRelease;
    final Map<String, List<Resource>> hooksByNamespace;
    final Map<String, List<Resource>> byStorage;
    final Map<String, List<Resource>> jobsByCronJob;
    final Map<String, List<Resource>> podsByDeployment;
    final NavigableMap<String, List<Resource>> eventsByObject;
    final Set<String> troubledNamespaces;
    final NavigableMap<String, List<Resource>> deploymentsByName;
    final Map<String, List<Resource>> recordsByRelease;

    /// Whether there are lists that belong to the index that this one was made of.
    private final boolean shares;

    /// Of an index that shares: the lists that are its own.
    private final Set<List<Resource>> own = Collections.newSetFromMap(new IdentityHashMap<>());

    private Index() {
      shares = false;
      byName = new LinkedHashMap<>();
      byKind = new HashMap<>();
      byKindAndNamespace = new HashMap<>();
      byOwner = new HashMap<>();
      byCustomOwner = new HashMap<>();
      byOrigin = new HashMap<>();
      byHelmRelease = new HashMap<>();
      hooksByNamespace = new HashMap<>();
      byStorage = new HashMap<>();
      jobsByCronJob = new HashMap<>();
      podsByDeployment = new HashMap<>();
      eventsByObject = new TreeMap<>();
      troubledNamespaces = new HashSet<>();
      deploymentsByName = new TreeMap<>();
      recordsByRelease = new HashMap<>();
    }

    private Index(Index from) {
      shares = true;
      byName = new LinkedHashMap<>(from.byName);
      byKind = new HashMap<>(from.byKind);
      byKindAndNamespace = new HashMap<>(from.byKindAndNamespace);
      byOwner = new HashMap<>(from.byOwner);
      byCustomOwner = new HashMap<>(from.byCustomOwner);
      byOrigin = new HashMap<>(from.byOrigin);
      byHelmRelease = new HashMap<>(from.byHelmRelease);
      hooksByNamespace = new HashMap<>(from.hooksByNamespace);
      byStorage = new HashMap<>(from.byStorage);
      jobsByCronJob = new HashMap<>(from.jobsByCronJob);
      podsByDeployment = new HashMap<>(from.podsByDeployment);
      eventsByObject = new TreeMap<>(from.eventsByObject);
      troubledNamespaces = new HashSet<>(from.troubledNamespaces);
      deploymentsByName = new TreeMap<>(from.deploymentsByName);
      recordsByRelease = new HashMap<>(from.recordsByRelease);
    }

    static Index of(Map<Inquiry, Observation<Answer>> answers) {
      Index index = new Index();
      index.addAll(objectsOf(answers.values()));
      return index;
    }

    /// An index of these objects too. This one stays as it is.
    Index plus(List<Resource> objects) {
      Index index = new Index(this);
      index.addAll(objects);
      return index;
    }

    static List<Resource> objectsOf(Collection<Observation<Answer>> answers) {
      List<Resource> found = new ArrayList<>();
      for (Observation<Answer> observation : answers) {
        switch (observation) {
          case Observation.Seen<Answer>(Answer.Objects(var items)) -> found.addAll(items);
          case Observation.Seen<Answer>(Answer.OneObject(var one)) -> found.add(one);
          case Observation.Seen<Answer> _,
              Observation.Absent<Answer> _,
              Observation.Unreadable<Answer> _ -> {}
        }
      }
      return found;
    }

    /// Duplicates: the one with the higher resourceVersion stays, as two lists taken one after the
    /// other may both hold an object.
    private void addAll(List<Resource> objects) {
      Map<String, Resource> fresh = new LinkedHashMap<>();
      for (Resource r : objects) {
        String key = key(r.ref().group(), r.kind(), r.namespace(), r.name());
        Resource known = fresh.get(key);
        if (known == null || newer(r, known)) {
          fresh.put(key, r);
        }
      }
      byName.putAll(fresh);
      Set<List<Resource>> records = Collections.newSetFromMap(new IdentityHashMap<>());
      fresh.values().forEach(r -> link(r, records));
      records.forEach(
          l ->
              l.sort(
                  Comparator.comparingLong(
                          (Resource r) -> Json.from(r.label("version").orElse("0")).integer(0))
                      .reversed()));
    }

    /// Metadata alone never replaces a whole object.
    private static boolean newer(Resource candidate, Resource known) {
      boolean hasBody =
          candidate.root().get("spec").exists() || candidate.root().get("status").exists();
      boolean knownHasBody =
          known.root().get("spec").exists() || known.root().get("status").exists();
      if (hasBody != knownHasBody) {
        return hasBody;
      }
      return candidate.meta("resourceVersion").integer(0)
          >= known.meta("resourceVersion").integer(0);
    }

    /// @param records takes the lists of Helm records that grew
    private void link(Resource r, Set<List<Resource>> records) {
      String kind = r.ref().group() + "/" + r.kind();
      put(byKind, kind, r);
      put(byKindAndNamespace, kind + "/" + r.namespace(), r);
      Set<String> owners = new HashSet<>();
      for (Json owner : r.meta("ownerReferences").list()) {
        if (owners.add(owner.get("uid").text())) {
          put(byOwner, owner.get("uid").text(), r);
          // only groups of custom resources have a dot before their version's slash
          int dot = owner.get("apiVersion").text().indexOf('.');
          if (dot >= 0 && dot < owner.get("apiVersion").text().indexOf('/')) {
            put(
                byCustomOwner,
                r.namespace() + "/" + owner.get("kind").text() + "/" + owner.get("name").text(),
                r);
          }
        }
      }
      if (r.kind().equals("Event")) {
        Json about = r.at("involvedObject");
        if (tellsOfTrouble(r)) {
          troubledNamespaces.add(about.get("namespace").text());
        }
        put(eventsByObject, about.get("namespace").text() + "/" + about.get("name").text(), r);
        return;
      }
      Json annotations = r.meta("annotations");
      String helm = annotations.get("meta.helm.sh/release-name").text();
      if (!helm.isEmpty()) {
        String namespace = annotations.get("meta.helm.sh/release-namespace").text(r.namespace());
        put(byHelmRelease, namespace + "/" + helm, r);
      }
      if (annotations.get("helm.sh/hook").exists()) {
        put(hooksByNamespace, r.namespace(), r);
      }
      if (r.kind().equals("HelmRelease")) {
        put(byStorage, storageOf(r), r);
      }
      if (r.kind().equals("Job")) {
        r.controllerOwner()
            .filter(o -> o.get("kind").text().equals("CronJob"))
            .ifPresent(o -> put(jobsByCronJob, r.namespace() + "/" + o.get("name").text(), r));
      }
      if (r.kind().equals("Deployment")) {
        put(deploymentsByName, r.name(), r);
      }
      if (r.kind().equals("Pod")) {
        deploymentOf(r).ifPresent(d -> put(podsByDeployment, r.namespace() + "/" + d, r));
      }
      Json labels = r.meta("labels");
      String origin = labels.get("helm.toolkit.fluxcd.io/name").text();
      if (!origin.isEmpty()) {
        put(byOrigin, labels.get("helm.toolkit.fluxcd.io/namespace").text() + "/" + origin, r);
      }
      if (r.kind().equals("Secret")
          && labels.get("owner").text().equals("helm")
          && r.name().startsWith("sh.helm.release.v1.")) {
        records.add(put(recordsByRelease, r.namespace() + "/" + labels.get("name").text(), r));
      }
    }

    private static String storageOf(Resource release) {
      String target = release.spec("targetNamespace").text();
      String name =
          release
              .spec("releaseName")
              .text(target.isEmpty() ? release.name() : target + "-" + release.name());
      return release.spec("storageNamespace").text(release.namespace()) + "/" + name;
    }

    private static Optional<String> deploymentOf(Resource pod) {
      // Argo Rollouts make ReplicaSets too, with a label of their own
      Json labels = pod.meta("labels");
      String hash =
          labels.get("pod-template-hash").text(labels.get("rollouts-pod-template-hash").text());
      String set = pod.controllerOwner().map(o -> o.get("name").text()).orElse("");
      return !hash.isEmpty() && set.endsWith("-" + hash)
          ? Optional.of(set.substring(0, set.length() - hash.length() - 1))
          : Optional.empty();
    }

    private List<Resource> put(Map<String, List<Resource>> map, String key, Resource r) {
      List<Resource> list = map.get(key);
      if (list == null || (shares && !own.contains(list))) {
        list = list == null ? new ArrayList<>(2) : new ArrayList<>(list);
        map.put(key, list);
        if (shares) {
          own.add(list);
        }
      }
      list.add(r);
      return list;
    }
  }
}

package dev.refloat.adapter.snapshot;

import dev.refloat.adapter.helm.HelmStorage;
import dev.refloat.adapter.json.JsonTrees;
import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.adapter.yaml.YamlNode;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.evidence.BlindSpot;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// All that a snapshot holds, read once.
final class SnapshotContent {

  /// Stands for a masked value where Kubernetes wants base64: `***`.
  static final String MASKED_DATA = "Kioq";

  /// A YAML file is held as text and as nodes while it is read.
  private static final Limits YAML_FILE = new Limits(256L * 1024 * 1024, 100, 20_000_000);

  /// Lists inside lists are not something that Kubernetes makes.
  private static final int MAX_LIST_DEPTH = 3;

  /// More secret values than this are not remembered for masking.
  private static final int MAX_SECRET_VALUES = 200_000;

  private final Map<String, Resource> byName = new LinkedHashMap<>();
  private final Map<String, List<Resource>> byKind = new HashMap<>();
  private final Map<String, byte[]> records = new HashMap<>();
  private final Map<String, String> brokenRecords = new HashMap<>();
  private final Map<SnapshotFiles.LogName, String> logs = new HashMap<>();
  private final Map<String, List<String>> logFolders = new HashMap<>();
  private final Set<String> secretValues = new LinkedHashSet<>();
  private final List<BlindSpot> problems = new ArrayList<>();
  private final Lookups lookups = new Lookups();
  private final NewestTime newest = new NewestTime();
  private Optional<SnapshotNotes> notes = Optional.empty();
  private Instant takenAt = Instant.EPOCH;

  private SnapshotContent() {}

  static SnapshotContent load(Path snapshot) throws IOException {
    SnapshotContent content = new SnapshotContent();
    List<MalformedInput> faults = new ArrayList<>();
    SnapshotFiles.each(
        snapshot,
        (name, in) -> {
          try {
            content.file(name, in);
          } catch (MalformedInput e) {
            if (!e.source().equals(name)) {
              throw e; // not the file is broken, but what it is packed in
            }
            faults.add(e);
          }
        });
    if (content.byName.isEmpty() && !faults.isEmpty()) {
      throw faults.getFirst();
    }
    if (content.byName.isEmpty() && content.notes.isEmpty()) {
      throw new MalformedInput(
          snapshot.toString(), "no Kubernetes objects in it: an objects.json is expected");
    }
    faults.forEach(
        f ->
            content.problems.add(
                new BlindSpot("file " + f.source(), String.valueOf(f.getMessage()))));
    content
        .byName
        .values()
        .forEach(
            r ->
                content
                    .byKind
                    .computeIfAbsent(r.ref().group() + "/" + r.kind(), _ -> new ArrayList<>())
                    .add(r));
    content.takenAt =
        content
            .notes
            .flatMap(SnapshotNotes::takenAt)
            .or(content.newest::found)
            .orElse(Files.getLastModifiedTime(snapshot).toInstant());
    return content;
  }

  private void file(String name, InputStream in) throws IOException {
    String lower = name.toLowerCase(java.util.Locale.ROOT);
    if (lower.endsWith(".log")) {
      SnapshotFiles.LogName log = SnapshotFiles.logName(name);
      if (log != null) {
        logs.put(log, LogTail.of(in));
        logFolders.computeIfAbsent(log.namespace(), _ -> new ArrayList<>()).add(log.pod());
      }
    } else if (lower.endsWith(".json")) {
      JsonTrees.readList(
          name,
          in,
          Limits.CLUSTER,
          Lean::pruning,
          (item, head) -> object(item, head.apiVersion(), head.itemKind(), 0));
    } else {
      YamlTrees.each(
          name, in, YAML_FILE, YamlTrees.Duplicates.LAST_WINS, document -> yaml(document));
    }
  }

  private void yaml(YamlNode document) {
    if (document.json() instanceof Json.Obj o) {
      object(o, "", "", 0);
    }
  }

  /// @param listVersion the API version of the list that the object came in
  /// @param impliedKind the kind of items of that list, for items that do not say it
  private void object(Json.Obj read, String listVersion, String impliedKind, int depth) {
    Json.Obj o = read;
    if (o.get("kind").text().isEmpty() && !impliedKind.isEmpty()) {
      o = o.with("kind", new Json.Str(impliedKind)).with("apiVersion", new Json.Str(listVersion));
    }
    String kind = o.get("kind").text();
    if (kind.endsWith("List") && o.get("items") instanceof Json.Arr(var items)) {
      String inner = kind.substring(0, kind.length() - 4);
      for (Json item : items) {
        if (item instanceof Json.Obj i && depth < MAX_LIST_DEPTH) {
          object(i, o.get("apiVersion").text(), inner, depth + 1);
        }
      }
      return;
    }
    if (o.get("apiVersion").text().equals(SnapshotNotes.API_VERSION)) {
      if (kind.equals(SnapshotNotes.KIND)) {
        notes = Optional.of(SnapshotNotes.of(o));
        return;
      }
      if (kind.equals(Lookups.KIND)) {
        lookups.read(o);
        return;
      }
    }
    if (kind.isEmpty() || o.at("metadata", "name").text().isEmpty()) {
      return; // values, kustomizations and other files that are no objects
    }
    newest.see(o);
    Json pruned = Lean.pruning(kind).apply(o);
    Json.Obj lean = pruned instanceof Json.Obj p ? Lean.lean(p) : o;
    add(Resource.of(lean));
  }

  private void add(Resource r) {
    Resource resource = r;
    if (r.kind().equals("Secret") && r.ref().group().isEmpty()) {
      resource = secret(r);
    }
    byName.merge(key(r.ref()), resource, (known, other) -> newer(other, known) ? other : known);
  }

  /// Keeps the payload of a storage record as bytes, which are half as large; and remembers the
  /// values of other Secrets, so that they can be masked wherever they appear.
  private Resource secret(Resource r) {
    if (r.at("type").text().equals(HelmStorage.SECRET_TYPE)) {
      if (r.at("data", "release").exists()) {
        try {
          records.put(key(r.ref()), HelmStorage.payload(r));
        } catch (MalformedInput e) {
          brokenRecords.put(key(r.ref()), e.problem());
        }
      }
      return r.root() instanceof Json.Obj o ? new Resource(r.ref(), o.without("data")) : r;
    }
    r.at("data").strings().values().forEach(this::remember);
    r.at("stringData").strings().values().forEach(this::rememberPlain);
    return r;
  }

  private void remember(String base64) {
    try {
      String plain = new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.UTF_8);
      rememberPlain(plain);
    } catch (IllegalArgumentException e) {
      rememberPlain(base64);
    }
  }

  private void rememberPlain(String value) {
    if (value.length() >= 6 && secretValues.size() < MAX_SECRET_VALUES) {
      secretValues.add(value);
    }
  }

  /// As [dev.refloat.evidence.Evidence] decides: metadata alone never replaces an object, else the
  /// higher resourceVersion wins, else the later one.
  private static boolean newer(Resource candidate, Resource known) {
    boolean body = hasBody(candidate);
    if (body != hasBody(known)) {
      return body;
    }
    return candidate.meta("resourceVersion").integer(0) >= known.meta("resourceVersion").integer(0);
  }

  private static boolean hasBody(Resource r) {
    return r.root() instanceof Json.Obj o && o.size() > 3;
  }

  private static String key(ObjectRef ref) {
    String namespace =
        Kind.of(ref.group(), ref.kind()).map(Kind::namespaced).orElse(true) ? ref.namespace() : "";
    return ref.group() + "/" + ref.kind() + "/" + namespace + "/" + ref.name();
  }

  Instant takenAt() {
    return takenAt;
  }

  int size() {
    return byName.size();
  }

  List<BlindSpot> problems() {
    return problems;
  }

  Optional<SnapshotNotes> notes() {
    return notes;
  }

  Lookups lookups() {
    return lookups;
  }

  Set<String> secretValues() {
    return java.util.Collections.unmodifiableSet(secretValues);
  }

  List<Resource> ofKind(Kind kind) {
    return byKind.getOrDefault(kind.group() + "/" + kind.kindName(), List.of());
  }

  Optional<Resource> find(ObjectRef ref) {
    return Optional.ofNullable(byName.get(key(ref)));
  }

  Optional<byte[]> record(ObjectRef secret) {
    return Optional.ofNullable(records.get(key(secret)));
  }

  Optional<String> brokenRecord(ObjectRef secret) {
    return Optional.ofNullable(brokenRecords.get(key(secret)));
  }

  /// The log of a container. A folder named after a Deployment stands for its pods, as a log that
  /// was taken with `kubectl logs deploy/NAME` is.
  Optional<String> log(Inquiry.ContainerLog asked) {
    SnapshotFiles.LogName exact =
        new SnapshotFiles.LogName(
            asked.namespace(), asked.pod(), asked.container(), asked.previous());
    String found = logs.get(exact);
    if (found != null) {
      return Optional.of(found);
    }
    return logFolders.getOrDefault(asked.namespace(), List.of()).stream()
        .filter(folder -> ofDeployment(asked.pod(), folder))
        .map(
            folder ->
                logs.get(
                    new SnapshotFiles.LogName(
                        asked.namespace(), folder, asked.container(), asked.previous())))
        .filter(java.util.Objects::nonNull)
        .findFirst();
  }

  /// `app-5c964ccc57-tmct4` is a pod of `app`; `app-db-0` is not.
  private static boolean ofDeployment(String pod, String deployment) {
    return pod.startsWith(deployment + "-")
        && pod.substring(deployment.length() + 1).matches("[a-f0-9]{6,10}-[a-z0-9]{5}");
  }
}

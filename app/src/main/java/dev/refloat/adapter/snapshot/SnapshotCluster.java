package dev.refloat.adapter.snapshot;

import dev.refloat.adapter.helm.HelmStorage;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.evidence.Answer;
import dev.refloat.evidence.BlindSpot;
import dev.refloat.evidence.HelmRecord;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.evidence.Observation;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.port.ClusterReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A cluster on disk. Answers as the live one would have: kinds that are listed as metadata come as
/// metadata, and the data of Secrets is never part of an answer.
public final class SnapshotCluster implements ClusterReader {
  private static final String NOT_IN_IT = "not in the snapshot";

  private final SnapshotContent content;

  SnapshotCluster(SnapshotContent content) {
    this.content = content;
  }

  /// Reads a snapshot into memory.
  ///
  /// @param snapshot a folder, `.tgz`, `.tar`, `.zip`, or a single `.json` or `.yaml` file
  /// @throws MalformedInput when nothing in it is usable, or an archive is hostile; names the file
  ///     and the place
  /// @throws IOException when it is not there or cannot be read
  public static SnapshotCluster open(Path snapshot) throws IOException {
    return new SnapshotCluster(SnapshotContent.load(snapshot));
  }

  @Override
  public Instant takenAt() {
    return content.takenAt();
  }

  /// What of the snapshot could not be read or was left out when it was written, for people; empty
  /// when all is there.
  public List<BlindSpot> problems() {
    List<BlindSpot> all = new ArrayList<>(content.problems());
    content.notes().ifPresent(n -> all.addAll(n.leftOut()));
    return List.copyOf(all);
  }

  /// The values of all Secrets in the snapshot: what must not appear in any output.
  public Set<String> secretValues() {
    return content.secretValues();
  }

  /// How many objects the snapshot holds.
  public int size() {
    return content.size();
  }

  @Override
  public Map<Inquiry, Observation<Answer>> ask(Collection<? extends Inquiry> inquiries) {
    Map<Inquiry, Observation<Answer>> answers = new LinkedHashMap<>();
    for (Inquiry inquiry : inquiries) {
      answers.put(inquiry, answer(inquiry));
    }
    return answers;
  }

  private Observation<Answer> answer(Inquiry inquiry) {
    Optional<SnapshotNotes> notes = content.notes();
    if (notes.isPresent()) {
      String why = notes.get().unreadable().get(inquiry);
      if (why != null) {
        return new Observation.Unreadable<>(why);
      }
      if (notes.get().absent().contains(inquiry)) {
        return new Observation.Absent<>();
      }
    }
    return switch (inquiry) {
      case Inquiry.ListOf(var kind, var namespace) -> list(kind, namespace);
      case Inquiry.ObjectNamed(var ref) -> object(ref);
      case Inquiry.ContainerLog log ->
          content
              .log(log)
              .<Observation<Answer>>map(t -> new Observation.Seen<>(new Answer.Text(t)))
              .orElseGet(() -> new Observation.Unreadable<>(NOT_IN_IT));
      case Inquiry.HelmRecordNames(var namespace, var release) -> records(namespace, release);
      case Inquiry.HelmRecordNamed(var namespace, var secret) -> record(namespace, secret);
      case Inquiry.ChartVersions asked -> names(content.lookups().answer(asked));
      case Inquiry.ImageTags asked -> names(content.lookups().answer(asked));
    };
  }

  private static Observation<Answer> names(Optional<List<String>> known) {
    return known
        .<Observation<Answer>>map(n -> new Observation.Seen<>(new Answer.Names(n)))
        .orElseGet(() -> new Observation.Unreadable<>(NOT_IN_IT));
  }

  private Observation<Answer> list(Kind kind, String namespace) {
    List<Resource> found = new ArrayList<>();
    boolean metadata = kind.detail() == Kind.Detail.METADATA;
    for (Resource r : content.ofKind(kind)) {
      if (namespace.isEmpty() || r.namespace().equals(namespace)) {
        found.add(metadata ? new Resource(r.ref(), Lean.metadataOnly(r.root())) : r);
      }
    }
    if (found.isEmpty()) {
      Optional<String> why = whyNotListed(kind, namespace);
      if (why.isPresent()) {
        return new Observation.Unreadable<>(why.get());
      }
    }
    return new Observation.Seen<>(new Answer.Objects(found));
  }

  /// Why the emptiness of a list proves nothing. A snapshot without notes holds everything of its
  /// cluster, unless a file of it is broken.
  private Optional<String> whyNotListed(Kind kind, String namespace) {
    if (!content.problems().isEmpty()) {
      BlindSpot first = content.problems().getFirst();
      return Optional.of("part of the snapshot is unreadable: " + first.what());
    }
    return content
        .notes()
        .filter(n -> n.listed().stream().noneMatch(l -> covers(l, kind, namespace)))
        .map(_ -> NOT_IN_IT);
  }

  private static boolean covers(Inquiry.ListOf listed, Kind kind, String namespace) {
    return listed.kind() == kind
        && (listed.namespace().isEmpty() || listed.namespace().equals(namespace));
  }

  private Observation<Answer> object(ObjectRef ref) {
    Optional<Resource> found = content.find(ref);
    if (found.isPresent()) {
      return new Observation.Seen<>(new Answer.OneObject(withoutSecrets(found.get())));
    }
    Optional<Kind> kind = Kind.of(ref.group(), ref.kind());
    Optional<String> why =
        kind.isPresent()
            ? whyNotListed(kind.get(), ref.namespace())
            : content.notes().map(_ -> NOT_IN_IT);
    return why.<Observation<Answer>>map(Observation.Unreadable::new)
        .orElseGet(Observation.Absent::new);
  }

  /// The keys of a Secret are facts, its values are nobody's business.
  private static Resource withoutSecrets(Resource r) {
    if (!r.kind().equals("Secret") || !(r.root() instanceof Json.Obj root)) {
      return r;
    }
    Json.Obj out = root;
    for (String field : List.of("data", "stringData")) {
      if (root.get(field) instanceof Json.Obj data) {
        Json.Builder keys = Json.builder();
        data.keys().forEach(k -> keys.put(k, SnapshotContent.MASKED_DATA));
        out = out.with(field, keys.build());
      }
    }
    return new Resource(r.ref(), out);
  }

  private Observation<Answer> records(String namespace, String release) {
    List<Resource> found = new ArrayList<>();
    for (Resource r : content.ofKind(Kind.SECRET)) {
      if (r.namespace().equals(namespace)
          && r.label("owner").orElse("").equals("helm")
          && r.label("name").orElse("").equals(release)) {
        found.add(new Resource(r.ref(), Lean.metadataOnly(r.root())));
      }
    }
    if (found.isEmpty()) {
      boolean asked =
          content
              .notes()
              .map(n -> n.listedRecords().contains(new Inquiry.HelmRecordNames(namespace, release)))
              .orElse(true);
      Optional<String> why = asked ? Optional.empty() : whyNotListed(Kind.SECRET, namespace);
      if (why.isPresent()) {
        return new Observation.Unreadable<>(why.get());
      }
    }
    return new Observation.Seen<>(new Answer.Objects(found));
  }

  private Observation<Answer> record(String namespace, String secret) {
    ObjectRef ref = new ObjectRef("v1", "Secret", namespace, secret);
    Optional<byte[]> payload = content.record(ref);
    if (payload.isEmpty()) {
      Optional<Resource> known = content.find(ref);
      if (known.isPresent()) {
        return new Observation.Unreadable<>(
            content.brokenRecord(ref).orElse("the snapshot has its name but not its data"));
      }
      return object(ref);
    }
    try {
      HelmRecord record = HelmStorage.decode(ref, payload.get());
      return new Observation.Seen<>(new Answer.Release(record));
    } catch (MalformedInput e) {
      return new Observation.Unreadable<>(e.problem());
    }
  }

  @Override
  public void close() {
    // All is in memory.
  }
}

package dev.refloat.adapter.snapshot;

import dev.refloat.adapter.helm.HelmStorage;
import dev.refloat.adapter.json.JsonText;
import dev.refloat.evidence.Answer;
import dev.refloat.evidence.BlindSpot;
import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.HelmRecord;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Observation;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import dev.refloat.redact.Redactor;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Writes what an investigation saw, so that it can be investigated again elsewhere with the same
/// outcome. Nothing half written is ever left under the final name.
public final class SnapshotWriter {

  /// Enough for thousands of releases.
  public static final long DEFAULT_MAX_BYTES = 512L * 1024 * 1024;

  /// Names of namespaces, pods and containers become parts of paths; evidence may be forged.
  private static final Pattern PATH_PART = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,252}");

  /// What a diagnosis can least do without comes first, as the rest may not fit.
  private static final List<String> FIRST =
      List.of(
          "HelmRelease",
          "HelmChart",
          "HelmRepository",
          "OCIRepository",
          "GitRepository",
          "Bucket",
          "Kustomization",
          "Deployment",
          "StatefulSet",
          "DaemonSet",
          "Job",
          "Pod");

  /// And this last.
  private static final List<String> LAST = List.of("ConfigMap", "ReplicaSet", "Event");

  private final Evidence evidence;
  private final Redactor redactor;
  private final Options options;
  private final Progress progress;
  private final Map<String, Integer> leftOutByKind = new TreeMap<>();
  private long bytes;
  private int objectsWritten;
  private int logsWritten;

  /// How to write.
  ///
  /// @param maxBytes of all files together before packing; what does not fit is left out, and said
  ///     so
  /// @param force whether an existing snapshot is replaced
  /// @param version of Refloat, noted in the snapshot
  public record Options(long maxBytes, boolean force, String version) {}

  /// What was written.
  ///
  /// @param bytes of all files together before packing
  /// @param masked how many values were masked
  /// @param leftOut what did not fit
  public record Written(int objects, int logs, long bytes, long masked, List<BlindSpot> leftOut) {
    public Written {
      leftOut = List.copyOf(leftOut);
    }
  }

  /// Told how far it is.
  @FunctionalInterface
  public interface Progress {
    /// Some more was written.
    ///
    /// @param done of `total` objects and logs
    void wrote(int done, int total);
  }

  private SnapshotWriter(Evidence evidence, Redactor redactor, Options options, Progress progress) {
    this.evidence = evidence;
    this.redactor = redactor;
    this.options = options;
    this.progress = progress;
  }

  /// Writes a snapshot: a zip or a gzipped tar archive when the name ends so, else a folder. Only
  /// the
  /// user may read it.
  ///
  /// @param redactor masks secrets; [Redactor#off] keeps them
  /// @throws FileAlreadyExistsException when it is there already, unless forced; a folder that is
  /// no
  ///     snapshot is never replaced
  /// @throws IOException when it cannot be written; nothing is left behind then
  public static Written write(
      Evidence evidence, Path target, Redactor redactor, Options options, Progress progress)
      throws IOException {
    return new SnapshotWriter(evidence, redactor, options, progress).to(target.toAbsolutePath());
  }

  private Written to(Path target) throws IOException {
    refuseToReplace(target);
    Path parent = target.getParent();
    if (parent == null) {
      throw new IOException(target + " cannot be written: it has no parent folder");
    }
    Files.createDirectories(parent);
    String name = target.getFileName().toString().toLowerCase(Locale.ROOT);
    Pack pack =
        name.endsWith(".zip")
            ? Pack.ZIP
            : name.endsWith(".tgz") || name.endsWith(".tar.gz") ? Pack.TGZ : Pack.FOLDER;
    try (PackWriter out = PackWriter.open(pack, parent, target.getFileName().toString())) {
      List<BlindSpot> leftOut = content(out);
      out.moveTo(target, options.force());
      return new Written(objectsWritten, logsWritten, bytes, redactor.masked(), leftOut);
    }
  }

  private void refuseToReplace(Path target) throws IOException {
    if (!Files.exists(target, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!options.force()) {
      throw new FileAlreadyExistsException(target.toString(), null, "it is there already");
    }
    if (Files.isDirectory(target)
        && !Files.exists(target.resolve("snapshot.json"))
        && !isEmpty(target)) {
      throw new FileAlreadyExistsException(
          target.toString(), null, "is a folder that holds something else than a snapshot");
    }
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (var files = Files.newDirectoryStream(folder)) {
      return !files.iterator().hasNext();
    }
  }

  private List<BlindSpot> content(PackWriter out) throws IOException {
    Map<Inquiry.ContainerLog, String> logs = new LinkedHashMap<>();
    Lookups lookups = new Lookups();
    Map<String, HelmRecord> records = new HashMap<>();
    evidence
        .answers()
        .forEach(
            (inquiry, answer) -> {
              if (!(answer instanceof Observation.Seen<Answer>(var seen))) {
                return;
              }
              switch (inquiry) {
                case Inquiry.ContainerLog log -> {
                  if (seen instanceof Answer.Text(var text)) {
                    logs.put(log, text);
                  }
                }
                case Inquiry.HelmRecordNamed r -> {
                  if (seen instanceof Answer.Release(var record)) {
                    records.put(r.namespace() + "/" + r.secretName(), record);
                  }
                }
                case Inquiry.ChartVersions asked -> {
                  if (seen instanceof Answer.Names(var names)) {
                    lookups.add(asked, names);
                  }
                }
                case Inquiry.ImageTags asked -> {
                  if (seen instanceof Answer.Names(var names)) {
                    lookups.add(asked, names);
                  }
                }
                case Inquiry.ListOf _, Inquiry.ObjectNamed _, Inquiry.HelmRecordNames _ -> {}
              }
            });
    List<BlindSpot> leftOut = new ArrayList<>();
    List<Resource> objects = objects(records);
    int total = objects.size() + logs.size();
    out.stream("objects.json", stream -> writeObjects(objects, total, stream));
    leftOutByKind.forEach(
        (kind, n) -> leftOut.add(new BlindSpot(n + " objects of kind " + kind, tooLarge())));
    writeLogs(logs, out, objects.size(), total, leftOut);
    if (!lookups.isEmpty()) {
      text(out, "lookups.json", JsonText.pretty(lookups.toJson()) + "\n");
    }
    text(out, "snapshot.json", JsonText.pretty(notes(leftOut).toJson()) + "\n");
    return leftOut;
  }

  private String tooLarge() {
    return "the snapshot would be larger than " + options.maxBytes() + " bytes";
  }

  private void text(PackWriter out, String name, String content) throws IOException {
    byte[] utf8 = content.getBytes(StandardCharsets.UTF_8);
    bytes += utf8.length;
    out.bytes(name, utf8);
  }

  /// All objects, the storage Secrets with their records, the most important first.
  private List<Resource> objects(Map<String, HelmRecord> records) {
    Map<String, HelmRecord> left = new LinkedHashMap<>(records);
    List<Resource> all = new ArrayList<>();
    for (Resource r : evidence.objects()) {
      HelmRecord record = r.kind().equals("Secret") ? left.remove(r.ref().path()) : null;
      all.add(
          record == null
              ? redactor.resource(r)
              : HelmStorage.encode(redactor.record(record), redactor.resource(r).at("metadata")));
    }
    left.values()
        .forEach(r -> all.add(HelmStorage.encode(redactor.record(r), Json.Missing.MISSING)));
    all.sort(Comparator.comparingInt((Resource r) -> rank(r.kind())).thenComparing(Resource::ref));
    return all;
  }

  private static int rank(String kind) {
    int first = FIRST.indexOf(kind);
    return first >= 0 ? first : 100 + LAST.indexOf(kind);
  }

  private void writeObjects(List<Resource> objects, int total, OutputStream stream)
      throws IOException {
    Writer out = new BufferedWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), 65536);
    String head = "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[";
    out.append(head);
    bytes += head.length();
    for (Resource r : objects) {
      String text = JsonText.compact(r.root());
      long size = utf8Length(text) + 2;
      if (bytes + size > options.maxBytes()) {
        leftOutByKind.merge(r.kind(), 1, Integer::sum);
        continue;
      }
      out.append(objectsWritten == 0 ? "\n" : ",\n").append(text);
      bytes += size;
      objectsWritten++;
      if (objectsWritten % 256 == 0) {
        progress.wrote(objectsWritten, total);
      }
    }
    out.append("\n]}\n");
    out.flush();
    progress.wrote(objects.size(), total);
  }

  private static long utf8Length(String text) {
    long length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      length += c < 0x80 ? 1 : c < 0x800 ? 2 : Character.isSurrogate(c) ? 2 : 3;
    }
    return length;
  }

  private void writeLogs(
      Map<Inquiry.ContainerLog, String> logs,
      PackWriter out,
      int done,
      int total,
      List<BlindSpot> leftOut)
      throws IOException {
    int skipped = 0;
    int n = done;
    for (Map.Entry<Inquiry.ContainerLog, String> e : logs.entrySet()) {
      Inquiry.ContainerLog log = e.getKey();
      boolean safe =
          PATH_PART.matcher(log.namespace()).matches()
              && PATH_PART.matcher(log.pod()).matches()
              && PATH_PART.matcher(log.container()).matches();
      String content = safe ? redactor.text(e.getValue()) : "";
      if (!safe || bytes + utf8Length(content) > options.maxBytes()) {
        skipped++;
        continue;
      }
      text(
          out,
          "logs/"
              + log.namespace()
              + "/"
              + log.pod()
              + "/"
              + log.container()
              + (log.previous() ? ".previous.log" : ".log"),
          content);
      logsWritten++;
      progress.wrote(++n, total);
    }
    if (skipped > 0) {
      leftOut.add(new BlindSpot(skipped + " logs", tooLarge()));
    }
  }

  private SnapshotNotes notes(List<BlindSpot> leftOut) {
    Set<Inquiry.ListOf> listed = new LinkedHashSet<>();
    Set<Inquiry.HelmRecordNames> records = new LinkedHashSet<>();
    Set<Inquiry> absent = new LinkedHashSet<>();
    Map<Inquiry, String> unreadable = new LinkedHashMap<>();
    evidence
        .answers()
        .forEach(
            (inquiry, answer) -> {
              switch (answer) {
                case Observation.Seen<Answer> _ -> {
                  if (inquiry instanceof Inquiry.ListOf l
                      && !leftOutByKind.containsKey(l.kind().kindName())) {
                    listed.add(l);
                  }
                  if (inquiry instanceof Inquiry.HelmRecordNames names) {
                    records.add(names);
                  }
                }
                case Observation.Absent<Answer> _ -> absent.add(inquiry);
                case Observation.Unreadable<Answer>(var why) ->
                    unreadable.put(inquiry, redactor.text(why));
              }
            });
    return new SnapshotNotes(
        Optional.of(evidence.takenAt()),
        options.version(),
        redactor.masks(),
        sorted(listed),
        sorted(records),
        sorted(absent),
        unreadable,
        leftOut);
  }

  /// The same evidence makes the same snapshot, byte for byte.
  private static <T extends Inquiry> Set<T> sorted(Set<T> inquiries) {
    List<T> all = new ArrayList<>(inquiries);
    all.sort(Comparator.comparing(Object::toString));
    return new LinkedHashSet<>(all);
  }

  /// How a snapshot is packed.
  enum Pack {
    FOLDER,
    TGZ,
    ZIP
  }
}

package dev.refloat.adapter.snapshot;

import dev.refloat.evidence.BlindSpot;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What `snapshot.json` says about a snapshot: what was asked of the cluster and what came of it,
/// so
/// that "not there", "could not look" and "did not look" stay different facts.
///
///     {"apiVersion":"refloat.dev/v1","kind":"Snapshot","takenAt":"RFC 3339","refloat":"0.1.0",
///      "masked":true,
///      "listed":[{"group":"","kind":"Pod","namespace":"ai"}],
///      "listedRecords":[{"ask":"records","namespace":"ai","release":"app"}],
///      "absent":[{"ask":"log","namespace":"ai","pod":"x","container":"c","previous":true}],
///      "unreadable":[{"ask":"list","group":"","kind":"Secret","namespace":"","why":"forbidden"}],
///      "leftOut":[{"what":"...","why":"..."}]}
///
/// @param takenAt when the cluster was looked at
/// @param refloat the version that wrote it
/// @param masked whether secrets were masked
/// @param listed the lists that were read with success; an empty namespace means everywhere
/// @param listedRecords the releases whose storage Secrets were listed
/// @param absent what the cluster does not have
/// @param unreadable what could not be read, and why
/// @param leftOut what was read but did not fit
record SnapshotNotes(
    Optional<Instant> takenAt,
    String refloat,
    boolean masked,
    Set<Inquiry.ListOf> listed,
    Set<Inquiry.HelmRecordNames> listedRecords,
    Set<Inquiry> absent,
    Map<Inquiry, String> unreadable,
    List<BlindSpot> leftOut) {

  static final String API_VERSION = "refloat.dev/v1";
  static final String KIND = "Snapshot";

  Json toJson() {
    Json.Builder b = Json.builder().put("apiVersion", API_VERSION).put("kind", KIND);
    takenAt.ifPresent(t -> b.put("takenAt", t.toString()));
    b.put("refloat", refloat).put("masked", masked);
    b.put("listed", listed.stream().map(l -> (Json) list(Json.builder(), l).build()).iterator());
    b.put("listedRecords", listedRecords.stream().map(i -> (Json) inquiry(i).build()).iterator());
    b.put("absent", absent.stream().map(i -> (Json) inquiry(i).build()).iterator());
    b.put(
        "unreadable",
        unreadable.entrySet().stream()
            .map(e -> (Json) inquiry(e.getKey()).put("why", e.getValue()).build())
            .iterator());
    b.put(
        "leftOut",
        leftOut.stream()
            .map(s -> (Json) Json.builder().put("what", s.what()).put("why", s.why()).build())
            .iterator());
    return b.build();
  }

  /// Reads leniently: what a newer Refloat adds is passed over.
  static SnapshotNotes of(Json root) {
    Set<Inquiry.ListOf> listed = new LinkedHashSet<>();
    for (Json l : root.get("listed").list()) {
      listOf(l).ifPresent(listed::add);
    }
    Set<Inquiry.HelmRecordNames> records = new LinkedHashSet<>();
    for (Json i : root.get("listedRecords").list()) {
      if (inquiry(i).orElse(null) instanceof Inquiry.HelmRecordNames names) {
        records.add(names);
      }
    }
    Set<Inquiry> absent = new LinkedHashSet<>();
    for (Json i : root.get("absent").list()) {
      inquiry(i).ifPresent(absent::add);
    }
    Map<Inquiry, String> unreadable = new LinkedHashMap<>();
    for (Json i : root.get("unreadable").list()) {
      inquiry(i).ifPresent(q -> unreadable.put(q, i.get("why").text("unreadable")));
    }
    List<BlindSpot> leftOut = new ArrayList<>();
    for (Json s : root.get("leftOut").list()) {
      leftOut.add(new BlindSpot(s.get("what").text(), s.get("why").text()));
    }
    return new SnapshotNotes(
        Times.parse(root.get("takenAt")),
        root.get("refloat").text(),
        root.get("masked").isTrue(),
        listed,
        records,
        absent,
        unreadable,
        leftOut);
  }

  private static Json.Builder list(Json.Builder b, Inquiry.ListOf l) {
    return b.put("group", l.kind().group())
        .put("kind", l.kind().kindName())
        .put("namespace", l.namespace());
  }

  private static Json.Builder inquiry(Inquiry inquiry) {
    Json.Builder b = Json.builder();
    return switch (inquiry) {
      case Inquiry.ListOf l -> list(b.put("ask", "list"), l);
      case Inquiry.ObjectNamed(var ref) ->
          b.put("ask", "object")
              .put("apiVersion", ref.apiVersion())
              .put("kind", ref.kind())
              .put("namespace", ref.namespace())
              .put("name", ref.name());
      case Inquiry.ContainerLog(var ns, var pod, var container, var previous) ->
          b.put("ask", "log")
              .put("namespace", ns)
              .put("pod", pod)
              .put("container", container)
              .put("previous", previous);
      case Inquiry.HelmRecordNames(var ns, var release) ->
          b.put("ask", "records").put("namespace", ns).put("release", release);
      case Inquiry.HelmRecordNamed(var ns, var secret) ->
          b.put("ask", "record").put("namespace", ns).put("name", secret);
      case Inquiry.ChartVersions(var source, var chart) ->
          b.put("ask", "charts")
              .put("apiVersion", source.apiVersion())
              .put("kind", source.kind())
              .put("namespace", source.namespace())
              .put("name", source.name())
              .put("chart", chart);
      case Inquiry.ImageTags(var ns, var image, var secrets) ->
          b.put("ask", "tags")
              .put("namespace", ns)
              .put("image", image)
              .put("pullSecrets", secrets.stream().map(s -> (Json) new Json.Str(s)).iterator());
    };
  }

  private static Optional<Inquiry> inquiry(Json j) {
    String namespace = j.get("namespace").text();
    return switch (j.get("ask").text()) {
      case "list" -> listOf(j).map(l -> l);
      case "object" -> Optional.of(new Inquiry.ObjectNamed(ref(j)));
      case "log" ->
          Optional.of(
              new Inquiry.ContainerLog(
                  namespace,
                  j.get("pod").text(),
                  j.get("container").text(),
                  j.get("previous").isTrue()));
      case "records" ->
          Optional.of(new Inquiry.HelmRecordNames(namespace, j.get("release").text()));
      case "record" -> Optional.of(new Inquiry.HelmRecordNamed(namespace, j.get("name").text()));
      case "charts" -> Optional.of(new Inquiry.ChartVersions(ref(j), j.get("chart").text()));
      case "tags" ->
          Optional.of(
              new Inquiry.ImageTags(
                  namespace,
                  j.get("image").text(),
                  j.get("pullSecrets").list().stream().map(Json::text).toList()));
      default -> Optional.empty();
    };
  }

  private static ObjectRef ref(Json j) {
    return new ObjectRef(
        j.get("apiVersion").text(),
        j.get("kind").text(),
        j.get("namespace").text(),
        j.get("name").text());
  }

  private static Optional<Inquiry.ListOf> listOf(Json j) {
    return Kind.of(j.get("group").text(), j.get("kind").text())
        .map(k -> new Inquiry.ListOf(k, j.get("namespace").text()));
  }
}

package dev.refloat.plan;

import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.evidence.Answer;
import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.HelmRecord;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.evidence.Observation;
import dev.refloat.model.Confidence;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.release.ReleaseRef;
import dev.refloat.release.ReleaseState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A small cluster for tests of planning, with the release `shop/web` in it.
final class World {

  private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");

  private final List<Resource> objects = new ArrayList<>();
  private final List<HelmRecord> records = new ArrayList<>();
  private String cause = "workload-crash";
  private String summary = "it crashes";
  private Map<String, Object> spec = Map.of("chart", Map.of("spec", Map.of("version", "2.0.0")));
  private Map<String, Object> status = Map.of("storageNamespace", "shop");
  private Map<String, Object> labels = Map.of();

  World spec(Map<String, Object> value) {
    spec = value;
    return this;
  }

  World status(Map<String, Object> value) {
    status = value;
    return this;
  }

  World labels(Map<String, Object> value) {
    labels = value;
    return this;
  }

  World diagnosed(String id, String words) {
    cause = id;
    summary = words;
    return this;
  }

  World with(Map<String, Object> object) {
    objects.add(Resource.of(Json.from(object)));
    return this;
  }

  World record(int version, String status, String description, String chart, Object values) {
    ObjectRef secret = new ObjectRef("v1", "Secret", "shop", "sh.helm.release.v1.web.v" + version);
    records.addFirst(
        new HelmRecord(
            secret,
            "web",
            "shop",
            version,
            status,
            description,
            Optional.empty(),
            Optional.empty(),
            "web",
            chart,
            Json.from(values),
            List.of(),
            List.of()));
    return this;
  }

  Situation situation(Wishes wishes) {
    Map<Inquiry, Observation<Answer>> answers = new LinkedHashMap<>();
    Resource release =
        Resource.of(
            Json.from(
                object(
                    "helm.toolkit.fluxcd.io/v2",
                    "HelmRelease",
                    "web",
                    Map.of("labels", labels),
                    Map.of("spec", spec, "status", status))));
    List<Resource> all = new ArrayList<>(objects);
    all.add(release);
    Map<Kind, List<Resource>> byKind = new LinkedHashMap<>();
    for (Resource r : all) {
      Kind kind = Kind.of(r.ref().group(), r.kind()).orElseThrow();
      byKind.computeIfAbsent(kind, _ -> new ArrayList<>()).add(r);
    }
    byKind.forEach(
        (kind, items) ->
            answers.put(
                new Inquiry.ListOf(kind, kind.namespaced() ? "shop" : ""),
                new Observation.Seen<>(new Answer.Objects(items))));
    List<Resource> secrets = new ArrayList<>();
    for (HelmRecord r : records) {
      secrets.add(
          Resource.of(
              Json.from(
                  object(
                      "v1",
                      "Secret",
                      r.secret().name(),
                      Map.of(
                          "labels",
                          Map.of("owner", "helm", "name", "web", "version", "" + r.version())),
                      Map.of("type", "helm.sh/release.v1")))));
      answers.put(
          new Inquiry.HelmRecordNamed("shop", r.secret().name()),
          new Observation.Seen<>(new Answer.Release(r)));
    }
    answers.put(
        new Inquiry.HelmRecordNames("shop", "web"),
        new Observation.Seen<>(new Answer.Objects(secrets)));
    Diagnosis d =
        new Diagnosis(
            new ReleaseRef("shop", "web"),
            ReleaseState.FAILING,
            cause,
            Confidence.CERTAIN,
            List.of(),
            release.ref(),
            summary,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of());
    return Situation.of(release, Evidence.of(NOW, answers), d, wishes);
  }

  static Map<String, Object> object(
      String apiVersion,
      String kind,
      String name,
      Map<String, Object> meta,
      Map<String, Object> rest) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("name", name);
    if (!kind.equals("PersistentVolume") && !kind.endsWith("Class")) {
      metadata.put("namespace", "shop");
    }
    metadata.put("uid", "uid-" + kind + "-" + name);
    metadata.putAll(meta);
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("apiVersion", apiVersion);
    out.put("kind", kind);
    out.put("metadata", metadata);
    out.putAll(rest);
    return out;
  }

  static List<Step> steps(Draft draft) {
    return draft instanceof Draft.Steps(var steps) ? steps : List.of();
  }

  static String refusal(Draft draft) {
    return draft instanceof Draft.Refused(var why, var next) ? why + "; " + next : "";
  }

  static List<String> ids(Draft draft) {
    return steps(draft).stream().map(Step::id).toList();
  }
}

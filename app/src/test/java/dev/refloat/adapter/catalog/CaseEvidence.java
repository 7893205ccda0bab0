package dev.refloat.adapter.catalog;

import dev.refloat.adapter.helm.HelmStorage;
import dev.refloat.adapter.snapshot.SnapshotCluster;
import dev.refloat.evidence.Answer;
import dev.refloat.evidence.HelmRecord;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.evidence.Observation;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import dev.refloat.port.ClusterReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The cluster that a case describes: a recording, or objects, logs and Helm records written in the
/// case. What registries offer is always written in the case.
final class CaseEvidence implements ClusterReader {
  /// For cases whose objects depend on no time.
  private static final Instant SOME_DAY = Instant.parse("2026-11-23T09:05:00Z");

  private final CatalogCase given;
  private final Optional<SnapshotCluster> recording;
  private final List<Resource> objects;
  private final Map<String, HelmRecord> records = new HashMap<>();

  /// @param resources where the recordings lie
  CaseEvidence(CatalogCase given, Path resources) {
    this.given = given;
    this.recording = given.snapshot().map(s -> open(resources.resolve(s)));
    this.objects = new ArrayList<>(given.objects());
    for (HelmRecord r : given.records()) {
      objects.add(HelmStorage.encode(r, Json.Missing.MISSING));
      records.put(r.namespace() + "/" + r.secret().name(), r);
    }
  }

  private static SnapshotCluster open(Path snapshot) {
    try {
      return SnapshotCluster.open(snapshot);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Map<Inquiry, Observation<Answer>> ask(Collection<? extends Inquiry> inquiries) {
    Map<Inquiry, Observation<Answer>> answers = new HashMap<>();
    List<Inquiry> recorded = new ArrayList<>();
    for (Inquiry i : inquiries) {
      if (recording.isEmpty()
          || i instanceof Inquiry.ImageTags
          || i instanceof Inquiry.ChartVersions) {
        answers.put(i, answer(i));
      } else {
        recorded.add(i);
      }
    }
    recording.ifPresent(r -> answers.putAll(r.ask(recorded)));
    return answers;
  }

  private Observation<Answer> answer(Inquiry inquiry) {
    return switch (inquiry) {
      case Inquiry.ListOf(var kind, var namespace) ->
          seen(
              new Answer.Objects(
                  objects.stream()
                      .filter(o -> Kind.of(o.ref().group(), o.kind()).equals(Optional.of(kind)))
                      .filter(o -> namespace.isEmpty() || o.namespace().equals(namespace))
                      .toList()));
      case Inquiry.ObjectNamed(var ref) ->
          objects.stream()
              .filter(o -> o.ref().sameObject(ref))
              .findFirst()
              .map(o -> seen(new Answer.OneObject(o)))
              .orElse(new Observation.Absent<>());
      case Inquiry.ContainerLog(var namespace, var pod, var container, var previous) ->
          text(
              given
                  .logs()
                  .get(namespace + "/" + pod + "/" + container + (previous ? "/previous" : "")));
      case Inquiry.HelmRecordNames(var namespace, var release) ->
          seen(
              new Answer.Objects(
                  objects.stream()
                      .filter(o -> o.kind().equals("Secret") && o.namespace().equals(namespace))
                      .filter(o -> o.label("owner").equals(Optional.of("helm")))
                      .filter(o -> o.label("name").equals(Optional.of(release)))
                      .toList()));
      case Inquiry.HelmRecordNamed(var namespace, var secret) ->
          record(records.get(namespace + "/" + secret));
      case Inquiry.ChartVersions(var source, var chart) ->
          names(given.chartVersions().get((source.display() + " " + chart).strip()));
      case Inquiry.ImageTags i -> names(given.imageTags().get(i.image()));
    };
  }

  private static Observation<Answer> text(@Nullable String log) {
    return log == null ? new Observation.Absent<>() : seen(new Answer.Text(log));
  }

  private static Observation<Answer> record(@Nullable HelmRecord record) {
    return record == null ? new Observation.Absent<>() : seen(new Answer.Release(record));
  }

  private static Observation<Answer> names(@Nullable List<String> names) {
    return names == null
        ? new Observation.Unreadable<>("not asked")
        : seen(new Answer.Names(names));
  }

  private static Observation<Answer> seen(Answer answer) {
    return new Observation.Seen<>(answer);
  }

  @Override
  public Instant takenAt() {
    return given.takenAt().or(() -> recording.map(SnapshotCluster::takenAt)).orElse(SOME_DAY);
  }

  @Override
  public void close() {
    recording.ifPresent(SnapshotCluster::close);
  }
}

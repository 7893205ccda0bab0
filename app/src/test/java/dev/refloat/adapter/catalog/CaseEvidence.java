package dev.refloat.adapter.catalog;

import dev.refloat.adapter.helm.HelmStorage;
import dev.refloat.adapter.json.JsonTrees;
import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.evidence.Answer;
import dev.refloat.evidence.HelmRecord;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.evidence.Observation;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import dev.refloat.port.ClusterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The cluster that a case describes: a recording, or objects, logs and Helm records written in the
/// case.
final class CaseEvidence implements ClusterReader {
  private final CatalogCase given;
  private final List<Resource> objects;
  private final Map<String, HelmRecord> records = new HashMap<>();
  private final Instant takenAt;

  /// @param resources where the recordings lie
  CaseEvidence(CatalogCase given, Path resources) {
    this.given = given;
    this.objects = new ArrayList<>(given.objects());
    given.snapshot().ifPresent(s -> objects.addAll(recorded(resources.resolve(s))));
    for (HelmRecord r : given.records()) {
      objects.add(HelmStorage.encode(r, Json.Missing.MISSING));
      records.put(r.namespace() + "/" + r.secret().name(), r);
    }
    this.takenAt =
        given
            .takenAt()
            .or(
                () ->
                    objects.stream()
                        .flatMap(o -> latest(o.root()).stream())
                        .max(Comparator.naturalOrder()))
            .orElse(Instant.parse("2026-11-23T09:00:00Z"));
  }

  private static List<Resource> recorded(Path snapshot) {
    try (InputStream in = Files.newInputStream(snapshot.resolve("objects.json"))) {
      return JsonTrees.read(snapshot.toString(), in, Limits.DOCUMENT).get("items").list().stream()
          .map(Resource::of)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<Instant> latest(Json json) {
    return switch (json) {
      case Json.Str(var s) when s.length() >= 20 && s.length() <= 35 && s.charAt(4) == '-' ->
          Times.parse(json);
      case Json.Arr(var items) ->
          items.stream().flatMap(i -> latest(i).stream()).max(Comparator.naturalOrder());
      case Json.Obj o ->
          o.keys().stream().flatMap(k -> latest(o.get(k)).stream()).max(Comparator.naturalOrder());
      case Json.Str _, Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> Optional.empty();
    };
  }

  @Override
  public Map<Inquiry, Observation<Answer>> ask(Collection<? extends Inquiry> inquiries) {
    Map<Inquiry, Observation<Answer>> answers = new HashMap<>();
    inquiries.forEach(i -> answers.put(i, answer(i)));
    return answers;
  }

  private Observation<Answer> answer(Inquiry inquiry) {
    return switch (inquiry) {
      case Inquiry.ListOf(var kind, var namespace) ->
          seen(
              new Answer.Objects(
                  objects.stream()
                      .filter(
                          o -> Kind.of(o.ref().group(), o.kind()).filter(kind::equals).isPresent())
                      .filter(o -> namespace.isEmpty() || o.namespace().equals(namespace))
                      .toList()));
      case Inquiry.ObjectNamed(var ref) ->
          objects.stream()
              .filter(o -> o.ref().sameObject(ref))
              .findFirst()
              .map(o -> seen(new Answer.OneObject(o)))
              .orElse(new Observation.Absent<>());
      case Inquiry.ContainerLog(var namespace, var pod, var container, var previous) ->
          log(namespace, pod, container, previous);
      case Inquiry.HelmRecordNames(var namespace, var release) ->
          seen(
              new Answer.Objects(
                  objects.stream()
                      .filter(o -> o.kind().equals("Secret") && o.namespace().equals(namespace))
                      .filter(o -> o.label("owner").filter("helm"::equals).isPresent())
                      .filter(o -> o.label("name").filter(release::equals).isPresent())
                      .toList()));
      case Inquiry.HelmRecordNamed(var namespace, var secret) -> record(namespace, secret);
      case Inquiry.ChartVersions(var source, var chart) ->
          names(given.chartVersions().get(source.display() + " " + chart));
      case Inquiry.ImageTags i -> names(given.imageTags().get(i.image()));
    };
  }

  private Observation<Answer> log(
      String namespace, String pod, String container, boolean previous) {
    String key = namespace + "/" + pod + "/" + container + (previous ? "/previous" : "");
    String inline = given.logs().get(key);
    if (inline != null) {
      return seen(new Answer.Text(inline));
    }
    if (given.snapshot().isPresent()) {
      Path file =
          CatalogTest.RESOURCES
              .resolve(given.snapshot().get())
              .resolve("logs")
              .resolve(namespace)
              .resolve(pod)
              .resolve(container + (previous ? ".previous.log" : ".log"));
      if (Files.isRegularFile(file)) {
        try {
          return seen(new Answer.Text(Files.readString(file)));
        } catch (IOException e) {
          return new Observation.Unreadable<>(e.getClass().getSimpleName());
        }
      }
    }
    return new Observation.Absent<>();
  }

  private Observation<Answer> record(String namespace, String name) {
    HelmRecord inline = records.get(namespace + "/" + name);
    if (inline != null) {
      return seen(new Answer.Release(inline));
    }
    Optional<Resource> secret =
        objects.stream()
            .filter(o -> o.kind().equals("Secret"))
            .filter(o -> o.namespace().equals(namespace) && o.name().equals(name))
            .findFirst();
    if (secret.isEmpty()) {
      return new Observation.Absent<>();
    }
    try {
      return seen(new Answer.Release(HelmStorage.decode(secret.get())));
    } catch (MalformedInput e) {
      return new Observation.Unreadable<>("does not decode");
    }
  }

  private static Observation<Answer> names(@org.jspecify.annotations.Nullable List<String> names) {
    return names == null
        ? new Observation.Unreadable<>("not asked")
        : seen(new Answer.Names(names));
  }

  private static Observation<Answer> seen(Answer answer) {
    return new Observation.Seen<>(answer);
  }

  @Override
  public Instant takenAt() {
    return takenAt;
  }

  @Override
  public void close() {
    // nothing is held open
  }
}

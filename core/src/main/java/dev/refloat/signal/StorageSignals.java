package dev.refloat.signal;

import dev.refloat.evidence.HelmRecord;
import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import dev.refloat.release.Belongings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Helm storage: the labels of its Secrets tell the state, their content the reason.
final class StorageSignals {

  private StorageSignals() {}

  static void read(Belongings b, List<Signal> out) {
    List<Resource> records = b.records();
    if (records.isEmpty()) {
      return;
    }
    Resource newest = records.getFirst();
    Optional<HelmRecord> content = b.newestRecord();
    Optional<Instant> changed =
        newest
            .label("modifiedAt")
            .or(() -> newest.label("createdAt"))
            .flatMap(StorageSignals::epoch)
            .or(newest::created);
    String status = newest.label("status").orElse(content.map(HelmRecord::status).orElse(""));
    out.add(
        Signal.of(SignalKind.RECORD, newest.ref())
            .says("metadata.labels[status]", status)
            .at(changed)
            .with("name", newest.name())
            .with("namespace", newest.namespace())
            .with("version", newest.label("version").orElse(""))
            .with("status", status)
            .with("description", content.map(HelmRecord::description).orElse(""))
            .with(
                "age",
                changed.map(t -> Times.display(Duration.between(t, b.view().now()))).orElse(""))
            .with("chart-version", content.map(HelmRecord::chartVersion).orElse(""))
            .with("deployed-version", deployed(records))
            .with(
                "others",
                records.stream()
                    .skip(1)
                    .map(
                        r ->
                            "v"
                                + r.label("version").orElse("?")
                                + "="
                                + r.label("status").orElse("?"))
                    .collect(Collectors.joining(" ")))
            .build());
  }

  private static String deployed(List<Resource> records) {
    return records.stream()
        .filter(r -> r.label("status").map("deployed"::equals).orElse(false))
        .findFirst()
        .flatMap(r -> r.label("version"))
        .orElse("");
  }

  private static Optional<Instant> epoch(String seconds) {
    try {
      return Optional.of(Instant.ofEpochSecond(Long.parseLong(seconds)));
    } catch (NumberFormatException | java.time.DateTimeException e) {
      return Optional.empty();
    }
  }
}

package dev.refloat.standin;

import dev.refloat.model.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// Helm's storage of one release, in Secrets: what the stand-in reads to know how things are, and
/// the one thing that it writes itself, the unlocking of a record.
final class Storage {
  private static final int MOST = 64 << 20;

  private final ApiServer api;
  private final Formats formats;

  Storage(ApiServer api, Formats formats) {
    this.api = api;
    this.formats = formats;
  }

  /// Every record, newest first.
  ///
  /// @param asUser whose rights are used to read
  List<ReleaseRecord> records(String namespace, String release, Optional<String> asUser) {
    List<ReleaseRecord> records = new ArrayList<>();
    String selector = ApiServer.query("owner=helm,name=" + release);
    for (Json secret :
        api.list(
            "/api/v1/namespaces/" + namespace + "/secrets?labelSelector=" + selector, asUser)) {
      decode(secret).ifPresent(records::add);
    }
    records.sort(Comparator.comparingInt(ReleaseRecord::version).reversed());
    return records;
  }

  /// Helm skips what it cannot decode, and so does this.
  private Optional<ReleaseRecord> decode(Json secret) {
    try {
      byte[] text = Base64.getDecoder().decode(secret.at("data", "release").text());
      byte[] packed = Base64.getDecoder().decode(text);
      try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
        byte[] body = in.readNBytes(MOST);
        return Optional.of(
            new ReleaseRecord(secret, formats.json(new String(body, StandardCharsets.UTF_8))));
      }
    } catch (IllegalArgumentException | IOException e) {
      return Optional.empty();
    }
  }

  /// Sets a pending record to `failed`, so that Helm acts on the release again.
  void unlock(ReleaseRecord record) {
    if (!(record.body() instanceof Json.Obj body)
        || !(body.get("info") instanceof Json.Obj info)
        || !(record.secret() instanceof Json.Obj secret)
        || !(secret.get("metadata") instanceof Json.Obj metadata)
        || !(metadata.get("labels") instanceof Json.Obj labels)
        || !(secret.get("data") instanceof Json.Obj data)) {
      throw new IllegalStateException("the record v" + record.version() + " is not whole");
    }
    Json changed =
        body.with(
            "info",
            info.with("status", new Json.Str("failed"))
                .with(
                    "description",
                    new Json.Str("Release unlocked from stale '" + record.status() + "' state")));
    Json.Obj newLabels =
        labels
            .with("status", new Json.Str("failed"))
            .with("modifiedAt", new Json.Str(Long.toString(Instant.now().getEpochSecond())));
    api.put(
        "/api/v1/namespaces/"
            + metadata.get("namespace").text()
            + "/secrets/"
            + metadata.get("name").text()
            + "?fieldManager="
            + HelmGateway.MANAGER,
        secret
            .with("metadata", metadata.with("labels", newLabels))
            .with("data", data.with("release", new Json.Str(encode(changed)))));
  }

  private String encode(Json body) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(formats.json(body).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to memory", e);
    }
    byte[] text = Base64.getEncoder().encode(packed.toByteArray());
    return Base64.getEncoder().encodeToString(text);
  }
}

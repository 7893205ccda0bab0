package dev.refloat.adapter.helm;

import dev.refloat.adapter.json.JsonText;
import dev.refloat.adapter.json.JsonTrees;
import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.adapter.json.Pruning;
import dev.refloat.adapter.yaml.YamlText;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.evidence.HelmRecord;
import dev.refloat.evidence.Kind;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// Helm's storage records. `data.release` of the Secret is base64 of Kubernetes around base64 of
/// Helm
/// around JSON, gzipped except in ancient records (flux-facts §3.7).
public final class HelmStorage {

  /// The type of the Secrets that hold records.
  public static final String SECRET_TYPE = "helm.sh/release.v1";

  /// A Secret holds at most 1 MiB, which a bomb expands a thousand times. The largest real record
  /// is
  /// bounded by what an API server accepts as manifest.
  static final Limits RECORD = new Limits(64L * 1024 * 1024, 100, 2_000_000);

  private static final Limits MANIFEST = new Limits(32L * 1024 * 1024, 100, 1_000_000);

  /// The bulk of a record that no diagnosis needs: the chart's files.
  private static final Pruning BULK =
      Pruning.NOTHING
          .without("chart", "templates")
          .without("chart", "files")
          .without("chart", "schema")
          .without("chart", "values")
          .without("chart", "lock")
          .without("info", "notes");

  /// Kinds without a namespace that charts commonly bring, beside those of [Kind].
  private static final Set<String> OF_THE_CLUSTER =
      Set.of(
          "APIService",
          "ClusterIssuer",
          "ClusterPolicy",
          "ClusterRole",
          "ClusterRoleBinding",
          "ClusterSecretStore",
          "CSIDriver",
          "GatewayClass",
          "IngressClass",
          "PodSecurityPolicy",
          "PriorityClass",
          "RuntimeClass",
          "SecurityContextConstraints",
          "ValidatingAdmissionPolicy",
          "ValidatingAdmissionPolicyBinding",
          "VolumeSnapshotClass");

  private HelmStorage() {}

  /// Decodes the record in a storage Secret.
  ///
  /// @throws MalformedInput when it does not decode; the reason names the Secret and quotes nothing
  ///     of its content
  public static HelmRecord decode(Resource secret) throws MalformedInput {
    return decode(secret.ref(), payload(secret));
  }

  /// The bytes of a record without its two layers of base64, for those who keep many of them.
  ///
  /// @throws MalformedInput when the Secret has no record or its base64 is broken
  public static byte[] payload(Resource secret) throws MalformedInput {
    String release = secret.at("data", "release").text();
    if (release.isEmpty()) {
      throw broken(secret.ref(), "the Secret has no data under the key release");
    }
    try {
      Base64.Decoder decoder = Base64.getMimeDecoder();
      return decoder.decode(decoder.decode(release));
    } catch (IllegalArgumentException e) {
      throw broken(secret.ref(), "its base64 is broken");
    }
  }

  /// Decodes what [#payload] gave.
  public static HelmRecord decode(ObjectRef secret, byte[] payload) throws MalformedInput {
    String source = source(secret);
    Json tree;
    try (InputStream in = unpacked(payload)) {
      tree = JsonTrees.read(source, in, RECORD, BULK);
    } catch (MalformedInput e) {
      throw e;
    } catch (IOException e) {
      throw broken(secret, "its gzip data is broken");
    }
    if (!(tree instanceof Json.Obj) || tree.get("name").text().isEmpty()) {
      throw broken(secret, "it holds JSON that is not a Helm release");
    }
    String namespace = tree.get("namespace").text(secret.namespace());
    Json info = tree.get("info");
    List<HelmRecord.Hook> hooks = new ArrayList<>();
    for (Json hook : tree.get("hooks").list()) {
      List<String> events = hook.get("events").list().stream().map(Json::text).toList();
      String phase = hook.at("last_run", "phase").text();
      for (Resource object : objects(source, hook.get("manifest").text(), namespace)) {
        hooks.add(new HelmRecord.Hook(object, events, phase));
      }
    }
    Json values = tree.get("config");
    return new HelmRecord(
        secret,
        tree.get("name").text(),
        namespace,
        Math.clamp(tree.get("version").integer(0), 0, Integer.MAX_VALUE),
        info.get("status").text("unknown"),
        info.get("description").text(),
        time(info.get("first_deployed")),
        time(info.get("last_deployed")),
        tree.at("chart", "metadata", "name").text(),
        tree.at("chart", "metadata", "version").text(),
        values.exists() ? values : Json.emptyObject(),
        objects(source, tree.get("manifest").text(), namespace),
        hooks);
  }

  /// Go writes the zero time for "never".
  private static Optional<java.time.Instant> time(Json value) {
    return Times.parse(value).filter(t -> t.getEpochSecond() > 0);
  }

  private static InputStream unpacked(byte[] payload) throws IOException {
    InputStream in = new ByteArrayInputStream(payload);
    boolean gzip =
        payload.length > 2 && payload[0] == 0x1f && payload[1] == (byte) 0x8b && payload[2] == 0x08;
    return gzip ? new GZIPInputStream(in, 8192) : in;
  }

  /// The objects of a manifest. Where an object does not say its namespace, its reference names the
  /// release's, as Helm applies it there. What follows a fault in the YAML is left out: the rest of
  /// the record is worth more than its manifest.
  private static List<Resource> objects(String source, String manifest, String namespace) {
    List<Resource> objects = new ArrayList<>();
    try {
      YamlTrees.each(
          source,
          new ByteArrayInputStream(manifest.getBytes(StandardCharsets.UTF_8)),
          MANIFEST,
          YamlTrees.Duplicates.LAST_WINS,
          document -> {
            Json root = document.json();
            if (root instanceof Json.Obj && !root.get("kind").text().isEmpty()) {
              objects.add(placed(Resource.of(root), namespace));
            }
          });
    } catch (IOException e) {
      return objects;
    }
    return objects;
  }

  private static Resource placed(Resource object, String namespace) {
    ObjectRef ref = object.ref();
    boolean ofTheCluster =
        OF_THE_CLUSTER.contains(ref.kind())
            || Kind.of(ref.group(), ref.kind()).map(k -> !k.namespaced()).orElse(false);
    return !ref.namespace().isEmpty() || ofTheCluster
        ? object
        : new Resource(
            new ObjectRef(ref.apiVersion(), ref.kind(), namespace, ref.name()), object.root());
  }

  /// A storage Secret that decodes to the record again. Bulk that the record does not carry (the
  /// chart's templates and files) is not in it.
  ///
  /// @param metadata of the Secret when it was seen; an empty object otherwise
  public static Resource encode(HelmRecord record, Json metadata) {
    Json.Builder info = Json.builder();
    record.firstDeployed().ifPresent(t -> info.put("first_deployed", t.toString()));
    record.lastDeployed().ifPresent(t -> info.put("last_deployed", t.toString()));
    info.put("description", record.description()).put("status", record.status());
    Json.Builder chart = Json.builder();
    chart.put(
        "metadata",
        Json.builder()
            .put("name", record.chartName())
            .put("version", record.chartVersion())
            .build());
    StringBuilder manifest = new StringBuilder();
    record.manifest().forEach(o -> manifest.append("---\n").append(YamlText.write(o.root())));
    Json tree =
        Json.builder()
            .put("name", record.release())
            .put("info", info.build())
            .put("chart", chart.build())
            .put("config", record.values())
            .put("manifest", manifest.toString())
            .put("hooks", record.hooks().stream().map(HelmStorage::hook).iterator())
            .put("version", record.version())
            .put("namespace", record.namespace())
            .build();
    Json meta =
        metadata.exists()
            ? metadata
            : Json.builder()
                .put("name", record.secret().name())
                .put("namespace", record.secret().namespace())
                .put(
                    "labels",
                    Json.builder()
                        .put("name", record.release())
                        .put("owner", "helm")
                        .put("status", record.status())
                        .put("version", Integer.toString(record.version()))
                        .build())
                .build();
    return new Resource(
        record.secret(),
        Json.builder()
            .put("apiVersion", "v1")
            .put("kind", "Secret")
            .put("metadata", meta)
            .put("type", SECRET_TYPE)
            .put("data", Json.builder().put("release", packed(tree)).build())
            .build());
  }

  private static Json hook(HelmRecord.Hook hook) {
    return Json.builder()
        .put("name", hook.object().name())
        .put("kind", hook.object().kind())
        .put("manifest", YamlText.write(hook.object().root()))
        .put("events", hook.events().stream().map(e -> (Json) new Json.Str(e)).iterator())
        .put("last_run", Json.builder().put("phase", hook.phase()).build())
        .build();
  }

  private static String packed(Json tree) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(JsonText.compact(tree).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
    Base64.Encoder encoder = Base64.getEncoder();
    return encoder.encodeToString(encoder.encode(bytes.toByteArray()));
  }

  private static MalformedInput broken(ObjectRef secret, String why) {
    return new MalformedInput(source(secret), why);
  }

  private static String source(ObjectRef secret) {
    return "Helm storage Secret " + secret.path();
  }
}

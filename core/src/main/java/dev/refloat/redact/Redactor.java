package dev.refloat.redact;

import dev.refloat.evidence.Answer;
import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.HelmRecord;
import dev.refloat.evidence.Kind;
import dev.refloat.evidence.Observation;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/// Masks secrets: values of Secrets that are known, wherever they appear; values whose name or look
/// says that they are secret; the values of releases, which may hold anything. Names of objects,
/// keys, conditions and reasons stay, as a diagnosis rests on them. May be used by several threads.
public final class Redactor {

  /// What stands where a secret was.
  public static final String MASK = "***";

  /// The same for the data of a Secret, which is base64.
  private static final Json MASKED_DATA = new Json.Str("Kioq");

  private static final Json MASKED = new Json.Str(MASK);

  /// A copy of the object as it was applied, secrets included.
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  /// Fields that name things. A Secret may hold the name of a database that is also the name of a
  /// release.
  private static final Set<String> IDENTITY =
      Set.of(
          "name",
          "namespace",
          "kind",
          "apiVersion",
          "uid",
          "resourceVersion",
          "reason",
          "type",
          "status",
          "phase",
          "fieldPath",
          "component",
          "creationTimestamp",
          "lastTransitionTime",
          "containerID",
          "imageID");

  private final boolean off;
  private final KnownSecrets known;
  private final LongAdder masked = new LongAdder();

  private Redactor(boolean off, KnownSecrets known) {
    this.off = off;
    this.known = known;
  }

  /// Masks nothing: the user asked for the secrets.
  public static Redactor off() {
    return new Redactor(true, new KnownSecrets(List.of(), Set.of()));
  }

  /// Masks by name and look, knowing no values.
  public static Redactor byLook() {
    return new Redactor(false, new KnownSecrets(List.of(), Set.of()));
  }

  /// Masks by name and look, and these values wherever they appear.
  ///
  /// @param secretValues plain, not base64
  public static Redactor knowing(Collection<String> secretValues) {
    return new Redactor(false, new KnownSecrets(secretValues, Set.of()));
  }

  /// Masks by name and look, and what an object shows to be secret: all of a Secret, and what
  /// stands
  /// under secret-looking names in others.
  ///
  /// @param secretValues plain, not base64
  public static Redactor of(Resource object, Collection<String> secretValues) {
    Set<String> secrets = new HashSet<>(secretValues);
    new Learner(secrets).learn(object.root());
    if (object.kind().equals(Kind.SECRET.kindName())) {
      object.at("data").strings().values().forEach(secrets::add);
      object.at("stringData").strings().values().forEach(secrets::add);
    }
    secrets.remove(MASK);
    return new Redactor(
        false, new KnownSecrets(secrets, Set.of(object.name(), object.namespace())));
  }

  /// Masks by name and look, and what the evidence shows to be secret wherever else it appears:
  /// values under secret-looking names in releases, their records and environments.
  ///
  /// @param secretValues values that are known from elsewhere, such as the Secrets of a snapshot
  public static Redactor of(Evidence evidence, Collection<String> secretValues) {
    Set<String> secrets = new HashSet<>(secretValues);
    Set<String> publicWords = new HashSet<>();
    Learner learner = new Learner(secrets);
    for (Resource r : evidence.objects()) {
      publicWords.add(r.name());
      publicWords.add(r.namespace());
      if (r.kind().equals(Kind.HELM_RELEASE.kindName())) {
        learner.learn(r.spec("values"));
      } else {
        learner.learn(r.root());
      }
    }
    evidence
        .answers()
        .values()
        .forEach(
            answer -> {
              if (answer instanceof Observation.Seen<Answer>(Answer.Release(HelmRecord record))) {
                learner.learn(record.values());
                record.manifest().forEach(o -> learner.learn(o.root()));
                record.hooks().forEach(h -> learner.learn(h.object().root()));
              }
            });
    secrets.remove(MASK);
    return new Redactor(false, new KnownSecrets(secrets, publicWords));
  }

  /// Collects what stands under secret-looking names. A cluster has millions of fields and a few
  /// hundred names of them, so each name is judged once.
  private static final class Learner {
    /// Labels and data have keys without end.
    private static final int MOST_NAMES = 20_000;

    private final Set<String> secrets;
    private final Map<String, Boolean> judged = new HashMap<>();

    Learner(Set<String> secrets) {
      this.secrets = secrets;
    }

    void learn(Json tree) {
      if (tree instanceof Json.Obj o) {
        if (o.get("value") instanceof Json.Str(var value) && isSecret(o.get("name").text())) {
          secrets.add(value);
        } else if (o.get("value") instanceof Json.Num(var digits)
            && digits.length() >= KnownSecrets.SHORTEST
            && isSecret(o.get("name").text())) {
          secrets.add(digits);
          plain(digits).ifPresent(secrets::add);
        }
        o.forEach(this::field);
      } else if (tree instanceof Json.Arr(var items)) {
        items.forEach(this::learn);
      }
    }

    private void field(String key, Json value) {
      if (value instanceof Json.Str(var text)) {
        if (isSecret(key)) {
          secrets.add(text);
        }
      } else if (!key.equals("managedFields")) {
        // managed fields name fields and hold no values
        learn(value);
      }
    }

    /// `1.5e+06` is what Helm makes of a number; an API server repeats it as `1500000`.
    private static Optional<String> plain(String digits) {
      double number = Double.parseDouble(digits);
      return number == Math.rint(number) && Math.abs(number) < 1e15
          ? Optional.of(Long.toString((long) number))
          : Optional.empty();
    }

    private boolean isSecret(String name) {
      Boolean known = judged.get(name);
      if (known != null) {
        return known;
      }
      boolean secret = SecretNames.isSecret(name);
      if (judged.size() < MOST_NAMES) {
        judged.put(name, secret);
      }
      return secret;
    }
  }

  /// Whether anything is masked at all.
  public boolean masks() {
    return !off;
  }

  /// How many values were masked so far.
  public long masked() {
    return masked.sum();
  }

  /// A text without its secrets: a message, a log, an error.
  public String text(String text) {
    if (off || text.length() < 3) {
      return text;
    }
    String now = known.mask(text, masked::increment);
    return SecretTexts.worthALook(now) ? SecretTexts.mask(now, masked::increment) : now;
  }

  /// An object without its secrets.
  public Resource resource(Resource resource) {
    return off || !(resource.root() instanceof Json.Obj root)
        ? resource
        : new Resource(resource.ref(), object(root));
  }

  private Json.Obj object(Json.Obj root) {
    String kind = root.get("kind").text();
    String apiVersion = root.get("apiVersion").text();
    boolean secret = kind.equals("Secret") && apiVersion.equals("v1");
    boolean release = kind.equals("HelmRelease");
    Json.Builder b = Json.builder();
    root.forEach(
        (key, value) -> {
          if (secret && (key.equals("data") || key.equals("stringData"))) {
            b.put(key, dataKeys(value, key.equals("data")));
          } else if (key.equals("metadata") && value instanceof Json.Obj metadata) {
            b.put(key, metadata(metadata));
          } else if (release && key.equals("spec") && value instanceof Json.Obj spec) {
            b.put(key, releaseSpec(spec));
          } else {
            b.put(key, tree(key, value));
          }
        });
    return b.build();
  }

  private Json releaseSpec(Json.Obj spec) {
    Json.Builder b = Json.builder();
    spec.forEach((k, v) -> b.put(k, k.equals("values") ? values(v) : tree(k, v)));
    return b.build();
  }

  private Json dataKeys(Json data, boolean base64) {
    if (!(data instanceof Json.Obj o)) {
      return Json.emptyObject();
    }
    Json.Builder b = Json.builder();
    o.keys()
        .forEach(
            k -> {
              b.put(k, base64 ? MASKED_DATA : MASKED);
              masked.increment();
            });
    return b.build();
  }

  private Json metadata(Json.Obj metadata) {
    Json.Builder b = Json.builder();
    metadata.forEach(
        (key, value) -> {
          if (key.equals("annotations") && value instanceof Json.Obj annotations) {
            Json.Builder kept = Json.builder();
            annotations.forEach(
                (k, v) -> {
                  if (k.equals(LAST_APPLIED)) {
                    masked.increment();
                  } else {
                    kept.put(k, tree(k, v));
                  }
                });
            b.put(key, kept.build());
          } else if (key.equals("managedFields")) {
            b.put(key, value);
          } else {
            b.put(key, tree(key, value));
          }
        });
    return b.build();
  }

  /// Any tree: secrets are known by the names of their fields and by their look.
  public Json json(Json tree) {
    return off ? tree : tree("", tree);
  }

  private Json tree(String name, Json tree) {
    return switch (tree) {
      case Json.Obj o -> {
        // env: and parameters: as name and value
        boolean secretValue = SecretNames.isSecret(o.get("name").text());
        Json.Builder b = Json.builder();
        o.forEach(
            (k, v) ->
                b.put(
                    k,
                    secretValue && k.equals("value") && v instanceof Json.Str(var s)
                        ? mask(s)
                        : tree(k, v)));
        yield b.build();
      }
      case Json.Arr(var items) -> {
        List<Json> out = new ArrayList<>(items.size());
        boolean secretFollows = false;
        for (Json item : items) {
          if (item instanceof Json.Str(var s)) {
            out.add(secretFollows ? mask(s) : string(name, s));
            // "--password", "hunter2"
            secretFollows = s.startsWith("-") && s.indexOf('=') < 0 && SecretNames.isSecret(s);
          } else {
            out.add(tree(name, item));
            secretFollows = false;
          }
        }
        yield new Json.Arr(out);
      }
      case Json.Str(var s) -> string(name, s);
      case Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> tree;
    };
  }

  private Json string(String name, String s) {
    if (IDENTITY.contains(name)) {
      return new Json.Str(s);
    }
    if (SecretNames.isSecret(name)) {
      return mask(s);
    }
    String now = text(s);
    return new Json.Str(now);
  }

  private Json mask(String s) {
    if (s.isEmpty() || s.equals(MASK) || (s.startsWith("$(") && s.endsWith(")"))) {
      return new Json.Str(s);
    }
    masked.increment();
    return MASKED;
  }

  /// The values of a release: keys and shape stay, so that an error about a key can be understood;
  /// texts and long numbers go.
  public Json values(Json values) {
    return off ? values : leaves("", values);
  }

  private Json leaves(String name, Json tree) {
    return switch (tree) {
      case Json.Obj o -> {
        Json.Builder b = Json.builder();
        o.forEach((k, v) -> b.put(k, leaves(k, v)));
        yield b.build();
      }
      case Json.Arr(var items) -> new Json.Arr(items.stream().map(i -> leaves(name, i)).toList());
      case Json.Str(var s) -> mask(s);
      case Json.Num(var digits) ->
          digits.length() >= KnownSecrets.SHORTEST || SecretNames.isSecret(name)
              ? mask(digits)
              : tree;
      case Json.Bool _, Json.Null _, Json.Missing _ -> tree;
    };
  }

  /// A record without the values it was made with. What it says about the release, its chart and
  /// its objects stays.
  public HelmRecord record(HelmRecord record) {
    if (off) {
      return record;
    }
    return new HelmRecord(
        record.secret(),
        record.release(),
        record.namespace(),
        record.version(),
        record.status(),
        text(record.description()),
        record.firstDeployed(),
        record.lastDeployed(),
        record.chartName(),
        record.chartVersion(),
        values(record.values()),
        record.manifest().stream().map(this::resource).toList(),
        record.hooks().stream()
            .map(h -> new HelmRecord.Hook(resource(h.object()), h.events(), h.phase()))
            .toList());
  }
}

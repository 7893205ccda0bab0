package dev.refloat.adapter.chart;

import dev.refloat.adapter.archive.Unpacked;
import dev.refloat.adapter.chart.Manifests.Manifest;
import dev.refloat.adapter.json.JsonText;
import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.adapter.yaml.YamlText;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.evidence.Observation;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Kinds;
import dev.refloat.lint.ReleaseTarget;
import dev.refloat.lint.Rendering;
import dev.refloat.lint.Rendering.Failed.At;
import dev.refloat.lint.Rendering.Failed.Refusal;
import dev.refloat.model.Json;
import dev.refloat.model.Nearest;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Renders releases as helm-controller would: the chart that Flux would take, values in Flux's
/// order, Helm's own engine, post-renderers. As many at a time as there are processors; what was
/// rendered before comes from the user's cache.
public final class ReleaseRenderer implements AutoCloseable {
  private static final int SHORTEST_SECRET = 4;
  private static final int LONGEST_MESSAGE = 4000;
  private static final int MOST_OFFERED = 5;

  /// `1.2.3`: the repository gives the same chart for it again.
  private static final Pattern EXACT =
      Pattern.compile("v?[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?");

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]*[a-z0-9])?");

  private final Settings settings;
  private final ChartStore store;
  private final ChartSource source;
  private final Path scratch;
  private final HelmTemplate helm;
  private final String helmIdentity;
  private final Kustomize kustomize;
  private final ExecutorService threads;
  private final Map<String, FutureTask<Got>> charts = new ConcurrentHashMap<>();

  /// How to render.
  ///
  /// @param helm name or path of the program
  /// @param kustomize how kustomize is called, the first that is there is used:
  ///     `[[kustomize, build], [kubectl, kustomize]]`
  /// @param cache the user's folder for what can be had again
  /// @param offline whether only charts are used that are in the cache or the repository
  /// @param kubeVersion that charts are told; empty for Helm's own default
  public record Settings(
      String helm, List<List<String>> kustomize, Path cache, boolean offline, String kubeVersion) {
    public Settings {
      kustomize = List.copyOf(kustomize);
    }
  }

  /// @throws IOException when the cache cannot be written
  public ReleaseRenderer(Settings settings, ChartSource source) throws IOException {
    this.settings = settings;
    this.source = source;
    this.store = new ChartStore(settings.cache());
    this.scratch = store.scratch();
    this.helm = new HelmTemplate(settings.helm(), scratch);
    this.helmIdentity = helm.identity();
    this.kustomize = new Kustomize(settings.kustomize());
    this.threads = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
  }

  /// A chart, or why there is none.
  private sealed interface Got {}

  private record Chart(ChartArchive archive, Rendering.Chart about, Path file) implements Got {}

  private record NoChart(Rendering why) implements Got {}

  /// Renders releases of a cluster.
  ///
  /// @param before the cluster before the change: what it has is upgraded, not installed
  public Map<ObjectRef, Rendering> render(
      Cluster cluster, Optional<Cluster> before, Collection<Declared> which, ChartFolders folders) {
    List<Resource> definitions =
        cluster.all("apiextensions.k8s.io", "CustomResourceDefinition").stream()
            .map(Declared::object)
            .toList();
    Kinds kinds = new Kinds(definitions);
    SortedSet<String> apis = apis(definitions);
    Map<ObjectRef, Future<Rendering>> running = new LinkedHashMap<>();
    for (Declared release : which) {
      boolean upgrade = before.flatMap(b -> b.find(release.ref())).isPresent();
      running.put(
          release.ref(),
          threads.submit(() -> one(cluster, release, upgrade, folders, kinds, apis)));
    }
    Map<ObjectRef, Rendering> out = new LinkedHashMap<>();
    running.forEach((ref, future) -> out.put(ref, result(future)));
    Map<ObjectRef, Future<Rendering>> again = new LinkedHashMap<>();
    for (Declared release : which) {
      if (!asksForKinds(out.get(release.ref()))) {
        continue;
      }
      SortedSet<String> more = new TreeSet<>(apis);
      more.addAll(apis(brought(cluster, release.object(), out)));
      if (more.size() > apis.size()) {
        boolean upgrade = before.flatMap(b -> b.find(release.ref())).isPresent();
        again.put(
            release.ref(),
            threads.submit(() -> one(cluster, release, upgrade, folders, kinds, more)));
      }
    }
    again.forEach((ref, future) -> out.put(ref, result(future)));
    return out;
  }

  /// Whether a chart's templates ask for `.Capabilities.APIVersions`.
  private static boolean asksForKinds(@Nullable Rendering rendering) {
    return switch (rendering) {
      case Rendering.Rendered r -> r.chart().words().contains("APIVersions");
      case Rendering.Failed f ->
          f.chart().map(c -> c.words().contains("APIVersions")).orElse(false);
      case Rendering.NotRendered _ -> false;
      case null -> false;
    };
  }

  /// The definitions that are in the cluster before a release: those of what it depends on.
  private static List<Resource> brought(
      Cluster cluster, Resource release, Map<ObjectRef, Rendering> renderings) {
    List<Resource> out = new ArrayList<>();
    Set<ObjectRef> seen = new HashSet<>();
    Deque<Resource> open = new ArrayDeque<>(List.of(release));
    while (!open.isEmpty()) {
      Resource next = open.remove();
      for (Json dependency : next.spec("dependsOn").list()) {
        Optional<Declared> found =
            cluster.find(
                "helm.toolkit.fluxcd.io",
                "HelmRelease",
                dependency.get("namespace").text(next.namespace()),
                dependency.get("name").text());
        if (found.isPresent() && seen.add(found.get().ref())) {
          open.add(found.get().object());
          if (renderings.get(found.get().ref()) instanceof Rendering.Rendered r) {
            out.addAll(r.crds());
            r.manifests().stream()
                .filter(o -> o.kind().equals("CustomResourceDefinition"))
                .forEach(out::add);
          }
        }
      }
    }
    return out;
  }

  private static Rendering result(Future<Rendering> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Rendering.NotRendered("interrupted");
    } catch (ExecutionException e) {
      return new Rendering.NotRendered(
          e.getCause() instanceof IOException io
              ? "the cache cannot be used: " + io.getMessage()
              : "rendering it failed in an unforeseen way: " + e.getCause());
    }
  }

  private static SortedSet<String> apis(List<Resource> definitions) {
    SortedSet<String> out = new TreeSet<>();
    for (Resource d : definitions) {
      for (Json version : d.spec("versions").list()) {
        String api = d.spec("group").text() + "/" + version.get("name").text();
        if (api.matches("[a-z0-9.-]+/[a-z0-9]+")) {
          out.add(api);
          String kind = d.spec("names", "kind").text();
          if (kind.matches("[A-Za-z0-9]+")) {
            out.add(api + "/" + kind);
          }
        }
      }
    }
    return out;
  }

  private Rendering one(
      Cluster cluster,
      Declared release,
      boolean upgrade,
      ChartFolders folders,
      Kinds kinds,
      SortedSet<String> apis)
      throws IOException {
    ReleaseTarget target = ReleaseTarget.of(release.object());
    if (!NAME.matcher(target.name()).matches() || !NAME.matcher(target.namespace()).matches()) {
      // Nothing that Helm could take for an option.
      return new Rendering.NotRendered("its release name or target namespace is no valid name");
    }
    Got got = chart(cluster, release.object(), folders);
    if (!(got instanceof Chart chart)) {
      return ((NoChart) got).why();
    }
    FluxValues.Composed composed = FluxValues.of(release.object(), ref -> observe(cluster, ref));
    return switch (composed) {
      case FluxValues.Hidden(var why) -> new Rendering.NotRendered(why);
      case FluxValues.Unusable(var at, var why) ->
          new Rendering.Failed(
              At.VALUES,
              why,
              Optional.of(chart.about()),
              List.of(new Refusal(List.of("valuesFrom", Integer.toString(at)), why, List.of())));
      case FluxValues.Values values ->
          rendered(release.object(), chart, values, upgrade, kinds, apis);
    };
  }

  private Rendering rendered(
      Resource release,
      Chart chart,
      FluxValues.Values values,
      boolean upgrade,
      Kinds kinds,
      SortedSet<String> apis)
      throws IOException {
    ReleaseTarget target = ReleaseTarget.of(release);
    boolean skipSchema =
        release.spec(upgrade ? "upgrade" : "install", "disableSchemaValidation").isTrue();
    HelmTemplate.Options options =
        new HelmTemplate.Options(
            target.name(), target.namespace(), upgrade, skipSchema, settings.kubeVersion(), apis);
    HelmTemplate.Rendered output = helm(chart, values, options);
    Optional<String> unjudged = Optional.empty();
    if (output instanceof HelmTemplate.SchemaAway(var address, var why)) {
      unjudged =
          Optional.of(
              "the schema of chart %s %s refers to %s, which did not answer, so that it did not judge the values: %s"
                  .formatted(chart.about().name(), chart.about().version(), address, why));
      output = helm(chart, values, options.withoutSchema());
    }
    return switch (output) {
      case HelmTemplate.SchemaAway(_, var why) -> new Rendering.NotRendered(why);
      case HelmTemplate.Refused(var at, var message, var lasting) ->
          at.isEmpty()
              ? new Rendering.NotRendered(message)
              : failed(at.get(), message, chart, values);
      case HelmTemplate.Manifests(var text) ->
          patched(release, target, chart, values, text, unjudged, kinds);
    };
  }

  private Rendering failed(At at, String message, Chart chart, FluxValues.Values values) {
    String shown = shown(message, values);
    return new Rendering.Failed(
        at,
        shown,
        Optional.of(chart.about()),
        Refusals.of(at, shown, chart.about().name(), values.values()));
  }

  private static Rendering postRendererFailed(
      int which, String message, Chart chart, FluxValues.Values values) {
    String shown = shown(message, values);
    List<String> path = List.of("postRenderers", Integer.toString(which));
    return new Rendering.Failed(
        At.POST_RENDER,
        shown,
        Optional.of(chart.about()),
        List.of(new Refusal(path, shown, List.of())));
  }

  private static String shown(String message, FluxValues.Values values) {
    String masked = mask(message, values.secret());
    return masked.length() > LONGEST_MESSAGE ? masked.substring(0, LONGEST_MESSAGE) + "…" : masked;
  }

  private static String mask(String text, Set<String> secrets) {
    String out = text;
    for (String s : secrets) {
      if (s.length() >= SHORTEST_SECRET) {
        out = out.replace(s, "***");
      }
    }
    return out;
  }

  /// Renderings with values from Secrets are not written to disk.
  private HelmTemplate.Rendered helm(
      Chart chart, FluxValues.Values values, HelmTemplate.Options options) throws IOException {
    boolean keep = values.secret().isEmpty();
    String key =
        ChartStore.digest(
            helmIdentity,
            String.valueOf(chart.file().getFileName()),
            options.toString(),
            JsonText.compact(values.values()));
    if (keep) {
      Optional<String> known = store.rendering(key);
      if (known.isPresent()) {
        return Kept.read(known.get());
      }
    }
    HelmTemplate.Rendered output = helm.render(chart.file(), values.values(), options, scratch);
    if (keep) {
      Optional<String> text = Kept.text(output);
      if (text.isPresent()) {
        store.putRendering(key, text.get());
      }
    }
    return output;
  }

  private Rendering patched(
      Resource release,
      ReleaseTarget target,
      Chart chart,
      FluxValues.Values values,
      String text,
      Optional<String> unjudged,
      Kinds kinds)
      throws IOException {
    List<Manifest> all;
    try {
      all = Manifests.read(text);
    } catch (MalformedInput e) {
      return failed(At.MANIFEST, String.valueOf(e.getMessage()), chart, values);
    }
    List<Resource> crds = all.stream().filter(Manifest::ofCrds).map(Manifest::object).toList();
    List<Resource> definitions = new ArrayList<>(crds);
    all.stream()
        .filter(m -> m.object().kind().equals("CustomResourceDefinition"))
        .forEach(m -> definitions.add(m.object()));
    Kinds own = new Kinds(definitions);
    List<Resource> objects = new ArrayList<>();
    for (Manifest m : all) {
      if (!m.ofCrds()) {
        boolean cluster = !own.namespaced(m.object().ref());
        objects.add(cluster ? m.object() : kinds.placed(m.object(), target.namespace()));
      }
    }
    int which = 0;
    for (Json renderer : release.spec("postRenderers").list()) {
      int current = which++;
      Kustomize.Patched patched =
          kustomize.apply(join(objects), renderer.get("kustomize"), scratch);
      switch (patched) {
        case Kustomize.Refused(var tried, var message) -> {
          return tried
              ? postRendererFailed(current, message, chart, values)
              : new Rendering.NotRendered(message);
        }
        case Kustomize.Manifests(var after) -> {
          try {
            objects = new ArrayList<>();
            for (Manifest m : Manifests.read(after)) {
              objects.add(m.object());
            }
          } catch (MalformedInput e) {
            return postRendererFailed(current, String.valueOf(e.getMessage()), chart, values);
          }
        }
      }
    }
    return new Rendering.Rendered(
        chart.about(),
        values.values(),
        objects.stream().filter(o -> o.annotation("helm.sh/hook").isEmpty()).toList(),
        objects.stream().filter(o -> o.annotation("helm.sh/hook").isPresent()).toList(),
        crds,
        values.secret(),
        unjudged);
  }

  private static String join(List<Resource> objects) {
    StringBuilder out = new StringBuilder();
    for (Resource o : objects) {
      out.append("---\n").append(YamlText.write(o.root()));
    }
    return out.toString();
  }

  // --- charts

  private Got chart(Cluster cluster, Resource release, ChartFolders folders) throws IOException {
    Json spec = release.spec("chart", "spec");
    Json ref = release.spec("chartRef");
    boolean direct = ref.exists();
    Json sourceRef = direct ? ref : spec.get("sourceRef");
    String kind = sourceRef.get("kind").text();
    String name = sourceRef.get("name").text();
    String namespace = sourceRef.get("namespace").text(release.namespace());
    Optional<Declared> found = cluster.find("source.toolkit.fluxcd.io", kind, namespace, name);
    if (direct && kind.equals("ExternalArtifact")) {
      // The controller that makes it is not asked: the artifact is the chart.
      ObjectRef artifact = new ObjectRef("source.toolkit.fluxcd.io/v1", kind, namespace, name);
      return inFolders(
          cluster,
          new Resource(artifact, Json.emptyObject()),
          new Wanted("", "", List.of(), false),
          folders);
    }
    if (found.isEmpty()) {
      return notRendered("its source " + kind + " " + namespace + "/" + name + " is not in Git");
    }
    Resource object = found.get().object();
    if (direct && kind.equals("HelmChart")) {
      Json chartSpec = object.root().get("spec");
      return fromSource(
          cluster, object.namespace(), chartSpec.get("sourceRef"), Wanted.of(chartSpec), folders);
    }
    if (direct) {
      return pulled(cluster, object, "", "");
    }
    return fromSource(cluster, release.namespace(), sourceRef, Wanted.of(spec), folders);
  }

  /// The chart that a HelmChart, or the template of one, asks for.
  ///
  /// @param valuesFiles that take the place of its `values.yaml`
  private record Wanted(
      String chart, String range, List<String> valuesFiles, boolean withoutMissing) {
    static Wanted of(Json spec) {
      List<String> files =
          spec.get("valuesFiles").list().stream()
              .map(f -> f.text().replaceFirst("^(\\./)+", ""))
              .toList();
      return new Wanted(
          spec.get("chart").text(),
          spec.get("version").text(),
          files.equals(List.of("values.yaml")) ? List.of() : files,
          spec.get("ignoreMissingValuesFiles").isTrue());
    }
  }

  /// Where a file of values lies; a missing one is MISSING.
  @FunctionalInterface
  private interface ValuesFile {
    Json read(String path) throws IOException;
  }

  /// A file of values is not there, or holds none.
  private static final class NoValues extends IOException {
    @Serial private static final long serialVersionUID = 1;
    private final int index;

    NoValues(int index, String message) {
      super(message);
      this.index = index;
    }

    NoChart said() {
      String why = String.valueOf(getMessage());
      return new NoChart(
          new Rendering.Failed(
              At.CHART_BUILD,
              why,
              Optional.empty(),
              List.of(
                  new Refusal(List.of("valuesFiles", Integer.toString(index)), why, List.of()))));
    }
  }

  /// The values that take the place of those in the chart, as source-controller merges them
  /// (1.9, internal/helm/chart/builder.go); nothing when it keeps its own.
  private static Optional<byte[]> merged(Wanted wanted, ValuesFile files) throws IOException {
    Json merged = Json.emptyObject();
    for (int i = 0; i < wanted.valuesFiles().size(); i++) {
      String path = wanted.valuesFiles().get(i);
      Json content;
      try {
        content = files.read(path);
      } catch (MalformedInput e) {
        throw new NoValues(i, "the values file " + path + " is no YAML: " + e.getMessage());
      }
      if (content instanceof Json.Missing) {
        if (wanted.withoutMissing()) {
          continue;
        }
        throw new NoValues(i, "there is no values file " + path);
      }
      merged = FluxValues.merge(merged, content);
    }
    return merged instanceof Json.Obj o && o.size() > 0
        ? Optional.of(JsonText.compact(o).getBytes(StandardCharsets.UTF_8))
        : Optional.empty();
  }

  /// A chart of a repository with other values of its own.
  private Got withValues(Got got, Wanted wanted) throws IOException {
    if (!(got instanceof Chart chart) || wanted.valuesFiles().isEmpty()) {
      return got;
    }
    try {
      Optional<byte[]> values = merged(wanted, chart.archive()::yaml);
      return values.isEmpty()
          ? got
          : open(
              wanted.chart(),
              ChartArchive.with(
                  wanted.chart(), Files.readAllBytes(chart.file()), "values.yaml", values.get()));
    } catch (NoValues e) {
      return e.said();
    }
  }

  private Got fromSource(
      Cluster cluster, String namespace, Json sourceRef, Wanted wanted, ChartFolders folders)
      throws IOException {
    String kind = sourceRef.get("kind").text();
    String place = sourceRef.get("namespace").text(namespace);
    Optional<Declared> found =
        cluster.find("source.toolkit.fluxcd.io", kind, place, sourceRef.get("name").text());
    if (found.isEmpty()) {
      return notRendered(
          "its source "
              + kind
              + " "
              + place
              + "/"
              + sourceRef.get("name").text()
              + " is not in Git");
    }
    return switch (kind) {
      case "HelmRepository" ->
          withValues(pulled(cluster, found.get().object(), wanted.chart(), wanted.range()), wanted);
      case "GitRepository", "Bucket", "ExternalArtifact" ->
          inFolders(cluster, found.get().object(), wanted, folders);
      default -> notRendered("its chart lies in a " + kind + ", which is not looked into");
    };
  }

  private static NoChart notRendered(String why) {
    return new NoChart(new Rendering.NotRendered(why));
  }

  private Got pulled(Cluster cluster, Resource from, String chart, String range) {
    String question =
        String.join(
            "\n", from.kind(), from.spec("url").text(), from.spec("ref").toString(), chart, range);
    FutureTask<Got> task =
        charts.computeIfAbsent(
            question, q -> new FutureTask<>(() -> pull(cluster, from, chart, range, q)));
    // Runs in the first thread that comes; in others this does nothing, and they wait below.
    task.run();
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return notRendered("interrupted");
    } catch (ExecutionException e) {
      return notRendered("the cache cannot be used: " + e.getCause());
    }
  }

  private Got pull(Cluster cluster, Resource from, String chart, String range, String question)
      throws IOException {
    boolean fixed = EXACT.matcher(range).matches() || !from.spec("ref", "digest").text().isEmpty();
    Optional<byte[]> known =
        fixed || settings.offline() ? store.answer(question) : Optional.empty();
    if (known.isPresent()) {
      return open(chart, known.get());
    }
    if (settings.offline()) {
      return notRendered(
          "its chart is not in the cache, and nothing is asked with --offline; run once without");
    }
    return switch (source.fetch(from, chart, range, ref -> observe(cluster, ref))) {
      case ChartSource.NotAsked(var why) -> notRendered("its chart cannot be had: " + why);
      case ChartSource.Refused(var at, var why, var offered) ->
          new NoChart(
              new Rendering.Failed(
                  at,
                  why,
                  Optional.empty(),
                  List.of(new Refusal(List.of(), why, likeliest(chart, at, offered)))));
      case ChartSource.Packed packed -> {
        store.putChart(packed.content());
        store.putAnswer(question, ChartStore.digest(packed.content()));
        yield open(chart, packed.content());
      }
    };
  }

  private static List<String> likeliest(String wanted, At at, List<String> offered) {
    if (at != At.CHART && at != At.CHART_VERSION) {
      return List.of();
    }
    List<String> near = Nearest.of(wanted, offered, MOST_OFFERED);
    return near.isEmpty() ? offered.stream().limit(MOST_OFFERED).toList() : near;
  }

  private Got open(String name, byte[] packed) throws IOException {
    try {
      ChartArchive archive = ChartArchive.read(name.isEmpty() ? "the chart" : name, packed);
      return new Chart(archive, archive.chart(), store.putChart(packed));
    } catch (MalformedInput e) {
      return new NoChart(
          new Rendering.Failed(
              At.CHART_BUILD, String.valueOf(e.getMessage()), Optional.empty(), List.of()));
    }
  }

  /// A chart among the files of a source: a copy that the settings name, or this repository.
  ///
  /// @param here the files of this repository
  private Got inFolders(Cluster cluster, Resource from, Wanted wanted, ChartFolders here)
      throws IOException {
    ObjectRef ref = from.ref();
    Optional<ChartFolders> copy = source.copy(ref);
    if (copy.isPresent()) {
      return packed(copy.get(), wanted, "the copy of " + ref.display());
    }
    if (ref.kind().equals("GitRepository") && isThisRepository(cluster, ref)) {
      return packed(here, wanted, "this repository");
    }
    String away = "its chart lies in " + ref.display() + ", which is not here: ";
    try {
      Optional<ChartFolders> files = source.files(from);
      return files.isPresent()
          ? packed(files.get(), wanted, ref.display())
          : notRendered(away + "name a copy of it under sources in .refloat.yaml");
    } catch (IOException e) {
      return notRendered(away + e.getMessage());
    }
  }

  private Got packed(ChartFolders folders, Wanted wanted, String place) throws IOException {
    String folder = wanted.chart().replaceFirst("^\\./", "").replaceFirst("/+$", "");
    Packing packing = new Packing(folders, this::dependency);
    try {
      // From the root of the repository, and not of the chart.
      Optional<byte[]> values = merged(wanted, path -> valuesOf(folders, path));
      Optional<byte[]> packed = packing.pack(folder, values);
      return packed.isPresent()
          ? open(folder, packed.get())
          : notRendered("there is no chart at " + folder + " in " + place);
    } catch (NoValues e) {
      return e.said();
    } catch (Packing.NoDependency e) {
      return notRendered(e.why());
    } catch (IOException e) {
      return new NoChart(
          new Rendering.Failed(
              At.CHART_BUILD, folder + ": " + e.getMessage(), Optional.empty(), List.of()));
    }
  }

  private static Json valuesOf(ChartFolders folders, String path) throws IOException {
    Optional<byte[]> content = folders.file(path);
    if (content.isEmpty()) {
      return Json.Missing.MISSING;
    }
    List<Json> documents =
        YamlTrees.read(path, new ByteArrayInputStream(content.get()), Limits.DOCUMENT);
    return documents.isEmpty() ? Json.emptyObject() : documents.getFirst();
  }

  /// A GitRepository from which Flux Kustomizations take their files, or the only one.
  private static boolean isThisRepository(Cluster cluster, ObjectRef git) {
    boolean used =
        cluster.all("kustomize.toolkit.fluxcd.io", "Kustomization").stream()
            .map(Declared::object)
            .anyMatch(
                k ->
                    k.spec("sourceRef", "kind").text().equals("GitRepository")
                        && k.spec("sourceRef", "name").text().equals(git.name())
                        && k.spec("sourceRef", "namespace")
                            .text(k.namespace())
                            .equals(git.namespace()));
    return used || cluster.all("source.toolkit.fluxcd.io", "GitRepository").size() == 1;
  }

  /// A dependency of a chart that lies in the repository.
  private Optional<byte[]> dependency(String url, String chart, String range) throws IOException {
    Resource from =
        Resource.of(
            Json.from(
                Map.of(
                    "apiVersion",
                    "source.toolkit.fluxcd.io/v1",
                    "kind",
                    "HelmRepository",
                    "metadata",
                    Map.of("name", "dependency", "namespace", "default"),
                    "spec",
                    Map.of("url", url))));
    Got got = pulled(new Cluster("", List.of(), false), from, chart, range);
    return got instanceof Chart c ? Optional.of(Files.readAllBytes(c.file())) : Optional.empty();
  }

  private static Observation<Resource> observe(Cluster cluster, ObjectRef ref) {
    Optional<Declared> found = cluster.find(ref);
    if (found.isEmpty()) {
      return new Observation.Absent<>();
    }
    return found.get().encrypted()
        ? new Observation.Unreadable<>("encrypted with SOPS")
        : new Observation.Seen<>(found.get().object());
  }

  @Override
  public void close() {
    threads.shutdownNow();
    try {
      Unpacked.remove(scratch);
    } catch (IOException e) {
      // It is the user's cache; what is left there does no harm.
    }
  }
}

package dev.refloat.wiring;

import dev.refloat.adapter.chart.ChartFolders;
import dev.refloat.adapter.chart.ChartSource;
import dev.refloat.adapter.git.FetchedSources;
import dev.refloat.adapter.registry.ChartDownloads;
import dev.refloat.evidence.Observation;
import dev.refloat.lint.Rendering.Failed.At;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.port.GitFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Charts for rendering, from repositories and registries. What is reachable from a cluster need
/// not be from here: who cannot be reached has not refused.
final class ChartsFromRegistries implements ChartSource {
  private final ChartDownloads downloads;
  private final SourceCopies copies;
  private final FetchedSources fetched;
  private final Map<Resource, Fetching> repositories = new ConcurrentHashMap<>();

  ChartsFromRegistries(ChartDownloads downloads, SourceCopies copies, FetchedSources fetched) {
    this.downloads = downloads;
    this.copies = copies;
    this.fetched = fetched;
  }

  /// What came of fetching a repository once.
  ///
  /// @param why it could not be had; empty when it could
  private record Fetching(Optional<ChartFolders> files, String why) {}

  @Override
  public Optional<ChartFolders> files(Resource of) throws IOException {
    if (!of.kind().equals("GitRepository")) {
      return Optional.empty();
    }
    Fetching fetching = repositories.computeIfAbsent(of, this::fetch);
    if (fetching.files().isEmpty()) {
      throw new IOException(fetching.why());
    }
    return fetching.files();
  }

  private Fetching fetch(Resource repository) {
    try {
      return new Fetching(Optional.of(SourceCopies.folders(fetched.files(repository))), "");
    } catch (GitFailure e) {
      return new Fetching(Optional.empty(), String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Optional<ChartFolders> copy(ObjectRef of) {
    return copies.find(of);
  }

  @Override
  public Fetched fetch(
      Resource source,
      String chart,
      String range,
      Function<ObjectRef, Observation<Resource>> secrets) {
    boolean named = source.spec("secretRef", "name").scalar().isPresent();
    return switch (downloads.pull(source, chart, range, ref -> encoded(secrets.apply(ref)))) {
      case ChartDownloads.Archive archive -> new Packed(archive.content());
      case ChartDownloads.Refused(var reason, var why, var offered) ->
          switch (reason) {
            case NO_CHART -> new Refused(At.CHART, why, offered);
            case NO_VERSION -> new Refused(At.CHART_VERSION, why, offered);
            case NO_REPOSITORY, UNREACHABLE -> new Refused(At.SOURCE, why, offered);
            case TLS -> new Refused(At.SOURCE_TLS, why, offered);
            // With a Secret of its own, the cluster may well be let in.
            case NO_LOGIN -> named ? new NotAsked(why) : new Refused(At.SOURCE_AUTH, why, offered);
            case LOGIN_REFUSED -> new Refused(At.SOURCE_AUTH, why, offered);
            case NOT_ASKED -> new NotAsked(why);
          };
    };
  }

  /// Git may hold a Secret's texts as `stringData`.
  private static Observation<Resource> encoded(Observation<Resource> found) {
    if (!(found instanceof Observation.Seen<Resource>(var object))
        || !(object.root().get("stringData") instanceof Json.Obj plain)
        || !(object.root() instanceof Json.Obj root)) {
      return found;
    }
    Json.Obj[] data = {root.get("data") instanceof Json.Obj o ? o : Json.emptyObject()};
    plain.forEach(
        (key, value) ->
            data[0] =
                data[0].with(
                    key,
                    new Json.Str(
                        Base64.getEncoder()
                            .encodeToString(value.text().getBytes(StandardCharsets.UTF_8)))));
    return new Observation.Seen<>(Resource.of(root.with("data", data[0])));
  }
}

package dev.refloat.adapter.demo;

import dev.refloat.adapter.json.JsonTrees;
import dev.refloat.adapter.json.Limits;
import dev.refloat.model.Json;
import dev.refloat.model.Times;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/// The cluster of the demonstration: a snapshot that answers, and changes.
public final class PlayedCluster implements AutoCloseable {
  private static final String CONTEXT = "refloat-demo";

  private final PlayedApi api;
  private final PlayedFlux flux;
  private final Path kubeconfig;

  private PlayedCluster(PlayedApi api, PlayedFlux flux, Path kubeconfig) {
    this.api = api;
    this.flux = flux;
    this.kubeconfig = kubeconfig;
  }

  /// Starts it on a free port of loopback.
  ///
  /// @param snapshot a folder with `objects.json` and `logs`; the kubeconfig is written there too
  public static PlayedCluster start(Path snapshot) throws IOException {
    Json objects;
    try (InputStream in = Files.newInputStream(snapshot.resolve("objects.json"))) {
      objects = JsonTrees.read("the recorded cluster", in, Limits.DOCUMENT);
    }
    // what was recorded a while ago happens now: ages and limits count from here
    Duration ago = Duration.between(newest(objects), Instant.now());
    Set<String> definitions = new LinkedHashSet<>();
    for (Json o : objects.get("items").list()) {
      if (o.get("kind").text().equals("CustomResourceDefinition")) {
        definitions.add(o.at("metadata", "name").text());
      }
    }
    Store store = new Store(Type.of(definitions));
    for (Json o : objects.get("items").list()) {
      String apiVersion = o.get("apiVersion").text();
      int slash = apiVersion.indexOf('/');
      Optional<Type> type =
          store.type(slash < 0 ? "" : apiVersion.substring(0, slash), o.get("kind").text());
      if (type.isPresent() && later(o, ago) instanceof Json.Obj moved) {
        store.load(type.get(), moved);
      }
    }
    PlayedFlux flux = new PlayedFlux(store);
    PlayedApi api = new PlayedApi(store, snapshot.resolve("logs"));
    Path kubeconfig = snapshot.resolve("kubeconfig");
    Files.writeString(
        kubeconfig,
        """
        apiVersion: v1
        kind: Config
        current-context: %1$s
        clusters:
        - name: %1$s
          cluster: {server: "%2$s"}
        contexts:
        - name: %1$s
          context: {cluster: %1$s, user: %1$s, namespace: docs}
        users:
        - name: %1$s
          user: {}
        """
            .formatted(CONTEXT, api.url()));
    api.start();
    flux.start();
    return new PlayedCluster(api, flux, kubeconfig);
  }

  private static Instant newest(Json node) {
    Instant[] newest = {Instant.EPOCH};
    walk(node, newest);
    return newest[0];
  }

  private static void walk(Json node, Instant[] newest) {
    switch (node) {
      case Json.Obj o -> o.forEach((_, v) -> walk(v, newest));
      case Json.Arr(var items) -> items.forEach(i -> walk(i, newest));
      case Json.Str(var text) ->
          time(text).filter(t -> t.isAfter(newest[0])).ifPresent(t -> newest[0] = t);
      case Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> {}
    }
  }

  private static Json later(Json node, Duration ago) {
    return switch (node) {
      case Json.Obj o -> {
        Json[] out = {o};
        o.forEach((k, v) -> out[0] = ((Json.Obj) out[0]).with(k, later(v, ago)));
        yield out[0];
      }
      case Json.Arr(var items) -> new Json.Arr(items.stream().map(i -> later(i, ago)).toList());
      case Json.Str(var text) ->
          time(text)
              .<Json>map(
                  t ->
                      new Json.Str(
                          t.plus(ago)
                              .truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                              .toString()))
              .orElse(node);
      case Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> node;
    };
  }

  private static Optional<Instant> time(String text) {
    return text.length() >= 20
            && text.length() <= 35
            && text.charAt(4) == '-'
            && text.charAt(10) == 'T'
        ? Times.parse(text)
        : Optional.empty();
  }

  public Path kubeconfig() {
    return kubeconfig;
  }

  public String url() {
    return api.url();
  }

  @Override
  public void close() {
    flux.close();
    api.close();
  }
}

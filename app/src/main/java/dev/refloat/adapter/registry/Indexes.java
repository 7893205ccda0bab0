package dev.refloat.adapter.registry;

import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// The indexes of Helm repositories, each read once.
final class Indexes {
  private final Web web;
  private final long mostBytes;
  private final Map<Key, FutureTask<HelmIndex>> known = new ConcurrentHashMap<>();

  private record Key(URI address, Optional<Login> login, Trust trust) {}

  Indexes(Web web, long mostBytes) {
    this.web = web;
    this.mostBytes = mostBytes;
  }

  /// @param url of the repository
  HelmIndex of(String url, Optional<Login> login, Trust trust)
      throws Unanswered, InterruptedException {
    FutureTask<HelmIndex> task =
        known.computeIfAbsent(new Key(address(url), login, trust), k -> new FutureTask<>(fetch(k)));
    // Runs in the first thread that comes; in others this does nothing, and they wait below.
    task.run();
    try {
      return task.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case Unanswered u -> throw u;
        case null, default -> throw new IllegalStateException("reading an index failed", e);
      }
    }
  }

  private Callable<HelmIndex> fetch(Key key) {
    return () -> {
      try (Web.Reply reply =
          web.get(
              key.address(),
              key.login().map(Login::header),
              "application/yaml, text/yaml, */*;q=0.5",
              key.trust(),
              mostBytes)) {
        String host = Web.host(reply.from());
        switch (reply.status()) {
          case 200 -> {}
          case 401 ->
              throw Unanswered.because(
                  key.login().isPresent()
                      ? "unauthorized: " + host + " refuses the credentials"
                      : "unauthorized: " + host + " wants credentials, and the source has none");
          case 403 -> throw Unanswered.because("forbidden by " + host);
          case 404 -> throw Unanswered.because("not found: " + host + " has no index.yaml there");
          case 429 -> throw Unanswered.rateLimited(reply);
          default -> throw Unanswered.because(host + " answers " + reply.status());
        }
        return HelmIndex.read(reply.body(), host);
      } catch (InterruptedException e) {
        // Whoever waits for the same index waits no longer.
        throw Unanswered.because("timed out: " + Web.host(key.address()) + " is too slow");
      } catch (IOException e) {
        throw Web.unreachable(key.address(), e);
      }
    };
  }

  static URI address(String url) throws Unanswered {
    try {
      URI base = new URI(url.strip());
      String scheme = String.valueOf(base.getScheme()).toLowerCase(Locale.ROOT);
      if (base.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
        throw Unanswered.because("its address is not one of http or https");
      }
      String path = base.getRawPath() == null ? "" : base.getRawPath();
      String query = base.getRawQuery() == null ? "" : "?" + base.getRawQuery();
      return new URI(
          scheme
              + "://"
              + Web.host(base)
              + (path.endsWith("/") ? path : path + "/")
              + "index.yaml"
              + query);
    } catch (java.net.URISyntaxException e) {
      throw Unanswered.because("its address is not one of http or https");
    }
  }
}

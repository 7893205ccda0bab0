package dev.refloat.adapter.registry;

import dev.refloat.evidence.HttpAnswer;
import java.net.ProxySelector;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/// One request to an address of the web, for nothing but its status. Redirects are followed.
public final class Visit {
  private static final int MOST_REQUESTS = 6;
  private static final long MOST_BYTES = 1 << 20;

  private Visit() {}

  /// Asks once.
  ///
  /// @param atMost until the connection stands, and again until the answer begins
  public static HttpAnswer of(URI address, Duration atMost, ProxySelector proxy) {
    try (Web web = new Web(proxy, MOST_REQUESTS, atMost);
        Web.Reply reply = web.get(address, Optional.empty(), "*/*", Trust.SYSTEM, MOST_BYTES)) {
      String elsewhere =
          Web.sameOrigin(address, reply.from()) ? "" : "redirected to " + Web.host(reply.from());
      return new HttpAnswer(reply.status(), elsewhere);
    } catch (Unanswered e) {
      return HttpAnswer.none(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return HttpAnswer.none("interrupted");
    }
  }
}

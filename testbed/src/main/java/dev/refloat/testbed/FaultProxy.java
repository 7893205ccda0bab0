package dev.refloat.testbed;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// Stands between a client and the API server, counts the requests and spoils those that a test
/// chooses. It ends TLS itself, with a certificate of the cluster's authority, and speaks HTTP/1.1
/// to both sides.
public final class FaultProxy implements AutoCloseable {

  /// What happens to a request.
  public sealed interface Fault {
    /// An answer of the API server's own form, which never reached it.
    record Status(int code, String reason, String message, Optional<Integer> retryAfterSeconds)
        implements Fault {}

    /// Nothing comes, until the client gives up.
    record Hang() implements Fault {}

    /// The request reaches the API server, and its answer never comes.
    record Swallow() implements Fault {}

    /// The connection is reset instead of an answer.
    record Reset() implements Fault {}

    /// The answer begins, and the connection is reset after so many bytes of its body.
    record CutAfter(int bytes) implements Fault {}

    /// The answer begins, and nothing follows after so many bytes of its body.
    record StallAfter(int bytes) implements Fault {}

    /// The answer comes late.
    record Delay(Duration time) implements Fault {}

    /// The API server is asked for something else: another age of the objects, a shorter watch.
    record Ask(UnaryOperator<String> target) implements Fault {}

    static Fault tooManyRequests(int retryAfterSeconds) {
      return new Status(
          429,
          "TooManyRequests",
          "the server has received too many requests and has asked us to try again later",
          Optional.of(retryAfterSeconds));
    }

    static Fault internalError() {
      return new Status(500, "InternalError", "etcdserver: request timed out", Optional.empty());
    }

    /// What a list answers when its `continue` token, or a watch when its resourceVersion, is too
    /// old.
    static Fault expired() {
      return new Status(
          410,
          "Expired",
          "The provided continue parameter is too old to display a consistent list result.",
          Optional.empty());
    }
  }

  /// A request as it came in.
  ///
  /// @param target path and query
  public record Seen(String method, String target, String userAgent) {
    public String path() {
      int q = target.indexOf('?');
      return q < 0 ? target : target.substring(0, q);
    }

    public boolean isWatch() {
      return target.contains("watch=true") || target.contains("watch=1");
    }
  }

  /// How the API server answered a request that was passed on.
  public record Answered(Seen request, int status) {}

  private record Rule(Predicate<Seen> when, Fault fault, AtomicInteger left) {}

  private static final Pattern LENGTH = Pattern.compile("(?im)^content-length:\\s*(\\d+)\\s*$");
  private static final int HEAD_LIMIT = 256 << 10;
  private static final Duration HANG_LIMIT = Duration.ofMinutes(5);

  private final ServerSocket server;
  private final SSLContext inside;
  private final SSLContext outside;
  private final URI upstream;
  private final List<Seen> seen = new CopyOnWriteArrayList<>();
  private final List<Answered> answered = new CopyOnWriteArrayList<>();
  private final List<Seen> swallowed = new CopyOnWriteArrayList<>();
  private final List<Function<Seen, Optional<Fault>>> choices = new CopyOnWriteArrayList<>();
  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);

  private FaultProxy(ServerSocket server, SSLContext inside, SSLContext outside, URI upstream) {
    this.server = server;
    this.inside = inside;
    this.outside = outside;
    this.upstream = upstream;
  }

  /// Starts a proxy before a cluster. Users who authenticate by token can use it; those with client
  /// certificates cannot, because their handshake ends here.
  public static FaultProxy before(TestCluster cluster) {
    try {
      FaultProxy proxy =
          new FaultProxy(
              new ServerSocket(0, 50, InetAddress.getLoopbackAddress()),
              cluster.certificates().tls(cluster.certificates().server()),
              cluster.certificates().tls(null),
              cluster.server());
      Thread.ofVirtual().name("fault-proxy").start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException("no port for the fault proxy", e);
    }
  }

  /// The address to put into a kubeconfig.
  public URI uri() {
    return URI.create("https://127.0.0.1:" + server.getLocalPort());
  }

  /// Spoils the next `times` requests that fit.
  public void inject(Predicate<Seen> when, Fault fault, int times) {
    rules.add(new Rule(when, fault, new AtomicInteger(times)));
  }

  /// Lets a test choose what happens to each request, right when it comes.
  public void inject(Function<Seen, Optional<Fault>> choice) {
    choices.add(choice);
  }

  /// Spoils all requests that fit.
  public void inject(Predicate<Seen> when, Fault fault) {
    inject(when, fault, Integer.MAX_VALUE);
  }

  /// No more faults.
  public void heal() {
    rules.clear();
    choices.clear();
  }

  /// Every request so far.
  public List<Seen> seen() {
    return List.copyOf(seen);
  }

  /// Every answer of the API server so far.
  public List<Answered> answered() {
    return List.copyOf(answered);
  }

  /// The requests so far that reached the API server and whose answers were kept back.
  public List<Seen> swallowed() {
    return List.copyOf(swallowed);
  }

  /// Forgets the requests and answers so far.
  public void forget() {
    seen.clear();
    answered.clear();
    swallowed.clear();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket plain = server.accept();
        open.add(plain);
        Thread.ofVirtual().start(() -> serve(plain));
      } catch (IOException e) {
        if (!server.isClosed()) {
          Narration.say("the fault proxy stopped accepting: " + e);
        }
        return;
      }
    }
  }

  private void serve(Socket plain) {
    try (plain;
        SSLSocket tls =
            (SSLSocket)
                inside
                    .getSocketFactory()
                    .createSocket(plain, "127.0.0.1", plain.getPort(), false)) {
      tls.setUseClientMode(false);
      InputStream in = new BufferedInputStream(tls.getInputStream());
      OutputStream out = tls.getOutputStream();
      while (true) {
        Optional<String> head = head(in);
        if (head.isEmpty()) {
          return;
        }
        byte[] body = in.readNBytes(length(head.get()));
        if (!exchange(head.get(), body, plain, out)) {
          return;
        }
      }
    } catch (IOException e) {
      // The client left, or a fault cut the connection: both are the test's doing.
      return;
    } finally {
      open.remove(plain);
    }
  }

  /// Whether the connection can be used again.
  private boolean exchange(String head, byte[] body, Socket plain, OutputStream out)
      throws IOException {
    String[] first = head.substring(0, head.indexOf('\r')).split(" ", -1);
    Seen request = new Seen(first[0], first[1], header(head, "user-agent"));
    seen.add(request);
    Optional<Fault> fault = faultFor(request);
    if (fault.isEmpty()) {
      return forward(request, head, body, out, Long.MAX_VALUE, plain, false);
    }
    switch (fault.get()) {
      case Fault.Status s -> {
        answer(out, s);
        return true;
      }
      case Fault.Hang() -> hang();
      case Fault.Swallow() -> {
        forward(request, head, body, OutputStream.nullOutputStream(), Long.MAX_VALUE, plain, false);
        swallowed.add(request);
        hang();
      }
      case Fault.Reset() -> reset(plain);
      case Fault.CutAfter(int bytes) -> forward(request, head, body, out, bytes, plain, false);
      case Fault.StallAfter(int bytes) -> forward(request, head, body, out, bytes, plain, true);
      case Fault.Delay(Duration time) -> {
        pause(time);
        return forward(request, head, body, out, Long.MAX_VALUE, plain, false);
      }
      case Fault.Ask(UnaryOperator<String> target) -> {
        String other = head.replace(request.target(), target.apply(request.target()));
        return forward(request, other, body, out, Long.MAX_VALUE, plain, false);
      }
    }
    return false;
  }

  private Optional<Fault> faultFor(Seen request) {
    for (Function<Seen, Optional<Fault>> choice : choices) {
      Optional<Fault> chosen = choice.apply(request);
      if (chosen.isPresent()) {
        return chosen;
      }
    }
    for (Rule r : rules) {
      if (r.when.test(request) && r.left.getAndUpdate(n -> n > 0 ? n - 1 : 0) > 0) {
        return Optional.of(r.fault);
      }
    }
    return Optional.empty();
  }

  /// Sends the request on with `Connection: close`, so that the end of the answer is the end of the
  /// upstream connection, and passes on at most `limit` bytes of the body.
  private boolean forward(
      Seen request,
      String head,
      byte[] body,
      OutputStream out,
      long limit,
      Socket plain,
      boolean stall)
      throws IOException {
    try (SSLSocket up =
        (SSLSocket)
            outside.getSocketFactory().createSocket(upstream.getHost(), upstream.getPort())) {
      open.add(up);
      try {
        OutputStream to = up.getOutputStream();
        to.write(
            head.replaceAll("(?im)^connection:.*\\r\\n", "")
                .replaceFirst("\r\n\r\n$", "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        to.write(body);
        to.flush();
        InputStream from = new BufferedInputStream(up.getInputStream());
        String reply = head(from).orElseThrow(() -> new SocketException("no answer"));
        answered.add(new Answered(request, Integer.parseInt(reply.split(" ", 3)[1])));
        out.write(
            reply
                .replaceAll("(?im)^connection:.*\\r\\n", "")
                .replaceFirst("\r\n\r\n$", "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        copy(from, out, limit);
        if (limit != Long.MAX_VALUE) {
          if (stall) {
            hang();
          }
          reset(plain);
        }
        out.flush();
        return false;
      } finally {
        open.remove(up);
      }
    }
  }

  private static void copy(InputStream from, OutputStream to, long limit) throws IOException {
    byte[] buffer = new byte[16 << 10];
    long left = limit;
    while (left > 0) {
      int n = from.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (n < 0) {
        return;
      }
      to.write(buffer, 0, n);
      to.flush();
      left -= n;
    }
  }

  private static void answer(OutputStream out, Fault.Status s) throws IOException {
    byte[] body =
        ApiClient.JSON
            .createObjectNode()
            .put("kind", "Status")
            .put("apiVersion", "v1")
            .put("status", "Failure")
            .put("message", s.message())
            .put("reason", s.reason())
            .put("code", s.code())
            .toString()
            .getBytes(StandardCharsets.UTF_8);
    String retry = s.retryAfterSeconds().map(n -> "Retry-After: " + n + "\r\n").orElse("");
    out.write(
        ("HTTP/1.1 "
                + s.code()
                + " Fault\r\nContent-Type: application/json\r\n"
                + retry
                + "Content-Length: "
                + body.length
                + "\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1));
    out.write(body);
    out.flush();
  }

  private void hang() {
    pause(HANG_LIMIT);
  }

  private void pause(Duration time) {
    try {
      if (closed.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Ends a connection with RST instead of FIN, as a crashed peer or a firewall does.
  private static void reset(Socket plain) throws IOException {
    plain.setSoLinger(true, 0);
    plain.close();
  }

  private static Optional<String> head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int tail = 0;
    while (tail != 0x0d0a0d0a) {
      int b = in.read();
      if (b < 0) {
        return Optional.empty();
      }
      head.write(b);
      tail = (tail << 8) | b;
      if (head.size() > HEAD_LIMIT) {
        throw new IOException("a head of more than " + HEAD_LIMIT + " bytes");
      }
    }
    return Optional.of(head.toString(StandardCharsets.ISO_8859_1));
  }

  private static int length(String head) {
    Matcher m = LENGTH.matcher(head);
    return m.find() ? Integer.parseInt(m.group(1)) : 0;
  }

  private static String header(String head, String name) {
    Matcher m = Pattern.compile("(?im)^" + Pattern.quote(name) + ":\\s*(.*?)\\s*$").matcher(head);
    return m.find() ? m.group(1) : "";
  }

  @Override
  public void close() {
    closed.countDown();
    List<Socket> all = new ArrayList<>(open);
    try {
      server.close();
      for (Socket s : all) {
        s.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the fault proxy", e);
    }
  }
}

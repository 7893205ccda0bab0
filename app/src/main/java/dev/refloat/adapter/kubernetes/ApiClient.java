package dev.refloat.adapter.kubernetes;

import dev.refloat.adapter.json.JsonTrees;
import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.adapter.json.Pruning;
import dev.refloat.model.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.zip.ZipException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/// Reads from one API server: some requests at a time, each with bounded retries, every outcome
/// either a
/// value or an [ApiFailure] in plain words.
final class ApiClient implements AutoCloseable {
  static final String JSON = "application/json";

  /// Of an error's body, which is a `Status` object or a proxy's page.
  private static final int MAX_ERROR = 64 * 1024;

  /// What may follow the JSON of a body.
  private static final int MAX_TAIL = 4 * 1024;

  /// Time limits are long; a server that let two of them pass will let more pass.
  private static final int ATTEMPTS_AFTER_TIMEOUT = 2;

  private final Connection connection;
  private final Transport transport;
  private final Duration limit;
  private final RetryPolicy retries;
  private final RequestLog log;
  private final Semaphore slots;
  /// Before the first answer, a refused connection means a wrong address rather than a restart.
  private volatile boolean answered;

  ApiClient(
      Connection connection, Duration limit, RetryPolicy retries, int parallel, RequestLog log) {
    this.connection = connection;
    this.transport = new Transport(connection);
    this.limit = limit;
    this.retries = retries;
    this.log = log;
    this.slots = new Semaphore(parallel, true);
  }

  /// Turns the body of a good answer into a value. Called again after a lost connection, so it
  /// starts
  /// afresh each time.
  @FunctionalInterface
  interface Reader<T> {
    T read(InputStream body) throws IOException;
  }

  /// Takes a body that does not end by itself.
  @FunctionalInterface
  interface Stream {
    void read(InputStream body) throws IOException;
  }

  /// A question to the server.
  ///
  /// @param path encoded, from the root of the API
  /// @param query encoded, without the question mark; may be empty
  record Question(RequestLog.Purpose purpose, String path, String query, String accept) {
    String pathAndQuery() {
      return query.isEmpty() ? path : path + "?" + query;
    }
  }

  Connection connection() {
    return connection;
  }

  <T> T read(Question question, Reader<T> reader) throws ApiFailure {
    boolean renewed = false;
    for (int attempt = 1; ; attempt++) {
      Optional<String> authorization = connection.credentials().header();
      OptionalLong askedFor = OptionalLong.empty();
      ApiFailure failure;
      int attempts = retries.attempts();
      try {
        Attempt<T> result = attempt(question, reader, authorization, attempt);
        switch (result) {
          case Good<T>(var value) -> {
            return value;
          }
          case Bad<T>(var f, var seconds) -> {
            failure = f;
            askedFor = seconds;
          }
        }
        if (failure.type() == ApiFailure.Type.UNAUTHORIZED && !renewed) {
          renewed = true;
          if (connection.credentials().renew(authorization)) {
            continue;
          }
        }
        if (failure.type() != ApiFailure.Type.FAILED) {
          throw failure;
        }
        if (failure.status() == 500 && question.purpose() == RequestLog.Purpose.LOG) {
          attempts = 2; // the kubelet does not answer; the API server waited for it already
        }
      } catch (IOException e) {
        failure = lost(e, attempt);
        if (e instanceof HttpTimeoutException) {
          attempts = Math.min(attempts, ATTEMPTS_AFTER_TIMEOUT);
        }
        if (failure.type() == ApiFailure.Type.UNREACHABLE && !(isRefused(e) && answered)) {
          throw failure;
        }
        if (e instanceof MalformedInput m && !m.problem().contains("ends in the middle")) {
          throw failure;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ApiFailure(ApiFailure.Type.FAILED, 0, "interrupted", e);
      }
      if (attempt >= attempts) {
        throw failure;
      }
      try {
        Thread.sleep(retries.pause(attempt, askedFor));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ApiFailure(ApiFailure.Type.FAILED, 0, "interrupted", e);
      }
    }
  }

  private sealed interface Attempt<T> {}

  private record Good<T>(T value) implements Attempt<T> {}

  private record Bad<T>(ApiFailure failure, OptionalLong retryAfter) implements Attempt<T> {}

  private <T> Attempt<T> attempt(
      Question question, Reader<T> reader, Optional<String> authorization, int number)
      throws IOException, InterruptedException {
    slots.acquire();
    long start = System.nanoTime();
    int status = 0;
    long bytes = 0;
    try (Transport.Reply reply =
        transport.get(question.pathAndQuery(), question.accept(), authorization, limit)) {
      status = reply.status();
      try {
        answered = true;
        if (status == 200) {
          if (question.accept().startsWith(JSON) && !reply.isJson()) {
            return new Bad<>(notJson(reply), OptionalLong.empty());
          }
          T value = reader.read(reply.body());
          reply.body().readNBytes(MAX_TAIL); // to the end, so that the connection can be kept
          return new Good<>(value);
        }
        return new Bad<>(failure(reply, number), retryAfter(reply));
      } finally {
        bytes = reply.wire().count();
      }
    } finally {
      slots.release();
      log.add(
          new RequestLog.Entry(
              question.purpose(),
              question.path(),
              status,
              bytes,
              (System.nanoTime() - start) / 1_000_000,
              number));
    }
  }

  /// A write.
  ///
  /// @param body none for a deletion without options
  record Write(String method, String path, String query, Optional<Transport.Body> body) {}

  /// What the server said to a write.
  ///
  /// @param status of HTTP; 0 when no answer came
  /// @param sent whether the request may have reached the server
  record Answered(int status, Json body, String why, boolean sent) {}

  /// Sends a write. It is tried again only when it certainly was not done: the server was too busy
  /// to
  /// take it (429), refused the connection, or wanted fresh credentials.
  Answered write(Write write) {
    boolean renewed = false;
    for (int attempt = 1; ; attempt++) {
      Optional<String> authorization = connection.credentials().header();
      long start = System.nanoTime();
      int status = 0;
      OptionalLong askedFor = OptionalLong.empty();
      Answered answer;
      String target = write.query().isEmpty() ? write.path() : write.path() + "?" + write.query();
      try (Transport.Reply reply =
          transport.send(write.method(), target, JSON, write.body(), authorization, limit)) {
        status = reply.status();
        answered = true;
        if (status == 401 && !renewed) {
          renewed = true;
          if (connection.credentials().renew(authorization)) {
            continue;
          }
        }
        Json body =
            reply.isJson()
                ? JsonTrees.read(
                    "answer to " + write.method(), reply.body(), Limits.DOCUMENT, Pruning.NOTHING)
                : Json.emptyObject();
        answer =
            new Answered(
                status, body, status < 300 ? "" : Words.line(body.get("message").text()), true);
        if (status != 429) {
          return answer;
        }
        askedFor = retryAfter(reply);
      } catch (IOException e) {
        boolean unsent = isRefused(e) || causedByHandshake(e);
        answer = new Answered(0, Json.emptyObject(), lost(e, attempt).why(), !unsent);
        if (!unsent || !answered) {
          return answer;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Answered(0, Json.emptyObject(), "interrupted", true);
      } finally {
        log.add(
            new RequestLog.Entry(
                RequestLog.Purpose.WRITE,
                write.path(),
                status,
                0,
                (System.nanoTime() - start) / 1_000_000,
                attempt));
      }
      if (attempt >= retries.attempts()) {
        return answer;
      }
      try {
        Thread.sleep(retries.pause(attempt, askedFor));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return answer;
      }
    }
  }

  /// A stream that goes on until the server ends it, such as a watch. Not retried: what was missed
  /// meanwhile is for the caller to find out.
  void follow(Question question, Duration patience, Stream reader) throws ApiFailure {
    Optional<String> authorization = connection.credentials().header();
    int status = 0;
    long start = System.nanoTime();
    long bytes = 0;
    try (Transport.Reply reply =
        transport.get(question.pathAndQuery(), question.accept(), authorization, patience)) {
      status = reply.status();
      try {
        if (status != 200) {
          ApiFailure failure = failure(reply, 1);
          if (failure.type() == ApiFailure.Type.UNAUTHORIZED) {
            connection.credentials().renew(authorization);
          }
          throw failure;
        }
        reader.read(reply.body());
      } finally {
        bytes = reply.wire().count();
      }
    } catch (IOException e) {
      throw lost(e, 1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiFailure(ApiFailure.Type.FAILED, 0, "interrupted", e);
    } finally {
      log.add(
          new RequestLog.Entry(
              question.purpose(),
              question.path(),
              status,
              bytes,
              (System.nanoTime() - start) / 1_000_000,
              1));
    }
  }

  private ApiFailure notJson(Transport.Reply reply) {
    String type = reply.headers().firstValue("content-type").orElse("");
    return new ApiFailure(
        ApiFailure.Type.REFUSED,
        reply.status(),
        "the answer is "
            + (type.isEmpty() ? "of no known type" : Words.line(type))
            + " instead of JSON; something else than an API server answers at "
            + connection.server(),
        null);
  }

  private ApiFailure failure(Transport.Reply reply, int attempt) {
    int status = reply.status();
    String said = message(reply);
    String detail = said.isEmpty() ? "" : ": " + said;
    String tries = attempt > 1 ? " (" + attempt + " attempts)" : "";
    return switch (status) {
      case 401 ->
          new ApiFailure(
              ApiFailure.Type.UNAUTHORIZED, status, "the server refuses the credentials", null);
      case 403 -> new ApiFailure(ApiFailure.Type.FORBIDDEN, status, forbidden(said), null);
      case 404 -> new ApiFailure(ApiFailure.Type.NOT_FOUND, status, "not found" + detail, null);
      case 410 -> new ApiFailure(ApiFailure.Type.EXPIRED, status, "expired" + detail, null);
      case 429 ->
          new ApiFailure(
              ApiFailure.Type.FAILED, status, "too many requests for the server" + tries, null);
      case 500, 502, 503, 504 ->
          new ApiFailure(
              ApiFailure.Type.FAILED, status, "server error " + status + detail + tries, null);
      default -> new ApiFailure(ApiFailure.Type.REFUSED, status, "answer " + status + detail, null);
    };
  }

  private static String forbidden(String said) {
    int cause = said.indexOf("is forbidden: ");
    String why = cause < 0 ? said : said.substring(cause + "is forbidden: ".length()).strip();
    return why.isEmpty() ? "forbidden" : "forbidden: " + why;
  }

  /// The words of a `Status`; nothing of a proxy's page.
  private static String message(Transport.Reply reply) {
    try {
      byte[] body = reply.body().readNBytes(MAX_ERROR);
      if (!reply.isJson()) {
        return "";
      }
      Json status =
          JsonTrees.read("error of the API server", new String(body, StandardCharsets.UTF_8));
      return Words.line(status.get("message").text());
    } catch (IOException e) {
      return ""; // the status code says enough
    }
  }

  private static OptionalLong retryAfter(Transport.Reply reply) {
    String value = reply.headers().firstValue("retry-after").orElse("");
    return value.matches("\\d{1,9}")
        ? OptionalLong.of(Long.parseLong(value))
        : OptionalLong.empty();
  }

  private ApiFailure lost(IOException e, int attempt) {
    String tries = attempt > 1 ? " (" + attempt + " attempts)" : "";
    boolean noConnection =
        isRefused(e)
            || e instanceof SSLHandshakeException
            || e instanceof SSLPeerUnverifiedException
            || causedByHandshake(e);
    String why = e instanceof ZipException ? "damaged compression" : Words.of(e);
    return new ApiFailure(
        noConnection ? ApiFailure.Type.UNREACHABLE : ApiFailure.Type.FAILED, 0, why + tries, e);
  }

  private static boolean isRefused(IOException e) {
    return e instanceof ConnectException || e instanceof HttpConnectTimeoutException;
  }

  private static boolean causedByHandshake(Throwable e) {
    Throwable cause = e;
    for (int depth = 0; depth < 10 && cause != null; depth++) {
      if (cause instanceof SSLHandshakeException
          || cause instanceof java.security.cert.CertificateException) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  @Override
  public void close() {
    transport.close();
  }
}

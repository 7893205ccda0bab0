package dev.refloat.adapter.kubernetes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// Says who is asking, in the `Authorization` header. Safe for use by many requests at once.
interface Credentials {

  /// The header's value; none for anonymous requests and client certificates.
  Optional<String> header();

  /// After the server refused the header that was sent: gets new credentials if that is possible.
  ///
  /// @return whether another attempt is worthwhile
  boolean renew(Optional<String> refused);

  /// No header.
  static Credentials none() {
    return fixed(Optional.empty());
  }

  static Credentials token(String token) {
    return fixed(Optional.of("Bearer " + token.strip()));
  }

  static Credentials basic(String user, String password) {
    return fixed(
        Optional.of(
            "Basic "
                + Base64.getEncoder()
                    .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8))));
  }

  private static Credentials fixed(Optional<String> value) {
    return new Credentials() {
      @Override
      public Optional<String> header() {
        return value;
      }

      @Override
      public boolean renew(Optional<String> refused) {
        return false;
      }
    };
  }

  /// A token in a file that somebody renews: kubelet for a pod, a login tool for a person. Read
  /// again every minute, as client-go does.
  final class TokenFile implements Credentials {
    private static final Duration FRESH = Duration.ofMinutes(1);

    private final Path file;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private String token;
    private Instant readAt;

    TokenFile(Path file, Clock clock) {
      this.file = file;
      this.clock = clock;
      this.token = read(file);
      this.readAt = clock.instant();
    }

    private static String read(Path file) {
      try {
        String text = Files.readString(file, StandardCharsets.UTF_8).strip();
        if (text.isEmpty()) {
          throw new UnusableCluster("token file " + file, "it is empty", "Log in again.");
        }
        return text;
      } catch (IOException e) {
        throw new UnusableCluster(
            "token file " + file, Words.of(e), "Log in again, or repair the kubeconfig.", e);
      }
    }

    @Override
    public Optional<String> header() {
      lock.lock();
      try {
        if (clock.instant().isAfter(readAt.plus(FRESH))) {
          token = read(file);
          readAt = clock.instant();
        }
        return Optional.of("Bearer " + token);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public boolean renew(Optional<String> refused) {
      lock.lock();
      try {
        token = read(file);
        readAt = clock.instant();
        return !refused.equals(Optional.of("Bearer " + token));
      } finally {
        lock.unlock();
      }
    }
  }
}

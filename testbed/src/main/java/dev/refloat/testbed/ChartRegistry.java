package dev.refloat.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// An OCI registry on loopback, in memory: `crane registry serve`.
public final class ChartRegistry implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  private final SupervisedProcess process;
  private final Path folder;
  private final int port;

  private ChartRegistry(SupervisedProcess process, Path folder, int port) {
    this.process = process;
    this.folder = folder;
    this.port = port;
  }

  /// Starts a registry and waits until it answers.
  public static ChartRegistry start() throws UnavailableException {
    Path crane = Binaries.ofEnvironment().path(Binary.CRANE);
    try {
      int port = freePort();
      Path folder = Files.createTempDirectory("refloat-registry-");
      SupervisedProcess process =
          SupervisedProcess.start(
              "registry",
              List.of(crane.toString(), "registry", "serve", "--address", "127.0.0.1:" + port),
              folder.resolve("registry.log"),
              Map.of());
      ChartRegistry registry = new ChartRegistry(process, folder, port);
      registry.awaitStart();
      return registry;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start a registry", e);
    }
  }

  /// `127.0.0.1:PORT`
  public String host() {
    return "127.0.0.1:" + port;
  }

  private void awaitStart() {
    Instant end = Instant.now().plus(START_LIMIT);
    while (true) {
      try (Socket s = new Socket(InetAddress.getLoopbackAddress(), port)) {
        if (s.isConnected()) {
          return;
        }
      } catch (IOException e) {
        if (!process.alive() || Instant.now().isAfter(end)) {
          String words = process.lastWords();
          close();
          throw new IllegalStateException("the registry does not answer: " + words, e);
        }
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket s = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return s.getLocalPort();
    }
  }

  @Override
  public void close() {
    process.close();
    Binaries.Folders.delete(folder);
  }
}

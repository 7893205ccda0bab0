package dev.refloat.adapter.kubernetes;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The body of an answer while it arrives. Other than the JDK's own stream it gives up when nothing
/// comes for a while, and counts. Read by one thread.
final class BodyStream extends InputStream {

  private sealed interface Piece {}

  private record Data(List<ByteBuffer> buffers) implements Piece {}

  private record End(@Nullable Throwable fault) implements Piece {}

  private final BlockingQueue<Piece> arrived = new LinkedBlockingQueue<>();
  private final AtomicReference<Flow.@Nullable Subscription> subscription = new AtomicReference<>();
  private final ArrayDeque<ByteBuffer> ready = new ArrayDeque<>();
  private final Duration patience;
  private volatile boolean closed;
  private boolean ended;
  private long count;

  private BodyStream(Duration patience) {
    this.patience = patience;
  }

  /// Bytes read so far.
  long count() {
    return count;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    @Nullable ByteBuffer buffer = next();
    if (buffer == null) {
      return -1;
    }
    int n = Math.min(length, buffer.remaining());
    buffer.get(into, offset, n);
    count += n;
    return n;
  }

  private @Nullable ByteBuffer next() throws IOException {
    while (true) {
      @Nullable ByteBuffer first = ready.peek();
      if (first != null && first.hasRemaining()) {
        return first;
      }
      if (first != null) {
        ready.poll();
        continue;
      }
      if (ended) {
        return null;
      }
      if (closed) {
        throw new IOException("the body was closed");
      }
      await();
    }
  }

  private void await() throws IOException {
    @Nullable Piece piece;
    try {
      piece = arrived.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      throw new java.io.InterruptedIOException("interrupted");
    }
    switch (piece) {
      case null -> {
        close();
        throw new HttpTimeoutException("no more data for " + patience.toSeconds() + " s");
      }
      case Data(var buffers) -> {
        ready.addAll(buffers);
        Flow.@Nullable Subscription source = subscription.get();
        if (source != null) {
          source.request(1); // the next piece arrives while this one is parsed
        }
      }
      case End(var fault) -> {
        if (fault != null) {
          throw fault instanceof IOException io ? io : new IOException(fault);
        }
        ended = true;
      }
    }
  }

  @Override
  public int available() {
    @Nullable ByteBuffer first = ready.peek();
    return first == null ? 0 : first.remaining();
  }

  /// Stops the transfer when it has not ended.
  @Override
  public void close() {
    closed = true;
    Flow.@Nullable Subscription source = subscription.get();
    if (source != null && !ended) {
      source.cancel();
    }
    // Wakes a reader that waits on another thread.
    arrived.add(new End(new IOException("the body was closed")));
  }

  /// Hands the stream out as soon as the head of the answer is there.
  static final class Subscriber implements HttpResponse.BodySubscriber<BodyStream> {
    private final BodyStream stream;

    Subscriber(Duration patience) {
      this.stream = new BodyStream(patience);
    }

    @Override
    public CompletionStage<BodyStream> getBody() {
      return CompletableFuture.completedFuture(stream);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      if (!stream.subscription.compareAndSet(null, subscription) || stream.closed) {
        subscription.cancel();
      } else {
        subscription.request(1);
      }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      stream.arrived.add(new Data(buffers));
    }

    @Override
    public void onError(Throwable fault) {
      stream.arrived.add(new End(fault));
    }

    @Override
    public void onComplete() {
      stream.arrived.add(new End(null));
    }
  }
}

package org.pfha.configsync.rpc;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer while it arrives: read by the caller until its deadline, never more than a
 * few buffers ahead.
 */
final class AnswerStream extends InputStream implements HttpResponse.BodySubscriber<AnswerStream> {
  private static final List<ByteBuffer> END = List.of();

  /** The deadline passed while the answer was on its way. */
  static final class Late extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private final long deadline;
  private final LongConsumer received;
  private final BlockingQueue<List<ByteBuffer>> arrived = new LinkedBlockingQueue<>();
  private volatile Flow.@Nullable Subscription subscription;
  private final ArrayDeque<ByteBuffer> current = new ArrayDeque<>();
  private volatile @Nullable Throwable failure;
  private boolean ended;
  private long count;

  AnswerStream(long deadlineNanos, LongConsumer received) {
    this.deadline = deadlineNanos;
    this.received = received;
  }

  /** Bytes read so far. */
  long count() {
    return count;
  }

  @Override
  public CompletionStage<AnswerStream> getBody() {
    return CompletableFuture.completedStage(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    subscription.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    if (!buffers.isEmpty()) {
      arrived.add(buffers);
    }
  }

  @Override
  public void onError(Throwable cause) {
    failure = cause;
    arrived.add(END);
  }

  @Override
  public void onComplete() {
    arrived.add(END);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    ByteBuffer buffer = current.element();
    int n = Math.min(length, buffer.remaining());
    buffer.get(bytes, offset, n);
    count += n;
    received.accept(count);
    return n;
  }

  private boolean fill() throws IOException {
    while (!ended) {
      while (!current.isEmpty()) {
        if (current.element().hasRemaining()) {
          return true;
        }
        current.remove();
      }
      List<ByteBuffer> next = next();
      ended = next.isEmpty();
      current.addAll(next);
      if (!ended) {
        more(1);
      }
    }
    Throwable cause = failure;
    if (cause != null) {
      throw new IOException("the answer ended early", cause);
    }
    return false;
  }

  private List<ByteBuffer> next() throws IOException {
    try {
      List<ByteBuffer> next =
          arrived.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      if (next == null || deadline - System.nanoTime() < 0) {
        throw new Late();
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Asks for so many more buffers; for none at all the connection is closed. */
  private void more(int buffers) {
    Flow.Subscription from = subscription;
    if (from != null && buffers > 0) {
      from.request(buffers);
    } else if (from != null) {
      from.cancel();
    }
  }

  /** What was not read is not wanted. */
  @Override
  public void close() {
    if (!ended) {
      more(0);
    }
  }
}

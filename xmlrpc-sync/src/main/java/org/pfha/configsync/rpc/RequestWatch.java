package org.pfha.configsync.rpc;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The time one request takes, and its end when it takes too long: the thread that serves it is
 * interrupted, which closes the channel it waits for. While a method works nothing is interrupted.
 * Thread-safe.
 */
final class RequestWatch {
  private enum Phase {
    HEAD,
    BODY,
    WORK,
    ANSWER,
    LINGER
  }

  private static final long LINGER_NANOS = 1_000_000_000L;

  private final ServerLimits limits;
  private final Thread thread = Thread.currentThread();
  private final long begun;
  private Phase phase = Phase.HEAD;
  private long phaseBegun;
  private long bytes;
  private boolean ended;

  RequestWatch(ServerLimits limits, long now) {
    this.limits = limits;
    this.begun = now;
    this.phaseBegun = now;
  }

  private synchronized void enter(Phase next, long now) {
    phase = next;
    phaseBegun = now;
    bytes = 0;
  }

  private synchronized void moved(int count) {
    bytes += Math.max(0, count);
  }

  /** After this the thread belongs to the next request. */
  synchronized void end() {
    ended = true;
  }

  synchronized void check(long now) {
    if (!ended && overdue(now)) {
      ended = true;
      thread.interrupt();
    }
  }

  private boolean overdue(long now) {
    long inPhase = now - phaseBegun;
    return switch (phase) {
      case HEAD -> inPhase > limits.header().toNanos();
      case WORK -> false;
      case LINGER -> inPhase > LINGER_NANOS;
      case BODY, ANSWER -> now - begun > limits.total().toNanos() || tooSlow(now);
    };
  }

  /** What was sent in a hurry does not excuse a stall. */
  private boolean tooSlow(long now) {
    long grace = limits.grace().toNanos();
    if (now - phaseBegun <= grace) {
      return false;
    }
    boolean slow = bytes < grace / 1e9 * limits.minimumRate();
    phaseBegun = now;
    bytes = 0;
    return slow;
  }

  /** The body of the request: timed, and never longer than the limit. */
  final class Body extends FilterInputStream {
    private long length = -1;
    private boolean ended;

    Body(InputStream in) {
      super(in);
      enter(Phase.WORK, System.nanoTime()); // credentials first
    }

    boolean ended() {
      return ended;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int count) throws IOException {
      if (length < 0) {
        enter(Phase.BODY, System.nanoTime());
        length = 0;
      }
      int read = in.read(buffer, offset, count);
      if (read < 0) {
        ended = true;
        enter(Phase.WORK, System.nanoTime());
        return read;
      }
      length += read;
      if (length > limits.body()) {
        throw new BodyTooLongException();
      }
      moved(read);
      return read;
    }

    /** Reads over so much at most, so that an answer is not lost in a reset of the connection. */
    void linger(int bytes) throws IOException {
      enter(Phase.LINGER, System.nanoTime());
      byte[] buffer = new byte[1 << 13];
      int over = 0;
      while (!ended && over < bytes) {
        int read = in.read(buffer);
        ended = read < 0;
        over += read;
        moved(read);
      }
    }
  }

  /** The answer: timed. */
  OutputStream answer(OutputStream out) {
    enter(Phase.ANSWER, System.nanoTime());
    return new FilterOutputStream(out) {
      @Override
      public void write(byte[] buffer, int offset, int length) throws IOException {
        out.write(buffer, offset, length);
        moved(length);
      }
    };
  }
}

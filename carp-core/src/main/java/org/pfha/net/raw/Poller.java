package org.pfha.net.raw;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.pfha.net.LoopWaiter;
import org.pfha.net.sys.NativeMemory;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;

/**
 * Waits for any of some file descriptors, and has what arrives dealt with. Whoever is not on the
 * loop may add and remove file descriptors at any time, but must not close one before the loop has
 * come by: it could be another's already when the loop looks at it.
 */
final class Poller implements LoopWaiter {

  /** A file descriptor and who reads from it. */
  interface Source {
    int fd();

    /** Reads what there is, as far as it does not have to wait. Called on the loop. */
    void readable() throws SystemCallException;
  }

  private static final int POLLFD = 8;
  private static final int EVENTS = 4;
  private static final int HAPPENED = 6;
  private static final short POLLIN = 1;
  private static final ByteBuffer WAKE = ByteBuffer.allocateDirect(1); // whatever byte it is

  private final SystemCalls calls;
  private final int[] pipe;
  private final NativeMemory pipeMemory;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Source> sources = new ArrayList<>();
  private boolean changed = true;

  // Confined to the loop.
  private Source[] polled = {};
  private NativeMemory pollfds;
  private boolean polling;

  Poller(SystemCalls calls) throws SystemCallException {
    this.calls = calls;
    pipe = calls.pipe();
    pipeMemory = calls.allocate(64);
    pollfds = calls.allocate(POLLFD);
  }

  void add(Source source) {
    change(() -> sources.add(source));
  }

  void remove(Source source) {
    change(() -> sources.remove(source));
  }

  private void change(Runnable edit) {
    lock.lock();
    try {
      edit.run();
      changed = true;
    } finally {
      lock.unlock();
    }
    wake();
  }

  @Override
  public void await(long nanos) {
    try {
      poll(nanos);
    } catch (SystemCallException e) {
      throw new IllegalStateException("cannot wait for packets", e);
    }
  }

  private void poll(long nanos) throws SystemCallException {
    if (polling) {
      return; // a receiver asks: the rest is delivered behind it, in order
    }
    polling = true;
    try {
      takeOver();
      deliver(nanos);
    } finally {
      polling = false;
    }
  }

  private void deliver(long nanos) throws SystemCallException {
    ByteBuffer fds = pollfds.buffer();
    if (calls.poll(fds, polled.length + 1, nanos) <= 0) {
      return;
    }
    if (fds.getShort(HAPPENED) != 0) {
      while (calls.read(pipe[0], pipeMemory.buffer()) > 0) {
        // as often as it was woken
      }
    }
    Source[] ready = polled;
    for (int i = 0; i < ready.length; i++) {
      if (fds.getShort(POLLFD * (i + 1) + HAPPENED) != 0) {
        ready[i].readable();
      }
    }
  }

  /** What others have changed is taken over between two polls. */
  private void takeOver() {
    lock.lock();
    try {
      if (!changed) {
        return;
      }
      changed = false;
      polled = sources.toArray(Source[]::new);
    } finally {
      lock.unlock();
    }
    pollfds.close();
    pollfds = calls.allocate(POLLFD * (polled.length + 1));
    ByteBuffer fds = pollfds.buffer().order(ByteOrder.nativeOrder());
    fds.putInt(0, pipe[0]).putShort(EVENTS, POLLIN);
    for (int i = 0; i < polled.length; i++) {
      int at = POLLFD * (i + 1);
      fds.putInt(at, polled[i].fd())
          .putShort(at + EVENTS, POLLIN)
          .putShort(at + HAPPENED, (short) 0);
    }
  }

  @Override
  public void wake() {
    try {
      calls.write(pipe[1], WAKE, 1);
    } catch (SystemCallException e) {
      // full: whoever has not read the pipe yet will wake
    }
  }

  /** Once the loop has ended. */
  void close() throws SystemCallException {
    pollfds.close();
    pipeMemory.close();
    calls.close(pipe[0]);
    calls.close(pipe[1]);
  }
}

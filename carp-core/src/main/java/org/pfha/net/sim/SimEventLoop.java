package org.pfha.net.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.pfha.net.EventLoop;
import org.pfha.net.NanoClock;
import org.pfha.net.Subscription;

/** What one boot of a host runs: ended by power off, held up by a pause. */
final class SimEventLoop implements EventLoop {

  private final SimNetwork network;
  private final String host;
  private final List<Timer> late = new ArrayList<>();
  private volatile SimClock clock;
  private long latencyNanos;
  private long lastTaskNanos;
  private boolean paused;
  private boolean dead;

  SimEventLoop(SimNetwork network, String host, SimClock clock, long latencyNanos) {
    this.network = network;
    this.host = host;
    this.clock = clock;
    this.latencyNanos = latencyNanos;
    this.lastTaskNanos = network.now();
  }

  @Override
  public NanoClock clock() {
    return this::now;
  }

  /** The host's own time, which may run faster or slower than the network's. */
  long now() {
    return clock.at(network.now());
  }

  void clock(SimClock changed) {
    clock = changed;
  }

  void latency(long nanos) {
    latencyNanos = nanos;
  }

  @Override
  public void execute(Runnable task) {
    synchronized (network.lock) {
      // Tasks stay in their order, even when the host becomes faster meanwhile.
      long at = network.now() + latencyNanos;
      lastTaskNanos = at - lastTaskNanos > 0 ? at : lastTaskNanos;
      timer(task).arrange(lastTaskNanos);
    }
  }

  @Override
  public Subscription schedule(long atNanos, Runnable task) {
    synchronized (network.lock) {
      Timer timer = timer(task);
      timer.arrange(clock.networkTime(atNanos) + latencyNanos);
      return timer;
    }
  }

  private Timer timer(Runnable task) {
    Objects.requireNonNull(task, "task");
    if (dead) {
      throw new RejectedExecutionException("host " + host + " has been powered off");
    }
    return new Timer(task);
  }

  @Override
  public boolean inLoop() {
    synchronized (network.lock) {
      return !dead && !paused && network.isOn(this);
    }
  }

  void pause() {
    paused = true;
  }

  boolean isPaused() {
    return paused;
  }

  /** What should have run during the pause does so now, in its order. */
  void resume() {
    paused = false;
    late.forEach(timer -> timer.arrange(network.now()));
    late.clear();
  }

  void die() {
    dead = true;
    late.clear();
  }

  private final class Timer implements Subscription {
    private final Runnable task;
    private SimNetwork.@Nullable Event event;
    private boolean closed;

    Timer(Runnable task) {
      this.task = task;
    }

    void arrange(long atNanos) {
      event = network.at(atNanos, this::fire);
    }

    private void fire() {
      synchronized (network.lock) {
        if (dead || closed) {
          return;
        }
        if (paused) {
          late.add(this);
          return;
        }
        event = null;
      }
      network.runOn(SimEventLoop.this, host, task);
    }

    @Override
    public void close() {
      synchronized (network.lock) {
        closed = true;
        if (event != null) {
          network.cancel(event);
          event = null;
        }
      }
    }
  }
}

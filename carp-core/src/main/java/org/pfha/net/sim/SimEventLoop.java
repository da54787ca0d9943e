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
  private boolean paused;
  private boolean dead;

  SimEventLoop(SimNetwork network, String host) {
    this.network = network;
    this.host = host;
  }

  @Override
  public NanoClock clock() {
    return network::now;
  }

  @Override
  public void execute(Runnable task) {
    schedule(network.now(), task);
  }

  @Override
  public Subscription schedule(long atNanos, Runnable task) {
    Objects.requireNonNull(task, "task");
    synchronized (network.lock) {
      if (dead) {
        throw new RejectedExecutionException("host " + host + " has been powered off");
      }
      Timer timer = new Timer(task);
      timer.arrange(atNanos);
      return timer;
    }
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

package org.pfha.examples.lab;

import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.pfha.examples.Pfha;

/**
 * Runs {@code pfha} in a JVM that has other things to do: {@code Pressure SPINNERS MEGABYTES …}
 * spins in so many threads and makes so much garbage a second.
 */
public final class Pressure {

  private static final int CHUNK = 1 << 14;
  private static final int STEP_MILLIS = 5;
  private static final int KEPT = 512; // some of it lives for a while, as real garbage does

  private static volatile long unusedSink; // so that the work is not optimised away

  private Pressure() {}

  /**
   * Never returns before {@code pfha} does.
   *
   * @param arguments threads, megabytes a second, and those of {@code pfha}
   */
  public static void main(String[] arguments) {
    for (int i = 0; i < Integer.parseInt(arguments[0]); i++) {
      daemon("spinner-" + i, Pressure::spin);
    }
    long perSecond = Long.parseLong(arguments[1]) << 20;
    if (perSecond > 0) {
      daemon("garbage", () -> litter(perSecond));
    }
    Pfha.main(Arrays.copyOfRange(arguments, 2, arguments.length));
  }

  private static void daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void spin() {
    long x = 1;
    while (true) {
      x = x * 6_364_136_223_846_793_005L + 1;
      if (x == 0) {
        unusedSink = x;
      }
    }
  }

  private static void litter(long perSecond) {
    byte[][] kept = new byte[KEPT][];
    int at = 0;
    long begin = System.nanoTime();
    long made = 0;
    while (true) {
      long due = (long) ((System.nanoTime() - begin) / 1e9 * perSecond);
      for (; made < due; made += CHUNK) {
        kept[at++ % KEPT] = new byte[CHUNK];
      }
      unusedSink = at;
      LockSupport.parkNanos(STEP_MILLIS * 1_000_000L);
    }
  }
}

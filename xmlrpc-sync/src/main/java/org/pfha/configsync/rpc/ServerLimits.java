package org.pfha.configsync.rpc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What an {@link RpcHttpsServer} puts up with. Immutable. Source: spec section 22, attacks 7 and
 * 19.
 *
 * @param body the longest request body, in bytes
 * @param threads how many requests are served at the same time
 * @param queue how many more wait; beyond that connections are closed
 * @param perAddress how many requests of one address are served at the same time; an IPv6 /64 is
 *     one address
 * @param header how long a request may take until its header is complete, TLS included
 * @param minimumRate how fast a body must be sent, and an answer taken, in bytes per second
 * @param grace over which time that is measured: a transfer may pause so long
 * @param total how long the transfers of one request may take altogether
 * @param drain how long {@link RpcHttpsServer#close} waits for calls in flight
 */
public record ServerLimits(
    long body,
    int threads,
    int queue,
    int perAddress,
    Duration header,
    int minimumRate,
    Duration grace,
    Duration total,
    Duration drain) {

  /** 64 MiB; 32 threads, 64 waiting, 8 of one address; 10 s, 1 kB/s after 10 s, 900 s; 10 s. */
  public static final ServerLimits DEFAULT =
      new ServerLimits(
          XmlRpc.MAX_BYTES,
          32,
          64,
          8,
          Duration.ofSeconds(10),
          1000,
          Duration.ofSeconds(10),
          Duration.ofSeconds(900),
          Duration.ofSeconds(10));

  /** Checks them all. */
  public ServerLimits {
    List<String> problems = new ArrayList<>();
    for (Object[] number :
        new Object[][] {
          {"body", body},
          {"threads", (long) threads},
          {"queue", (long) queue},
          {"perAddress", (long) perAddress},
          {"minimumRate", (long) minimumRate}
        }) {
      if ((long) number[1] < 1) {
        problems.add(number[0] + " is " + number[1] + ", must be at least 1");
      }
    }
    for (Object[] time : new Object[][] {{"header", header}, {"grace", grace}, {"total", total}}) {
      if (((Duration) time[1]).isZero() || ((Duration) time[1]).isNegative()) {
        problems.add(time[0] + " is " + time[1] + ", must be positive");
      }
    }
    if (drain.isNegative()) {
      problems.add("drain is " + drain + ", must not be negative");
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }
}

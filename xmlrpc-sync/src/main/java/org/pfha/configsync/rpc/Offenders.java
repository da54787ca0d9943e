package org.pfha.configsync.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who has sent wrong credentials and has to wait. A guess costs its address, and its name, a pause
 * that doubles; both tables are bounded, the least recent offender is forgotten first. Whoever has
 * once been accepted from an address does not wait for the name: nobody can lock a peer out by
 * guessing at its account from elsewhere. Confined to the lock of its owner. Source: spec section
 * 22, attack 16.
 */
final class Offenders {
  static final int FREE = 3;
  static final long FIRST_NANOS = Duration.ofSeconds(1).toNanos();
  static final long LONGEST_NANOS = Duration.ofSeconds(30).toNanos();
  static final long FORGET_NANOS = Duration.ofMinutes(10).toNanos();
  static final int MAX_OFFENDERS = 4096;
  private static final int IPV6_NETWORK = 8; // bytes: one host has all of a /64

  private record Offence(int failures, long last) {
    long pauseNanos() {
      int doublings = Math.min(failures - FREE - 1, 10);
      return doublings < 0 ? 0 : Math.min(LONGEST_NANOS, FIRST_NANOS << doublings);
    }
  }

  private final Map<String, Offence> offences = bounded();
  private final Map<String, Boolean> accepted = bounded();

  private static <T> Map<String, T> bounded() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
        return size() > MAX_OFFENDERS;
      }
    };
  }

  private static String network(InetAddress address) {
    byte[] bytes = address.getAddress();
    return "@"
        + HexFormat.of()
            .formatHex(
                address instanceof Inet6Address ? Arrays.copyOf(bytes, IPV6_NETWORK) : bytes);
  }

  private static String name(String user) {
    return "u" + HexFormat.of().formatHex(Fingerprints.sha256(user.getBytes(UTF_8)));
  }

  /** Whether a guess is not even looked at; 0 when it is, else how long to wait. */
  long waitNanos(InetAddress address, String user, long now) {
    long wait = waitNanos(network(address), now);
    if (!user.isEmpty() && !accepted.containsKey(network(address) + name(user))) {
      wait = Math.max(wait, waitNanos(name(user), now));
    }
    return wait;
  }

  private long waitNanos(String who, long now) {
    Offence offence = offences.get(who);
    return offence == null ? 0 : Math.max(0, offence.pauseNanos() - (now - offence.last()));
  }

  void failed(InetAddress address, String user, long now) {
    failed(network(address), now);
    if (!user.isEmpty()) {
      failed(name(user), now);
    }
  }

  private void failed(String who, long now) {
    Offence before = offences.getOrDefault(who, new Offence(0, now));
    int failures = now - before.last() < FORGET_NANOS ? before.failures() : 0;
    offences.put(who, new Offence(Math.min(failures + 1, 1000), now));
  }

  void succeeded(InetAddress address, String user) {
    offences.remove(network(address));
    accepted.put(network(address) + name(user), true);
  }

  int size() {
    return offences.size();
  }
}

package org.pfha.net;

import java.io.IOException;
import java.time.Duration;

/**
 * Makes this host answer at virtual addresses, and lets it stop. Thread-safe.
 *
 * <p>What it does must not outlive the process for long: where the system can, an address is given
 * a lifetime that each {@link #hold} renews; where it cannot, whoever supervises the process
 * removes the address behind it.
 */
public interface VipController extends AutoCloseable {

  /**
   * A virtual address and where it belongs. Immutable.
   *
   * @param link the interface's name
   * @param vhid 1–255, which gives the virtual MAC where there is one
   * @param address with the length of its subnet's prefix
   */
  record Vip(String link, int vhid, LinkAddress address) {
    @Override
    public String toString() {
      return "%s of %d@%s".formatted(address, vhid, link);
    }
  }

  /**
   * Makes ready to hold an address soon and quickly, and removes what an earlier run may have left.
   * Whoever may hold an address calls this once, before.
   *
   * @param vip not held yet
   * @throws IOException naming the address, if this host cannot hold it, or has it for good
   */
  void prepare(Vip vip) throws IOException;

  /**
   * Has the host answer at an address from now on; again to renew the lifetime.
   *
   * @param vip prepared before
   * @param lifetime after which the address goes by itself, if the system can do that; rounded up
   *     to what the system counts in
   * @throws IOException naming the address, if it cannot be held
   */
  void hold(Vip vip, Duration lifetime) throws IOException;

  /**
   * Has the host no longer answer at an address. One that is not held is none.
   *
   * @param vip held or not
   * @throws IOException naming the address, if it is there still
   */
  void release(Vip vip) throws IOException;

  /** Releases what is held, and takes back what was made ready. */
  @Override
  void close();
}

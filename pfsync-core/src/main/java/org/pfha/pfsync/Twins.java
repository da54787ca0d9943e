package org.pfha.pfsync;

import java.util.Arrays;
import org.pfha.net.IpPacket;

/**
 * Recognises the second copy of a packet that was sent over several links. Remembers a fixed number
 * of packets by a hash of their bytes; allocates nothing.
 */
final class Twins {

  private static final int REMEMBERED = 256;
  private static final long MEMORY_NANOS = 1_000_000_000L;

  private final long[] hashes = new long[REMEMBERED];
  private final int[] links = new int[REMEMBERED];
  private final long[] nanos = new long[REMEMBERED];
  private int next;

  Twins() {
    Arrays.fill(links, -1);
  }

  /** Whether the same bytes have come over another link just now; each copy excuses one. */
  boolean isTwin(IpPacket packet, int link, long now) {
    long hash = hash(packet.array(), packet.payloadOffset(), packet.payloadLength());
    for (int i = 0; i < REMEMBERED; i++) {
      if (hashes[i] == hash && links[i] >= 0 && links[i] != link && now - nanos[i] < MEMORY_NANOS) {
        links[i] = -1;
        return true;
      }
    }
    hashes[next] = hash;
    links[next] = link;
    nanos[next] = now;
    next = (next + 1) % REMEMBERED;
    return false;
  }

  private static long hash(byte[] bytes, int offset, int length) {
    long hash = length;
    for (int i = offset; i < offset + length; i++) {
      hash = (hash ^ bytes[i]) * 0x100_0000_01b3L;
    }
    return hash ^ hash >>> 32;
  }
}

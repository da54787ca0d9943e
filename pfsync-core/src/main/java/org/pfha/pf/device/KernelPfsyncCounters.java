package org.pfha.pf.device;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * What the kernel's pfsync has counted, under its own names (spec pf-ioctl 9.3). Immutable.
 *
 * @param ipackets packets received by IPv4
 * @param ipackets6 packets received by IPv6
 * @param badif arrived on another interface
 * @param badttl TTL not 255
 * @param hdrops shorter than the packet header
 * @param badver wrong header version
 * @param badact unknown action
 * @param badlen wrong lengths
 * @param badauth never counted
 * @param stale merges with at least one stale peer
 * @param badval messages that failed a range check
 * @param badstate messages that found no state
 * @param opackets packets sent by IPv4
 * @param opackets6 packets sent by IPv6, which kernels do not count
 * @param onomem packets not sent for lack of memory
 * @param oerrors packets the network did not take
 * @param iacts messages received, by action number; 13, 15 or 17 of them
 * @param oacts messages sent, by action number
 */
public record KernelPfsyncCounters(
    long ipackets,
    long ipackets6,
    long badif,
    long badttl,
    long hdrops,
    long badver,
    long badact,
    long badlen,
    long badauth,
    long stale,
    long badval,
    long badstate,
    long opackets,
    long opackets6,
    long onomem,
    long oerrors,
    List<Long> iacts,
    List<Long> oacts) {

  private static final int FIXED = 16;

  /** Copies the lists. */
  public KernelPfsyncCounters {
    iacts = List.copyOf(iacts);
    oacts = List.copyOf(oacts);
  }

  /** Reads {@code struct pfsyncstats}, whose length tells how many actions there are. */
  static KernelPfsyncCounters decode(byte[] stats) {
    ByteBuffer in = Struct.wrap(stats);
    int actions = Math.max(0, (stats.length / Long.BYTES - FIXED) / 2);
    long[] all = Arrays.copyOf(Struct.longs(in, 0, stats.length / Long.BYTES), FIXED + 2 * actions);
    List<Long> acts = Arrays.stream(all).skip(FIXED).boxed().toList();
    return new KernelPfsyncCounters(
        all[0],
        all[1],
        all[2],
        all[3],
        all[4],
        all[5],
        all[6],
        all[7],
        all[8],
        all[9],
        all[10],
        all[11],
        all[12],
        all[13],
        all[14],
        all[15],
        acts.subList(0, actions),
        acts.subList(actions, 2 * actions));
  }
}

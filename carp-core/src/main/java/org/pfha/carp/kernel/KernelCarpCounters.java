package org.pfha.carp.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the kernel's carp has counted, under its own names (spec carp 17.1). Immutable.
 *
 * @param ipackets advertisements received by IPv4
 * @param ipackets6 advertisements received by IPv6
 * @param badif arrived on an interface without CARP
 * @param badttl TTL not 255
 * @param hdrops shorter than an advertisement
 * @param badsum wrong checksum
 * @param badver wrong version
 * @param badlen wrong length
 * @param badauth wrong digest
 * @param badvhid unknown virtual host
 * @param badaddrs never counted
 * @param opackets advertisements sent by IPv4
 * @param opackets6 advertisements sent by IPv6
 * @param onomem not sent for lack of memory
 * @param ostates never counted
 * @param preempt never counted
 */
public record KernelCarpCounters(
    long ipackets,
    long ipackets6,
    long badif,
    long badttl,
    long hdrops,
    long badsum,
    long badver,
    long badlen,
    long badauth,
    long badvhid,
    long badaddrs,
    long opackets,
    long opackets6,
    long onomem,
    long ostates,
    long preempt) {

  private static final int COUNT = 16;

  /** Reads {@code struct carpstats}; what is missing is 0. */
  static KernelCarpCounters decode(byte[] stats) {
    long[] all = new long[COUNT];
    ByteBuffer in = ByteBuffer.wrap(stats).order(ByteOrder.nativeOrder());
    for (int i = 0; i < COUNT && in.remaining() >= Long.BYTES; i++) {
      all[i] = in.getLong();
    }
    return new KernelCarpCounters(
        all[0], all[1], all[2], all[3], all[4], all[5], all[6], all[7], all[8], all[9], all[10],
        all[11], all[12], all[13], all[14], all[15]);
  }
}

package org.pfha.carp.engine;

import java.util.Arrays;
import org.pfha.carp.wire.CarpOddity;
import org.pfha.carp.wire.CarpReject;

/**
 * What became of the packets of a link, or of one virtual router. Counting allocates nothing.
 * Confined to one thread.
 */
@SuppressWarnings("EnumOrdinal") // the cheapest map there is, and nobody else sees the index
public final class ReceiveCounters {

  private final long[] verdicts = new long[CarpReject.values().length];
  private final long[] oddities = new long[CarpOddity.values().length];
  private long ipv4;
  private long ipv6;

  ReceiveCounters() {}

  void count(boolean isIpv6, CarpReject verdict) {
    if (isIpv6) {
      ipv6++;
    } else {
      ipv4++;
    }
    verdicts[verdict.ordinal()]++;
  }

  void acceptedIs(CarpReject verdict) {
    verdicts[CarpReject.NONE.ordinal()]--;
    verdicts[verdict.ordinal()]++;
  }

  void count(CarpOddity oddity) {
    oddities[oddity.ordinal()]++;
  }

  /** Begins at zero again. */
  public void reset() {
    ipv4 = 0;
    ipv6 = 0;
    Arrays.fill(verdicts, 0);
    Arrays.fill(oddities, 0);
  }

  /**
   * IPv4 packets of protocol 112, believed or not.
   *
   * @return how many
   */
  public long ipackets() {
    return ipv4;
  }

  /**
   * IPv6 packets of protocol 112, believed or not.
   *
   * @return how many
   */
  public long ipackets6() {
    return ipv6;
  }

  /**
   * Packets with one verdict.
   *
   * @param verdict why they were not believed, or {@link CarpReject#NONE} for those that were
   * @return how many
   */
  public long verdicts(CarpReject verdict) {
    return verdicts[verdict.ordinal()];
  }

  /**
   * Believed adverts that were strange.
   *
   * @param oddity in which way
   * @return how many
   */
  public long oddities(CarpOddity oddity) {
    return oddities[oddity.ordinal()];
  }
}

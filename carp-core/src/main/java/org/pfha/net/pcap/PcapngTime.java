package org.pfha.net.pcap;

import java.math.BigInteger;

/**
 * What an interface of a pcapng file counts time in. Immutable.
 *
 * @param resolution 6 for 10⁻⁶ s; with the upper bit set, a power of 2 in place of 10
 * @param offsetSeconds to be added to every time
 */
record PcapngTime(int resolution, long offsetSeconds) {

  static final int MICROSECONDS = 6;

  private static final int POWER_OF_TWO = 0x80;
  private static final BigInteger NANOS = BigInteger.valueOf(1_000_000_000);

  /** Nanoseconds since 1970 of an unsigned count; what does not fit is the end of time. */
  long nanos(long count) {
    BigInteger units = new BigInteger(Long.toUnsignedString(count));
    int exponent = resolution & ~POWER_OF_TWO;
    BigInteger perSecond =
        resolution < POWER_OF_TWO
            ? BigInteger.TEN.pow(exponent)
            : BigInteger.ONE.shiftLeft(exponent);
    BigInteger nanos =
        units
            .multiply(NANOS)
            .divide(perSecond)
            .add(BigInteger.valueOf(offsetSeconds).multiply(NANOS));
    return nanos.bitLength() < Long.SIZE
        ? nanos.longValueExact()
        : nanos.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
  }
}

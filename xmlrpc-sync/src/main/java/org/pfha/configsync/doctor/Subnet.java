package org.pfha.configsync.doctor;

import com.google.common.net.InetAddresses;
import java.math.BigInteger;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * An address with the length of its network's prefix. Immutable.
 *
 * @param address as configured, not the network's
 * @param bits of the prefix, 0–32 or 0–128
 */
record Subnet(InetAddress address, int bits) {

  /** From the two texts of a configuration; null if they are no address and prefix. */
  static @Nullable Subnet of(String address, String bits) {
    if (!InetAddresses.isInetAddress(address) || !bits.matches("\\d{1,3}")) {
      return null;
    }
    InetAddress parsed = InetAddresses.forString(address);
    int prefix = Integer.parseInt(bits);
    return prefix <= parsed.getAddress().length * Byte.SIZE ? new Subnet(parsed, prefix) : null;
  }

  /** From {@code 192.0.2.0/24}; null if it is none. */
  static @Nullable Subnet of(String text) {
    int slash = text.indexOf('/');
    return slash < 0 ? null : of(text.substring(0, slash), text.substring(slash + 1));
  }

  boolean isIpv6() {
    return address instanceof Inet6Address;
  }

  private int width() {
    return address.getAddress().length * Byte.SIZE;
  }

  private static BigInteger number(InetAddress address) {
    return new BigInteger(1, address.getAddress());
  }

  boolean contains(InetAddress other) {
    int host = width() - bits;
    return other.getAddress().length == address.getAddress().length
        && number(address).shiftRight(host).equals(number(other).shiftRight(host));
  }

  boolean overlaps(Subnet other) {
    return (bits <= other.bits ? this : other)
        .contains((bits <= other.bits ? other : this).address);
  }

  boolean isSameNetwork(Subnet other) {
    return bits == other.bits && contains(other.address);
  }

  /** The address so many behind the network's own. */
  InetAddress at(long index) {
    int host = width() - bits;
    BigInteger network = number(address).shiftRight(host).shiftLeft(host);
    byte[] bytes = network.add(BigInteger.valueOf(index)).toByteArray();
    byte[] padded = new byte[width() / Byte.SIZE];
    int length = Math.min(bytes.length, padded.length);
    System.arraycopy(bytes, bytes.length - length, padded, padded.length - length, length);
    try {
      return InetAddress.getByAddress(padded);
    } catch (UnknownHostException impossible) {
      throw new AssertionError("an address of 4 or 16 bytes is always valid", impossible);
    }
  }

  /** How many hosts fit, at most {@link Long#MAX_VALUE}; the ends of an IPv4 network do not. */
  long hosts() {
    int host = width() - bits;
    if (host > 62) {
      return Long.MAX_VALUE;
    }
    long all = 1L << host;
    return isIpv6() || host < 2 ? all : all - 2;
  }

  /** The network, such as {@code 192.0.2.0/24}. */
  String network() {
    return InetAddresses.toAddrString(at(0)) + "/" + bits;
  }

  @Override
  public String toString() {
    return InetAddresses.toAddrString(address) + "/" + bits;
  }
}

package org.pfha.pf;

import static com.google.common.base.Preconditions.checkArgument;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Two addresses and two ports: one side's idea of a connection (spec pfsync 5.1). Immutable.
 *
 * <p>Each address is a 16-byte slot in two halves; IPv4 occupies the upper 32 bits of the first
 * half. For an inbound state index 0 is the initiator, for an outbound one index 1.
 *
 * @param family {@link #INET} or {@link #INET6}
 * @param address0High first half of address 0
 * @param address0Low second half of address 0
 * @param address1High first half of address 1
 * @param address1Low second half of address 1
 * @param port0 0–65535
 * @param port1 0–65535
 * @param routingDomain OpenBSD's, 0–65535; 0 elsewhere
 */
public record StateKey(
    int family,
    long address0High,
    long address0Low,
    long address1High,
    long address1Low,
    int port0,
    int port1,
    int routingDomain) {

  /** IPv4 on the wire. */
  public static final int INET = 2;

  /** IPv6 on the wire: FreeBSD's number, whatever this system's own is. */
  public static final int INET6 = 28;

  private static final long V4_MASK = 0xffff_ffff_0000_0000L;

  /** Clears what IPv4 does not use of its slots, so that equal connections have equal keys. */
  public StateKey {
    checkArgument(family == INET || family == INET6, "family %s is neither 2 nor 28", family);
    checkArgument(port0 >= 0 && port0 <= 0xffff, "port %s is not between 0 and 65535", port0);
    checkArgument(port1 >= 0 && port1 <= 0xffff, "port %s is not between 0 and 65535", port1);
    checkArgument(
        routingDomain >= 0 && routingDomain <= 0xffff,
        "routing domain %s is not between 0 and 65535",
        routingDomain);
    if (family == INET) {
      address0High &= V4_MASK;
      address1High &= V4_MASK;
      address0Low = 0;
      address1Low = 0;
    }
  }

  /**
   * A key in the only routing domain there is on FreeBSD.
   *
   * @param family {@link #INET} or {@link #INET6}
   * @param address0High first half of address 0
   * @param address0Low second half of address 0
   * @param address1High first half of address 1
   * @param address1Low second half of address 1
   * @param port0 0–65535
   * @param port1 0–65535
   */
  public StateKey(
      int family,
      long address0High,
      long address0Low,
      long address1High,
      long address1Low,
      int port0,
      int port1) {
    this(family, address0High, address0Low, address1High, address1Low, port0, port1, 0);
  }

  /**
   * A key of two addresses of one family.
   *
   * @param address0 address 0
   * @param port0 0–65535
   * @param address1 address 1
   * @param port1 0–65535
   * @return the key
   */
  public static StateKey of(InetAddress address0, int port0, InetAddress address1, int port1) {
    byte[] a = address0.getAddress();
    byte[] b = address1.getAddress();
    checkArgument(a.length == b.length, "%s and %s are of different families", address0, address1);
    ByteBuffer slots = ByteBuffer.allocate(32);
    slots.put(0, a).put(16, b);
    return new StateKey(
        a.length == 4 ? INET : INET6,
        slots.getLong(0),
        slots.getLong(8),
        slots.getLong(16),
        slots.getLong(24),
        port0,
        port1);
  }

  /**
   * One of the addresses. Allocates.
   *
   * @param index 0 or 1
   * @return the address
   */
  public InetAddress address(int index) {
    ByteBuffer slot = ByteBuffer.allocate(16);
    slot.putLong(index == 0 ? address0High : address1High);
    slot.putLong(index == 0 ? address0Low : address1Low);
    return toAddress(family, slot.array());
  }

  /**
   * Reads a 16-byte address slot.
   *
   * @param family {@link #INET} for the first four bytes, anything else for all
   * @param slot 16 bytes
   * @return the address
   */
  public static InetAddress toAddress(int family, byte[] slot) {
    try {
      return family == INET
          ? InetAddress.getByAddress(Arrays.copyOf(slot, 4))
          : Inet6Address.getByAddress(null, slot, -1); // also when it is an IPv4-mapped one
    } catch (UnknownHostException impossible) {
      throw new AssertionError("an address of 4 or 16 bytes is always valid", impossible);
    }
  }

  /**
   * One of the ports.
   *
   * @param index 0 or 1
   * @return 0–65535
   */
  public int port(int index) {
    return index == 0 ? port0 : port1;
  }

  @Override
  public String toString() {
    return "[%s]:%d-[%s]:%d"
        .formatted(address(0).getHostAddress(), port0, address(1).getHostAddress(), port1);
  }
}

package org.pfha.pf;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.net.InetAddresses;
import com.google.common.primitives.Ints;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which states are meant, as pfctl's {@code -k} and {@code -i} and a little more: each part narrows
 * it. Immutable.
 *
 * <pre>StateFilter.all().ifname("em0").proto(6).address("192.0.2.0/24").port(443)</pre>
 */
public final class StateFilter {

  private static final StateFilter ALL = new StateFilter(null, null, null, -1, -1, null, 0);

  private final @Nullable String ifname;
  private final @Nullable Integer creatorId;
  private final @Nullable Prefix prefix;
  private final int proto;
  private final int port;
  private final @Nullable Integer direction;
  private final long olderThanSeconds;

  /** Addresses that begin with the same bits. */
  private record Prefix(int family, long high, long low, long highMask, long lowMask) {

    static Prefix of(InetAddress address, int length) {
      byte[] bytes = address.getAddress();
      int longest = 8 * bytes.length;
      checkArgument(
          length >= 0 && length <= longest,
          "prefix length %s of %s is not between 0 and %s",
          length,
          address,
          longest);
      ByteBuffer slot = ByteBuffer.wrap(Arrays.copyOf(bytes, 16));
      long highMask = length == 0 ? 0 : -1L << Math.max(0, 64 - length);
      long lowMask = length <= 64 ? 0 : -1L << (128 - length);
      return new Prefix(
          bytes.length == 4 ? StateKey.INET : StateKey.INET6,
          slot.getLong(0) & highMask,
          slot.getLong(8) & lowMask,
          highMask,
          lowMask);
    }

    boolean matches(byte[] row, int address) {
      return (Row.i64(row, address) & highMask) == high
          && (Row.i64(row, address + 8) & lowMask) == low;
    }
  }

  private StateFilter(
      @Nullable String ifname,
      @Nullable Integer creatorId,
      @Nullable Prefix prefix,
      int proto,
      int port,
      @Nullable Integer direction,
      long olderThanSeconds) {
    this.ifname = ifname;
    this.creatorId = creatorId;
    this.prefix = prefix;
    this.proto = proto;
    this.port = port;
    this.direction = direction;
    this.olderThanSeconds = olderThanSeconds;
  }

  /**
   * Every state.
   *
   * @return a filter to be narrowed
   */
  public static StateFilter all() {
    return ALL;
  }

  /**
   * Those bound to an interface.
   *
   * @param name interface, or {@code all} for floating states
   * @return a filter
   */
  public StateFilter ifname(String name) {
    return new StateFilter(name, creatorId, prefix, proto, port, direction, olderThanSeconds);
  }

  /**
   * Those of a creator.
   *
   * @param hostId of the creator
   * @return a filter
   */
  public StateFilter creator(int hostId) {
    return new StateFilter(ifname, hostId, prefix, proto, port, direction, olderThanSeconds);
  }

  /**
   * Those with an address of a prefix in either key, at either end.
   *
   * @param text such as {@code 192.0.2.0/24}, {@code 2001:db8::1}
   * @return a filter
   */
  public StateFilter address(String text) {
    int slash = text.indexOf('/');
    InetAddress address = InetAddresses.forString(slash < 0 ? text : text.substring(0, slash));
    Integer length =
        slash < 0
            ? Integer.valueOf(8 * address.getAddress().length)
            : Ints.tryParse(text.substring(slash + 1));
    checkArgument(length != null, "'%s' has no prefix length behind its slash", text);
    Prefix narrowed = Prefix.of(address, length);
    return new StateFilter(ifname, creatorId, narrowed, proto, port, direction, olderThanSeconds);
  }

  /**
   * Those of a protocol.
   *
   * @param number 0–255
   * @return a filter
   */
  public StateFilter proto(int number) {
    checkArgument(number >= 0 && number <= 255, "protocol %s is not a byte", number);
    return new StateFilter(ifname, creatorId, prefix, number, port, direction, olderThanSeconds);
  }

  /**
   * Those with a port in either key, at either end.
   *
   * @param number 0–65535
   * @return a filter
   */
  public StateFilter port(int number) {
    checkArgument(number >= 0 && number <= 65_535, "port %s is not 16 bits", number);
    return new StateFilter(ifname, creatorId, prefix, proto, number, direction, olderThanSeconds);
  }

  /**
   * Those created by a packet of one direction.
   *
   * @param newDirection {@link PfState#IN} or {@link PfState#OUT}
   * @return a filter
   */
  public StateFilter direction(int newDirection) {
    checkArgument(
        newDirection == PfState.IN || newDirection == PfState.OUT,
        "direction %s is neither in (1) nor out (2)",
        newDirection);
    return new StateFilter(ifname, creatorId, prefix, proto, port, newDirection, olderThanSeconds);
  }

  /**
   * Those of some age.
   *
   * @param seconds least age
   * @return a filter
   */
  public StateFilter olderThan(long seconds) {
    return new StateFilter(ifname, creatorId, prefix, proto, port, direction, seconds);
  }

  /**
   * Whether a state is meant. Allocates nothing.
   *
   * @param row a state
   * @param nowNanos the time of its age
   * @return true if all parts agree
   */
  public boolean matches(StateRow row, long nowNanos) {
    return (creatorId == null || creatorId == row.creatorId())
        && (proto < 0 || proto == row.proto() || proto == row.stackProto())
        && (direction == null || direction == row.direction())
        && (ifname == null || ifname.equals(row.ifname()))
        && (port < 0 || hasPort(row, Row.WIRE_KEY) || hasPort(row, Row.STACK_KEY))
        && (prefix == null
            || hasAddress(row, prefix, Row.WIRE_KEY, row.family())
            || hasAddress(row, prefix, Row.STACK_KEY, row.stackFamily()))
        && (olderThanSeconds == 0 || row.age(nowNanos) >= olderThanSeconds);
  }

  private boolean hasPort(StateRow row, int side) {
    int ports = row.at() + side + Row.PORTS;
    return Row.u16(row.bytes(), ports) == port || Row.u16(row.bytes(), ports + 2) == port;
  }

  private static boolean hasAddress(StateRow row, Prefix prefix, int side, int family) {
    int key = row.at() + side;
    return family == prefix.family()
        && (prefix.matches(row.bytes(), key) || prefix.matches(row.bytes(), key + 16));
  }
}

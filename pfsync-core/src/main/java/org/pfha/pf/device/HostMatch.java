package org.pfha.pf.device;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses and ports of one end match: pf's rule address, as far as the kernel compares it
 * with states (spec pf-ioctl 5.7). Immutable.
 *
 * @param network address, or null for every one
 * @param prefix bits of it that count, 0–32 or 0–128; 0 matches every address
 * @param negated whether the others match instead
 * @param ports which ports match
 */
public record HostMatch(
    @Nullable InetAddress network, int prefix, boolean negated, PortMatch ports) {

  /** Every address and port. */
  public static final HostMatch ANY = new HostMatch(null, 0, false, PortMatch.ANY);

  /** Checks the ranges. */
  public HostMatch {
    int bits = network == null ? 0 : network.getAddress().length * 8;
    checkArgument(
        prefix >= 0 && prefix <= bits, "prefix length %s is not between 0 and %s", prefix, bits);
  }

  /**
   * One host or network.
   *
   * @param network such as {@code 192.0.2.0/24}, {@code 2001:db8::1}
   * @return what matches it, whatever the port
   */
  public static HostMatch of(String network) {
    int slash = network.indexOf('/');
    InetAddress address =
        InetAddresses.forString(slash < 0 ? network : network.substring(0, slash));
    int prefix =
        slash < 0
            ? address.getAddress().length * 8
            : Integer.parseInt(network.substring(slash + 1));
    return new HostMatch(address, prefix, false, PortMatch.ANY);
  }

  /**
   * The same addresses and only some ports.
   *
   * @param newPorts which
   * @return a match
   */
  public HostMatch withPorts(PortMatch newPorts) {
    return new HostMatch(network, prefix, negated, newPorts);
  }

  /**
   * All other addresses.
   *
   * @return a match
   */
  public HostMatch not() {
    return new HostMatch(network, prefix, !negated, ports);
  }

  /** Whether anything does not match; an empty mask matches every address, even negated. */
  boolean restricts() {
    return prefix != 0 || ports.operator() != PortMatch.Operator.ANY;
  }

  private byte[] address() {
    return network == null
        ? new byte[Layouts.ADDRESS]
        : Arrays.copyOf(network.getAddress(), Layouts.ADDRESS);
  }

  void encode(ByteBuffer out, int at) {
    out.put(at + Layouts.RULE_ADDR_ADDR, address());
    out.put(at + Layouts.RULE_ADDR_MASK, Struct.mask(prefix));
    Struct.putPort(out, at + Layouts.RULE_ADDR_PORT, ports.first());
    Struct.putPort(out, at + Layouts.RULE_ADDR_PORT + 2, ports.second());
    out.put(at + Layouts.RULE_ADDR_NEG, (byte) (negated ? 1 : 0));
    out.put(at + Layouts.RULE_ADDR_PORT_OP, (byte) ports.operator().number());
  }

  /** Reads what {@link #encode} writes; a mask with holes counts up to its first. */
  static HostMatch decode(ByteBuffer in, int at, int family) {
    int prefix = 0;
    while (prefix < 128
        && (in.get(at + Layouts.RULE_ADDR_MASK + (prefix >> 3)) << (prefix & 7) & 0x80) != 0) {
      prefix++;
    }
    InetAddress address = Struct.address(in, at + Layouts.RULE_ADDR_ADDR, family);
    int bits = address.getAddress().length * 8;
    return new HostMatch(
        prefix == 0 && address.isAnyLocalAddress() ? null : address,
        Math.min(prefix, bits),
        in.get(at + Layouts.RULE_ADDR_NEG) != 0,
        new PortMatch(
            PortMatch.Operator.of(Struct.u8(in, at + Layouts.RULE_ADDR_PORT_OP)),
            Struct.port(in, at + Layouts.RULE_ADDR_PORT),
            Struct.port(in, at + Layouts.RULE_ADDR_PORT + 2)));
  }

  NvList toNv() {
    NvList wrapper =
        NvList.builder()
            .number("type", 0)
            .number("iflags", 0)
            .list("addr", NvList.builder().binary("addr", address()).build())
            .list("mask", NvList.builder().binary("addr", Struct.mask(prefix)).build())
            .build();
    return NvList.builder()
        .list("addr", wrapper)
        .numbers("port", Struct.rawPort(ports.first()), Struct.rawPort(ports.second()))
        .number("neg", negated ? 1 : 0)
        .number("port_op", ports.operator().number())
        .build();
  }

  /** The family of the address, or 0 without one. */
  int family() {
    return network == null ? 0 : Struct.family(network);
  }

  /** Such as {@code ! 192.0.2.0/24 port EQUAL 443}. */
  @Override
  public String toString() {
    return (negated ? "! " : "")
        + (network == null ? "any" : InetAddresses.toAddrString(network) + "/" + prefix)
        + (ports.operator() == PortMatch.Operator.ANY
            ? ""
            : " port %s %d %d".formatted(ports.operator(), ports.first(), ports.second()));
  }
}

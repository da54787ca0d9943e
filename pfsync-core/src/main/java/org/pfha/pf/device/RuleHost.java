package org.pfha.pf.device;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The source or destination of a rule. Immutable.
 *
 * @param kind what {@code address} or {@code name} is
 * @param address of a network, or the first of a range; else null
 * @param mask of a network, or the last of a range; else null
 * @param name of a table or interface; else empty
 * @param negated whether the others match instead
 * @param ports which ports match
 */
public record RuleHost(
    Kind kind,
    @Nullable InetAddress address,
    @Nullable InetAddress mask,
    String name,
    boolean negated,
    PortMatch ports) {

  /** What stands in an address wrapper, under the kernel's numbers. */
  public enum Kind {
    /** A network; one with an empty mask is any address. */
    NETWORK(0),
    /** Addresses without a route. */
    NO_ROUTE(1),
    /** The addresses of an interface. */
    INTERFACE(2),
    /** The addresses of a table. */
    TABLE(3),
    /** Addresses that would not be answered by the way they came. */
    URPF_FAILED(4),
    /** From an address to another. */
    RANGE(5);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    static Kind of(long number) {
      return Arrays.stream(values())
          .filter(each -> each.number == number)
          .findAny()
          .orElse(NETWORK);
    }
  }

  static RuleHost decode(ByteBuffer in, int at, int family) {
    Kind kind = Kind.of(Struct.u8(in, at + Layouts.RULE_ADDR_TYPE));
    String name =
        switch (kind) {
          case INTERFACE -> Struct.string(in, at + Layouts.RULE_ADDR_IFNAME, Layouts.IFNAME);
          case TABLE -> Struct.string(in, at + Layouts.RULE_ADDR_TBLNAME, Layouts.TABLE_NAME);
          default -> "";
        };
    return new RuleHost(
        kind,
        hasAddress(kind) ? Struct.address(in, at + Layouts.RULE_ADDR_ADDR, family) : null,
        hasAddress(kind) ? Struct.address(in, at + Layouts.RULE_ADDR_MASK, family) : null,
        name,
        in.get(at + Layouts.RULE_ADDR_NEG) != 0,
        new PortMatch(
            PortMatch.Operator.of(Struct.u8(in, at + Layouts.RULE_ADDR_PORT_OP)),
            Struct.port(in, at + Layouts.RULE_ADDR_PORT),
            Struct.port(in, at + Layouts.RULE_ADDR_PORT + 2)));
  }

  static RuleHost ofNv(NvList list, int family) {
    NvList wrapper = list.list("addr").orElse(NvList.builder().build());
    Kind kind = Kind.of(wrapper.number("type").orElse(0));
    long[] ports = Arrays.copyOf(list.numbers("port"), 2);
    return new RuleHost(
        kind,
        hasAddress(kind) ? address(wrapper, "addr", family) : null,
        hasAddress(kind) ? address(wrapper, "mask", family) : null,
        wrapper.text(kind == Kind.TABLE ? "tblname" : "ifname").orElse(""),
        list.number("neg").orElse(0) != 0,
        new PortMatch(
            PortMatch.Operator.of((int) list.number("port_op").orElse(0)),
            (int) Struct.rawPort((int) ports[0] & 0xffff),
            (int) Struct.rawPort((int) ports[1] & 0xffff)));
  }

  private static InetAddress address(NvList wrapper, String key, int family) {
    byte[] bytes = wrapper.list(key).flatMap(nested -> nested.binary("addr")).orElse(new byte[0]);
    return Struct.address(Struct.wrap(Arrays.copyOf(bytes, Layouts.ADDRESS)), 0, family);
  }

  private static boolean hasAddress(Kind kind) {
    return kind == Kind.NETWORK || kind == Kind.RANGE;
  }

  /** Nearly as pfctl prints it. */
  @Override
  public String toString() {
    return (negated ? "! " : "") + host() + (ports.equals(PortMatch.ANY) ? "" : " port " + ports);
  }

  private String host() {
    return switch (kind) {
      case NETWORK -> network();
      case NO_ROUTE -> "no-route";
      case INTERFACE -> "(" + name + ")";
      case TABLE -> "<" + name + ">";
      case URPF_FAILED -> "urpf-failed";
      case RANGE -> text(address) + " - " + text(mask);
    };
  }

  private String network() {
    if (mask == null || mask.isAnyLocalAddress()) {
      return "any";
    }
    int prefix = 0;
    byte[] bits = mask.getAddress();
    for (byte each : bits) {
      prefix += Integer.bitCount(each & 0xff);
    }
    return text(address) + (prefix == bits.length * 8 ? "" : "/" + prefix);
  }

  private static String text(@Nullable InetAddress address) {
    return address == null ? "any" : InetAddresses.toAddrString(address);
  }
}

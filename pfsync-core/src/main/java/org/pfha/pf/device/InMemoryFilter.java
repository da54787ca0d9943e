package org.pfha.pf.device;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.pfha.net.sys.NetlinkAttributes;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;

/**
 * Which states a kernel in memory kills (spec pf-ioctl 5.7). Unlike a {@link KillFilter} it takes
 * whatever a kernel takes, an empty one too. Immutable, as long as nobody writes to the arrays.
 *
 * @param id network order read as big-endian; if not 0 only it and the creator count
 * @param creatorId as {@code id}; 0 means this host
 * @param family 0 for any
 * @param proto 0 for any
 * @param src of the packet that created the state
 * @param dst of the packet that created the state
 * @param gateway of the state's route
 * @param ifname empty for any
 * @param label empty for any
 * @param killMatching the state in the other direction, too
 * @param stack compares the stack key
 */
record InMemoryFilter(
    long id,
    int creatorId,
    int family,
    int proto,
    Side src,
    Side dst,
    Side gateway,
    String ifname,
    String label,
    boolean killMatching,
    boolean stack) {

  private static final int ADDRESS_AND_MASK = 0;
  private static final int MAX_OPERATOR = 9;

  /** An address, a mask and ports. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Side(byte[] address, byte[] mask, int type, boolean negated, PortMatch ports) {

    static final Side ANY =
        new Side(new byte[16], new byte[16], ADDRESS_AND_MASK, false, PortMatch.ANY);

    boolean matches(byte[] other, int port) {
      return matches(other) && ports.matches(port);
    }

    boolean matches(byte[] other) {
      if (type != ADDRESS_AND_MASK || Arrays.equals(mask, ANY.mask)) {
        return true;
      }
      boolean equal = true;
      for (int i = 0; i < other.length; i++) {
        equal &= (address[i] & mask[i]) == (other[i] & mask[i]);
      }
      return equal != negated;
    }

    static Side of(ByteBuffer in, int at) {
      byte[] address = new byte[Layouts.ADDRESS];
      byte[] mask = new byte[Layouts.ADDRESS];
      in.get(at + Layouts.RULE_ADDR_ADDR, address);
      in.get(at + Layouts.RULE_ADDR_MASK, mask);
      return new Side(
          address,
          mask,
          Struct.u8(in, at + Layouts.RULE_ADDR_TYPE),
          in.get(at + Layouts.RULE_ADDR_NEG) != 0,
          new PortMatch(
              PortMatch.Operator.of(Struct.u8(in, at + Layouts.RULE_ADDR_PORT_OP)),
              Struct.port(in, at + Layouts.RULE_ADDR_PORT),
              Struct.port(in, at + Layouts.RULE_ADDR_PORT + 2)));
    }

    static Side of(NvList list) throws Refusal {
      NvList wrapper = InMemoryNv.list(list, "addr");
      int type = (int) InMemoryNv.number(wrapper, "type", 0xff);
      InMemoryNv.number(wrapper, "iflags", 0xff);
      byte[] address = address(InMemoryNv.list(wrapper, "addr"));
      byte[] mask = address(InMemoryNv.list(wrapper, "mask"));
      long[] ports = list.numbers("port");
      Refusal.unless(ports.length > 0, Errno.EINVAL);
      Refusal.unless(ports.length <= 2, Errno.E2BIG);
      boolean negated = InMemoryNv.number(list, "neg", 0xff) != 0;
      int operator = (int) InMemoryNv.number(list, "port_op", 0xff);
      Refusal.unless(operator <= MAX_OPERATOR, Errno.EINVAL);
      return new Side(
          address,
          mask,
          type,
          negated,
          new PortMatch(
              PortMatch.Operator.of(operator),
              port(ports[0]),
              ports.length > 1 ? port(ports[1]) : 0));
    }

    private static byte[] address(NvList list) throws Refusal {
      byte[] address = list.binary("addr").orElse(null);
      if (address == null || address.length > Layouts.ADDRESS) {
        throw new Refusal(Errno.EINVAL);
      }
      return Arrays.copyOf(address, Layouts.ADDRESS);
    }

    private static int port(long word) {
      return (int) Struct.rawPort((int) word & 0xffff);
    }

    static Side of(NetlinkAttributes rule) {
      NetlinkAttributes wrapper = rule.nested(1);
      return new Side(
          Arrays.copyOf(wrapper.bytes(1), Layouts.ADDRESS),
          Arrays.copyOf(wrapper.bytes(2), Layouts.ADDRESS),
          (int) wrapper.number(5, 0),
          rule.number(4, 0) != 0,
          new PortMatch(
              PortMatch.Operator.of((int) rule.number(5, 0)),
              port(rule.number(2, 0)),
              port(rule.number(3, 0))));
    }
  }

  static InMemoryFilter of(ByteBuffer kill) {
    return new InMemoryFilter(
        Struct.netLong(kill, Layouts.KILL_ID),
        Struct.netInt(kill, Layouts.KILL_CREATORID),
        Struct.u8(kill, Layouts.KILL_AF),
        kill.getInt(Layouts.KILL_PROTO),
        Side.of(kill, Layouts.KILL_SRC),
        Side.of(kill, Layouts.KILL_DST),
        Side.ANY,
        Struct.string(kill, Layouts.KILL_IFNAME, Layouts.IFNAME),
        Struct.string(kill, Layouts.KILL_LABEL, Layouts.LABEL),
        false,
        false);
  }

  static InMemoryFilter of(NvList request, boolean knowsNat) throws Refusal {
    NvList compared = InMemoryNv.list(request, "cmp");
    Side gateway =
        request.list("rt_addr").isPresent()
            ? Side.of(InMemoryNv.list(request, "rt_addr"))
            : Side.ANY;
    InMemoryNv.number(compared, "direction", 0xff);
    return new InMemoryFilter(
        Struct.rawWord(InMemoryNv.number(compared, "id", -1)),
        (int) Struct.rawWord((int) InMemoryNv.number(compared, "creatorid", 0xffff_ffffL)),
        (int) InMemoryNv.number(request, "af", 0xff),
        (int) InMemoryNv.number(request, "proto", 0xffff),
        Side.of(InMemoryNv.list(request, "src")),
        Side.of(InMemoryNv.list(request, "dst")),
        gateway,
        InMemoryNv.text(request, "ifname", Layouts.IFNAME),
        InMemoryNv.text(request, "label", Layouts.LABEL),
        InMemoryNv.bool(request, "kill_match"),
        knowsNat && request.bool("nat").orElse(false));
  }

  static InMemoryFilter of(NetlinkAttributes request) {
    return new InMemoryFilter(
        Struct.rawWord(request.number(1, 0)),
        (int) Struct.rawWord((int) request.number(2, 0)),
        (int) request.number(4, 0),
        (int) request.number(5, 0),
        Side.of(request.nested(6)),
        Side.of(request.nested(7)),
        Side.of(request.nested(8)),
        request.text(9).orElse(""),
        request.text(10).orElse(""),
        request.number(11, 0) != 0,
        request.number(12, 0) != 0);
  }

  /** Whether a state matches, all but interface and label. */
  boolean matches(PfState state) {
    StateKey key = stack ? state.stack() : state.wire();
    int source = state.direction() == PfState.OUT ? 1 : 0;
    byte[] nextHop =
        state.route().address() == null
            ? new byte[Layouts.ADDRESS]
            : Arrays.copyOf(state.route().address().getAddress(), Layouts.ADDRESS);
    return (family == 0 || family == key.family())
        && (proto == 0 || proto == state.proto())
        && src.matches(key.address(source).getAddress(), key.port(source))
        && dst.matches(key.address(1 - source).getAddress(), key.port(1 - source))
        && gateway.matches(nextHop);
  }
}

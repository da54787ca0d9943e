package org.pfha.net.raw;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Programs of the classic packet filter, which run in the kernel so that other packets do not wake
 * us. Both systems have the same instructions (spec pf-ioctl 11.3): code 2, jump if true 1, jump if
 * false 1, operand 4. Immutable.
 */
final class SocketFilter {

  private static final int INSTRUCTION = 8;
  private static final int LOAD_WORD = 0x20;
  private static final int LOAD_HALF = 0x28;
  private static final int LOAD_BYTE = 0x30;
  private static final int JUMP_EQUAL = 0x15;
  private static final int RETURN = 0x06;

  private static final int ALL = 0xffff_ffff;
  private static final int VLAN_TAG_PRESENT = -0x1000 + 48; // Linux keeps a tag beside the frame

  private static final int ETHER_TYPE = 12;
  private static final int IPV4 = 0x0800;
  private static final int IPV6 = 0x86dd;
  private static final int ARP = 0x0806;
  private static final int IPV4_PROTOCOL = 14 + 9;
  private static final int IPV6_NEXT_HEADER = 14 + 6;
  private static final int ARP_OPERATION = 14 + 6;
  private static final int ICMPV6 = 58;
  private static final int ICMPV6_TYPE = 14 + 40;
  private static final int NEIGHBOUR_ADVERTISEMENT = 136;

  private final List<long[]> instructions = new ArrayList<>();

  private SocketFilter() {}

  /** Lets nothing through: until a socket is bound to its interface, it hears them all. */
  static SocketFilter nothing() {
    return new SocketFilter().add(RETURN, 0, 0, 0);
  }

  static SocketFilter everything() {
    return new SocketFilter().add(RETURN, 0, 0, ALL);
  }

  /** ARP requests and replies, and neighbour advertisements: untagged frames of Linux. */
  static SocketFilter neighbours() {
    return new SocketFilter()
        .add(LOAD_WORD, 0, 0, VLAN_TAG_PRESENT)
        .require(0)
        .addNeighbours()
        .add(RETURN, 0, 0, 0);
  }

  /** IP packets of some protocols, and what {@link #neighbours} lets through: frames of FreeBSD. */
  static SocketFilter frames(Iterable<Integer> protocols, boolean neighbours) {
    SocketFilter filter = new SocketFilter();
    for (int protocol : protocols) {
      filter.addIf(IPV4, LOAD_BYTE, IPV4_PROTOCOL, protocol);
      filter.addIf(IPV6, LOAD_BYTE, IPV6_NEXT_HEADER, protocol);
    }
    if (neighbours) {
      filter.addNeighbours();
    }
    return filter.add(RETURN, 0, 0, 0);
  }

  private SocketFilter addNeighbours() {
    return addIf(ARP, LOAD_HALF, ARP_OPERATION, 1)
        .addIf(ARP, LOAD_HALF, ARP_OPERATION, 2)
        .add(LOAD_HALF, 0, 0, ETHER_TYPE)
        .add(JUMP_EQUAL, 0, 5, IPV6)
        .add(LOAD_BYTE, 0, 0, IPV6_NEXT_HEADER)
        .add(JUMP_EQUAL, 0, 3, ICMPV6)
        .add(LOAD_BYTE, 0, 0, ICMPV6_TYPE)
        .add(JUMP_EQUAL, 0, 1, NEIGHBOUR_ADVERTISEMENT)
        .add(RETURN, 0, 0, ALL);
  }

  /** Lets a frame through if it has a type and, at an offset, a value. */
  private SocketFilter addIf(int etherType, int load, int offset, int value) {
    return add(LOAD_HALF, 0, 0, ETHER_TYPE)
        .add(JUMP_EQUAL, 0, 3, etherType)
        .add(load, 0, 0, offset)
        .add(JUMP_EQUAL, 0, 1, value)
        .add(RETURN, 0, 0, ALL);
  }

  /** Lets nothing through that has loaded another value. */
  private SocketFilter require(int value) {
    return add(JUMP_EQUAL, 1, 0, value).add(RETURN, 0, 0, 0);
  }

  private SocketFilter add(int code, int ifTrue, int ifFalse, int operand) {
    instructions.add(new long[] {code, ifTrue, ifFalse, operand});
    return this;
  }

  /** How many instructions it has. */
  int length() {
    return instructions.size();
  }

  /** The instructions, direct. */
  ByteBuffer toBytes() {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(INSTRUCTION * length()).order(ByteOrder.nativeOrder());
    for (long[] each : instructions) {
      bytes.putShort((short) each[0]).put((byte) each[1]).put((byte) each[2]).putInt((int) each[3]);
    }
    return bytes.rewind();
  }
}

package org.pfha.net.raw;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pfha.net.Announcement;
import org.pfha.net.IpDatagram;
import org.pfha.net.LinkAddress;
import org.pfha.net.MacAddress;
import org.pfha.net.OutboundPacket;

/** The programs let through what they say, as a machine that runs them finds. */
class SocketFilterTest {

  private static final MacAddress MAC = new MacAddress(0x0200_0000_0001L);
  private static final int TAG_PRESENT = 0xffff_f030;

  @Test
  void neighbourFramesPassAndNothingElse() {
    SocketFilter filter = SocketFilter.neighbours();
    assertThat(passes(filter, announcement("192.0.2.1"), 0)).isTrue();
    assertThat(passes(filter, announcement("2001:db8::1"), 0)).isTrue();
    assertThat(passes(filter, announcement("192.0.2.1"), 1)).as("of a VLAN").isFalse();
    byte[] reply = announcement("192.0.2.1");
    reply[21] = 2;
    assertThat(passes(filter, reply, 0)).isTrue();
    reply[21] = 3;
    assertThat(passes(filter, reply, 0)).as("reverse ARP").isFalse();
    byte[] solicitation = announcement("2001:db8::1");
    solicitation[54] = (byte) 135;
    assertThat(passes(filter, solicitation, 0)).isFalse();
    assertThat(passes(filter, ip("224.0.0.18", 112), 0)).isFalse();
    assertThat(passes(filter, ip("ff02::12", 112), 0)).isFalse();
    assertThat(passes(filter, new byte[14], 0)).isFalse();
    assertThat(passes(filter, new byte[0], 0)).isFalse();
  }

  @Test
  void framesOfTheProtocolsPassAndNeighboursIfWanted() {
    SocketFilter without = SocketFilter.frames(List.of(112, 240), false);
    SocketFilter with = SocketFilter.frames(List.of(112), true);
    for (String to : List.of("224.0.0.18", "ff02::12")) {
      assertThat(passes(without, ip(to, 112), 0)).isTrue();
      assertThat(passes(without, ip(to, 240), 0)).isTrue();
      assertThat(passes(without, ip(to, 17), 0)).isFalse();
      assertThat(passes(with, ip(to, 112), 0)).isTrue();
      assertThat(passes(with, ip(to, 240), 0)).isFalse();
    }
    for (String about : List.of("192.0.2.1", "2001:db8::1")) {
      assertThat(passes(without, announcement(about), 0)).isFalse();
      assertThat(passes(with, announcement(about), 0)).isTrue();
    }
    assertThat(passes(SocketFilter.nothing(), ip("224.0.0.18", 112), 0)).isFalse();
    assertThat(passes(SocketFilter.everything(), ip("224.0.0.18", 112), 0)).isTrue();
  }

  private static byte[] announcement(String address) {
    Announcement announcement = Announcement.of(LinkAddress.parse(address).address(), MAC);
    return Frame.of(
        announcement.destination(), MAC, announcement.etherType(), announcement.payload());
  }

  private static byte[] ip(String to, int protocol) {
    InetAddress destination = LinkAddress.parse(to).address();
    InetAddress source =
        LinkAddress.parse(destination instanceof Inet6Address ? "fe80::1" : "192.0.2.1").address();
    byte[] packet =
        IpDatagram.build(
            new OutboundPacket(
                "em0", protocol, source, destination, 255, 0, true, null, new byte[36]),
            source,
            0);
    return Frame.of(Frame.groupMac(destination), MAC, Frame.etherType(destination), packet);
  }

  /** The machine of bpf(4), as far as the programs use it: a load beyond the frame refuses it. */
  private static boolean passes(SocketFilter filter, byte[] frame, int tagged) {
    ByteBuffer code = filter.toBytes().order(ByteOrder.nativeOrder());
    ByteBuffer in = ByteBuffer.wrap(frame);
    int accumulator = 0;
    for (int pc = 0; ; pc++) {
      int at = 8 * pc;
      int operand = code.getInt(at + 4);
      switch (code.getShort(at)) {
        case 0x20, 0x28, 0x30 -> {
          int size = code.getShort(at) == 0x20 ? 4 : code.getShort(at) == 0x28 ? 2 : 1;
          if (operand == TAG_PRESENT) {
            accumulator = tagged;
          } else if (operand < 0 || operand + size > frame.length) {
            return false;
          } else {
            accumulator =
                switch (size) {
                  case 1 -> in.get(operand) & 0xff;
                  case 2 -> in.getShort(operand) & 0xffff;
                  default -> in.getInt(operand);
                };
          }
        }
        case 0x15 -> pc += code.get(accumulator == operand ? at + 2 : at + 3) & 0xff;
        case 0x06 -> {
          return operand != 0;
        }
        default -> throw new AssertionError("instruction 0x%x".formatted(code.getShort(at)));
      }
    }
  }
}

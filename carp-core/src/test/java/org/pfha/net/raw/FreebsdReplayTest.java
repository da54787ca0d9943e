package org.pfha.net.raw;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pfha.net.Announcement;
import org.pfha.net.IpDatagram;
import org.pfha.net.Link;
import org.pfha.net.LinkAddress;
import org.pfha.net.MacAddress;
import org.pfha.net.OutboundPacket;
import org.pfha.net.VipController;
import org.pfha.net.VipController.Vip;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCallJournal;
import org.pfha.net.sys.SystemCalls;

/**
 * What a FreeBSD kernel is asked and how its answers are read, by a journal of system calls written
 * after its headers (spec pf-ioctl 11).
 */
class FreebsdReplayTest {

  private static final HexFormat HEX = HexFormat.of();
  private static final String OPEN_ROUTE = "socket 17 0x30000003 0 = 5";
  private static final String LIST = "sysctl 4.17.0.0.3.0 = ";
  private static final MacAddress MAC = new MacAddress(0x0200_0000_0001L);
  private static final MacAddress OTHER = new MacAddress(0x0200_0000_0002L);
  private static final Link EM0 =
      new Link(
          "em0",
          true,
          1500,
          MAC,
          List.of(
              LinkAddress.parse("192.0.2.2/24"),
              LinkAddress.parse("fe80::2/64"),
              LinkAddress.parse("2001:db8::2/64")));

  @Test
  void interfacesAndTheirAddressesAreRead() {
    byte[] all = interfaces(true);
    assertThat(FreebsdInterfaces.parse(all))
        .containsExactly(
            new Interface(3, true, EM0),
            new Interface(
                4,
                false,
                new Link(
                    "lo0",
                    true,
                    16384,
                    new MacAddress(0),
                    List.of(LinkAddress.parse("127.0.0.1/8")))));
    for (int length = 0; length < all.length; length++) {
      assertThat(FreebsdInterfaces.parse(Arrays.copyOf(all, length))).hasSizeLessThanOrEqualTo(2);
    }
  }

  @Test
  void theRoutingSocketSaysWhenToLookAgain() throws Exception {
    SystemCalls calls =
        SystemCallJournal.replaying(
            List.of(
                OPEN_ROUTE,
                LIST + HEX.formatHex(interfaces(true)),
                "read 5 65536 = 4 04000501", // a route: nothing of ours
                "read 5 65536 = -1",
                "read 5 65536 = 4 0400050e",
                "read 5 65536 = -1",
                LIST + HEX.formatHex(interfaces(false)),
                "read 5 65536 = errno 55 read",
                "read 5 65536 = -1",
                LIST + HEX.formatHex(interfaces(true)),
                "close 5 = 0"));
    try (FreebsdInterfaces watch = FreebsdInterfaces.open(calls)) {
      assertThat(watch.named("em0").orElseThrow().link().up()).isTrue();
      watch.readable();
      assertThat(watch.named("em0").orElseThrow().link().up()).isTrue();
      watch.readable();
      assertThat(watch.named("em0").orElseThrow().link().up()).isFalse();
      watch.readable();
      assertThat(watch.named("em0").orElseThrow().link().up()).as("after a loss").isTrue();
    }
  }

  @Test
  void aPortSpeaksBpfAndRawSockets() throws Exception {
    InetAddress group = address("224.0.0.18");
    InetAddress group6 = address("ff02::12");
    List<String> journal = new ArrayList<>();
    journal.add("pipe = 3 4");
    journal.add(OPEN_ROUTE);
    journal.add(LIST + HEX.formatHex(interfaces(true)));
    journal.add("open 1048582 /dev/bpf = 6");
    journal.add("ioctl 6 0xc0044266 00000800 = 0 00100000"); // 512 KiB asked for, 4096 given
    String ifreq = HEX.formatHex(name("em0", 32));
    journal.add("ioctl 6 0x8020426c %s = 0 %s".formatted(ifreq, ifreq));
    journal.add("ioctl 6 0x80044270 01000000 = 0 01000000");
    journal.add("ioctl 6 0x80044275 01000000 = 0 01000000");
    journal.add("ioctl 6 0x80044277 00000000 = 0 00000000");
    journal.add(setFilter(6, "0x80104267", SocketFilter.frames(Set.of(112), false)));
    journal.add("socket 2 0x10000002 0 = 7");
    journal.add("socket 28 0x10000002 0 = 8");
    journal.add("socket 2 0x30000003 255 = 9");
    journal.add("setsockopt 9 0 2 01000000 = 0");
    journal.add("socket 28 0x30000003 112 = 10");
    journal.add("setsockopt 10 65535 4098 01000000 = 0");
    journal.add("write 4 00 = 0"); // the poller is told
    journal.add("setsockopt 7 0 12 e00000120000000003000000 = 0");
    journal.add("setsockopt 8 41 12 ff02000000000000000000000000001203000000 = 0");
    byte[] wanted = ip("192.0.2.1", group, 112);
    byte[] records =
        concat(
            record(Frame.of(Frame.groupMac(group), OTHER, Frame.IPV4, wanted)),
            record(Arrays.copyOf(frame(wanted), 14 + 16)), // the address is the last packet's
            record(frame6(ip("fe80::1", group6, 112), group6)),
            record(Arrays.copyOf(frame6(ip("fe80::1", group6, 112), group6), 14 + 24)),
            record(frame(ip("192.0.2.1", address("192.0.2.2"), 112))), // ours
            record(frame(ip("192.0.2.1", address("198.51.100.7"), 112))), // passing through
            record(frame(ip("192.0.2.1", address("224.0.0.240"), 112))), // not joined
            record(new byte[0]), // too short for a header, for anything behind it
            record(new byte[13]),
            record(Arrays.copyOf(frame(wanted), 14)),
            record(Arrays.copyOf(frame6(ip("fe80::1", group6, 112), group6), 14 + 5)),
            new byte[10]);
    journal.add("read 6 4096 = %d %s".formatted(records.length, HEX.formatHex(records)));
    byte[] cut = record(frame(wanted));
    ByteBuffer.wrap(cut).order(ByteOrder.LITTLE_ENDIAN).putInt(20, 9000);
    journal.add("read 6 4096 = %d %s".formatted(cut.length, HEX.formatHex(cut)));
    journal.add("read 6 4096 = -1");
    journal.add(setFilter(6, "0x80104282", SocketFilter.frames(Set.of(112), true)));
    byte[] claim = record(announcement());
    journal.add("read 6 4096 = %d %s".formatted(claim.length, HEX.formatHex(claim)));
    journal.add("read 6 4096 = -1");
    byte[] out = Frame.of(Frame.groupMac(group), MAC, Frame.IPV4, wanted);
    journal.add("write 6 %s = 0".formatted(HEX.formatHex(out)));
    byte[] single = ip("192.0.2.2", address("192.0.2.1"), 112);
    journal.add(
        "sendto 9 %s 10020000c00002010000000000000000 = 0".formatted(HEX.formatHex(single)));
    byte[] single6 = ip("fe80::2", address("fe80::1"), 112);
    journal.add("setsockopt 10 41 4 ff000000 = 0");
    journal.add("setsockopt 10 41 61 e0000000 = 0");
    journal.add("setsockopt 10 41 46 fe80000000000000000000000000000203000000 = 0");
    journal.add(
        "sendto 10 %s 1c1c000000000000fe80000000000000000000000000000103000000 = 0"
            .formatted(HEX.formatHex(single6, 40, single6.length)));
    journal.add("setsockopt 7 0 13 e00000120000000003000000 = 0");
    journal.add("write 4 00 = 0");
    for (int fd : new int[] {6, 7, 8, 9, 10, 5, 3, 4}) {
      journal.add("close %d = 0".formatted(fd));
    }

    SystemCalls calls = SystemCallJournal.replaying(journal);
    Poller poller = new Poller(calls);
    Seen seen = new Seen();
    FreebsdHost host =
        new FreebsdHost(
            calls, poller, seen, new ArrivalClock(() -> 1_000, () -> 5_000_000_000L), 4 << 20);
    InterfaceWatch watch = host.watch();
    RawHost.Port port = host.open(watch.named("em0").orElseThrow(), Set.of(112), false);
    port.join(group);
    port.join(group6);
    ((FreebsdPort) port).readable();
    assertThat(seen.packets)
        .containsExactly("em0 76.. 224.0.0.18", "em0 ipv6", "em0 76.. 192.0.2.2");
    assertThat(seen.truncated).isOne();
    port.observeNeighbours();
    port.observeNeighbours();
    ((FreebsdPort) port).readable();
    assertThat(seen.frames).containsExactly("em0 42");
    port.sendFrame(out);
    port.sendPacket(single, address("192.0.2.1"));
    port.sendPacket(single6, address("fe80::1"));
    port.leave(group);
    port.close();
    ((FreebsdPort) port).readable();
    watch.close();
    poller.close();
    assertThatThrownBy(() -> calls.close(99)).hasMessageContaining("nothing more");
  }

  @Test
  void whatTheKernelRefusesIsNamed() throws Exception {
    for (String[] refusal :
        new String[][] {
          {"13", "NoPrivilege", "root"},
          {"6", "NoInterface", "em0"},
          {"43", "ProtocolTaken", "carp or pfsync"},
          {"48", "ProtocolTaken", "unload"}
        }) {
      SystemCalls calls =
          SystemCallJournal.replaying(
              List.of(
                  "pipe = 3 4",
                  "open 1048582 /dev/bpf = errno %s open".formatted(refusal[0]),
                  "write 4 00 = 0"));
      FreebsdHost host =
          new FreebsdHost(
              calls, new Poller(calls), new Seen(), new ArrivalClock(() -> 0, () -> 0), 4096);
      assertThatThrownBy(() -> host.open(new Interface(3, true, EM0), Set.of(112), false))
          .isInstanceOf(RawException.class)
          .hasMessageContaining(refusal[2])
          .satisfies(e -> assertThat(e.getClass().getSimpleName()).isEqualTo(refusal[1]));
    }
  }

  @Test
  void virtualAddressesAreAliases() throws Exception {
    Vip v4 = new Vip("em0", 7, LinkAddress.parse("192.0.2.100/24"));
    Vip v6 = new Vip("em0", 7, LinkAddress.parse("fe80::100/64"));
    String all = LIST + HEX.formatHex(interfaces(true));
    String in = "10020000c00002640000000000000000";
    String in6 = "1c1c000000000000fe80000000000000000000000000010003000000";
    String remove = hex("em0", 32, in);
    String remove6 = hex("em0", 288, in6);
    String add = hex("em0", 68, in + "00".repeat(16) + "10020000ffffffff" + "00".repeat(8));
    String add6 =
        hex(
            "em0",
            136,
            in6
                + "00".repeat(28)
                + "1c1c000000000000"
                + "ff".repeat(16)
                + "00".repeat(4)
                + "20000000"
                + "00".repeat(16)
                + "04000000");
    SystemCalls calls =
        SystemCallJournal.replaying(
            List.of(
                "socket 2 0x10000002 0 = 5",
                "socket 28 0x10000002 0 = 6",
                all,
                "ioctl 5 0x80206919 %s = errno 49 ioctl".formatted(remove), // nothing is left
                all,
                "ioctl 6 0x81206919 %s = 0 %s".formatted(remove6, remove6),
                "ioctl 5 0x8044692b %s = 0 %s".formatted(add, add),
                "ioctl 6 0x8088691b %s = 0 %s".formatted(add6, add6),
                "ioctl 6 0x8088691b %s = 0 %s".formatted(add6, add6), // renewed
                "ioctl 5 0x80206919 %s = 0 %s".formatted(remove, remove),
                all,
                "ioctl 6 0x81206919 %s = 0 %s".formatted(remove6, remove6), // by closing
                "close 5 = 0",
                "close 6 = 0"));
    try (VipController addresses = FreebsdAddresses.open(calls)) {
      addresses.prepare(v4);
      addresses.prepare(v6);
      for (int i = 0; i < 2; i++) {
        addresses.hold(v4, Duration.ofMillis(3_390));
        addresses.hold(v6, Duration.ofMillis(3_390));
      }
      addresses.release(v4);
      addresses.release(v4);
      assertThatThrownBy(() -> addresses.prepare(new Vip("em9", 1, v4.address())))
          .isInstanceOf(RawException.NoInterface.class)
          .hasMessageContaining("em9");
    }
    assertThatThrownBy(() -> calls.close(99)).hasMessageContaining("nothing more");
  }

  private static final class Seen implements Arrivals {
    private final List<String> packets = new ArrayList<>();
    private final List<String> frames = new ArrayList<>();
    private int truncated;

    @Override
    public void packet(byte[] bytes, int length, String link, long atNanos) {
      packets.add(
          bytes[0] >> 4 == 6
              ? link + " ipv6"
              : "%s %d.. %d.%d.%d.%d"
                  .formatted(
                      link, length, bytes[16] & 0xff, bytes[17], bytes[18], bytes[19] & 0xff));
    }

    @Override
    public void frame(byte[] bytes, int length, String link, long atNanos) {
      frames.add(link + " " + length);
    }

    @Override
    public void truncated() {
      truncated++;
    }
  }

  private static InetAddress address(String text) {
    return LinkAddress.parse(text).address();
  }

  private static String setFilter(int fd, String request, SocketFilter filter) {
    ByteBuffer bytes = filter.toBytes();
    byte[] code = new byte[bytes.capacity()];
    bytes.get(0, code);
    String program = "%02x000000%s".formatted(filter.length(), "00".repeat(12));
    String pointed = code.length + ":" + HEX.formatHex(code).replaceFirst("(00)+$", "");
    return "ioctl %d %s %s @8 %s = 0 %s %s"
        .formatted(fd, request, program, pointed, program, pointed);
  }

  private static byte[] ip(String source, InetAddress destination, int protocol) {
    return IpDatagram.build(
        new OutboundPacket("em0", protocol, null, destination, 255, 0xe0, true, null, new byte[56]),
        address(source),
        0);
  }

  private static byte[] frame(byte[] packet) {
    return Frame.of(MAC, OTHER, Frame.IPV4, packet);
  }

  private static byte[] frame6(byte[] packet, InetAddress group) {
    return Frame.of(Frame.groupMac(group), OTHER, Frame.IPV6, packet);
  }

  private static byte[] announcement() {
    Announcement announcement = Announcement.of(address("192.0.2.100"), OTHER);
    return Frame.of(
        announcement.destination(), OTHER, announcement.etherType(), announcement.payload());
  }

  /** bpf_hdr of 26 bytes, the frame, padding to 8. */
  private static byte[] record(byte[] frame) {
    return ByteBuffer.allocate(26 + frame.length + 7 & ~7)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(5)
        .putLong(0)
        .putInt(frame.length)
        .putInt(frame.length)
        .putShort((short) 26)
        .put(frame)
        .array();
  }

  private static byte[] name(String name, int size) {
    return ByteBuffer.allocate(size).put(name.getBytes(US_ASCII)).array();
  }

  private static String hex(String name, int size, String behind) {
    byte[] bytes = name(name, size);
    byte[] more = HEX.parseHex(behind);
    System.arraycopy(more, 0, bytes, 16, more.length);
    return HEX.formatHex(bytes);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** em0 with three addresses, lo0 with one. */
  private static byte[] interfaces(boolean up) {
    return concat(
        message(14, 0x10, 3, 168, 6, up ? 2 : 1, 1500, link("em0", 6, "020000000001")),
        message(
            12,
            0xb4,
            3,
            20,
            0,
            0,
            0,
            "07020000ffffff00",
            link("em0", 6, ""),
            "10020000c00002020000000000000000",
            "10020000c00002ff0000000000000000"),
        message(
            12,
            0x34,
            3,
            20,
            0,
            0,
            0,
            "1c1c000000000000ffffffffffffffff000000000000000000000000" + "00000000",
            link("em0", 6, ""),
            "1c1c000000000000fe80000300000000000000000000000203000000" + "00000000"),
        message(
            12,
            0x34,
            3,
            20,
            0,
            0,
            0,
            "1c1c000000000000ffffffffffffffff000000000000000000000000" + "00000000",
            link("em0", 6, ""),
            "1c1c00000000000020010db800000000000000000000000200000000" + "00000000"),
        message(14, 0x10, 4, 168, 24, 0, 16384, link("lo0", 24, "")),
        message(12, 0x24, 4, 20, 0, 0, 0, "05020000ff000000", "100200007f0000010000000000000000"));
  }

  private static String link(String name, int type, String mac) {
    int length = 8 + name.length() + mac.length() / 2;
    return "%02x120300%02x%02x%02x00%s%s%s"
        .formatted(
            Math.max(length, 54),
            type,
            name.length(),
            mac.length() / 2,
            HEX.formatHex(name.getBytes(US_ASCII)),
            mac,
            "00".repeat(56 - length));
  }

  private static byte[] message(
      int type, int bits, int index, int header, int ifType, int state, int mtu, String... hex) {
    byte[] addresses = HEX.parseHex(String.join("", hex));
    ByteBuffer out = ByteBuffer.allocate(header + addresses.length).order(ByteOrder.LITTLE_ENDIAN);
    out.putShort(0, (short) out.capacity()).put(2, (byte) 5).put(3, (byte) type);
    out.putInt(4, bits).putInt(8, 0x8843).putShort(12, (short) index);
    if (header == 168) {
      out.put(16, (byte) ifType).put(20, (byte) state).putInt(24, mtu);
    }
    return out.put(header, addresses).array();
  }

  @Test
  void aSimulatedKernelWithoutSocketsSaysSo() {
    assertThatThrownBy(() -> new Poller(new SocketlessCalls()))
        .isInstanceOf(SystemCallException.class)
        .hasMessageContainingAll("pipe", "no such call");
  }

  private static final class SocketlessCalls implements SystemCalls {
    @Override
    public int open(String path, int flags) {
      return 0;
    }

    @Override
    public int ioctl(int fd, long request, ByteBuffer argument) {
      return 0;
    }

    @Override
    public int ioctl(
        int fd, long request, ByteBuffer argument, int pointerOffset, ByteBuffer pointee) {
      return 0;
    }

    @Override
    public int socket(int domain, int type, int protocol) {
      return 0;
    }

    @Override
    public void setSocketOption(int fd, int level, int option, byte[] value) {}

    @Override
    public void send(int fd, byte[] message) {}

    @Override
    public byte[] receive(int fd, int limit) {
      return new byte[0];
    }

    @Override
    public void close(int fd) {}

    @Override
    public byte[] sysctl(String name) {
      return new byte[0];
    }

    @Override
    public void sysctl(String name, byte[] value) {}
  }
}

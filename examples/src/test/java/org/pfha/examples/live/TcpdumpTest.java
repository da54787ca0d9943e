package org.pfha.examples.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.pfha.carp.wire.CarpView;
import org.pfha.carp.wire.VrrpView;
import org.pfha.examples.lab.LabHost;
import org.pfha.examples.lab.NodeSettings;
import org.pfha.examples.lab.Programs.Carp;
import org.pfha.examples.lab.Programs.Vrrp;
import org.pfha.examples.lab.Seen;
import org.pfha.net.IpPacket;
import org.pfha.net.pcap.PcapWriter;
import org.pfha.pfsync.wire.PfsyncPacket;
import org.pfha.pfsync.wire.StateFormat;

/** tcpdump, which shares no code with this project, reads our packets as we do. */
@NeedsLab
class TcpdumpTest {

  /** What tcpdump says of frames, one packet a line. */
  private static List<String> tcpdump(Pair pair, List<Seen> frames, String... options)
      throws IOException {
    Path file = pair.lab.directory().resolve("own.pcap");
    try (PcapWriter writer =
        new PcapWriter(
            Files.newOutputStream(file),
            PcapWriter.LinkType.ETHERNET,
            PcapWriter.Resolution.NANOSECONDS)) {
      for (Seen frame : frames) {
        writer.write(frame.atNanos(), frame.frame());
      }
    }
    List<String> command = new ArrayList<>(List.of("tcpdump", "-nn", "-vv", "-t", "-r"));
    command.add(file.toString());
    command.addAll(List.of(options));
    List<String> packets = new ArrayList<>();
    for (String line : pair.a.run(command.toArray(String[]::new)).lines().toList()) {
      if (line.startsWith("IP")) {
        packets.add(line);
      } else if (line.startsWith(" ") || line.startsWith("\t")) {
        packets.set(packets.size() - 1, packets.get(packets.size() - 1) + " " + line.strip());
      }
    }
    assertThat(packets).hasSameSizeAs(frames);
    return packets;
  }

  @Test
  void readsOurCarpAdverts() throws IOException {
    try (Pair pair = new Pair()) {
      Pair.started(
          new NodeSettings(pair.a)
              .carp(new Carp(7, "mine", "10.66.0.100", 1, 3), "pfha", "2001:db8:66::100/64"));
      pair.await(Seen::isAdvert, 6, Pair.SLACK);
      List<Seen> adverts = pair.wire.all(Seen::isAdvert);
      List<String> words = tcpdump(pair, adverts, "-T", "carp");
      for (int i = 0; i < adverts.size(); i++) {
        Seen advert = adverts.get(i);
        byte[] payload = advert.payload();
        CarpView view = new CarpView().wrap(payload, 0, payload.length);
        boolean ipv4 = advert.address().getAddress().length == 4;
        assertThat(words.get(i))
            .contains(
                "CARPv2-advertise 36: vhid=%d advbase=%d advskew=%d authlen=%d "
                    .formatted(view.vhid(), view.advbase(), view.advskew(), view.authlen()))
            .contains("counter=" + Long.toUnsignedString(view.counter()))
            .contains(ipv4 ? "tos 0xe0, ttl 255" : "class 0xe0")
            .contains(ipv4 ? "flags [DF]" : "hlim 255")
            .contains(ipv4 ? "10.66.0.1 > 224.0.0.18" : "fe80::a > ff02::12")
            .doesNotContain("bad");
      }
      assertThat(words).anyMatch(line -> line.startsWith("IP6"));
    }
  }

  @Test
  void readsOurVrrpAdverts() throws IOException {
    try (Pair pair = new Pair()) {
      Pair.started(
          new NodeSettings(pair.a)
              .vrrp(new Vrrp(20, 200, 500, List.of("10.66.2.1/24", "10.66.2.7/24")))
              .vrrp(new Vrrp(30, 180, 500, List.of("fe80::5e:30/64", "2001:db8:66::30/64"))));
      pair.await(frame -> frame.isAdvertOf(20), 3, Pair.SLACK);
      pair.await(frame -> frame.isAdvertOf(30), 3, Pair.SLACK);
      List<Seen> adverts = pair.wire.all(Seen::isAdvert);
      List<String> words = tcpdump(pair, adverts);
      IpPacket packet = new IpPacket();
      for (int i = 0; i < adverts.size(); i++) {
        byte[] frame = adverts.get(i).frame();
        assertThat(packet.wrap(frame, 14, frame.length - 14, "eth0", 0).check())
            .isEqualTo(IpPacket.Check.OK);
        VrrpView view = new VrrpView().wrap(packet);
        assertThat(words.get(i))
            .contains(
                String.format(
                    Locale.ROOT,
                    "VRRPv3, Advertisement, vrid %d, prio %d, intvl %dcs, length %d, addrs",
                    view.vrid(),
                    view.priority(),
                    view.intervalCentis(),
                    adverts.get(i).payload().length))
            .contains(view.vrid() == 20 ? "10.66.0.1 > 224.0.0.18" : "fe80::a > ff02::12")
            .contains(view.vrid() == 20 ? "10.66.2.1,10.66.2.7" : "fe80::5e:30,2001:db8:66::30")
            .doesNotContain("bad");
      }
    }
  }

  /**
   * Debian's tcpdump knows no pfsync: it can only agree about the datagrams that carry it, and that
   * what is in them is what we read.
   */
  @Test
  void readsTheDatagramsOfOurPfsync() throws IOException {
    try (Pair pair = new Pair()) {
      for (LabHost host : List.of(pair.a, pair.b)) {
        String peer = host == pair.a ? Pair.SOURCE_B : Pair.SOURCE_A;
        Pair.started(
            new NodeSettings(host)
                .carp(new Carp(7, "mine", "10.66.0.100", 1, 3), "pfha")
                .pfsync(host.name(), link -> link.texts("peers", List.of(peer))));
      }
      Predicate<Seen> pfsync = frame -> frame.kind() == Seen.Kind.PFSYNC;
      pair.await(pfsync, 3, Pair.SLACK);
      List<Seen> frames = pair.wire.all(pfsync);
      List<String> words = tcpdump(pair, frames, "-x");
      for (int i = 0; i < frames.size(); i++) {
        byte[] payload = frames.get(i).payload();
        boolean fromA = frames.get(i).host().equals("a");
        assertThat(words.get(i))
            .contains("tos 0x10, ttl 255", "flags [DF]", "proto unknown (240)")
            .contains(
                fromA
                    ? Pair.SOURCE_A + " > " + Pair.SOURCE_B
                    : Pair.SOURCE_B + " > " + Pair.SOURCE_A)
            .contains("ip-proto-240 " + payload.length)
            .doesNotContain("bad");
        assertThat(PfsyncPacket.decode(payload, 0, payload.length, StateFormat.V1301).isComplete())
            .isTrue();
        assertThat(words.get(i).replaceAll("0x[0-9a-f]{4}:|\\s", ""))
            .as("the bytes themselves")
            .contains(HexFormat.of().formatHex(payload));
      }
      assertThat(frames).extracting(Seen::host).contains("a", "b");
    }
  }
}

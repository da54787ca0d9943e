package org.pfha.examples.conformance;

import static org.pfha.examples.conformance.CarpVectors.HEX;

import com.google.common.net.InetAddresses;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpReject;
import org.pfha.carp.wire.CarpView;
import org.pfha.carp.wire.VrrpView;
import org.pfha.net.IpPacket;
import org.pfha.net.pcap.PcapReader;
import org.pfha.net.pcap.PcapRecord;

/**
 * Captured fail-overs of real peers: every frame is decoded and compared with the timeline, every
 * advert is verified against the configuration, and what the peers did is compared with what two of
 * our engines do at the same events.
 */
final class CarpScenarios {

  /** Bytes before the IP header of a frame. */
  static final int ETHERNET = 14;

  private static final int ARP = 0x0806;
  private static final int ICMP6 = 58;
  private static final int NEIGHBOUR_ADVERTISEMENT = 136;
  private static final double MICRO = 1e-6;

  private CarpScenarios() {}

  static Path file(Path json, Json scenario) {
    return json.resolveSibling(scenario.get("pcap").text());
  }

  /** A capture that no scenario describes: its adverts must at least be well formed. */
  static void capture(Path pcap, CarpVectors.Check check) {
    List<String> wrong = new ArrayList<>();
    for (PcapRecord record : read(pcap)) {
      IpPacket packet = ip(record);
      if (packet.check() == IpPacket.Check.OK
          && packet.protocol() == CarpView.PROTOCOL
          && !new VrrpView().wrap(packet).isVrrp()
          && view(packet).check() != CarpReject.NONE) {
        wrong.add(packet + " " + view(packet).check());
      }
    }
    check.equal(List.of(), wrong);
  }

  static void run(Path json, Json scenario, CarpVectors.Check check) {
    Json setup = scenario.get("setup");
    List<PcapRecord> records = read(file(json, scenario));
    List<Json> timeline = scenario.get("timeline").items();
    Map<String, Object> expected = new LinkedHashMap<>();
    Map<String, Object> actual = new LinkedHashMap<>();
    expected.put("frames", timeline.size());
    actual.put("frames", records.size());
    long start = records.isEmpty() ? 0 : records.get(0).atNanos();
    for (int i = 0; i < Math.min(records.size(), timeline.size()); i++) {
      Json line = timeline.get(i);
      Map<String, Object> frame = decode(records.get(i), setup);
      double at = (records.get(i).atNanos() - start) / 1e9;
      for (Map.Entry<String, Json> field : line.fields().entrySet()) {
        String key = "frame " + (i + 1) + " " + field.getKey();
        switch (field.getKey()) {
          case "frame" -> {}
          case "t" -> {
            expected.put(key, true);
            actual.put(key, Math.abs(field.getValue().real() - at) < 2 * MICRO);
          }
          default -> {
            expected.put(key, field.getValue().toString());
            actual.put(key, String.valueOf(frame.get(field.getKey())));
          }
        }
      }
      expected.put("frame " + (i + 1), "valid");
      actual.put("frame " + (i + 1), frame.getOrDefault("verdict", "valid"));
    }
    CarpRehearsal.compare(scenario, expected, actual);
    keepDifferences(expected, actual);
    check.equal(expected, actual);
  }

  /** A scenario has hundreds of values; a failure is to show those that differ. */
  private static void keepDifferences(Map<String, Object> expected, Map<String, Object> actual) {
    for (String key : List.copyOf(expected.keySet())) {
      Object value = actual.get(key);
      if (value != null && value.toString().equals(String.valueOf(expected.get(key)))) {
        expected.remove(key);
        actual.remove(key);
      }
    }
  }

  private static List<PcapRecord> read(Path pcap) {
    try (PcapReader reader = new PcapReader(new BufferedInputStream(Files.newInputStream(pcap)))) {
      List<PcapRecord> records = reader.readAll();
      if (reader.end() != PcapReader.End.COMPLETE) {
        throw new IllegalArgumentException(pcap + ": " + reader.end());
      }
      return records;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static IpPacket ip(PcapRecord record) {
    return new IpPacket()
        .wrap(record.ip(), 0, record.ip().length, CarpVectors.LINK, record.atNanos());
  }

  private static CarpView view(IpPacket packet) {
    return new CarpView().wrap(packet.array(), packet.payloadOffset(), packet.payloadLength());
  }

  /** A frame in the words of a timeline. */
  private static Map<String, Object> decode(PcapRecord record, Json setup) {
    Map<String, Object> frame = new LinkedHashMap<>();
    byte[] bytes = record.frame();
    frame.put("ether_src", mac(bytes, 6));
    IpPacket packet = ip(record);
    if (record.isIp() && packet.check() == IpPacket.Check.OK) {
      frame.put("node", node(setup, packet.source(), bytes));
      if (packet.protocol() == ICMP6) {
        neighbourAdvertisement(packet, frame);
      } else if (setup.has("password")) {
        carp(packet, setup, frame);
      } else {
        vrrp(packet, setup, frame);
      }
    } else if (u16(bytes, 12) == ARP) {
      frame.put("kind", "arp-" + u16(bytes, ETHERNET + 6));
      frame.put("lladdr", mac(bytes, ETHERNET + 8));
      frame.put("addr", text(bytes, ETHERNET + 14, 4));
      frame.put("node", node(setup, null, bytes));
    }
    return frame;
  }

  private static void neighbourAdvertisement(IpPacket packet, Map<String, Object> frame) {
    byte[] bytes = packet.array();
    int at = packet.payloadOffset();
    frame.put("kind", (bytes[at] & 0xff) == NEIGHBOUR_ADVERTISEMENT ? "na" : "icmp6");
    frame.put("addr", text(bytes, at + 8, 16));
    frame.put("lladdr", mac(bytes, at + 26)); // behind the option's type and length
  }

  private static void carp(IpPacket packet, Json setup, Map<String, Object> frame) {
    CarpView advert = view(packet);
    if (advert.check() != CarpReject.NONE) {
      frame.put("verdict", advert.check());
      return;
    }
    frame.put("kind", "carp");
    frame.put("advbase", advert.advbase());
    frame.put("advskew", advert.advskew());
    frame.put("counter", "0x%016x".formatted(advert.counter()));
    String node = String.valueOf(frame.get("node"));
    CarpAuthenticator key = authenticator(setup, node);
    boolean isAsConfigured =
        key.verify(advert)
            && advert.vhid() == setup.get("vhid").integer()
            && packet.ttl() == 255
            && CarpVectors.encoded(advert, key).equals(hex(packet));
    frame.put("verdict", isAsConfigured ? "valid" : "not as configured");
  }

  private static String hex(IpPacket packet) {
    int from = packet.payloadOffset();
    return HEX.formatHex(packet.array(), from, from + packet.payloadLength());
  }

  static CarpAuthenticator authenticator(Json setup, String node) {
    String password = setup.has("password_" + node) ? "password_" + node : "password";
    return CarpAuthenticator.of(
        setup.get(password).text().getBytes(StandardCharsets.UTF_8),
        setup.get("vhid").integer(),
        CarpVectors.addresses(setup.get("addresses")));
  }

  private static void vrrp(IpPacket packet, Json setup, Map<String, Object> frame) {
    VrrpView advert = new VrrpView().wrap(packet);
    if (advert.check() != CarpReject.NONE) {
      frame.put("verdict", advert.check());
      return;
    }
    frame.put("kind", "vrrp");
    frame.put("priority", advert.priority());
    Json instance = instance(setup, String.valueOf(frame.get("node")));
    boolean isAsConfigured =
        advert.isVrrp()
            && packet.ttl() == 255
            && advert.version() == setup.get("version").integer()
            && advert.vrid() == instance.get("id").integer()
            && (advert.priority() == 0 || advert.priority() == instance.get("prio").integer())
            && advert.intervalCentis() == Math.round(100 * instance.get("int").real())
            && advert.addresses().equals(CarpVectors.addresses(instance.get("vips")));
    frame.put("verdict", isAsConfigured ? "valid" : "not as configured");
  }

  /** The first instance of a node. */
  static Json instance(Json setup, String node) {
    String instances = "b".equals(node) ? "instances_b" : "instances";
    return setup.get(instances).items().get(0);
  }

  /** By source address where it is known, otherwise by the last octet of the MAC. */
  private static String node(Json setup, @Nullable InetAddress source, byte[] frame) {
    for (Map.Entry<String, Json> node : setup.get("nodes").fields().entrySet()) {
      if (source != null && CarpVectors.address(node.getValue().get("src").text()).equals(source)) {
        return node.getKey();
      }
    }
    return (frame[11] & 0xff) == 0x0a ? "a" : "b";
  }

  private static String text(byte[] bytes, int at, int length) {
    try {
      return InetAddresses.toAddrString(
          InetAddress.getByAddress(Arrays.copyOfRange(bytes, at, at + length)));
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static String mac(byte[] bytes, int at) {
    return HexFormat.ofDelimiter(":").formatHex(bytes, at, at + 6);
  }

  private static int u16(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
  }
}

package org.pfha.examples.conformance;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.pfha.carp.engine.CarpParameters;
import org.pfha.carp.engine.CarpProfile;
import org.pfha.carp.engine.Role;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpReject;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.IpPacket;
import org.pfha.net.LinkAddress;
import org.pfha.net.pcap.PcapReader;
import org.pfha.net.pcap.PcapRecord;

/**
 * Captures of running FreeBSD kernels, replayed host by host: the engine takes the place of one
 * host, is told what its administrator did and what the other host sent, and must decide and send
 * what the captured host did, within the kernel's ticks and timer slack (spec carp 20.2).
 *
 * <p>A capture is {@code NAME.json} with {@code NAME.pcap}: of two hosts with a timeline, or of
 * one.
 */
final class FreeBsdCarpReplay {

  private static final Pattern ACTION = Pattern.compile("(\\S+): (.*)");
  private static final Pattern STATE = Pattern.compile("(\\S+) state (\\S+) -> (\\S+)");
  private static final HexFormat HEX = HexFormat.of();

  private final Json json;
  private final Report report;
  private final String name;
  private final int vhid;
  private final CarpAuthenticator authenticator;
  private final CarpParameters parameters;
  private final long startNanos;
  private final List<CapturedAdvert> adverts;

  /** One advert of the capture. */
  @SuppressWarnings("ArrayRecordComponent") // bytes of a file, never compared
  record CapturedAdvert(long atNanos, IpPacket packet, byte[] bytes) {

    static CapturedAdvert of(IpPacket packet, long atNanos) {
      byte[] ip = packet.copy();
      IpPacket own = new IpPacket().wrap(ip, 0, ip.length, "vtnet0", atNanos);
      own.check();
      byte[] bytes = new byte[own.payloadLength()];
      System.arraycopy(ip, own.payloadOffset(), bytes, 0, bytes.length);
      return new CapturedAdvert(atNanos, own, bytes);
    }

    CarpView view() {
      return new CarpView().wrap(bytes, 0, bytes.length);
    }

    String at() {
      return "%.3f s".formatted(atNanos / 1e9);
    }
  }

  private FreeBsdCarpReplay(Path file, Json json, Report report) throws IOException {
    this.json = json;
    this.report = report;
    name = String.valueOf(file.getFileName()).replaceFirst("\\.json$", "");
    Json carp = json.get("carp");
    vhid = carp.get("vhid").integer();
    List<InetAddress> addresses = new ArrayList<>();
    Stream.of("virtual_ipv4", "virtual_ipv6")
        .flatMap(family -> carp.get(family).items().stream())
        .forEach(address -> addresses.add(LinkAddress.parse(address.text()).address()));
    byte[] key = carp.get("key_ascii").text().getBytes(StandardCharsets.US_ASCII);
    authenticator = CarpAuthenticator.of(key, vhid, addresses);
    parameters =
        CarpParameters.of(vhid, addresses)
            .withProfile(CarpProfile.FREEBSD_13)
            .withInterval(carp.get("advbase").integer(), 0);
    startNanos =
        seconds(
            json.has("t0_unix")
                ? json.get("t0_unix")
                : json.get("capture").get("guest_config_time_unix"));
    adverts = read(pcapOf(file));
  }

  /** Replays one capture, if the file describes one of CARP. */
  static Set<String> run(Path directory, String name, Json json, Report report) throws IOException {
    Path file = directory.resolve(name);
    if (!json.isObject()
        || !json.has("carp")
        || !(json.has("hosts") || json.has("observed"))
        || !Files.exists(pcapOf(file))) {
      return Set.of();
    }
    try {
      FreeBsdCarpReplay replay = new FreeBsdCarpReplay(file, json, report);
      replay.adverts();
      if (json.has("hosts")) {
        replay.frames();
        for (Json host : json.get("hosts").items()) {
          replay.replay(host);
        }
      } else {
        replay.observed();
        replay.replaySingleHost();
      }
    } catch (RuntimeException e) {
      report.failed(name, "a replay", e.toString());
    }
    return Set.of(name, directory.relativize(pcapOf(file)).toString());
  }

  /** The capture itself. */
  static Path pcapOf(Path file) {
    return file.resolveSibling(
        String.valueOf(file.getFileName()).replaceFirst("\\.json$", ".pcap"));
  }

  private List<CapturedAdvert> read(Path pcap) throws IOException {
    List<CapturedAdvert> found = new ArrayList<>();
    IpPacket packet = new IpPacket();
    try (PcapReader reader = new PcapReader(Files.newInputStream(pcap))) {
      for (PcapRecord record : reader.readAll()) {
        long at = record.atNanos() - startNanos;
        packet.wrap(record.ip(), 0, record.ip().length, "vtnet0", at);
        if (packet.check() == IpPacket.Check.OK && packet.protocol() == CarpView.PROTOCOL) {
          found.add(CapturedAdvert.of(packet, at));
        }
      }
      report.check(name + " is read to its end", PcapReader.End.COMPLETE, reader.end());
    }
    return found;
  }

  /** Every advert decodes, checks, verifies, and is encoded again to the same bytes. */
  private void adverts() {
    for (CapturedAdvert advert : adverts) {
      CarpView view = advert.view();
      CarpReject reject = view.check();
      String again = "";
      if (reject == CarpReject.NONE) {
        byte[] out = new byte[CarpView.LENGTH];
        view.advert().encode(out, 0, authenticator);
        again = HEX.formatHex(out) + " " + authenticator.verify(view);
      }
      report.check(
          "%s advert at %s".formatted(name, advert.at()),
          CarpReject.NONE + " " + HEX.formatHex(advert.bytes) + " true",
          reject + " " + again);
    }
  }

  /** What the side file says of each frame is what is decoded. */
  private void frames() {
    List<String> expected = new ArrayList<>();
    for (Json frame : json.get("frames").items()) {
      if (frame.get("kind").text().startsWith("carp")) {
        expected.add(
            "%s s %s advbase %d advskew %d counter %s authentic %s"
                .formatted(
                    frame.get("t"),
                    frame.get("src").text(),
                    frame.get("advbase").integer(),
                    frame.get("advskew").integer(),
                    frame.get("counter").text(),
                    frame.get("hmac_ok").bool()));
      }
    }
    for (int i = 0; i < Math.max(expected.size(), adverts.size()); i++) {
      String file = i < expected.size() ? expected.get(i) : "nothing";
      String decoded = i < adverts.size() ? decoded(adverts.get(i)) : "nothing";
      report.check("%s frame %d".formatted(name, i + 1), withoutTime(file), withoutTime(decoded));
      report.check(
          "%s time of frame %d".formatted(name, i + 1),
          true,
          Math.abs(time(file) - time(decoded)) <= 0.0011);
    }
  }

  private String decoded(CapturedAdvert advert) {
    CarpView view = advert.view();
    return "%.4f s %s advbase %d advskew %d counter %016x authentic %s"
        .formatted(
            advert.atNanos / 1e9,
            advert.packet.source().getHostAddress(),
            view.advbase(),
            view.advskew(),
            view.counter(),
            authenticator.verify(view));
  }

  private static String withoutTime(String frame) {
    return frame.replaceFirst("^\\S+ s ", "");
  }

  private static double time(String frame) {
    return frame.equals("nothing") ? -1 : Double.parseDouble(frame.split(" ", 2)[0]);
  }

  /** Count, first, intervals and counters of each family. */
  private void observed() {
    for (var family : json.get("observed").get("adverts").fields().entrySet()) {
      boolean ipv6 = family.getKey().equals("ipv6");
      Json expected = family.getValue();
      List<CapturedAdvert> mine =
          adverts.stream().filter(advert -> advert.packet.isIpv6() == ipv6).toList();
      String what = name + " " + family.getKey();
      report.check(what + " count", expected.get("count").integer(), mine.size());
      report.check(
          what + " counters",
          expected.get("counters").items().stream().map(Json::text).toList(),
          mine.stream().map(advert -> "%016x".formatted(advert.view().counter())).toList());
      List<Double> times = new ArrayList<>();
      times.add(expected.get("first_after_config_s").real());
      expected.get("intervals_s").items().forEach(interval -> times.add(interval.real()));
      double before = 0;
      for (int i = 0; i < Math.max(times.size(), mine.size()); i++) {
        double at = i < mine.size() ? mine.get(i).atNanos / 1e9 : -1;
        double interval = i < times.size() ? times.get(i) : -1;
        report.check(
            "%s interval %d".formatted(what, i + 1),
            true,
            Math.abs(at - before - interval) <= 0.0011);
        before = at;
      }
    }
  }

  /** One host of two: the other one's frames are heard, its own are what is expected. */
  private void replay(Json host) {
    String hostName = host.get("name").text();
    LinkAddress own = LinkAddress.parse(host.get("ipv4").text());
    byte[] mac = HexFormat.ofDelimiter(":").parseHex(host.get("mac").text());
    InetAddress linkLocal = linkLocal(mac);
    KernelHost kernel =
        new KernelHost(name + " " + hostName, parameters, authenticator, own.address(), report);
    for (CapturedAdvert advert : adverts) {
      InetAddress source = advert.packet.source();
      if (source.equals(own.address()) || source.equals(linkLocal)) {
        kernel.sent(advert);
      } else {
        kernel.heard(advert);
      }
    }
    for (Json frame : json.get("frames").items()) {
      if (frame.get("kind").text().equals("arp op 1")
          && frame.get("ethsrc").text().equals(host.get("mac").text())
          && frame.get("sender").text().equals(frame.get("target").text())) {
        kernel.announced(
            seconds(frame.get("t")), LinkAddress.parse(frame.get("sender").text()).address());
      }
    }
    for (Json entry : json.get("timeline").items()) {
      timeline(kernel, hostName, seconds(entry.get("t")), entry.get("event").text());
    }
    kernel.replay();
  }

  private void timeline(KernelHost kernel, String host, long at, String event) {
    Matcher state = STATE.matcher(event);
    if (state.matches()) {
      if (state.group(1).equals(host)) {
        kernel.became(at, role(state.group(2)), role(state.group(3)));
      }
      return;
    }
    Matcher action = ACTION.matcher(event);
    if (!action.matches()) {
      report.failed(name + " at " + at / 1e9 + " s", "an action or a state", event);
      return;
    }
    String what = action.group(2);
    if (what.contains("preempt 0 on both")) {
      kernel.did(at, "sysctl net.inet.carp.preempt=0");
    }
    if (action.group(1).equals(host)) {
      kernel.did(at, what);
    }
  }

  /** A vhid that does not exist yet, or any more, is as good as one in INIT. */
  private static Role role(String state) {
    return state.equalsIgnoreCase("none") ? Role.INIT : Role.valueOf(state);
  }

  /** The only host: all frames are its own. */
  private void replaySingleHost() {
    Json carp = json.get("carp");
    LinkAddress own = LinkAddress.parse(json.get("interface").get("ipv4").text());
    KernelHost kernel = new KernelHost(name, parameters, authenticator, own.address(), report);
    adverts.forEach(kernel::sent);
    kernel.did(0, "configure vhid %d advskew %s".formatted(vhid, carp.get("advskew_configured")));
    int demotion = carp.get("demotion_sysctl").integer();
    if (demotion != 0) {
      kernel.did(0, "net.inet.carp.demotion %+d".formatted(demotion));
    }
    Role first = role(carp.get("state_right_after_config").text());
    kernel.became(0, Role.INIT, first);
    if (!adverts.isEmpty()) {
      kernel.became(adverts.get(0).atNanos, first, role(carp.get("state_at_end").text()));
    }
    announcements(kernel, carp);
    kernel.replay();
  }

  /** One ARP request per IPv4 address, in the order in which they were added. */
  private void announcements(KernelHost kernel, Json carp) {
    List<Json> addresses = carp.get("virtual_ipv4").items();
    int next = 0;
    for (Json frame : json.get("observed").get("other_frames").items()) {
      if (frame.get("kind").text().equals("arp")) {
        String address = next < addresses.size() ? addresses.get(next).text() : "0.0.0.0";
        kernel.announced(seconds(frame.get("t")), LinkAddress.parse(address).address());
        next++;
      }
    }
  }

  /** EUI-64: the MAC with ff:fe in the middle and the universal bit flipped. */
  private static InetAddress linkLocal(byte[] mac) {
    byte[] address = {
      (byte) 0xfe,
      (byte) 0x80,
      0,
      0,
      0,
      0,
      0,
      0,
      (byte) (mac[0] ^ 2),
      mac[1],
      mac[2],
      (byte) 0xff,
      (byte) 0xfe,
      mac[3],
      mac[4],
      mac[5]
    };
    try {
      return Inet6Address.getByAddress(address);
    } catch (UnknownHostException impossible) {
      throw new AssertionError("an address of 16 bytes is always valid", impossible);
    }
  }

  private static long seconds(Json number) {
    return Math.round(number.real() * 1e9);
  }
}

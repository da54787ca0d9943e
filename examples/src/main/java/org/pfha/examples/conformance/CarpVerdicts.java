package org.pfha.examples.conformance;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pfha.carp.engine.CarpInput;
import org.pfha.carp.engine.CarpParameters;
import org.pfha.carp.engine.CarpProfile;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpKeyring;
import org.pfha.carp.wire.CarpReject;
import org.pfha.net.IpPacket;

/** Hostile and odd packets: what the receive path says of them, by the rules of each peer. */
final class CarpVerdicts {

  private static final Map<String, CarpProfile> COLUMNS =
      Map.of(
          "library", CarpProfile.PFHA,
          "freebsd13", CarpProfile.FREEBSD_13,
          "freebsd14", CarpProfile.FREEBSD_14,
          "freebsd_main", CarpProfile.FREEBSD_15,
          "openbsd", CarpProfile.OPENBSD,
          "ucarp", CarpProfile.UCARP);

  private static final Pattern VERDICT =
      Pattern.compile("(accept-or-strict-)?(accept|drop:[a-z-]+).*");

  private final Json vector;
  private final Json receiver;
  private final Map<String, Json> config;
  private final IpPacket packet;
  private final InetAddress own;

  private CarpVerdicts(Json vector, Json receiver) {
    this.vector = vector;
    this.receiver = receiver;
    config = new LinkedHashMap<>(receiver.get("config").fields());
    if (vector.has("receiver_override")) {
      config.putAll(vector.get("receiver_override").fields());
    }
    byte[] bytes = CarpVectors.HEX.parseHex(vector.get("packet_hex").text());
    packet = new IpPacket().wrap(bytes, 0, bytes.length, CarpVectors.LINK, 0);
    own = CarpVectors.address(receiver.get("own_address").text());
  }

  static void run(Json vector, Json receiver, CarpVectors.Check check) {
    CarpVerdicts verdicts = new CarpVerdicts(vector, receiver);
    Map<String, String> expected = new LinkedHashMap<>();
    Map<String, String> actual = new LinkedHashMap<>();
    vector
        .get("verdict")
        .fields()
        .forEach((column, verdict) -> verdicts.column(column, verdict.text(), expected, actual));
    check.equal(expected, actual);
  }

  private void column(
      String column, String verdict, Map<String, String> expected, Map<String, String> actual) {
    CarpProfile profile = COLUMNS.get(column);
    if (verdict.startsWith("n/a")) {
      return;
    }
    Matcher matcher = VERDICT.matcher(verdict);
    if (profile == null || !matcher.matches()) {
      expected.put(column, verdict);
      actual.put(column, "neither this column nor this verdict is known");
      return;
    }
    String plain = matcher.group(2).replace("other-group", "baddst");
    boolean choice = matcher.group(1) != null;
    String state = stateAfter(column);
    expected.put(column, choice ? "accept" : plain + state);
    actual.put(column, verdict(profile, verdict, false, !state.isEmpty()));
    if (choice) {
      expected.put(column + ", strict", plain);
      actual.put(column + ", strict", verdict(profile, verdict, true, false));
    } else if (profile == CarpProfile.PFHA) {
      expected.put(column + ", strict", plain);
      actual.put(column + ", strict", verdict(profile, verdict, true, false));
    }
  }

  /** The library is to do what the kernel that it is mostly paired with does. */
  private String stateAfter(String column) {
    String key = ("library".equals(column) ? "freebsd13" : column) + "_state_after";
    return vector.has(key) ? ", then " + vector.get(key).text() : "";
  }

  private String verdict(CarpProfile profile, String verdict, boolean strict, boolean withState) {
    List<InetAddress> addresses = CarpVectors.addresses(field("addresses"));
    byte[] key = CarpVectors.HEX.parseHex(field("key_hex").text());
    int vhid = field("vhid").integer();
    CarpParameters parameters =
        CarpParameters.of(vhid, addresses)
            .withProfile(profile)
            .withInterval(field("advbase").integer(), field("advskew").integer());
    if (vector.has("receiver_mode") && vector.get("receiver_mode").text().startsWith("unicast")) {
      packet.check();
      parameters = parameters.withPeers(List.of(packet.source()));
    }
    CarpKeyring keys = profile.keyring(key, vhid, addresses);
    if (verdict.contains("OpenBSD compatibility")) {
      keys = keys.accepting(CarpAuthenticator.openBsd(key, vhid, addresses, null));
    }
    CarpInput input = new CarpInput(profile);
    input.add(parameters, keys, strict);
    input.ownAddresses(List.of(own));
    if (profile == CarpProfile.PFHA
        && packet.check() == IpPacket.Check.OK
        && packet.isFrom(own.getAddress())) {
      sentBefore(input, vhid);
    }
    CarpReject reject = input.check(packet);
    if (reject != CarpReject.NONE) {
      return "drop:" + reject.counter();
    }
    return withState
        ? "accept, then "
            + CarpDecisions.stateAfter(
                parameters, receiver.get("state").text(), input.advert(), packet)
        : "accept";
  }

  private Json field(String name) {
    Json value = config.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the receiver has no " + name);
    }
    return value;
  }

  private void sentBefore(CarpInput input, int vhid) {
    byte[] payload = new byte[packet.payloadLength()];
    System.arraycopy(packet.array(), packet.payloadOffset(), payload, 0, payload.length);
    input.sent(vhid, packet.isIpv6(), payload);
  }

  /** What a FreeBSD 13 receiver of the same configuration says of a kernel's whole frame. */
  static String ofFrame(Json vector, byte[] key) {
    byte[] frame = CarpVectors.HEX.parseHex(vector.get("frame").text());
    IpPacket ip =
        new IpPacket()
            .wrap(frame, CarpScenarios.ETHERNET, frame.length - CarpScenarios.ETHERNET, "", 0);
    int vhid = vector.get("vhid").integer();
    List<InetAddress> addresses = CarpVectors.addresses(vector.get("addresses_in_digest_order"));
    CarpInput input = new CarpInput();
    input.add(
        CarpParameters.of(vhid, addresses), CarpProfile.PFHA.keyring(key, vhid, addresses), true);
    return input.check(ip).name() + " of family " + (ip.isIpv6() ? 6 : 4);
  }
}

package org.pfha.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pfha.net.NeighbourView.Check;
import org.pfha.net.NeighbourView.Kind;

/**
 * Frames captured from a FreeBSD 13 kernel and from keepalived, and what can be wrong with them.
 */
class NeighbourViewTest {

  /** A FreeBSD master takes 10.1.0.10 over: from its own MAC, for the virtual one. */
  private static final String TAKEOVER =
      "ffffffffffff"
          + "525400000101"
          + "0806"
          + "0001080006040001"
          + "00005e000101"
          + "0a01000a"
          + "000000000000"
          + "0a01000a";

  /** The old master, still holding the address, answers with its own MAC (spec carp 20.4). */
  private static final String LATE_REPLY =
      "525400000101"
          + "525400000202"
          + "0806"
          + "0001080006040002"
          + "525400000202"
          + "0a01000a"
          + "00005e000101"
          + "0a01000a";

  /** Keepalived takes 2001:db8::1 over. */
  private static final String ADVERTISEMENT =
      "333300000001"
          + "02000000000a"
          + "86dd"
          + "6000000000203aff"
          + "fe80000000000000000000fffe00000a"
          + "ff020000000000000000000000000001"
          + "8800"
          + "0000"
          + "20000000"
          + "20010db8000000000000000000000001"
          + "0201"
          + "02000000000a";

  private final NeighbourView view = new NeighbourView();

  private Check check(byte[] frame) {
    return view.wrap(frame, 0, frame.length, "em1", 7).check();
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  /** With the checksum a sender would compute. */
  private static byte[] advertisement(String hex) {
    byte[] frame = bytes(hex);
    frame[56] = 0;
    frame[57] = 0;
    int message = (frame[18] & 0xff) << 8 | (frame[19] & 0xff);
    int sum =
        InternetChecksum.finish(
            InternetChecksum.sum(frame, 22, Math.min(32 + message, frame.length - 22))
                + message
                + 58);
    frame[56] = (byte) (sum >> 8);
    frame[57] = (byte) sum;
    return frame;
  }

  @Test
  void aGratuitousRequestSaysWhereTheAddressIsNow() {
    assertThat(check(bytes(TAKEOVER))).isEqualTo(Check.OK);

    assertThat(view.kind()).isEqualTo(Kind.ARP_REQUEST).hasToString("ARP request");
    assertThat(view.address()).isEqualTo(LinkAddress.parse("10.1.0.10").address());
    assertThat(view.isAbout(new byte[] {10, 1, 0, 10})).isTrue();
    assertThat(view.isAbout(new byte[] {10, 1, 0, 11})).isFalse();
    assertThat(view.mac()).isEqualTo(MacAddress.virtual(1));
    assertThat(view.ethernetSource()).hasToString("52:54:00:00:01:01");
    assertThat(view.link()).isEqualTo("em1");
    assertThat(view.arrivalNanos()).isEqualTo(7);
  }

  @Test
  void aReplyClaimsTooAndPaddingIsIgnored() {
    assertThat(check(bytes(LATE_REPLY + "00".repeat(18)))).isEqualTo(Check.OK);

    assertThat(view.kind()).isEqualTo(Kind.ARP_REPLY);
    assertThat(view.mac()).hasToString("52:54:00:00:02:02");
  }

  @Test
  void aNeighbourAdvertisementSaysItInItsOption() {
    assertThat(check(advertisement(ADVERTISEMENT))).isEqualTo(Check.OK);

    assertThat(view.kind()).isEqualTo(Kind.NEIGHBOUR_ADVERTISEMENT);
    assertThat(view.address()).isEqualTo(LinkAddress.parse("2001:db8::1").address());
    assertThat(view.isAbout(view.address().getAddress())).isTrue();
    assertThat(view.mac()).hasToString("02:00:00:00:00:0a");
  }

  @Test
  void withoutTheOptionItIsWhereTheFrameCameFrom() {
    String bare = ADVERTISEMENT.substring(0, 2 * 78).replace("00203aff", "00183aff");

    assertThat(check(advertisement(bare))).isEqualTo(Check.OK);
    assertThat(view.mac()).hasToString("02:00:00:00:00:0a");
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          another hardware type,           0001080006040001, 0006080006040001, BAD_ARP
          another protocol,                0001080006040001, 000186dd06040001, BAD_ARP
          another length of addresses,     0001080006040001, 0001080008040001, BAD_ARP
          reverse ARP,                     0001080006040001, 0001080006040003, BAD_ARP
          a probe from no address,         00005e0001010a01000a, 00005e00010100000000, NO_CLAIM
          a group claims nothing,          00005e0001010a01000a, 00005e000101e0000012, NO_CLAIM
          tagged for another link,         525400000101 0806, 525400000101 8100, OTHER
          an IPv4 packet,                  525400000101 0806, 525400000101 0800, OTHER
          """)
  void arpThatClaimsNothing(String what, String from, String to, Check expected) {
    String wanted = from.replace(" ", "");
    assertThat(TAKEOVER).as(what).contains(wanted);

    assertThat(check(bytes(TAKEOVER.replace(wanted, to.replace(" ", ""))))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          it crossed a router,             00203aff, 00203afe, BAD_HOP_LIMIT
          not ICMPv6,                      00203aff, 002070ff, OTHER
          a solicitation,                  88000000, 87000000, OTHER
          its length leaves the frame,     00203aff, 00283aff, TRUNCATED
          shorter than its fixed part,     00203aff, 00103aff, TRUNCATED
          an option without length,        0201, 0200, BAD_OPTION
          an option that leaves it,        0201, 0202, BAD_OPTION
          about the unspecified address,   20010db8000000000000000000000001, 00000000000000000000000000000000, NO_CLAIM
          about a group,                   20010db8000000000000000000000001, ff020000000000000000000000000012, NO_CLAIM
          """)
  void advertisementsThatClaimNothing(String what, String from, String to, Check expected) {
    int at = ADVERTISEMENT.lastIndexOf(from);
    assertThat(at).as(what).isPositive();

    String frame = ADVERTISEMENT.substring(0, at) + to + ADVERTISEMENT.substring(at + to.length());
    assertThat(check(advertisement(frame))).isEqualTo(expected);
  }

  @Test
  void aWrongChecksumIsNoticed() {
    byte[] frame = advertisement(ADVERTISEMENT);
    frame[frame.length - 1] ^= 1;

    assertThat(check(frame)).isEqualTo(Check.BAD_CHECKSUM);
  }

  @Test
  void everyCutOffFrameIsNamedAndNoneThrows() {
    for (String whole : new String[] {TAKEOVER, ADVERTISEMENT}) {
      byte[] frame = advertisementOrArp(whole);
      for (int length = 0; length < frame.length; length++) {
        assertThat(view.wrap(frame, 0, length, "em1", 0).check())
            .as("%d bytes of %s", length, whole.toUpperCase(Locale.ROOT))
            .isIn(Check.TRUNCATED, Check.OTHER);
      }
    }
  }

  private static byte[] advertisementOrArp(String hex) {
    return hex.contains("86dd") ? advertisement(hex) : bytes(hex);
  }
}

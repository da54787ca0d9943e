package org.pfha.carp.diagnosis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pfha.carp.diagnosis.HmacExplanation.Explained;
import org.pfha.carp.diagnosis.HmacExplanation.Unexplained;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.LinkAddress;
import org.pfha.net.MacAddress;

/** Each way in which a peer can be configured differently, and what is said of it. */
class HmacExplainerTest {

  private static final int VHID = 7;
  private static final String SECRET = "mekmitasdigoat";
  private static final List<InetAddress> HERE =
      addresses("192.0.2.1 192.0.2.9 203.0.113.1 fe80::1 2001:db8::1");

  private final HmacExplainer explainer =
      HmacExplainer.of(VHID, SECRET.getBytes(UTF_8), HERE)
          .withOtherAddresses(addresses("192.0.2.2 192.0.2.50 2001:db8::50 fe80::2"))
          .withPassword("the previous password", "correct horse battery".getBytes(UTF_8))
          .withOtherRouter(
              "8@em1", "otherSecret".getBytes(UTF_8), addresses("198.51.100.1 fe80::8"))
          .withMac(new MacAddress(0x0200_0000_0001L));

  private static List<InetAddress> addresses(String list) {
    return list.isBlank()
        ? List.of()
        : Arrays.stream(list.trim().split(" +"))
            .map(text -> LinkAddress.parse(text).address())
            .toList();
  }

  private static CarpView advert(CarpAuthenticator sender) {
    byte[] bytes = new byte[CarpView.LENGTH];
    new CarpAdvert(VHID, 1, 100, 0, 0x0123_4567_89ab_cdefL).encode(bytes, 0, sender);
    return new CarpView().wrap(bytes, 0, bytes.length);
  }

  private static CarpView advert(String password, List<InetAddress> hashed) {
    return advert(CarpAuthenticator.of(password.getBytes(UTF_8), VHID, hashed));
  }

  /** As kernels of 2004 do: whatever the order, it is hashed. */
  private static CarpView unsorted(List<InetAddress> sequence) {
    HMac hmac = new HMac(new SHA1Digest());
    hmac.init(new KeyParameter(SECRET.getBytes(UTF_8)));
    hmac.update(new byte[] {2, 1, VHID}, 0, 3);
    sequence.forEach(address -> hmac.update(address.getAddress(), 0, address.getAddress().length));
    hmac.update(HexFormat.of().parseHex("0123456789abcdef"), 0, 8);
    byte[] bytes = new byte[CarpView.LENGTH];
    CarpAuthenticator replaced = CarpAuthenticator.of(new byte[0], VHID, List.of());
    new CarpAdvert(VHID, 1, 100, 0, 0x0123_4567_89ab_cdefL).encode(bytes, 0, replaced);
    hmac.doFinal(bytes, 16);
    return new CarpView().wrap(bytes, 0, bytes.length);
  }

  private String explain(CarpView advert) {
    HmacExplanation explanation = explainer.explain(advert);
    if (explanation instanceof Explained explained) {
      assertThat(explained.hmacs()).isLessThanOrEqualTo(HmacExplainer.MOST_HMACS);
    }
    return explanation.text();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          192.0.2.1 192.0.2.9 203.0.113.1 fe80::1 2001:db8::1 | it is right as configured
          192.0.2.1 203.0.113.1 fe80::1 2001:db8::1 | the sender lacks 192.0.2.9; add it there, or remove it here
          192.0.2.1 192.0.2.9 203.0.113.1 fe80::1 | the sender lacks 2001:db8:0:0:0:0:0:1; add it there, or remove it here
          203.0.113.1 2001:db8::1 | the sender lacks 192.0.2.1, 192.0.2.9, fe80:0:0:0:0:0:0:1; add it there, or remove it here
          192.0.2.1 | the sender lacks 192.0.2.9, 203.0.113.1, 2001:db8:0:0:0:0:0:1, fe80:0:0:0:0:0:0:1; add it there, or remove it here
          '' | the sender has no address at all on this vhid
          192.0.2.1 192.0.2.9 192.0.2.50 203.0.113.1 fe80::1 2001:db8::1 | the sender has 192.0.2.50 too; add it here, or remove it there
          192.0.2.1 192.0.2.50 203.0.113.1 fe80::1 2001:db8::1 | the sender lacks 192.0.2.9; add it there, or remove it here; and the sender has 192.0.2.50 too; add it here, or remove it there
          192.0.2.1 192.0.2.9 203.0.113.1 | the sender leaves out all IPv6 addresses (2001:db8:0:0:0:0:0:1, fe80:0:0:0:0:0:0:1); every advert must cover both families
          fe80::1 2001:db8::1 | the sender leaves out all IPv4 addresses (192.0.2.1, 192.0.2.9, 203.0.113.1); every advert must cover both families
          192.0.2.1 192.0.2.9 203.0.113.1 2001:db8::1 | the sender leaves out the link-local fe80:0:0:0:0:0:0:1, as OpenBSD does; remove it here, or accept OpenBSD's way of hashing
          192.0.2.1 192.0.2.9 203.0.113.1 fe80::1 fe80::2 2001:db8::1 | the sender hashes the link-local fe80:0:0:0:0:0:0:2 too, as FreeBSD does when its vhid has it
          198.51.100.1 fe80::8 | the sender has the addresses of 8@em1 under this vhid: mixed up there, or two segments are connected
          """)
  void otherAddresses(String hashed, String explanation) {
    assertThat(explain(advert(SECRET, addresses(hashed)))).isEqualTo(explanation);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          correct horse batter | the sender uses only the first 20 bytes of the previous password, as ifconfig does; choose a shorter one
          correct horse batte  | the sender uses only the first 19 bytes of the previous password, as ifconfig does; choose a shorter one
          otherSecret | the sender uses the password of 8@em1
          '' | the sender has no password
          """)
  void otherPasswords(String password, String explanation) {
    assertThat(explain(advert(password, HERE))).isEqualTo(explanation);
  }

  @Test
  void aPasswordOfTwentyBytesIsCutByIfconfig() {
    String twenty = "12345678901234567890";
    HmacExplanation explanation =
        HmacExplainer.of(VHID, twenty.getBytes(UTF_8), HERE)
            .explain(advert(twenty.substring(0, 19), HERE));

    assertThat(explanation.text())
        .isEqualTo(
            "the sender uses only the first 19 bytes of the configured password, as ifconfig does;"
                + " choose a shorter one");
  }

  @Test
  void aPasswordAndAnAddressTogether() {
    assertThat(explain(advert("otherSecret", addresses("192.0.2.1 192.0.2.9 203.0.113.1"))))
        .startsWith("the sender uses the password of 8@em1; and the sender leaves out all IPv6");
    assertThat(explain(advert("otherSecret", addresses("198.51.100.1 fe80::8"))))
        .isEqualTo(
            "the sender has the addresses and the password of 8@em1 under this vhid: mixed up"
                + " there, or two segments are connected");
  }

  @Test
  void addressesHashedUnsorted() {
    List<InetAddress> four = without6(HERE);
    List<InetAddress> reversed = new ArrayList<>(four);
    Collections.reverse(reversed);
    HmacExplainer plain = HmacExplainer.of(VHID, SECRET.getBytes(UTF_8), four);

    assertThat(plain.explain(unsorted(four)).text()).isEqualTo("it is right as configured");
    assertThat(plain.explain(unsorted(reversed)).text())
        .isEqualTo(
            "the sender hashes the addresses unsorted (203.0.113.1, 192.0.2.9, 192.0.2.1), as"
                + " FreeBSD 5 and 6 and OpenBSD of 2004 did; only one address per vhid works with"
                + " it");
  }

  @Test
  void theOrderOfTheInterfaceHereIsTriedFirst() {
    List<InetAddress> configured = addresses("203.0.113.1 192.0.2.9 192.0.2.1 10.0.0.1 10.0.0.2");
    HmacExplanation explanation =
        HmacExplainer.of(VHID, SECRET.getBytes(UTF_8), configured).explain(unsorted(configured));

    assertThat(explanation.text()).contains("unsorted");
    assertThat(((Explained) explanation).hmacs()).isLessThan(30);
  }

  private static List<InetAddress> without6(List<InetAddress> addresses) {
    return addresses.stream().filter(address -> address.getAddress().length == 4).toList();
  }

  @Test
  void openBsdWithAMacSetByHand() {
    CarpView advert =
        advert(
            CarpAuthenticator.openBsd(
                SECRET.getBytes(UTF_8), VHID, HERE, new MacAddress(0x0200_0000_0001L)));

    assertThat(explain(advert))
        .isEqualTo(
            "the sender hashes the MAC 02:00:00:00:00:01, as OpenBSD does when lladdr is set by"
                + " hand; remove it there; and the sender leaves out the link-local"
                + " fe80:0:0:0:0:0:0:1, as OpenBSD does; remove it here, or accept OpenBSD's way of"
                + " hashing");
  }

  @Test
  void aNodeThatHashesAsOpenBsdRecognisesFreeBsd() {
    HmacExplanation explanation =
        HmacExplainer.of(VHID, SECRET.getBytes(UTF_8), HERE)
            .withLinkLocal(false)
            .explain(advert(SECRET, HERE));

    assertThat(explanation.text())
        .isEqualTo(
            "the sender hashes the link-local fe80:0:0:0:0:0:0:1 too, as FreeBSD does when its vhid"
                + " has it");
  }

  /** The first packet that keepalived 2.2.7 sends for five addresses (spec carp 1). */
  @Test
  void vrrpOfFiveAddressesIsNoAdvert() {
    byte[] captured =
        HexFormat.of()
            .parseHex("210c6505000141800a4201090a4201080a4201070a4201060a4201050000000000000000");
    CarpView view = new CarpView().wrap(captured, 0, captured.length);

    assertThat(explain(view))
        .isEqualTo(
            "it is VRRP version 2 with priority 101 for 10.66.1.9, 10.66.1.8, 10.66.1.7, 10.66.1.6,"
                + " 10.66.1.5; give one of the two another id");
  }

  @Test
  void anUnknownPasswordIsNotExplainedWithinTheBudget() {
    HmacExplanation explanation =
        explainer
            .withOtherAddresses(addresses("10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5"))
            .explain(advert("never heard of", HERE));

    assertThat(explanation).isEqualTo(new Unexplained(HmacExplainer.MOST_HMACS));
    assertThat(explanation.text()).startsWith("no known difference explains it");
    assertThat(explanation.toJson()).isEqualTo("{\"result\":\"unexplained\",\"hmacs\":4096}");
  }

  @Test
  void withFewAddressesEverythingHasBeenTriedBeforeThat() {
    HmacExplanation explanation =
        HmacExplainer.of(VHID, SECRET.getBytes(UTF_8), addresses("192.0.2.1 192.0.2.9"))
            .explain(advert("never heard of", HERE));

    // Two passwords, the configured one and none, with each of the 4 sets; and 192.0.2.9 first.
    assertThat(explanation).isEqualTo(new Unexplained(2 * 4 + 1));
  }

  /** Of 64 addresses any beginning and any end, as when a peer adds them one after the other. */
  @Test
  void aLargeListThatGrowsIsFollowed() {
    List<InetAddress> many =
        Stream.concat(
                IntStream.rangeClosed(1, 32).mapToObj(i -> "192.0.2." + i),
                IntStream.rangeClosed(1, 32).mapToObj(i -> "2001:db8::" + Integer.toHexString(i)))
            .map(text -> LinkAddress.parse(text).address())
            .toList();
    HmacExplainer large = HmacExplainer.of(VHID, SECRET.getBytes(UTF_8), many);

    for (int length = 0; length < 64; length++) {
      for (List<InetAddress> part :
          List.of(many.subList(0, length), many.subList(64 - length, 64))) {
        Explained explained = (Explained) large.explain(advert(SECRET, part));
        assertThat(explained.hashedAddresses()).isEqualTo(length);
        assertThat(explained.onlyLacksAddresses()).isTrue();
        assertThat(explained.hmacs()).isLessThan(300);
      }
    }
  }

  /** Any set of up to eleven known addresses is found: 2,048 sets fit into the budget. */
  @Test
  void anySubsetOfAFewKnownAddressesIsFound() {
    long seed = 20_261_121;
    Random random = new Random(seed);
    List<InetAddress> union =
        addresses(
            "192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4 192.0.2.5 192.0.2.6 10.0.0.1 2001:db8::1"
                + " 2001:db8::2 2001:db8::3 2001:db8::4");
    for (int run = 0; run < 200; run++) {
      List<InetAddress> here = subset(union, random);
      List<InetAddress> there = subset(union, random);
      HmacExplainer some =
          HmacExplainer.of(VHID, SECRET.getBytes(UTF_8), here).withOtherAddresses(union);

      HmacExplanation explanation = some.explain(advert(SECRET, there));

      assertThat(explanation)
          .as("seed %d run %d: %s, %s", seed, run, here, there)
          .isInstanceOf(Explained.class);
      assertThat(((Explained) explanation).hashedAddresses()).isEqualTo(there.size());
    }
  }

  private static List<InetAddress> subset(List<InetAddress> all, Random random) {
    return all.stream().filter(address -> random.nextBoolean()).toList();
  }

  @Test
  void passwordsAreNeverShown() {
    HmacExplanation explanation = explainer.explain(advert("otherSecret", HERE));

    assertThat(List.of(explainer.toString(), explanation.text(), explanation.toJson()))
        .allSatisfy(
            text -> assertThat(text).doesNotContain("mekmit", "otherSecret", "correct horse"));
    assertThat(explanation.toJson())
        .contains("\"result\":\"explained\"", "\"differences\":[\"other-password\"]");
  }
}

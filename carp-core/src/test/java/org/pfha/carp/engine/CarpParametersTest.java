package org.pfha.carp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits and formulas of each profile (spec carp 7.2, 7.3). */
class CarpParametersTest {

  private static final List<InetAddress> ADDRESSES = List.of(Packets.address("192.0.2.1"));
  private static final CarpParameters USUAL = CarpParameters.of(1, ADDRESSES);

  @ParameterizedTest
  @CsvSource({
    "FREEBSD_13, 1, 254, 3, true",
    "FREEBSD_13, 0, 254, 3, false",
    "FREEBSD_14, 255, 255, 3, false",
    "FREEBSD_15, 256, 0, 3, false",
    "FREEBSD_15, 1, 0, 4, false",
    "OPENBSD, 0, 0, 3, true",
    "OPENBSD, 1, 255, 3, false",
    "OPENBSD, 1, 0, 2, false",
    "UCARP, 0, 1, 3, true",
    "UCARP, 0, 0, 3, false",
    "UCARP, 1, 255, 1, true",
    "UCARP, 1, 256, 3, false",
    "PFHA, 1, 0, 255, true",
    "PFHA, 1, 0, 1, false",
    "PFHA, 0, 100, 3, false",
    "PFHA_SUBSECOND, 0, 100, 3, true",
    "PFHA_SUBSECOND, 0, 0, 3, false",
  })
  void limits(CarpProfile profile, int advbase, int advskew, int deadRatio, boolean allowed) {
    if (allowed) {
      assertThatCode(() -> USUAL.with(profile, advbase, advskew, deadRatio))
          .doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> USUAL.with(profile, advbase, advskew, deadRatio))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnce() {
    assertThatThrownBy(
            () ->
                new CarpParameters(
                    CarpProfile.PFHA, 256, 0, 255, 1, false, -1, 33, List.of(), ADDRESSES))
        .hasMessageContainingAll(
            "vhid 256",
            "advbase 0",
            "PFHA_SUBSECOND",
            "advskew 255",
            "dead ratio 1",
            "-1 ns",
            "33 vhids");
    assertThatThrownBy(
            () ->
                new VrrpParameters(
                    VrrpProfile.RFC_9568,
                    0,
                    256,
                    4096,
                    true,
                    -1,
                    List.of(Packets.address("192.0.2.1"), Packets.address("2001:db8::1"))))
        .hasMessageContainingAll(
            "VRID 0", "priority 256", "4096 cs", "-1 ns", "both families in VRID 0");
    assertThatThrownBy(() -> VrrpParameters.of(1, List.of())).hasMessageContaining("0 addresses");
  }

  @Test
  void uCarpHasOneIpv4Address() {
    CarpParameters ucarp = USUAL.withProfile(CarpProfile.UCARP);
    assertThatThrownBy(() -> ucarp.withAddresses(List.of(Packets.address("2001:db8::1"))))
        .hasMessageContaining("one IPv4 address");
  }

  @ParameterizedTest
  @CsvSource({
    "FREEBSD_14, 1, 100, 3, 3390625, 1390625",
    "OPENBSD, 0, 64, 3, 750000, 250000",
    "OPENBSD, 0, 0, 3, 11718, 3906",
    "UCARP, 0, 64, 3, 250000, 250000",
    "UCARP, 2, 255, 3, 6996093, 2996093",
    "UCARP, 1, 0, 5, 5000000, 1000000",
    "PFHA, 1, 128, 5, 5500000, 1500000",
    "PFHA_SUBSECOND, 0, 64, 3, 750000, 250000",
    "PFHA_SUBSECOND, 0, 64, 4, 1000000, 250000",
  })
  void formulas(
      CarpProfile profile,
      int advbase,
      int advskew,
      int deadRatio,
      long masterDownMicros,
      long intervalMicros) {
    CarpParameters parameters = USUAL.with(profile, advbase, advskew, deadRatio);
    assertThat(parameters.masterDownNanos()).isEqualTo(masterDownMicros * 1000);
    assertThat(parameters.advertIntervalNanos(advskew)).isEqualTo(intervalMicros * 1000);
  }

  @Test
  void advertsGoToThePeersOfTheirFamilyOrToItsGroup() {
    InetAddress peer = Packets.address("192.0.2.2");
    CarpParameters parameters = USUAL.withPeers(List.of(peer));
    assertThat(parameters.destinations(false)).containsExactly(peer);
    assertThat(parameters.destinations(true)).containsExactly(Packets.address("ff02::12"));
    assertThat(USUAL.destinations(false)).containsExactly(Packets.address("224.0.0.18"));
  }
}

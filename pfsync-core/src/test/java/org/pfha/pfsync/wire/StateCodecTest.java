package org.pfha.pfsync.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StateRoute;
import org.pfha.pfsync.wire.Layout.Encoding;
import org.pfha.pfsync.wire.Layout.Field;

/** Every field of every format between bytes and value. */
class StateCodecTest {

  /** Fields whose values are not free, or that nobody fills in. */
  private static final Set<String> NOT_FREE =
      Set.of(
          "af",
          "wire_af",
          "stack_af",
          "rt_af",
          "key[0].af",
          "key[1].af",
          "direction",
          "updates",
          "src.scrub.scrub_flag",
          "dst.scrub.scrub_flag",
          "src.scrub.pfss_flags",
          "dst.scrub.pfss_flags");

  @ParameterizedTest
  @EnumSource
  void eachFieldIsCarriedByItself(StateFormat format) {
    Random random = new Random(4711);
    int checked = 0;
    for (Field field : format.layout().fields()) {
      if (field.encoding() == Encoding.PAD
          || field.encoding() == Encoding.STRUCT
          || NOT_FREE.contains(field.name())) {
        continue;
      }
      byte[] bytes = neutral(format);
      fill(bytes, field, random);
      assertThat(throughValue(bytes, format)).as("%s of %s", field.name(), format).isEqualTo(bytes);
      PfState before = StateCodec.read(neutral(format), 0, format);
      assertThat(StateCodec.read(bytes, 0, format)).as(field.name()).isNotEqualTo(before);
      checked++;
    }
    assertThat(checked).isGreaterThan(35);
  }

  @ParameterizedTest
  @EnumSource
  void everyBitTogetherSurvivesAsAValue(StateFormat format) {
    long seed = 99;
    Random random = new Random(seed);
    StateView view = new StateView(format);
    for (int run = 0; run < 20_000; run++) {
      byte[] bytes = neutral(format);
      for (Field field : format.layout().fields()) {
        if (field.encoding() != Encoding.STRUCT && random.nextInt(3) == 0) {
          for (int i = 0; i < field.size(); i++) {
            bytes[field.offset() + i] = (byte) random.nextInt();
          }
        }
      }
      if (view.wrap(bytes, 0).check() != FieldCheck.OK) {
        continue;
      }
      PfState state = view.state();
      byte[] written = new byte[format.size()];
      StateCodec.write(written, 0, state, format);
      assertThat(StateCodec.read(written, 0, format))
          .as("seed %d run %d", seed, run)
          .isEqualTo(state);
      assertThat(throughValue(written, format)).isEqualTo(written);
    }
  }

  @Test
  void familiesAreThoseOfTheSystemThatSpeaks() {
    PfState state =
        PfState.builder(1, 2, new StateKey(StateKey.INET6, 1, 2, 3, 4, 5, 6), 17).build();
    for (StateFormat format : StateFormat.values()) {
      byte[] bytes = new byte[format.size()];
      StateCodec.write(bytes, 0, state, format);
      assertThat(new StateView(format).wrap(bytes, 0).family())
          .isEqualTo(format == StateFormat.OPENBSD6 ? 24 : 28);
      assertThat(StateCodec.read(bytes, 0, format).wire().family()).isEqualTo(StateKey.INET6);
    }
  }

  @Test
  void anIpv4AddressInIpv6ClothesStaysIpv6() {
    byte[] bytes = neutral(StateFormat.V1500);
    int at = StateFormat.V1500.layout().offset("rt_addr");
    bytes[at + 10] = (byte) 0xff;
    bytes[at + 11] = (byte) 0xff;
    bytes[at + 15] = 1;
    bytes[StateFormat.V1500.layout().offset("rt_af")] = 28;
    bytes[StateFormat.V1500.layout().offset("rt")] = StateRoute.ROUTE_TO;
    assertThat(throughValue(bytes, StateFormat.V1500)).isEqualTo(bytes);
  }

  @Test
  void aHopWithoutAnAddressKeepsItsFamily() {
    byte[] bytes = neutral(StateFormat.V1500);
    bytes[StateFormat.V1500.layout().offset("rt_af")] = 2;
    bytes[StateFormat.V1500.layout().offset("rt")] = StateRoute.REPLY_TO;
    assertThat(throughValue(bytes, StateFormat.V1500)).isEqualTo(bytes);
  }

  @Test
  void senseIsAskedForBesidesRange() {
    byte[] bytes = neutral(StateFormat.V1500);
    Layout layout = StateFormat.V1500.layout();
    StateView view = new StateView(StateFormat.V1500).wrap(bytes, 0);
    assertThat(view.checkSense()).isEqualTo(FieldCheck.OK);

    bytes[layout.offset("stack_af")] = 99;
    assertThat(view.check()).isEqualTo(FieldCheck.OK);
    assertThat(view.checkSense()).isEqualTo(FieldCheck.BAD_STACK_FAMILY);
    assertThat(view.state().stack().family()).isEqualTo(StateKey.INET);
    bytes[layout.offset("stack_af")] = 2;

    bytes[layout.offset("rt_af")] = 3;
    assertThat(view.checkSense()).as("no route").isEqualTo(FieldCheck.OK);
    bytes[layout.offset("rt")] = 2;
    assertThat(view.checkSense()).isEqualTo(FieldCheck.BAD_ROUTE_FAMILY);
    bytes[layout.offset("rt_af")] = 2;

    int ifname = layout.offset("ifname");
    Arrays.fill(bytes, ifname, ifname + 16, (byte) 'x');
    assertThat(view.checkSense()).isEqualTo(FieldCheck.BAD_NAME);
    assertThat(view.hasTerminatedIfname()).isFalse();
    assertThat(view.ifname()).hasSize(15);
  }

  private static byte[] neutral(StateFormat format) {
    byte[] bytes = new byte[format.size()];
    Layout layout = format.layout();
    for (String family : Set.of("af", "wire_af", "stack_af", "key[0].af", "key[1].af")) {
      if (layout.has(family)) {
        bytes[layout.offset(family)] = (byte) format.inet6();
      }
    }
    if (format == StateFormat.V1500) {
      bytes[layout.offset("wire_af")] = 2;
      bytes[layout.offset("stack_af")] = 2;
    }
    bytes[layout.offset("src.scrub.scrub_flag")] = 1;
    bytes[layout.offset("dst.scrub.scrub_flag")] = 1;
    return bytes;
  }

  private static void fill(byte[] bytes, Field field, Random random) {
    boolean v4 = bytes.length == StateFormat.V1500.size();
    boolean address = field.encoding() == Encoding.ADDR;
    int used = address && v4 ? 4 : field.size();
    for (int i = 0; i < used; i++) {
      bytes[field.offset() + i] = (byte) (1 + random.nextInt(255));
    }
    if (field.encoding() == Encoding.CSTR) {
      bytes[field.offset() + field.size() - 1] = 0;
    }
    if (field.name().equals("rt_addr") && v4) {
      bytes[StateFormat.V1500.layout().offset("rt_af")] = 2;
    }
  }

  private static byte[] throughValue(byte[] bytes, StateFormat format) {
    byte[] written = new byte[format.size()];
    StateCodec.write(written, 0, StateCodec.read(bytes, 0, format), format);
    return written;
  }
}

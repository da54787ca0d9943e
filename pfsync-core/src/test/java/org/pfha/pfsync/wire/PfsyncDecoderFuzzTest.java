package org.pfha.pfsync.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.pfha.pfsync.wire.PfsyncPacket.Decoded;
import org.pfha.pfsync.wire.PfsyncPacket.Section;
import org.pfha.pfsync.wire.PfsyncReader.Check;

/**
 * Whatever is on the wire: no decoder throws, what it has read can be written and read again as the
 * same, and translated into any other format without a silent loss.
 */
class PfsyncDecoderFuzzTest {

  @FuzzTest(maxDuration = "1m")
  void v1301(byte[] packet) {
    decode(packet, StateFormat.V1301);
  }

  @FuzzTest(maxDuration = "1m")
  void v1400(byte[] packet) {
    decode(packet, StateFormat.V1400);
  }

  @FuzzTest(maxDuration = "1m")
  void v1500(byte[] packet) {
    decode(packet, StateFormat.V1500);
  }

  @FuzzTest(maxDuration = "1m")
  void openbsd6(byte[] packet) {
    decode(packet, StateFormat.OPENBSD6);
  }

  private static void decode(byte[] packet, StateFormat release) {
    if (packet.length > 0xffff) {
      return;
    }
    Decoded decoded = PfsyncPacket.decode(packet, 0, packet.length, release);
    PfsyncReader.states(packet, release);
    if (decoded.check() != Check.OK) {
      assertThat(decoded.packet().messages()).isEmpty();
      return;
    }
    if (decoded.packet().sections().stream().anyMatch(section -> isTooLarge(section, release))) {
      assertThatThrownBy(decoded.packet()::encode).isInstanceOf(IllegalStateException.class);
      return;
    }
    byte[] again = decoded.packet().encode();
    Decoded twice = PfsyncPacket.decode(again, 0, again.length, release);
    assertThat(twice.isComplete()).isTrue();
    assertThat(twice.packet().messages()).isEqualTo(decoded.packet().messages());
    assertThat(twice.packet().encode()).isEqualTo(again);
    for (Message message : decoded.packet().messages()) {
      for (StateFormat to : StateFormat.values()) {
        translate(message, release, to);
      }
    }
  }

  /** Nobody checks the size of what nobody reads (spec pfsync 4): a section of TDB. */
  private static boolean isTooLarge(Section section, StateFormat release) {
    return section.action() == Action.TDB
        && section.messages().size() * release.messageSize(Action.TDB) > Action.MAX_SECTION;
  }

  private static void translate(Message message, StateFormat from, StateFormat to) {
    Translation translation = Translation.of(message, from, to);
    Message translated = translation.message();
    if (translated == null) {
      assertThat(translation.lost()).isNotEmpty();
      return;
    }
    byte[] buffer = new byte[600];
    PfsyncWriter writer = new PfsyncWriter(to).begin(buffer, 0, buffer.length, new byte[16]);
    int length = writer.message(translated).end();
    Decoded heard = PfsyncPacket.decode(buffer, 0, length, to);
    assertThat(heard.isComplete()).as("%s", heard).isTrue();
    assertThat(heard.packet().messages()).containsExactly(translated);
  }
}

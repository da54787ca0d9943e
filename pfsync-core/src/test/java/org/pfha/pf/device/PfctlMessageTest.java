package org.pfha.pf.device;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.net.sys.NetlinkAttribute;
import org.pfha.net.sys.NetlinkMessage;
import org.pfha.pf.PfState;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateRoute;

class PfctlMessageTest {

  private static final Map<String, byte[]> MESSAGES = new HashMap<>();

  static {
    try (InputStream in = PfctlMessageTest.class.getResourceAsStream("netlink.json");
        JsonParser parser = new JsonFactory().createParser(Objects.requireNonNull(in))) {
      String name = "";
      int depth = 0;
      while (parser.nextToken() != null) {
        depth += parser.currentToken().isStructStart() ? 1 : 0;
        depth -= parser.currentToken().isStructEnd() ? 1 : 0;
        if (parser.currentToken() == JsonToken.VALUE_STRING && depth == 3) {
          if (parser.currentName().equals("name")) {
            name = parser.getText();
          } else if (parser.currentName().equals("hex")) {
            MESSAGES.put(name, HexFormat.of().parseHex(parser.getText()));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] message(String name) {
    return Objects.requireNonNull(MESSAGES.get(name), name);
  }

  private static NetlinkMessage parse(String name) {
    List<NetlinkMessage> messages = NetlinkMessage.parse(message(name));
    assertThat(messages).as(name).hasSize(1);
    return messages.get(0);
  }

  /** The message with other attributes. */
  private static byte[] with(NetlinkMessage message, List<NetlinkAttribute> attributes) {
    byte[] payload =
        NetlinkMessage.generic(0, 0, 0, message.command(), message.payload()[1], attributes)
            .payload();
    return new NetlinkMessage(
            message.type(), message.flags(), message.sequence(), message.port(), payload)
        .toBytes();
  }

  @ParameterizedTest
  @ValueSource(strings = {"getstates-reply-v4", "getstates-reply-v6"})
  void aStateIsReadAndWrittenToTheSameBytes(String name) {
    NetlinkMessage message = parse(name);
    PfState state = Objects.requireNonNull(PfctlState.decode(message.body()));
    assertThat(HexFormat.of().formatHex(with(message, PfctlState.encode(state))))
        .isEqualTo(HexFormat.of().formatHex(message(name)));
  }

  @Test
  void aStateIsReadFieldByField() {
    PfState state = Objects.requireNonNull(PfctlState.decode(parse("getstates-reply-v4").body()));
    assertThat(state.wire()).hasToString("[198.51.100.7]:443-[10.1.2.3]:50123");
    assertThat(state.stack()).hasToString("[198.51.100.7]:443-[192.168.1.9]:40000");
    assertThat(state.creatorId()).isEqualTo(0x12345678);
    assertThat(state.id()).isEqualTo(0x1_67aa_bb01L);
    assertThat(state)
        .returns("all", PfState::ifname)
        .returns("em0", PfState::originalIfname)
        .returns(PfState.OUT, PfState::direction)
        .returns(6, PfState::proto)
        .returns(120L, PfState::creation)
        .returns(86390L, PfState::expire)
        .returns(0x40, PfState::stateFlags)
        .returns(42, PfState::rule)
        .returns(PfState.NONE, PfState::anchor)
        .returns(3, PfState::natRule)
        .returns(10L, PfState::packets0)
        .returns(12L, PfState::packets1)
        .returns(1234L, PfState::bytes1);
    assertThat(state.route().kind()).isEqualTo(StateRoute.ROUTE_TO);
    assertThat(state.route().ifname()).isEqualTo("em1");
    assertThat(Objects.requireNonNull(state.route().address()).getHostAddress())
        .isEqualTo("192.0.2.1");
    assertThat(state.src())
        .isEqualTo(
            new StatePeer(4, 1, 2, 0, 65535, 1460, 7, new StatePeer.Scrub(1, 64, 0xdeadbeef)));
    assertThat(state.dst().scrub()).isNull();
  }

  @Test
  void aStateWithoutSenseIsNone() {
    assertThat(PfctlState.decode(parse("getstatus-req").body())).isNull();
  }

  @Test
  void aStatusIsReadAndWrittenToTheSameBytes() {
    NetlinkMessage message = parse("getstatus-reply");
    PfStatus status = PfctlMessage.status(message.body());
    assertThat(status.running()).isTrue();
    assertThat(status.hostId()).isEqualTo(0x12345678);
    assertThat(status.reasons()).containsEntry("translate", 1016L).hasSize(17);
    assertThat(status.packets()).containsExactly(10L, 11L, 12L, 13L, 14L, 15L, 16L, 17L);
    assertThat(with(message, PfctlMessage.status(status))).isEqualTo(message("getstatus-reply"));
  }

  @Test
  void aKillIsWrittenAsTheKernelsOwnLibraryDoes() {
    NetlinkMessage message = parse("kill-req");
    KillFilter filter =
        KillFilter.EMPTY
            .from(HostMatch.of("192.0.2.0/24"))
            .to(HostMatch.of("198.51.100.7").withPorts(PortMatch.of(443)))
            .proto(PfState.TCP)
            .andMatching();
    assertThat(with(message, PfctlMessage.kill(filter))).isEqualTo(message("kill-req"));
  }
}

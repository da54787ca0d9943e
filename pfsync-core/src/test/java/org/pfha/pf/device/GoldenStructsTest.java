package org.pfha.pf.device;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pfha.pf.PfState;

/** Structures that C programs filled: read and written again, byte for byte. */
class GoldenStructsTest {

  private static final HexFormat HEX = HexFormat.of();

  record Golden(String release, String struct, String hex) {
    @Override
    public String toString() {
      return struct + " " + release + " " + hex.substring(0, Math.min(24, hex.length()));
    }
  }

  static List<Golden> records() throws IOException {
    List<Golden> records = new ArrayList<>();
    try (JsonParser in = new JsonFactory().createParser(Csv.resource("structs.json"))) {
      while (in.nextToken() != JsonToken.END_OBJECT) {
        if (in.currentToken() == JsonToken.START_ARRAY) {
          while (in.nextToken() == JsonToken.START_OBJECT) {
            records.add(record(in));
          }
        }
      }
    }
    return records;
  }

  private static Golden record(JsonParser in) throws IOException {
    String release = "";
    String struct = "";
    String hex = "";
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String name = in.currentName();
      in.nextToken();
      switch (name) {
        case "freebsd" -> release = in.getText();
        case "struct" -> struct = in.getText();
        case "hex" -> hex = in.getText();
        default -> in.skipChildren();
      }
    }
    return new Golden(release, struct, hex);
  }

  @ParameterizedTest
  @MethodSource("records")
  void whatWasReadIsWrittenAlike(Golden golden) {
    byte[] bytes = HEX.parseHex(golden.hex());
    byte[] again =
        switch (golden.struct()) {
          case "pfsync_state", "pfsync_state_1301" -> rewritten(StateRecord.PACKED, bytes);
          case "pf_state_export" -> rewritten(StateRecord.EXPORT, bytes);
          case "pf_status" -> PfStatus.ofBytes(bytes).toBytes();
          case "pfr_addr" -> TableAddress.ofBytes(bytes).toBytes();
          case "pfr_table" -> PfTable.ofBytes(bytes).toBytes();
          case "pfr_astats" -> AddressStatistics.ofBytes(bytes).toBytes();
          case "pfr_tstats" -> TableStatistics.ofBytes(bytes).toBytes();
          case "pfi_kif" -> PfInterface.ofBytes(bytes).toBytes();
          case "pfioc_natlook" -> Translation.ofBytes(bytes).toBytes();
          case "pfioc_state_kill" -> {
            byte[] kill = KillFilter.ofBytes(bytes).toBytes();
            System.arraycopy(bytes, Layouts.KILL_KILLED, kill, Layouts.KILL_KILLED, 4);
            yield kill;
          }
          default -> bytes;
        };
    assertThat(HEX.formatHex(again)).isEqualTo(golden.hex());
  }

  private static byte[] rewritten(StateRecord record, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    PfState state = record.decode(in, 0);
    assertThat(state).isNotNull();
    byte[] again = new byte[record.size()];
    record.encode(state, ByteBuffer.wrap(again), 0, record.version(in, 0));
    int updates = record == StateRecord.PACKED ? 241 : 271;
    again[updates] = (byte) record.updates(in, 0);
    return again;
  }

  @Test
  void allStructuresOfPfAreThere() throws IOException {
    assertThat(records().stream().map(Golden::struct).distinct())
        .contains(
            "pfsync_state",
            "pf_state_export",
            "pf_status",
            "pfr_addr",
            "pfr_table",
            "pfr_astats",
            "pfr_tstats",
            "pfi_kif",
            "pfioc_state_kill",
            "pfioc_natlook");
  }

  @Test
  void aLaterVersionOfTheRecordIsReadAsFarAsItIsKnown() throws IOException {
    Golden golden =
        records().stream()
            .filter(each -> each.struct().equals("pf_state_export") && each.release().equals("14"))
            .findFirst()
            .orElseThrow();
    byte[] bytes = HEX.parseHex(golden.hex());
    Map<String, PfState> read =
        Map.of(
            "as it is", StateRecord.EXPORT.decode(ByteBuffer.wrap(bytes), 0),
            "later", StateRecord.EXPORT.decode(later(bytes), 0));
    assertThat(read.get("later")).isEqualTo(read.get("as it is"));
    assertThat(StateRecord.EXPORT.version(later(bytes), 0)).isEqualTo(20991231);
  }

  private static ByteBuffer later(byte[] bytes) {
    return Struct.wrap(bytes.clone()).putLong(0, 20991231);
  }

  @Test
  void aRecordOfNoKnownFamilyOrDirectionIsNone() throws IOException {
    byte[] bytes = new byte[StateRecord.PACKED.size()];
    assertThat(StateRecord.PACKED.decode(ByteBuffer.wrap(bytes), 0)).isNull();
    bytes[232] = 2;
    assertThat(StateRecord.PACKED.decode(ByteBuffer.wrap(bytes), 0)).isNotNull();
    bytes[234] = 3;
    assertThat(StateRecord.PACKED.decode(ByteBuffer.wrap(bytes), 0)).isNull();
  }
}

package org.pfha.pfsync.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfha.pfsync.wire.Layout.Encoding;
import org.pfha.pfsync.wire.Layout.Field;

/** The declarations against what a C compiler made of the headers. */
class LayoutTest {

  /** A row: structure and field; pads have many names, so theirs is their place. */
  private record Row(String struct, String field, int offset, int size, String encoding) {

    static Row of(String struct, String field, int offset, int size, String encoding) {
      boolean pad = encoding.equals("pad");
      return new Row(struct, pad ? "pad@" + offset : field, offset, size, encoding);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyFieldIsWhereTheCompilerPutIt(StateFormat format) throws IOException {
    Set<Row> declared = new HashSet<>();
    Map<String, Layout> structures = new HashMap<>();
    for (Layout layout : format.structures()) {
      structures.put(layout.name(), layout);
      declared.add(Row.of(layout.name(), "*", 0, layout.size(), "struct"));
      for (Field field : layout.fields()) {
        declared.add(row(layout, field));
      }
    }

    List<Row> compiled = rows("layout-" + format.text() + ".csv");

    assertThat(compiled).hasSizeGreaterThan(30);
    assertThat(declared).containsAll(compiled);
    for (Layout layout : structures.values()) {
      assertThat(undocumented(layout, compiled)).as("fields of %s", layout).isEmpty();
    }
  }

  /** Fields that the compiler's table does not have, of structures that it spells out. */
  private static List<Field> undocumented(Layout layout, Collection<Row> compiled) {
    List<Row> own = compiled.stream().filter(row -> row.struct.equals(layout.name())).toList();
    if (own.size() <= 1) {
      return List.of();
    }
    return layout.fields().stream()
        .filter(field -> field.encoding() != Encoding.STRUCT)
        .filter(field -> own.stream().noneMatch(row -> covers(row, field)))
        .toList();
  }

  private static boolean covers(Row row, Field field) {
    return !row.field.equals("*")
        && row.offset <= field.offset()
        && field.offset() + field.size() <= row.offset + row.size;
  }

  @ParameterizedTest
  @EnumSource(names = "OPENBSD6", mode = EnumSource.Mode.EXCLUDE)
  void everyNumberIsTheHeaders(StateFormat format) throws IOException {
    Map<String, Integer> compiled = new TreeMap<>();
    for (String line : lines("constants-" + format.text() + ".csv")) {
      int comma = line.indexOf(',');
      compiled.put(line.substring(0, comma), Integer.parseInt(line.substring(comma + 1)));
    }

    assertThat(new TreeMap<>(format.constants())).isEqualTo(compiled);
  }

  @Test
  void sizesAreThoseOfTheActionTable() {
    assertThat(StateFormat.V1301.size()).isEqualTo(242);
    assertThat(StateFormat.V1400.size()).isEqualTo(277);
    assertThat(StateFormat.V1500.size()).isEqualTo(360);
    assertThat(StateFormat.OPENBSD6.size()).isEqualTo(264);
    assertThat(StateFormat.V1301.messageSize(Action.DEL)).isEqualTo(242);
    assertThat(StateFormat.V1400.messageSize(Action.DEL)).isEqualTo(-1);
    assertThat(StateFormat.V1500.messageSize(Action.INS_1400)).isEqualTo(277);
    assertThat(StateFormat.V1400.messageSize(Action.INS_1500)).isEqualTo(-1);
    assertThat(StateFormat.OPENBSD6.messageSize(Action.OPENBSD_TDB)).isEqualTo(52);
    assertThat(StateFormat.OPENBSD6.messageSize(Action.TDB)).isEqualTo(48);
  }

  @Test
  void packetsHoldWhatTheKernelsFitIntoThem() {
    assertThat(StateFormat.V1301.messagesPerPacket(Action.INS, 1500)).isEqualTo(6);
    assertThat(StateFormat.V1301.messagesPerPacket(Action.UPD_C, 1500)).isEqualTo(17);
    assertThat(StateFormat.V1301.messagesPerPacket(Action.DEL_C, 1500)).isEqualTo(121);
    assertThat(StateFormat.V1400.messagesPerPacket(Action.INS, 1500)).isEqualTo(5);
    assertThat(StateFormat.V1400.messagesPerPacket(Action.INS_1400, 1500)).isEqualTo(5);
    assertThat(StateFormat.V1500.messagesPerPacket(Action.INS_1500, 1500)).isEqualTo(3);
    assertThat(StateFormat.V1500.messagesPerPacket(Action.UPD_C, 1500)).isEqualTo(17);
    assertThat(StateFormat.V1500.messagesPerPacket(Action.DEL_C, 1500)).isEqualTo(119);
    assertThat(StateFormat.V1500.messagesPerPacket(Action.INS_1500, 9000))
        .as("a section of more than 2048 bytes is not understood")
        .isEqualTo(5);
  }

  @Test
  void aFieldThatIsNotThereIsAProgrammersError() {
    assertThatThrownBy(() -> StateFormat.V1301.layout().offset("rt_ifname"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rt_ifname");
    assertThat(StateFormat.V1301.layout().has("rt_ifname")).isFalse();
    assertThat(StateFormat.V1400.layout().offset("rt_ifname")).isEqualTo(261);
  }

  private static Row row(Layout layout, Field field) {
    return Row.of(
        layout.name(), field.name(), field.offset(), field.size(), field.encoding().text());
  }

  private static List<Row> rows(String file) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : lines(file)) {
      List<String> cells = List.of(line.split(",", -1));
      rows.add(
          Row.of(
              cells.get(0),
              cells.get(1),
              Integer.parseInt(cells.get(2)),
              Integer.parseInt(cells.get(3)),
              cells.get(4)));
    }
    return rows;
  }

  private static List<String> lines(String file) throws IOException {
    try (InputStream in = LayoutTest.class.getResourceAsStream("/vectors/" + file)) {
      assertThat(in).as(file).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().skip(1).toList();
    }
  }
}

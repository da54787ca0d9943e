package org.pfha.pf.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.pf.device.KernelLayout.Field;

/** Offsets, sizes and request words against what C compilers made of FreeBSD's headers. */
class KernelLayoutTest {

  @ParameterizedTest
  @ValueSource(ints = {13, 14, 15})
  void everyFieldLiesWhereTheCompilerOfItsReleasePutIt(int release) {
    Map<String, Field> golden = new HashMap<>();
    Map<String, Integer> totals = new HashMap<>();
    for (Map<String, String> row : Csv.rows("layout-freebsd" + release + "-amd64.csv")) {
      golden.put(
          row.get("struct") + "." + row.get("field"),
          new Field(Integer.parseInt(row.get("offset")), Integer.parseInt(row.get("size"))));
      totals.put(row.get("struct"), Integer.valueOf(row.get("total")));
    }
    int checked = 0;
    for (KernelLayout layout : KernelLayout.all()) {
      if (layout.appliesTo(release)) {
        assertThat(totals).containsEntry(layout.name(), layout.size());
        for (var field : layout.fields().entrySet()) {
          assertThat(golden).containsEntry(layout.name() + "." + field.getKey(), field.getValue());
          checked++;
        }
      }
    }
    assertThat(checked).isGreaterThan(200);
  }

  @Test
  void aStructureHasOneSizeOnAll64BitMachines() {
    Map<String, Map<String, String>> sizes = new HashMap<>();
    Csv.rows("sizes-by-abi.csv").forEach(row -> sizes.put(row.get("struct"), row));
    for (KernelLayout layout : KernelLayout.all()) {
      for (int release = 13; release <= 15; release++) {
        if (layout.appliesTo(release)) {
          assertThat(sizes.get(layout.name()))
              .as("%s on %d", layout, release)
              .containsEntry("fbsd" + release + "-lp64", String.valueOf(layout.size()));
        }
      }
    }
  }

  @Test
  void everyRequestHasTheKernelsWord() {
    Map<String, Map<String, String>> golden = new HashMap<>();
    Csv.rows("ioctls.csv").forEach(row -> golden.put(row.get("name"), row));
    for (PfRequest request : PfRequest.values()) {
      assertThat(golden.get(request.name()))
          .as(request.name())
          .containsEntry("value", "0x%08x".formatted(request.word()))
          .containsEntry("size", String.valueOf(request.size()));
    }
  }

  @Test
  void wordsAreMadeOfDirectionGroupNumberAndSize() {
    for (Map<String, String> row : Csv.rows("ioctls.csv")) {
      int direction =
          switch (row.get("direction")) {
            case "none" -> PfRequest.VOID;
            case "in" -> PfRequest.IN;
            case "out" -> PfRequest.OUT;
            default -> PfRequest.IN | PfRequest.OUT;
          };
      assertThat(
              PfRequest.word(
                  direction,
                  row.get("group").charAt(0),
                  Integer.parseInt(row.get("number")),
                  Integer.parseInt(row.get("size"))))
          .as(row.get("name"))
          .isEqualTo(Long.decode(row.get("value")));
    }
  }
}

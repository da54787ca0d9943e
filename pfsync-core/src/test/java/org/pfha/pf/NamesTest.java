package org.pfha.pf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Fields of a packet and the names they stand for. */
class NamesTest {

  private final Names names = new Names();

  private static byte[] field(String name, int behindIt) {
    byte[] field = new byte[Names.SIZE];
    Arrays.fill(field, (byte) behindIt);
    byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, field, 0, bytes.length);
    if (bytes.length < Names.SIZE) {
      field[bytes.length] = 0;
    }
    return field;
  }

  @Test
  void aFieldIsFoundByWhatIsBeforeItsEnd() {
    List<String> known =
        List.of("em0", "em1", "igb0", "ix0.100", "vlan1002", "vlan10021", "abcdefghijklmno");
    known.forEach(names::intern);
    for (int round = 0; round < 2; round++) {
      for (String name : known) {
        for (int behindIt : new int[] {0, 'x'}) {
          int number = names.find(field(name, behindIt), 0);
          assertThat(names.name(number)).as("round %d", round).isEqualTo(name);
        }
      }
    }
  }

  @Test
  void aNameThatComesLaterIsFoundFromThenOn() {
    assertThat(names.find(field("em0", 0), 0)).isEqualTo(Names.UNKNOWN);
    int number = names.intern("em0");
    assertThat(names.find(field("em0", 0), 0)).isEqualTo(number);
    assertThat(names.find(field("em", 0), 0)).isEqualTo(Names.UNKNOWN);
    assertThat(names.find(field("em0a", 0), 0)).isEqualTo(Names.UNKNOWN);
  }

  @Test
  void anEmptyFieldIsTheEmptyName() {
    assertThat(names.find(field("", 0), 0)).isZero();
    assertThat(names.find(field("", 'x'), 0)).isZero();
  }
}

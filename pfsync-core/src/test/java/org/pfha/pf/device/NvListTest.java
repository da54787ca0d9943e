package org.pfha.pf.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NvListTest {

  static byte[] file(String name) {
    try (InputStream in = NvListTest.class.getResourceAsStream("nv/nv-" + name + ".bin")) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static NvReject check(byte[] bytes, int flags) {
    return new NvListView().wrap(bytes, 0, bytes.length).check(flags);
  }

  static NvList read(byte[] bytes, int flags) {
    NvListView view = new NvListView().wrap(bytes, 0, bytes.length);
    assertThat(view.check(flags)).isEqualTo(NvReject.NONE);
    return view.value();
  }

  static NvList read(String name) {
    return read(file(name), 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "be-mixed",
        "be-status",
        "binary",
        "bool",
        "bool-array",
        "clear-if",
        "depth64",
        "dupnames",
        "empty",
        "flags",
        "getstate-reply",
        "getstate-req",
        "keepcounters",
        "kill-id",
        "kill-reply",
        "kill-v4",
        "kill-v6-nat",
        "longname",
        "mixed",
        "nested",
        "null",
        "number",
        "number-array",
        "nvlist-array",
        "nvlist-array-edge",
        "pfsync-get",
        "pfsync-nodev",
        "pfsync-v4",
        "pfsync-v6",
        "status-13",
        "status-14",
        "status-15",
        "string",
        "string-array",
        "syncookies"
      })
  void whatTheReferenceLibraryPackedIsReadAndPackedToTheSameBytes(String name) {
    byte[] bytes = file(name);
    NvList list = read(bytes, bytes[2] & 3);
    ByteOrder order = bytes[2] < 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    assertThat(list.toBytes(order)).isEqualTo(bytes);
    assertThat(list.toString()).startsWith("[").endsWith("]");
  }

  @ParameterizedTest
  @CsvSource({
    "empty-file, 0, TRUNCATED",
    "short-header, 0, TRUNCATED",
    "magic, 0, BAD_MAGIC",
    "version1, 0, BAD_VERSION",
    "flag-04, 0, BAD_FLAGS",
    "flag-08, 0, BAD_FLAGS",
    "flag-10, 0, BAD_FLAGS",
    "flag-20, 0, BAD_FLAGS",
    "flag-40, 0, BAD_FLAGS",
    "flags-unexpected, 0, UNEXPECTED_FLAGS",
    "flags-missing, 2, UNEXPECTED_FLAGS",
    "size-plus1, 0, BAD_SIZE",
    "size-minus1, 0, BAD_SIZE",
    "size-zero, 0, BAD_SIZE",
    "size-max, 0, BAD_SIZE",
    "size-ovf, 0, BAD_SIZE",
    "trailing, 0, BAD_SIZE",
    "be-flag-le-data, 0, BAD_SIZE",
    "trunc-19, 0, BAD_SIZE",
    "trunc-25, 0, BAD_SIZE",
    "trunc-37, 0, BAD_SIZE",
    "trunc-40, 0, BAD_SIZE",
    "trunc-60, 0, BAD_SIZE",
    "trunc-191, 0, BAD_SIZE",
    "trunc-fixed-25, 0, TRUNCATED",
    "trunc-fixed-37, 0, TRUNCATED",
    "trunc-fixed-40, 0, TRUNCATED",
    "trunc-fixed-60, 0, TRUNCATED",
    "trunc-fixed-191, 0, BAD_SIZE",
    "descriptors, 0, DESCRIPTORS",
    "descriptors-max, 0, DESCRIPTORS",
    "type-0, 0, BAD_TYPE",
    "type-13, 0, BAD_TYPE",
    "type-100, 0, BAD_TYPE",
    "type-200, 0, BAD_TYPE",
    "type-253, 0, BAD_TYPE",
    "descriptor, 0, BAD_TYPE",
    "descriptor-array, 0, BAD_TYPE",
    "name-zero, 0, BAD_NAME",
    "name-nonul, 0, BAD_NAME",
    "name-inner-nul, 0, BAD_NAME",
    "name-2049, 0, BAD_NAME",
    "name-max, 0, BAD_NAME",
    "name-past-end, 0, TRUNCATED",
    "null-data, 0, BAD_VALUE",
    "bool-2, 0, BAD_VALUE",
    "bool-ff, 0, BAD_VALUE",
    "bool-size0, 0, BAD_VALUE",
    "bool-size2, 0, BAD_VALUE",
    "number-4, 0, BAD_VALUE",
    "number-16, 0, BAD_VALUE",
    "number-ds-past, 0, TRUNCATED",
    "string-0, 0, BAD_VALUE",
    "string-nonul, 0, BAD_VALUE",
    "string-inner, 0, BAD_VALUE",
    "string-past, 0, TRUNCATED",
    "string-huge, 0, TRUNCATED",
    "binary-0, 0, BAD_VALUE",
    "binary-past, 0, TRUNCATED",
    "binary-max, 0, TRUNCATED",
    "ba-0, 0, BAD_ITEMS",
    "ba-mismatch, 0, BAD_ITEMS",
    "ba-value, 0, BAD_VALUE",
    "na-0, 0, BAD_ITEMS",
    "na-mismatch, 0, BAD_ITEMS",
    "na-ovf, 0, BAD_ITEMS",
    "na-ovf0, 0, BAD_ITEMS",
    "sa-0, 0, BAD_ITEMS",
    "sa-few, 0, BAD_ITEMS",
    "sa-many, 0, BAD_ITEMS",
    "sa-nonul, 0, BAD_VALUE",
    "sa-huge, 0, BAD_ITEMS",
    "nested-noup, 0, UNBALANCED",
    "nested-ds0, 0, BAD_SIZE",
    "nested-ds1, 0, BAD_SIZE",
    "nested-ds-past, 0, TRUNCATED",
    "nested-ownsize, 0, BAD_SIZE",
    "nested-magic, 0, BAD_MAGIC",
    "nested-flags, 0, BAD_FLAGS",
    "nested-trunc, 0, TRUNCATED",
    "up-top, 0, UNBALANCED",
    "next-top, 0, UNBALANCED",
    "up-in-array, 0, UNBALANCED",
    "next-in-nested, 0, UNBALANCED",
    "la-0, 0, BAD_ITEMS",
    "la-huge, 0, BAD_ITEMS",
    "la-ovf, 0, BAD_ITEMS",
    "la-short, 0, BAD_ITEMS",
    "la-nohdr, 0, BAD_ITEMS",
    "dup, 0, DUPLICATE_NAME",
    "dup-case, 1, DUPLICATE_NAME",
    "dup-case-ok, 0, NONE",
    "nitems-scalar, 0, BAD_ITEMS",
    "up-fields, 0, BAD_VALUE",
    "depth-1000, 0, TOO_DEEP",
    "depth-10000, 0, TOO_DEEP",
    "depth-open, 0, TOO_DEEP",
    "random, 0, BAD_MAGIC",
    "zeros, 0, BAD_MAGIC"
  })
  void malformedBytesAreRefusedWithTheirReason(String name, int flags, NvReject reason) {
    assertThat(check(file("bad-" + name), flags)).isEqualTo(reason);
  }

  @Test
  void aRequestIsBuiltAsTheReferenceLibraryBuildsIt() {
    assertThat(NvList.builder().number("killed", 3).build().toBytes())
        .isEqualTo(file("kill-reply"));
    NvList one = NvList.builder().number("n", 1).build();
    assertThat(
            NvList.builder()
                .none("null")
                .bool("bool", true)
                .number("num", 42)
                .text("str", "text")
                .binary("bin", new byte[] {(byte) 0xde, (byte) 0xad, (byte) 0xbe, (byte) 0xef})
                .bools("ba", false, true)
                .numbers("na", 3, 2, 1)
                .texts("sa", List.of("x", "", "z"))
                .list("nv", one)
                .lists("nva", List.of(one, NvList.builder().number("n", 2).build()))
                .build()
                .toBytes())
        .isEqualTo(file("mixed"));
  }

  @Test
  void accessorsFindByNameAndType() {
    NvList list = read("mixed");
    assertThat(list.bool("bool")).contains(true);
    assertThat(list.number("num")).hasValue(42);
    assertThat(list.text("str")).contains("text");
    assertThat(list.binary("bin"))
        .hasValueSatisfying(
            bin ->
                assertThat(bin)
                    .containsExactly((byte) 0xde, (byte) 0xad, (byte) 0xbe, (byte) 0xef));
    assertThat(list.bools("ba")).containsExactly(false, true);
    assertThat(list.numbers("na")).containsExactly(3, 2, 1);
    assertThat(list.texts("sa")).containsExactly("x", "", "z");
    assertThat(list.list("nv").map(nested -> nested.number("n"))).contains(OptionalLong.of(1));
    assertThat(list.lists("nva")).extracting(each -> each.number("n")).hasSize(2);
    assertThat(list.number("str")).as("another type").isEmpty();
    assertThat(list.text("none")).isEmpty();
    assertThat(list.numbers("str")).isEmpty();
    assertThat(list.pairs()).hasSize(10);
    assertThat(list).hasToString(read(list.toBytes(ByteOrder.BIG_ENDIAN), 0).toString());
  }

  @Test
  void arraysAreCopiedInAndOut() {
    byte[] bytes = {1, 2};
    long[] numbers = {1, 2};
    NvList list = NvList.builder().binary("b", bytes).numbers("n", numbers).build();
    byte[] packed = list.toBytes();
    bytes[0] = 9;
    numbers[0] = 9;
    list.numbers("n")[0] = 9;
    list.binary("b").orElseThrow()[0] = 9;
    assertThat(list.toBytes()).isEqualTo(packed);
  }

  @Test
  void namesIgnoreCaseOnlyWhereTheListSaysSo() {
    NvList list = read(file("flags"), NvList.IGNORE_CASE | NvList.NO_UNIQUE);
    assertThat(list.number("aA")).hasValue(1);
    assertThat(NvList.builder().number("Aa", 1).build().number("aA")).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NvList.builder(NvList.IGNORE_CASE).none("Aa").none("aA"))
        .withMessageContaining("'aA' is in the list already");
    assertThat(NvList.builder(NvList.NO_UNIQUE).number("a", 1).number("a", 2).build().number("a"))
        .hasValue(1);
  }

  @Test
  void bytesThatAreNoUtf8AreKept() {
    byte[] bytes = NvList.builder().text("name", "text").build().toBytes();
    bytes[19 + 19] = (byte) 0xff;
    bytes[bytes.length - 2] = (byte) 0xfe;
    NvList list = read(bytes, 0);
    assertThat(list.pairs().get(0).name()).isEqualTo("\ufffdame");
    assertThat(list.toBytes()).isEqualTo(bytes);
  }

  @Test
  void whatTheFormatCannotExpressIsRefusedOnBuilding() {
    NvListBuilder builder = NvList.builder();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.text("x", "a\0b"))
        .withMessageContaining("NUL");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.binary("key", new byte[0]))
        .withMessageContaining("'key' is empty");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.none("n".repeat(2048)))
        .withMessageContaining("longer than 2,047");
    assertThatIllegalArgumentException().isThrownBy(() -> NvList.builder(0x80));
    assertThat(builder.none("n".repeat(2047)).build().pairs()).hasSize(1);
  }

  @Test
  void listsNestAsDeepAsTheyAreRead() {
    NvList list = NvList.builder().build();
    for (int depth = 0; depth < NvList.MAX_DEPTH; depth++) {
      list = NvList.builder().lists("d", List.of(list)).build();
    }
    NvList deepest = list;
    assertThat(read(deepest.toBytes(), 0)).isEqualTo(deepest).hasSameHashCodeAs(deepest);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NvList.builder().list("one too many", deepest))
        .withMessageContaining("deeper than 256");
  }

  @Test
  void onlyTheBytesUnderTheViewAreRead() {
    byte[] bytes = file("mixed");
    byte[] padded = new byte[bytes.length + 7];
    System.arraycopy(bytes, 0, padded, 3, bytes.length);
    NvListView view = new NvListView().wrap(padded, 3, bytes.length);
    assertThat(view.check(0)).isEqualTo(NvReject.NONE);
    assertThat(view.value()).isEqualTo(read(bytes, 0));
    assertThat(view.wrap(padded, 3, bytes.length - 1).check(0)).isNotEqualTo(NvReject.NONE);
    assertThatIllegalStateException().isThrownBy(view::value);
  }

  @Test
  void everyPrefixOfAListIsRefused() {
    byte[] bytes = file("nvlist-array-edge");
    for (int length = 0; length < bytes.length; length++) {
      assertThat(check(Arrays.copyOf(bytes, length), 0)).isNotEqualTo(NvReject.NONE);
    }
  }

  @Test
  void changedBytesAreRefusedOrPackToThemselves() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    byte[] original = file("nvlist-array-edge");
    for (int run = 0; run < 50_000; run++) {
      byte[] bytes = original.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      NvListView view = new NvListView().wrap(bytes, 0, bytes.length);
      if (view.check(0) == NvReject.NONE) {
        assertThat(view.value().toBytes()).as("seed %d run %d", seed, run).isEqualTo(bytes);
      }
    }
  }
}

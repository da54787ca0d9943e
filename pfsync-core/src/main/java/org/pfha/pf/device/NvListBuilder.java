package org.pfha.pf.device;

import static com.google.common.base.Preconditions.checkArgument;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builds an {@link NvList}, pair by pair in order. What the format cannot express is an {@link
 * IllegalArgumentException}: a NUL in a string, an empty array, a name twice. Confined to one
 * thread.
 */
public final class NvListBuilder {

  private final int flags;
  private final List<NvPair> pairs = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  NvListBuilder(int flags) {
    checkArgument(
        (flags & ~(NvList.IGNORE_CASE | NvList.NO_UNIQUE)) == 0,
        "flags 0x%s hold another than IGNORE_CASE and NO_UNIQUE",
        Integer.toHexString(flags));
    this.flags = flags;
  }

  /**
   * Adds a name without a value.
   *
   * @param name up to 2,047 bytes of UTF-8 without NUL
   * @return this
   */
  public NvListBuilder none(String name) {
    return add(name, NvType.NULL, null);
  }

  /**
   * Adds a bool.
   *
   * @param name up to 2,047 bytes of UTF-8 without NUL
   * @param value any
   * @return this
   */
  public NvListBuilder bool(String name, boolean value) {
    return add(name, NvType.BOOL, value);
  }

  /**
   * Adds a number.
   *
   * @param name up to 2,047 bytes of UTF-8 without NUL
   * @param value unsigned
   * @return this
   */
  public NvListBuilder number(String name, long value) {
    return add(name, NvType.NUMBER, value);
  }

  /**
   * Adds a string.
   *
   * @param name up to 2,047 bytes of UTF-8 without NUL
   * @param value without NUL
   * @return this
   */
  public NvListBuilder text(String name, String value) {
    return add(name, NvType.TEXT, withoutNul(value));
  }

  /**
   * Adds a list within this one.
   *
   * @param name up to 2,047 bytes of UTF-8 without NUL
   * @param value at most 256 lists deep
   * @return this
   */
  public NvListBuilder list(String name, NvList value) {
    return add(name, NvType.LIST, value);
  }

  /**
   * Adds bytes.
   *
   * @param name up to 2,047 bytes of UTF-8 without NUL
   * @param value at least one
   * @return this
   */
  public NvListBuilder binary(String name, byte[] value) {
    return add(name, NvType.BINARY, some(name, value.length, value.clone()));
  }

  /**
   * Adds several bools.
   *
   * @param name up to 2,047 bytes of UTF-8 without NUL
   * @param values at least one
   * @return this
   */
  public NvListBuilder bools(String name, boolean... values) {
    return add(name, NvType.BOOLS, some(name, values.length, values.clone()));
  }

  /**
   * Adds several numbers.
   *
   * @param name up to 2,047 bytes of UTF-8 without NUL
   * @param values at least one, unsigned
   * @return this
   */
  public NvListBuilder numbers(String name, long... values) {
    return add(name, NvType.NUMBERS, some(name, values.length, values.clone()));
  }

  /**
   * Adds several strings.
   *
   * @param name up to 2,047 bytes of UTF-8 without NUL
   * @param values at least one, without NUL
   * @return this
   */
  public NvListBuilder texts(String name, List<String> values) {
    byte[][] texts = values.stream().map(NvListBuilder::withoutNul).toArray(byte[][]::new);
    return add(name, NvType.TEXTS, some(name, texts.length, texts));
  }

  /**
   * Adds several lists within this one.
   *
   * @param name up to 2,047 bytes of UTF-8 without NUL
   * @param values at least one, at most 256 lists deep
   * @return this
   */
  public NvListBuilder lists(String name, List<NvList> values) {
    return add(name, NvType.LISTS, some(name, values.size(), List.copyOf(values)));
  }

  /**
   * Ends the list.
   *
   * @return a list of what was added so far
   */
  public NvList build() {
    return new NvList(flags, pairs);
  }

  private NvListBuilder add(String name, NvType type, @Nullable Object raw) {
    byte[] bytes = withoutNul(name);
    checkArgument(bytes.length < NvList.MAX_NAME, "name '%s' is longer than 2,047 bytes", name);
    boolean first = names.add(NvList.comparable(bytes, flags));
    checkArgument(
        first || (flags & NvList.NO_UNIQUE) != 0,
        "name '%s' is in the list already; make the list with NO_UNIQUE to repeat names",
        name);
    NvPair pair = new NvPair(bytes, type, raw);
    checkArgument(
        pair.depth() <= NvList.MAX_DEPTH, "'%s' makes the list deeper than 256 lists", name);
    pairs.add(pair);
    return this;
  }

  private static byte[] withoutNul(String text) {
    checkArgument(text.indexOf('\0') < 0, "'%s' has a NUL in it", text);
    return text.getBytes(UTF_8);
  }

  private static <T> T some(String name, int length, T values) {
    checkArgument(length > 0, "'%s' is empty, which an nvlist cannot express", name);
    return values;
  }
}

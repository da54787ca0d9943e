package org.pfha.pf.device;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Ascii;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Named values in order, as FreeBSD's requests carry them (spec pf-ioctl 6). Immutable.
 *
 * <p>An accessor finds a pair by name and type: a pair of another type is as absent as none, and of
 * repeated ones the first counts. Names and texts are UTF-8; what came in as other bytes reads with
 * replacement characters and is encoded as it came.
 */
public final class NvList {

  /** Flag: names compare without regard to the case of ASCII letters. */
  public static final int IGNORE_CASE = 0x01;

  /** Flag: names may repeat. */
  public static final int NO_UNIQUE = 0x02;

  /** The most lists below the outermost that are read or built. */
  static final int MAX_DEPTH = 256;

  /** The longest name, in bytes, its NUL included. */
  static final int MAX_NAME = 2048;

  private final int flags;

  private final List<NvPair> pairs;

  private final int depth;

  NvList(int flags, List<NvPair> pairs) {
    this.flags = flags;
    this.pairs = List.copyOf(pairs);
    this.depth = pairs.stream().mapToInt(NvPair::depth).max().orElse(0);
  }

  /**
   * Begins a list without flags.
   *
   * @return a builder
   */
  public static NvListBuilder builder() {
    return builder(0);
  }

  /**
   * Begins a list.
   *
   * @param flags {@link #IGNORE_CASE}, {@link #NO_UNIQUE}, both or 0
   * @return a builder
   */
  public static NvListBuilder builder(int flags) {
    return new NvListBuilder(flags);
  }

  /**
   * Whether names ignore case or repeat.
   *
   * @return {@link #IGNORE_CASE}, {@link #NO_UNIQUE}, both or 0
   */
  public int flags() {
    return flags;
  }

  /**
   * Everything.
   *
   * @return the pairs in order
   */
  public List<NvPair> pairs() {
    return pairs;
  }

  /**
   * A bool.
   *
   * @param name of a pair of type {@link NvType#BOOL}
   * @return its value, or empty if there is no such pair
   */
  public Optional<Boolean> bool(String name) {
    return Optional.ofNullable((Boolean) find(name, NvType.BOOL));
  }

  /**
   * A number.
   *
   * @param name of a pair of type {@link NvType#NUMBER}
   * @return its value, unsigned, or empty if there is no such pair
   */
  public OptionalLong number(String name) {
    Long value = (Long) find(name, NvType.NUMBER);
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  /**
   * A string.
   *
   * @param name of a pair of type {@link NvType#TEXT}
   * @return its value, or empty if there is no such pair
   */
  public Optional<String> text(String name) {
    return Optional.ofNullable((String) find(name, NvType.TEXT));
  }

  /**
   * A list within this one.
   *
   * @param name of a pair of type {@link NvType#LIST}
   * @return its value, or empty if there is no such pair
   */
  public Optional<NvList> list(String name) {
    return Optional.ofNullable((NvList) find(name, NvType.LIST));
  }

  /**
   * Bytes.
   *
   * @param name of a pair of type {@link NvType#BINARY}
   * @return a copy of its value, or empty if there is no such pair
   */
  public Optional<byte[]> binary(String name) {
    return Optional.ofNullable((byte[]) find(name, NvType.BINARY));
  }

  /**
   * Several bools.
   *
   * @param name of a pair of type {@link NvType#BOOLS}
   * @return a copy of its value, or an empty array if there is no such pair
   */
  public boolean[] bools(String name) {
    boolean[] value = (boolean[]) find(name, NvType.BOOLS);
    return value == null ? new boolean[0] : value;
  }

  /**
   * Several numbers.
   *
   * @param name of a pair of type {@link NvType#NUMBERS}
   * @return a copy of its value, unsigned, or an empty array if there is no such pair
   */
  public long[] numbers(String name) {
    long[] value = (long[]) find(name, NvType.NUMBERS);
    return value == null ? new long[0] : value;
  }

  /**
   * Several strings.
   *
   * @param name of a pair of type {@link NvType#TEXTS}
   * @return its value, or an empty list if there is no such pair
   */
  @SuppressWarnings("unchecked") // of this type only
  public List<String> texts(String name) {
    List<String> value = (List<String>) find(name, NvType.TEXTS);
    return value == null ? List.of() : value;
  }

  /**
   * Several lists within this one.
   *
   * @param name of a pair of type {@link NvType#LISTS}
   * @return its value, or an empty list if there is no such pair
   */
  @SuppressWarnings("unchecked") // of this type only
  public List<NvList> lists(String name) {
    List<NvList> value = (List<NvList>) find(name, NvType.LISTS);
    return value == null ? List.of() : value;
  }

  private @Nullable Object find(String name, NvType type) {
    String sought = comparable(name.getBytes(UTF_8), flags);
    for (NvPair pair : pairs) {
      if (pair.type() == type && comparable(pair.nameBytes(), flags).equals(sought)) {
        return pair.value();
      }
    }
    return null;
  }

  /** What of a name counts in a list of the given flags; one character per byte. */
  static String comparable(byte[] name, int flags) {
    String text = new String(name, ISO_8859_1);
    return (flags & IGNORE_CASE) == 0 ? text : Ascii.toLowerCase(text);
  }

  int depth() {
    return depth;
  }

  /**
   * Packs this list in little-endian order, as every host that FreeBSD runs on does.
   *
   * @return the bytes
   */
  public byte[] toBytes() {
    return toBytes(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Packs this list.
   *
   * @param order of the numbers
   * @return the bytes
   */
  public byte[] toBytes(ByteOrder order) {
    return NvListPacker.pack(this, order);
  }

  /** Lists are equal if they pack to equal bytes: flags, order of pairs and all. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NvList list && Arrays.equals(toBytes(), list.toBytes());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(toBytes());
  }

  /** The pairs, for people. */
  @Override
  public String toString() {
    return pairs.toString();
  }
}

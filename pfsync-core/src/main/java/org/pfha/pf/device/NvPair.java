package org.pfha.pf.device;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One named value of an {@link NvList}. Immutable. */
public final class NvPair {

  private final byte[] name;
  private final NvType type;
  private final @Nullable Object raw;

  /**
   * Keeps what it is given.
   *
   * @param raw as {@link NvType} says, but bytes in place of strings
   */
  NvPair(byte[] name, NvType type, @Nullable Object raw) {
    this.name = name;
    this.type = type;
    this.raw = raw;
  }

  /**
   * The name.
   *
   * @return up to 2,047 bytes of UTF-8, maybe none
   */
  public String name() {
    return new String(name, UTF_8);
  }

  /**
   * What the value is.
   *
   * @return the type
   */
  public NvType type() {
    return type;
  }

  /**
   * The value.
   *
   * @return an object as {@link NvType} says, a copy if it is an array; null for {@link
   *     NvType#NULL}
   */
  public @Nullable Object value() {
    return switch (type) {
      case TEXT -> new String((byte[]) raw(), UTF_8);
      case TEXTS -> Arrays.stream((byte[][]) raw()).map(text -> new String(text, UTF_8)).toList();
      case BINARY -> ((byte[]) raw()).clone();
      case BOOLS -> ((boolean[]) raw()).clone();
      case NUMBERS -> ((long[]) raw()).clone();
      default -> raw;
    };
  }

  byte[] nameBytes() {
    return name;
  }

  /** The value, with bytes in place of strings, not to be written to. */
  Object raw() {
    return Objects.requireNonNull(raw, "a pair of type NULL has no value");
  }

  /** How many lists are within each other here. */
  int depth() {
    return switch (type) {
      case LIST -> 1 + ((NvList) raw()).depth();
      case LISTS -> 1 + lists().stream().mapToInt(NvList::depth).max().orElse(0);
      default -> 0;
    };
  }

  @SuppressWarnings("unchecked") // of this type only
  List<NvList> lists() {
    return (List<NvList>) raw();
  }

  /** Name and value, for people. */
  @Override
  public String toString() {
    String text =
        switch (type) {
          case NUMBER -> Long.toUnsignedString((Long) raw());
          case BINARY -> "0x" + HexFormat.of().formatHex((byte[]) raw());
          case BOOLS -> Arrays.toString((boolean[]) raw());
          case NUMBERS ->
              Arrays.stream((long[]) raw()).mapToObj(Long::toUnsignedString).toList().toString();
          default -> String.valueOf(value());
        };
    return name() + "=" + text;
  }
}

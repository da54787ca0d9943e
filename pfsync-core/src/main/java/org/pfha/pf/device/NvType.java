package org.pfha.pf.device;

import org.jspecify.annotations.Nullable;

/** What a pair of an {@link NvList} holds (spec pf-ioctl 6.2). Immutable. */
public enum NvType {
  /** Nothing. */
  NULL(1),
  /** A {@link Boolean}. */
  BOOL(2),
  /** A {@link Long}, to be read as unsigned. */
  NUMBER(3),
  /** A {@link String}. */
  TEXT(4),
  /** An {@link NvList}. */
  LIST(5),
  /** A {@code byte[]}, never empty. */
  BINARY(7),
  /** A {@code boolean[]}, never empty. */
  BOOLS(8),
  /** A {@code long[]}, never empty. */
  NUMBERS(9),
  /** A {@code List<String>}, never empty. */
  TEXTS(10),
  /** A {@code List<NvList>}, never empty. */
  LISTS(11);

  private static final @Nullable NvType[] BY_CODE = new NvType[256];

  static {
    for (NvType type : values()) {
      BY_CODE[type.code] = type;
    }
  }

  final int code;

  NvType(int code) {
    this.code = code;
  }

  /**
   * The type of a code, 0–255, or null for descriptors, which are never valid here, and markers.
   */
  static @Nullable NvType of(int code) {
    return BY_CODE[code];
  }

  /** Whether the pair says how many items it has. */
  boolean isArray() {
    return code >= BOOLS.code;
  }
}

package org.pfha.pf.device;

import java.nio.ByteBuffer;

/**
 * A table: {@code pfr_table}. Immutable.
 *
 * @param name what names it
 * @param flags {@link #PERSIST} …
 * @param feedback what became of it in a request, see {@link #outcome}
 */
public record PfTable(TableName name, int flags, int feedback) {

  /** Flag, the user's: stays when no rule refers to it. */
  public static final int PERSIST = 0x01;

  /** Flag, the user's: its addresses do not change once it is loaded. */
  public static final int CONST = 0x02;

  /** Flag: in use. */
  public static final int ACTIVE = 0x04;

  /** Flag: in a transaction that is not committed. */
  public static final int INACTIVE = 0x08;

  /** Flag: a rule refers to it. */
  public static final int REFERENCED = 0x10;

  /** Flag: a rule in an anchor refers to it. */
  public static final int REFERENCED_IN_ANCHOR = 0x20;

  /** Flag, the user's: counts per address. */
  public static final int COUNTERS = 0x40;

  /** Flags that a user may set. */
  public static final int USER_FLAGS = PERSIST | CONST | COUNTERS;

  /**
   * A table to be created.
   *
   * @param name what names it
   * @param flags of {@link #PERSIST}, {@link #CONST}, {@link #COUNTERS}; without PERSIST it
   *     vanishes when no rule refers to it
   */
  public PfTable(TableName name, int flags) {
    this(name, flags, 0);
  }

  /**
   * What became of it in a request.
   *
   * @return the feedback by name
   */
  public TableFeedback outcome() {
    return TableFeedback.of(feedback);
  }

  /**
   * Reads {@code pfr_table}.
   *
   * @param structure 1064 bytes in the order of this machine
   * @return the table
   * @throws IllegalArgumentException if it has no name
   */
  public static PfTable ofBytes(byte[] structure) {
    return decode(Struct.wrap(structure), 0);
  }

  /**
   * Writes {@code pfr_table}.
   *
   * @return 1064 bytes in the order of this machine
   */
  public byte[] toBytes() {
    byte[] structure = new byte[Layouts.PFR_TABLE.size()];
    ByteBuffer out = Struct.wrap(structure);
    encode(out, 0);
    return structure;
  }

  void encode(ByteBuffer out, int at) {
    name.encode(out, at);
    out.putInt(at + Layouts.TABLE_FLAGS, flags);
    out.put(at + Layouts.TABLE_FBACK, (byte) feedback);
  }

  static PfTable decode(ByteBuffer in, int at) {
    return new PfTable(
        new TableName(
            Struct.string(in, at + Layouts.TABLE_ANCHOR, Layouts.PATH - 1),
            Struct.string(in, at + Layouts.TABLE_TABLE_NAME, Layouts.TABLE_NAME - 1)),
        in.getInt(at + Layouts.TABLE_FLAGS),
        Struct.u8(in, at + Layouts.TABLE_FBACK));
  }
}

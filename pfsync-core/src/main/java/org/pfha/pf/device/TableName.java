package org.pfha.pf.device;

import static com.google.common.base.Preconditions.checkArgument;

import java.nio.ByteBuffer;

/**
 * What names a table. Immutable.
 *
 * @param anchor path of the anchor it is in, or empty for the main ruleset
 * @param name 1–31 bytes
 */
public record TableName(String anchor, String name) {

  /** Checks the lengths. */
  public TableName {
    Struct.checkText("anchor", anchor, Layouts.PATH);
    Struct.checkText("table name", name, Layouts.TABLE_NAME);
    checkArgument(!name.isEmpty(), "a table has a name");
  }

  /**
   * A table of the main ruleset.
   *
   * @param name 1–31 bytes
   * @return its name
   */
  public static TableName of(String name) {
    return new TableName("", name);
  }

  void encode(ByteBuffer out, int at) {
    Struct.putString(out, at + Layouts.TABLE_ANCHOR, anchor);
    Struct.putString(out, at + Layouts.TABLE_TABLE_NAME, name);
  }

  /** Such as {@code <bruteforce>}, {@code <sub/anchor:blocked>}. */
  @Override
  public String toString() {
    return "<" + (anchor.isEmpty() ? "" : anchor + ":") + name + ">";
  }
}

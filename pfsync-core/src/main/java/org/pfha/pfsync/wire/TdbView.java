package org.pfha.pfsync.wire;

import java.util.Arrays;

/**
 * A view over the IPsec replay counters of one security association, the message of TDB (spec
 * pfsync 5.5). FreeBSD steps over it and never sends it.
 *
 * <pre>
 *  0 spi  4 dst (socket address)[28]  32 rpl  36 cur_bytes  44 sproto  45 updates  46 pad[2]
 *                           OpenBSD:  32 rpl  40 cur_bytes  48 sproto  49 updates  50 rdomain
 * </pre>
 *
 * <p>Only {@link #destination} allocates. Confined to one thread.
 */
public final class TdbView {

  static final int SPI_OFFSET = Structures.TDB.offset("spi");
  static final int DESTINATION_OFFSET = Structures.TDB.offset("dst");
  static final int DESTINATION_SIZE = Structures.TDB.width("dst");

  private final Layout layout;
  private final boolean wide;
  private byte[] bytes = new byte[0];
  private int offset;

  /**
   * A view over nothing, to be wrapped.
   *
   * @param wide whether it is OpenBSD's of 52 bytes, action 15
   */
  public TdbView(boolean wide) {
    this.wide = wide;
    layout = wide ? Structures.TDB_OPENBSD : Structures.TDB;
  }

  /**
   * Looks at other bytes.
   *
   * @param newBytes a whole message from the offset; not copied
   * @param newOffset of the message
   * @return this
   */
  public TdbView wrap(byte[] newBytes, int newOffset) {
    bytes = newBytes;
    offset = newOffset;
    return this;
  }

  /**
   * Security parameter index.
   *
   * @return unsigned
   */
  public int spi() {
    return Wire.i32(bytes, offset + SPI_OFFSET);
  }

  /**
   * The association's destination: length, family, port, then the address. Allocates.
   *
   * @return 28 bytes of a BSD socket address
   */
  public byte[] destination() {
    int at = offset + DESTINATION_OFFSET;
    return Arrays.copyOfRange(bytes, at, at + DESTINATION_SIZE);
  }

  /**
   * The replay counter.
   *
   * @return unsigned 32 bits, or 64 of OpenBSD's wide message
   */
  public long replay() {
    int at = offset + layout.offset("rpl");
    return wide ? Wire.i64(bytes, at) : Wire.u32(bytes, at);
  }

  /**
   * Bytes processed.
   *
   * @return unsigned
   */
  public long bytes() {
    return Wire.i64(bytes, offset + layout.offset("cur_bytes"));
  }

  /**
   * IPsec protocol.
   *
   * @return 50 ESP, 51 AH
   */
  public int proto() {
    return Wire.u8(bytes, offset + layout.offset("sproto"));
  }

  /**
   * Updates since the last message.
   *
   * @return 0–255
   */
  public int updates() {
    return Wire.u8(bytes, offset + layout.offset("updates"));
  }

  /**
   * Routing domain, which only OpenBSD's wide message has.
   *
   * @return 0–65535
   */
  public int routingDomain() {
    return wide ? Wire.u16(bytes, offset + layout.offset("rdomain")) : 0;
  }

  static void write(byte[] bytes, int at, Message.Tdb tdb) {
    Layout layout = tdb.wide() ? Structures.TDB_OPENBSD : Structures.TDB;
    Wire.put32(bytes, at + SPI_OFFSET, tdb.spi());
    System.arraycopy(tdb.destination(), 0, bytes, at + DESTINATION_OFFSET, DESTINATION_SIZE);
    int replay = at + layout.offset("rpl");
    if (tdb.wide()) {
      Wire.put64(bytes, replay, tdb.replay());
      Wire.put16(bytes, at + layout.offset("rdomain"), tdb.routingDomain());
    } else {
      Wire.put32(bytes, replay, (int) tdb.replay());
    }
    Wire.put64(bytes, at + layout.offset("cur_bytes"), tdb.bytes());
    Wire.put8(bytes, at + layout.offset("sproto"), tdb.proto());
    Wire.put8(bytes, at + layout.offset("updates"), tdb.updates());
  }
}

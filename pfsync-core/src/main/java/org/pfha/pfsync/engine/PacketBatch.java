package org.pfha.pfsync.engine;

import java.util.Objects;

/**
 * Packets that have arrived together, in their order: as many of them as are worth looking up at
 * once. Filled by {@link #add}, emptied by {@link PfsyncEngine#received(PacketBatch, long)}; a
 * packet that is being read when something is thrown is not read again, those behind it stay.
 * Confined to one thread.
 */
public final class PacketBatch {

  /** More lookups than those of some packets are not under way at the same time. */
  private static final int PACKETS = 16;

  /** Room for as many packets of a usual MTU; a single packet may be larger. */
  private static final int BYTES = PACKETS * 1500;

  private static final int LARGEST = 1 << 16;

  private final byte[] bytes;
  private final boolean copies;
  private final int[] offsets = new int[PACKETS];
  private final int[] lengths = new int[PACKETS];
  private final int[] ttls = new int[PACKETS];
  private final int[] peers = new int[PACKETS];
  private int count;
  private int next;

  /** Bytes of the batch's own that are taken. */
  private int used;

  /** No packets; those to come are copied. */
  public PacketBatch() {
    this(new byte[BYTES + LARGEST], true);
  }

  private PacketBatch(byte[] bytes, boolean copies) {
    this.bytes = bytes;
    this.copies = copies;
  }

  /**
   * A batch without packets, for those that lie in one array and stay there until they have been
   * read: a ring of receive buffers, a recording.
   *
   * @param bytes hold all packets that will be added; not copied
   * @return a batch
   */
  public static PacketBatch over(byte[] bytes) {
    return new PacketBatch(bytes, false);
  }

  /**
   * Takes over a packet.
   *
   * @param packet holds the IP payload; copied, unless the batch is one {@link #over} this array
   * @param offset of the payload
   * @param length of the payload, at most 65,535
   * @param ttl TTL or hop limit as received
   * @param peer number of the peer it came from, or −1
   * @throws IllegalStateException if {@link #isFull}
   * @throws IllegalArgumentException if it is not in the array the batch is over
   * @throws IndexOutOfBoundsException if the array ends before the packet
   */
  @SuppressWarnings("ReferenceEquality")
  public void add(byte[] packet, int offset, int length, int ttl, int peer) {
    if (isFull()) {
      throw new IllegalStateException("a full batch takes no packet; hand it over first");
    }
    Objects.checkFromIndexSize(offset, length, packet.length);
    if (copies) {
      System.arraycopy(packet, offset, bytes, used, length);
      offsets[count] = used;
      used += length;
    } else if (packet == bytes) {
      offsets[count] = offset;
    } else {
      throw new IllegalArgumentException(
          "the packet is not in the array this batch is over; add it to a new PacketBatch()");
    }
    lengths[count] = length;
    ttls[count] = ttl;
    peers[count++] = peer;
  }

  /**
   * Whether it is to be handed over before another packet comes.
   *
   * @return true if there is no room
   */
  public boolean isFull() {
    return count == PACKETS || used > BYTES;
  }

  /**
   * Whether there is nothing to hand over.
   *
   * @return true if all packets have been read
   */
  public boolean isEmpty() {
    return next == count;
  }

  int count() {
    return count;
  }

  /** The first packet that has not been read. */
  int next() {
    return next;
  }

  /** The next packet is being read. */
  int take() {
    return next++;
  }

  byte[] bytes() {
    return bytes;
  }

  int offset(int packet) {
    return offsets[packet];
  }

  int length(int packet) {
    return lengths[packet];
  }

  int ttl(int packet) {
    return ttls[packet];
  }

  int peer(int packet) {
    return peers[packet];
  }

  /** Makes room, unless packets are left. */
  void endReading() {
    if (isEmpty()) {
      count = 0;
      next = 0;
      used = 0;
    }
  }
}

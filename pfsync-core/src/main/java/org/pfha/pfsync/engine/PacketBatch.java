package org.pfha.pfsync.engine;

/**
 * Packets that have arrived together, in their order, in one buffer: as many of them as are worth
 * looking up at once. Filled by {@link #add}, emptied by {@link PfsyncEngine#received(PacketBatch,
 * long)}; a packet that is being read when something is thrown is not read again, those behind it
 * stay. Confined to one thread.
 */
public final class PacketBatch {

  /** More lookups than those of some packets are not under way at the same time. */
  private static final int PACKETS = 8;

  /** Room for as many packets of a usual MTU; a single packet may be larger. */
  private static final int BYTES = PACKETS * 1500;

  private static final int LARGEST = 1 << 16;

  private final byte[] bytes = new byte[BYTES + LARGEST];
  private final int[] offsets = new int[PACKETS + 1];
  private final int[] ttls = new int[PACKETS];
  private final int[] peers = new int[PACKETS];
  private int count;
  private int next;

  /** No packets. */
  public PacketBatch() {}

  /**
   * Takes over a packet.
   *
   * @param packet holds the IP payload; copied
   * @param offset of the payload
   * @param length of the payload, at most 65,535
   * @param ttl TTL or hop limit as received
   * @param peer number of the peer it came from, or −1
   * @throws IllegalStateException if {@link #isFull}
   */
  public void add(byte[] packet, int offset, int length, int ttl, int peer) {
    if (isFull()) {
      throw new IllegalStateException("a full batch takes no packet; hand it over first");
    }
    System.arraycopy(packet, offset, bytes, offsets[count], length);
    ttls[count] = ttl;
    peers[count++] = peer;
    offsets[count] = offsets[count - 1] + length;
  }

  /**
   * Whether it is to be handed over before another packet comes.
   *
   * @return true if there is no room
   */
  public boolean isFull() {
    return count == PACKETS || offsets[count] > BYTES;
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
    return offsets[packet + 1] - offsets[packet];
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
    }
  }
}

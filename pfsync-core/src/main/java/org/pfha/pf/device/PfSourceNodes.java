package org.pfha.pf.device;

import static com.google.common.base.Preconditions.checkArgument;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The source nodes of a kernel (spec pf-ioctl 5.11). Thread-safe. */
public final class PfSourceNodes {

  private static final int SPARE_SOURCE_NODES = 64;
  private static final int MAX_ROUNDS = 8;

  private final PfChannel channel;

  PfSourceNodes(PfChannel channel) {
    this.channel = channel;
  }

  /**
   * Lists source nodes.
   *
   * @return all
   * @throws PfException if the kernel refuses
   */
  public List<SourceNode> list() throws PfException {
    int size = Layouts.PF_SRC_NODE.size();
    int capacity = capacity(2L * ask(Struct.of(0)) + (long) SPARE_SOURCE_NODES * size);
    for (int round = 0; round < MAX_ROUNDS; round++) {
      ByteBuffer records = Struct.of(capacity);
      int written = ask(records);
      if (capacity - written >= size) {
        List<SourceNode> nodes = new ArrayList<>();
        for (int at = 0; at + size <= written; at += size) {
          nodes.add(SourceNode.decode(records, at, channel.release()));
        }
        return nodes;
      }
      capacity = capacity(2L * capacity);
    }
    throw new PfException("the source nodes do not come to rest");
  }

  private int ask(ByteBuffer records) throws PfException {
    ByteBuffer argument = Struct.of(Layouts.PFIOC_SRC_NODES);
    argument.putInt(Layouts.SRC_NODES_LEN, records.capacity());
    channel.call(PfRequest.DIOCGETSRCNODES, argument, Layouts.SRC_NODES_BUF, records);
    int length = argument.getInt(Layouts.SRC_NODES_LEN);
    if (length < 0 || length > Struct.MOST_BYTES) {
      throw new PfException("DIOCGETSRCNODES answered nonsense: %d bytes".formatted(length));
    }
    return length;
  }

  private static int capacity(long wanted) {
    return (int) Math.min(wanted, Struct.MOST_BYTES);
  }

  /**
   * Removes source nodes; their states stay.
   *
   * @param src of these hosts
   * @param dst that are translated or routed to these
   * @return how many
   * @throws PfException if the kernel refuses
   */
  public long kill(HostMatch src, HostMatch dst) throws PfException {
    checkArgument(
        src.restricts() || dst.restricts(),
        "two matches of everything remove all; on purpose, clear()");
    ByteBuffer argument = Struct.of(Layouts.PFIOC_SRC_NODE_KILL);
    argument.put(
        Layouts.SRC_NODE_KILL_AF, (byte) (src.family() == 0 ? dst.family() : src.family()));
    src.encode(argument, Layouts.SRC_NODE_KILL_SRC);
    dst.encode(argument, Layouts.SRC_NODE_KILL_DST);
    channel.call(PfRequest.DIOCKILLSRCNODES, argument);
    return Struct.u32(argument, Layouts.SRC_NODE_KILL_KILLED);
  }

  /**
   * Removes all source nodes; their states stay.
   *
   * @throws PfException if the kernel refuses
   */
  public void clear() throws PfException {
    channel.call(PfRequest.DIOCCLRSRCNODES);
  }
}

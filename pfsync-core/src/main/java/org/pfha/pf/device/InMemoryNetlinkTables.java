package org.pfha.pf.device;

import static org.pfha.net.sys.NetlinkAttribute.nested;
import static org.pfha.net.sys.NetlinkAttribute.text;
import static org.pfha.net.sys.NetlinkAttribute.u32;
import static org.pfha.net.sys.NetlinkAttribute.u64;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.pfha.net.sys.NetlinkAttribute;
import org.pfha.net.sys.NetlinkAttributes;

/**
 * The table commands of the family pfctl in a kernel in memory: the same work as the requests of
 * the device, which is what it makes of them.
 */
final class InMemoryNetlinkTables {

  private static final int ANCHOR = 1;
  private static final int NAME = 2;
  private static final int TABLE_FLAGS = 3;
  private static final int FLAGS = 4;
  private static final int DELETED = 5;
  private static final int ADDED = 6;
  private static final int ZEROED = 9;

  private static final int OF_TABLE = 1;
  private static final int ADDRESS = 2;
  private static final int ADDRESS_FLAGS = 3;
  private static final int ADDRESSES_ADDED = 4;
  private static final int ADDRESSES_DELETED = 5;
  private static final int MAX_ADDRESSES = 256;

  private static final int ADDRESS_FAMILY = 1;
  private static final int ADDRESS_PREFIX = 2;
  private static final int ADDRESS_NOT = 3;
  private static final int ADDRESS_BYTES = 4;

  private static final int COUNT = 7;

  private final InMemoryTables tables;

  InMemoryNetlinkTables(InMemoryTables tables) {
    this.tables = tables;
  }

  void handle(int command, NetlinkAttributes body, Consumer<List<NetlinkAttribute>> reply)
      throws Refusal {
    switch (command) {
      case PfctlMessage.CLEAR_TABLES ->
          reply.accept(List.of(u32(DELETED, perform(PfRequest.DIOCRCLRTABLES, body, 0))));
      case PfctlMessage.ADD_TABLE ->
          reply.accept(List.of(u32(ADDED, perform(PfRequest.DIOCRADDTABLES, body, 1))));
      case PfctlMessage.DEL_TABLE ->
          reply.accept(List.of(u32(DELETED, perform(PfRequest.DIOCRDELTABLES, body, 1))));
      case PfctlMessage.CLR_TSTATS ->
          reply.accept(List.of(u64(ZEROED, perform(PfRequest.DIOCRCLRTSTATS, body, 1))));
      case PfctlMessage.CLR_ADDRS ->
          reply.accept(List.of(u64(DELETED, perform(PfRequest.DIOCRCLRADDRS, body, 0))));
      case PfctlMessage.GET_TSTATS -> statistics(body, reply);
      case PfctlMessage.TABLE_ADD_ADDR ->
          edit(PfRequest.DIOCRADDADDRS, Layouts.PFRIO_NADD, ADDRESSES_ADDED, body, reply);
      default -> edit(PfRequest.DIOCRDELADDRS, Layouts.PFRIO_NDEL, ADDRESSES_DELETED, body, reply);
    }
  }

  /** Makes a request about a table, which it names itself or in a list of one. */
  private int perform(PfRequest request, NetlinkAttributes table, int listed) throws Refusal {
    ByteBuffer io = Struct.of(Layouts.PFIOC_TABLE);
    ByteBuffer buffer = Struct.of(Layouts.PFR_TABLE);
    write(table, listed == 0 ? io : buffer);
    io.putInt(Layouts.PFRIO_ESIZE, listed == 0 ? 0 : Layouts.PFR_TABLE.size());
    io.putInt(Layouts.PFRIO_SIZE, listed);
    io.putInt(Layouts.PFRIO_FLAGS, (int) table.number(FLAGS, 0));
    tables.handle(request, io, buffer);
    boolean adds = request == PfRequest.DIOCRADDTABLES || request == PfRequest.DIOCRCLRTSTATS;
    return io.getInt(adds ? Layouts.PFRIO_NADD : Layouts.PFRIO_NDEL);
  }

  private static void write(NetlinkAttributes table, ByteBuffer out) throws Refusal {
    String anchor = table.text(ANCHOR).orElse("");
    String name = table.text(NAME).orElse("");
    Refusal.unless(
        anchor.length() < Layouts.PATH && name.length() < Layouts.TABLE_NAME, Errno.EINVAL);
    Struct.putString(out, Layouts.TABLE_ANCHOR, anchor);
    Struct.putString(out, Layouts.TABLE_TABLE_NAME, name);
    out.putInt(Layouts.TABLE_FLAGS, (int) table.number(TABLE_FLAGS, 0));
  }

  /** Tells how many, even if it comes to nothing: only the acknowledgement decides. */
  private void edit(
      PfRequest request,
      int countOffset,
      int countAttribute,
      NetlinkAttributes body,
      Consumer<List<NetlinkAttribute>> reply)
      throws Refusal {
    List<NetlinkAttributes> addresses = body.eachNested(ADDRESS);
    Refusal.unless(addresses.size() <= MAX_ADDRESSES, Errno.EINVAL);
    ByteBuffer io = Struct.of(Layouts.PFIOC_TABLE);
    int size = Layouts.PFR_ADDR.size();
    ByteBuffer buffer = Struct.of(addresses.size() * size);
    for (int i = 0; i < addresses.size(); i++) {
      NetlinkAttributes address = addresses.get(i);
      byte[] bytes = address.bytes(ADDRESS_BYTES);
      Refusal.unless(bytes.length <= Layouts.ADDRESS, Errno.EINVAL);
      buffer.put(i * size + Layouts.ADDR_ADDRESS, bytes);
      buffer.put(i * size + Layouts.ADDR_AF, (byte) address.number(ADDRESS_FAMILY, 0));
      buffer.put(i * size + Layouts.ADDR_NET, (byte) address.number(ADDRESS_PREFIX, 0));
      buffer.put(i * size + Layouts.ADDR_NOT, (byte) address.number(ADDRESS_NOT, 0));
    }
    io.putInt(Layouts.PFRIO_ESIZE, size);
    io.putInt(Layouts.PFRIO_SIZE, addresses.size());
    io.putInt(Layouts.PFRIO_FLAGS, (int) body.number(ADDRESS_FLAGS, 0));
    try {
      write(body.nested(OF_TABLE), io);
      tables.handle(request, io, buffer);
    } finally {
      reply.accept(List.of(u32(countAttribute, io.getInt(countOffset))));
    }
  }

  private void statistics(NetlinkAttributes filter, Consumer<List<NetlinkAttribute>> reply) {
    InMemoryTables.Id wanted =
        new InMemoryTables.Id(filter.text(ANCHOR).orElse(""), filter.text(NAME).orElse(""));
    for (InMemoryTables.Id id : tables.list(wanted, (int) filter.number(FLAGS, 0))) {
      reply.accept(
          List.of(
              nested(
                  OF_TABLE,
                  List.of(
                      text(ANCHOR, id.anchor()),
                      text(NAME, id.name()),
                      u32(TABLE_FLAGS, tables.flags(id)))),
              u64(COUNT, tables.size(id))));
    }
  }
}

package org.pfha.pf.device;

import static org.pfha.pf.device.Refusal.unless;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The tables of a kernel in memory (spec pf-ioctl 5.9). */
final class InMemoryTables {

  private static final int DUMMY = 0x02;
  private static final int ADDRSTOO = 0x10;
  private static final int ALLRSETS = 0x40;

  private static final int PERSIST = 0x01;
  private static final int CONST = 0x02;
  private static final int ACTIVE = 0x04;
  private static final int USER_FLAGS = 0x43;

  private static final String RESERVED = "_pf";
  private static final int TABLE = Layouts.PFR_TABLE.size();
  private static final int ADDR = Layouts.PFR_ADDR.size();
  private static final int EFAULT = 14;

  private static final Set<PfRequest> MAY_BE_DUMMY =
      EnumSet.of(
          PfRequest.DIOCRCLRTABLES,
          PfRequest.DIOCRADDTABLES,
          PfRequest.DIOCRDELTABLES,
          PfRequest.DIOCRCLRTSTATS,
          PfRequest.DIOCRCLRADDRS,
          PfRequest.DIOCRADDADDRS,
          PfRequest.DIOCRDELADDRS,
          PfRequest.DIOCRSETADDRS,
          PfRequest.DIOCRCLRASTATS,
          PfRequest.DIOCRSETTFLAGS,
          PfRequest.DIOCRINADEFINE);

  /** Anchor and name, in the order of the kernel's tree. */
  record Id(String anchor, String name) implements Comparable<Id> {
    @Override
    public int compareTo(Id other) {
      int byName = name.compareTo(other.name);
      return byName != 0 ? byName : anchor.compareTo(other.anchor);
    }
  }

  /** A table as a transaction defines it. */
  private record Definition(int tableFlags, ByteBuffer io, ByteBuffer addresses) {}

  private final Map<Id, InMemoryTable> tables = new TreeMap<>();
  private final Map<Id, Definition> definitions = new TreeMap<>();
  private final InMemoryRules rules;
  private int requestMaxcount;

  InMemoryTables(InMemoryRules rules) {
    this.rules = rules;
    rules.onTables(this::commit, this::forget);
  }

  void requestMaxcount(int count) {
    requestMaxcount = count;
  }

  static boolean isDummy(PfRequest request, ByteBuffer argument) {
    return MAY_BE_DUMMY.contains(request) && (argument.getInt(Layouts.PFRIO_FLAGS) & DUMMY) != 0;
  }

  void handle(PfRequest request, ByteBuffer io, ByteBuffer buffer) throws Refusal {
    switch (request) {
      case DIOCRCLRTABLES -> {
        check(io, 0, DUMMY | ALLRSETS);
        io.putInt(Layouts.PFRIO_NDEL, clear(id(io, 0), flags(io)));
      }
      case DIOCRADDTABLES -> {
        check(io, TABLE, DUMMY);
        io.putInt(Layouts.PFRIO_NADD, add(tables(io, buffer), flags(io)));
      }
      case DIOCRDELTABLES -> {
        check(io, TABLE, DUMMY);
        io.putInt(Layouts.PFRIO_NDEL, delete(tables(io, buffer), flags(io)));
      }
      case DIOCRGETTABLES -> {
        check(io, TABLE, ALLRSETS);
        list(io, buffer, TABLE);
      }
      case DIOCRGETTSTATS -> {
        check(io, Layouts.PFR_TSTATS.size(), ALLRSETS);
        list(io, buffer, Layouts.PFR_TSTATS.size());
      }
      case DIOCRCLRTSTATS -> {
        check(io, TABLE, DUMMY | ADDRSTOO);
        io.putInt(Layouts.PFRIO_NADD, present(tables(io, buffer)));
      }
      case DIOCRSETTFLAGS -> {
        check(io, TABLE, DUMMY);
        setFlags(io, tables(io, buffer));
      }
      case DIOCRINADEFINE -> {
        check(io, ADDR, DUMMY | ADDRSTOO);
        rules.checkTicket(
            InMemoryRules.TABLES, id(io, 0).anchor(), io.getInt(Layouts.PFRIO_TICKET));
        Id id = id(io, 0);
        io.putInt(Layouts.PFRIO_NADD, tables.containsKey(id) ? 0 : 1);
        io.putInt(Layouts.PFRIO_SIZE2, InMemoryTable.networks(io, buffer).size());
        if (isReal(io)) {
          define(id, io, buffer);
        }
      }
      default -> addresses(request, io, buffer);
    }
  }

  private void define(Id id, ByteBuffer io, ByteBuffer addresses) {
    ByteBuffer set = Struct.of(Layouts.PFIOC_TABLE).put(0, io, 0, io.capacity());
    set.putInt(Layouts.PFRIO_FLAGS, 0).putInt(Layouts.PFRIO_SIZE2, 0);
    ByteBuffer copy = Struct.of(addresses.capacity()).put(0, addresses, 0, addresses.capacity());
    definitions.put(id, new Definition(io.getInt(Layouts.TABLE_FLAGS), set, copy));
  }

  /** Makes a transaction's tables of an anchor the active ones. */
  private void commit(String anchor) throws Refusal {
    for (Map.Entry<Id, Definition> each : definitions.entrySet()) {
      if (each.getKey().anchor().equals(anchor)) {
        Definition definition = each.getValue();
        int added = add(Map.of(each.getKey(), definition.tableFlags), 0);
        InMemoryTable table = tables.get(each.getKey());
        if (table != null) {
          table.replace(definition.io, definition.addresses);
        }
        assert added <= 1 : "one table at a time";
      }
    }
    forget(anchor);
  }

  private void forget(String anchor) {
    definitions.keySet().removeIf(id -> id.anchor().equals(anchor));
  }

  private void addresses(PfRequest request, ByteBuffer io, ByteBuffer buffer) throws Refusal {
    int size = Layouts.PFR_ASTATS.size();
    switch (request) {
      case DIOCRCLRADDRS -> {
        check(io, 0, DUMMY);
        InMemoryTable table = writable(io);
        io.putInt(Layouts.PFRIO_NDEL, table.size());
        if (isReal(io)) {
          table.clear();
        }
      }
      case DIOCRADDADDRS -> {
        check(io, ADDR, DUMMY | InMemoryTable.FEEDBACK);
        writable(io).edit(io, buffer, Layouts.PFRIO_NADD, InMemoryTable.FB_ADDED);
      }
      case DIOCRDELADDRS -> {
        check(io, ADDR, DUMMY | InMemoryTable.FEEDBACK);
        writable(io).edit(io, buffer, Layouts.PFRIO_NDEL, InMemoryTable.FB_DELETED);
      }
      case DIOCRCLRASTATS -> {
        check(io, ADDR, DUMMY | InMemoryTable.FEEDBACK);
        table(io).edit(io, buffer, Layouts.PFRIO_NADD, InMemoryTable.FB_CLEARED);
      }
      case DIOCRSETADDRS -> {
        check(io, ADDR, DUMMY | InMemoryTable.FEEDBACK);
        writable(io).replace(io, buffer);
      }
      case DIOCRGETADDRS -> {
        check(io, ADDR, 0);
        table(io).list(io, buffer, ADDR);
      }
      case DIOCRGETASTATS -> {
        check(io, size, 0);
        table(io).list(io, buffer, size);
      }
      case DIOCRTSTADDRS -> {
        check(io, ADDR, InMemoryTable.REPLACE);
        table(io).test(io, buffer);
      }
      default -> throw new Refusal(Errno.ENODEV);
    }
  }

  private void check(ByteBuffer io, int elementSize, int allowed) throws Refusal {
    unless(io.getInt(Layouts.PFRIO_ESIZE) == elementSize, Errno.ENODEV);
    int size = io.getInt(Layouts.PFRIO_SIZE);
    unless(size >= 0 && size <= requestMaxcount, Errno.EINVAL);
    unless((flags(io) & ~allowed) == 0, Errno.EINVAL);
  }

  static int flags(ByteBuffer io) {
    return io.getInt(Layouts.PFRIO_FLAGS);
  }

  static boolean isReal(ByteBuffer io) {
    return (flags(io) & DUMMY) == 0;
  }

  /** Reads a table's name, of which all behind the NUL must be zero. */
  private static Id id(ByteBuffer in, int at) throws Refusal {
    String name = Struct.string(in, at + Layouts.TABLE_TABLE_NAME, Layouts.TABLE_NAME);
    for (int i = name.length(); i < Layouts.TABLE_NAME; i++) {
      unless(in.get(at + Layouts.TABLE_TABLE_NAME + i) == 0, Errno.EINVAL);
    }
    unless(name.length() < Layouts.TABLE_NAME, Errno.EINVAL);
    return new Id(Struct.string(in, at + Layouts.TABLE_ANCHOR, Layouts.PATH), name);
  }

  private static Id validId(ByteBuffer in, int at, int allowedFlags) throws Refusal {
    Id id = id(in, at);
    unless(
        !id.name().isEmpty()
            && (in.getInt(at + Layouts.TABLE_FLAGS) & ~allowedFlags) == 0
            && in.get(at + Layouts.TABLE_FBACK) == 0,
        Errno.EINVAL);
    return id;
  }

  private InMemoryTable table(ByteBuffer io) throws Refusal {
    InMemoryTable table = tables.get(validId(io, 0, 0));
    if (table == null) {
      throw new Refusal(Errno.ESRCH);
    }
    return table;
  }

  private InMemoryTable writable(ByteBuffer io) throws Refusal {
    unless(!id(io, 0).anchor().equals(RESERVED), Errno.EINVAL);
    InMemoryTable table = table(io);
    unless((table.flags & CONST) == 0, Errno.EPERM);
    return table;
  }

  private static Map<Id, Integer> tables(ByteBuffer io, ByteBuffer buffer) throws Refusal {
    Map<Id, Integer> all = new LinkedHashMap<>();
    int count = io.getInt(Layouts.PFRIO_SIZE);
    room(buffer, count, TABLE);
    for (int at = 0; at < count * TABLE; at += TABLE) {
      Id id = validId(buffer, at, USER_FLAGS);
      unless(!id.anchor().equals(RESERVED), Errno.EINVAL);
      all.put(id, buffer.getInt(at + Layouts.TABLE_FLAGS));
    }
    return all;
  }

  static void room(ByteBuffer buffer, int count, int size) throws Refusal {
    if ((long) count * size > buffer.capacity()) {
      throw new Refusal(EFAULT);
    }
  }

  int clear(Id filter, int flags) {
    List<Id> doomed = matching(filter, flags);
    doomed.removeIf(id -> id.anchor().equals(RESERVED));
    if ((flags & DUMMY) == 0) {
      doomed.forEach(tables::remove);
    }
    return doomed.size();
  }

  private List<Id> matching(Id filter, int flags) {
    List<Id> ids = new ArrayList<>(tables.keySet());
    ids.removeIf(id -> (flags & ALLRSETS) == 0 && !id.anchor().equals(filter.anchor()));
    return ids;
  }

  /** Creates tables; one that is neither persistent nor used by a rule goes at once. */
  int add(Map<Id, Integer> wanted, int flags) {
    int added = 0;
    for (Map.Entry<Id, Integer> each : wanted.entrySet()) {
      if (tables.containsKey(each.getKey())) {
        continue;
      }
      added++;
      if ((flags & DUMMY) == 0 && (each.getValue() & PERSIST) != 0) {
        tables.put(each.getKey(), new InMemoryTable(each.getValue() | ACTIVE));
      }
    }
    return added;
  }

  int delete(Map<Id, Integer> doomed, int flags) {
    int deleted = present(doomed);
    if ((flags & DUMMY) == 0) {
      tables.keySet().removeAll(doomed.keySet());
    }
    return deleted;
  }

  int present(Map<Id, Integer> ids) {
    return (int) ids.keySet().stream().filter(tables::containsKey).count();
  }

  private void setFlags(ByteBuffer io, Map<Id, Integer> ids) throws Refusal {
    int set = io.getInt(Layouts.PFRIO_SIZE2);
    int clear = io.getInt(Layouts.PFRIO_NADD);
    unless(((set | clear) & ~USER_FLAGS) == 0 && (set & clear) == 0, Errno.EINVAL);
    int changed = 0;
    int deleted = 0;
    for (Id id : ids.keySet()) {
      InMemoryTable table = tables.get(id);
      if (table == null) {
        throw new Refusal(Errno.ESRCH);
      }
      int flags = (table.flags | set) & ~clear;
      if (flags == table.flags) {
        continue;
      }
      boolean goes = (flags & PERSIST) == 0;
      deleted += goes ? 1 : 0;
      changed += goes ? 0 : 1;
      if (isReal(io)) {
        table.flags = flags;
        if (goes) {
          tables.remove(id);
        }
      }
    }
    io.putInt(Layouts.PFRIO_NCHANGE, changed);
    io.putInt(Layouts.PFRIO_NDEL, deleted);
  }

  /** Writes tables or their counters, or, if there are more than fit, only how many there are. */
  private void list(ByteBuffer io, ByteBuffer out, int size) throws Refusal {
    List<Id> ids = matching(id(io, 0), flags(io));
    if (ids.size() <= io.getInt(Layouts.PFRIO_SIZE)) {
      room(out, ids.size(), size);
      int at = 0;
      for (Id id : ids) {
        out.put(at, new byte[size]);
        Struct.putString(out, at + Layouts.TABLE_ANCHOR, id.anchor());
        Struct.putString(out, at + Layouts.TABLE_TABLE_NAME, id.name());
        InMemoryTable table = tables.getOrDefault(id, new InMemoryTable(0));
        out.putInt(at + Layouts.TABLE_FLAGS, table.flags);
        if (size != TABLE) {
          out.putInt(at + Layouts.TSTATS_CNT, table.size());
        }
        at += size;
      }
    }
    io.putInt(Layouts.PFRIO_SIZE, ids.size());
  }

  int flags(Id id) {
    InMemoryTable table = tables.get(id);
    return table == null ? 0 : table.flags;
  }

  int size(Id id) {
    InMemoryTable table = tables.get(id);
    return table == null ? 0 : table.size();
  }

  List<Id> list(Id filter, int flags) {
    return matching(filter, flags);
  }
}

package org.pfha.pf.device;

import static org.pfha.pf.device.Refusal.unless;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.StateKey;

/** One active table of a kernel in memory: networks, some negated, in the order they came. */
final class InMemoryTable {

  static final int FEEDBACK = 0x04;
  static final int REPLACE = 0x20;

  static final int FB_NONE = 0;
  static final int FB_MATCH = 1;
  static final int FB_ADDED = 2;
  static final int FB_DELETED = 3;
  static final int FB_CHANGED = 4;
  static final int FB_CLEARED = 5;
  static final int FB_DUPLICATE = 6;
  static final int FB_NOT_MATCH = 7;
  static final int FB_CONFLICT = 8;

  private static final int ADDR = Layouts.PFR_ADDR.size();

  /** A network: an entry of a table, found by all but its negation. */
  record Network(List<Byte> address, int family, int prefix) {

    static Network read(ByteBuffer in, int at) {
      List<Byte> address = new ArrayList<>();
      for (int i = 0; i < Layouts.ADDRESS; i++) {
        address.add(in.get(at + Layouts.ADDR_ADDRESS + i));
      }
      return new Network(
          address, Struct.u8(in, at + Layouts.ADDR_AF), Struct.u8(in, at + Layouts.ADDR_NET));
    }

    int bits() {
      return family == StateKey.INET ? 32 : 128;
    }

    /** Whether nothing but zeros follows the prefix. */
    boolean isValid() {
      if ((family != StateKey.INET && family != StateKey.INET6) || prefix > bits()) {
        return false;
      }
      byte[] mask = Struct.mask(prefix);
      for (int i = 0; i < mask.length; i++) {
        if ((address.get(i) & ~mask[i]) != 0) {
          return false;
        }
      }
      return true;
    }

    boolean contains(Network host) {
      byte[] mask = Struct.mask(prefix);
      boolean within = family == host.family;
      for (int i = 0; i < mask.length; i++) {
        within &= address.get(i) == (byte) (host.address.get(i) & mask[i]);
      }
      return within;
    }

    void write(ByteBuffer out, int at, boolean not, int feedback) {
      for (int i = 0; i < address.size(); i++) {
        out.put(at + Layouts.ADDR_ADDRESS + i, address.get(i));
      }
      out.put(at + Layouts.ADDR_AF, (byte) family);
      out.put(at + Layouts.ADDR_NET, (byte) prefix);
      out.put(at + Layouts.ADDR_NOT, (byte) (not ? 1 : 0));
      out.put(at + Layouts.ADDR_FBACK, (byte) feedback);
    }
  }

  int flags;
  private final Map<Network, Boolean> entries = new LinkedHashMap<>();

  InMemoryTable(int flags) {
    this.flags = flags;
  }

  int size() {
    return entries.size();
  }

  void clear() {
    entries.clear();
  }

  /** Writes the addresses or their counters, or, if there are more than fit, only how many. */
  void list(ByteBuffer io, ByteBuffer out, int size) throws Refusal {
    int count = entries.size();
    if (count <= io.getInt(Layouts.PFRIO_SIZE)) {
      InMemoryTables.room(out, count, size);
      int at = 0;
      for (Map.Entry<Network, Boolean> entry : entries.entrySet()) {
        out.put(at, new byte[size]);
        entry.getKey().write(out, at, entry.getValue(), FB_NONE);
        at += size;
      }
    }
    io.putInt(Layouts.PFRIO_SIZE, count);
  }

  static List<Network> networks(ByteBuffer io, ByteBuffer buffer) throws Refusal {
    int count = io.getInt(Layouts.PFRIO_SIZE);
    InMemoryTables.room(buffer, count, ADDR);
    List<Network> networks = new ArrayList<>();
    for (int at = 0; at < count * ADDR; at += ADDR) {
      Network network = Network.read(buffer, at);
      unless(
          network.isValid()
              && Struct.u8(buffer, at + Layouts.ADDR_NOT) <= 1
              && buffer.get(at + Layouts.ADDR_FBACK) == 0,
          Errno.EINVAL);
      networks.add(network);
    }
    return networks;
  }

  private static boolean not(ByteBuffer buffer, int index) {
    return buffer.get(index * ADDR + Layouts.ADDR_NOT) != 0;
  }

  /** Adds, removes or zeroes each address and says what became of it. */
  void edit(ByteBuffer io, ByteBuffer buffer, int countOffset, int success) throws Refusal {
    List<Network> networks = networks(io, buffer);
    Set<Network> seen = new HashSet<>();
    int count = 0;
    int[] feedback = new int[networks.size()];
    for (int i = 0; i < feedback.length; i++) {
      Network network = networks.get(i);
      Boolean present = entries.get(network);
      boolean toAdd = success == FB_ADDED;
      if (!seen.add(network) && (present == null) == toAdd) {
        feedback[i] = FB_DUPLICATE;
      } else if (present != null && present != not(buffer, i)) {
        feedback[i] = FB_CONFLICT;
      } else if ((present == null) == toAdd) {
        feedback[i] = success;
        count++;
      }
    }
    if (InMemoryTables.isReal(io)) {
      for (int i = 0; i < feedback.length; i++) {
        if (feedback[i] == FB_ADDED) {
          entries.put(networks.get(i), not(buffer, i));
        } else if (feedback[i] == FB_DELETED) {
          entries.remove(networks.get(i));
        }
      }
    }
    giveBack(io, buffer, feedback);
    io.putInt(countOffset, count);
  }

  private static void giveBack(ByteBuffer io, ByteBuffer buffer, int[] feedback) {
    if ((InMemoryTables.flags(io) & FEEDBACK) != 0) {
      for (int i = 0; i < feedback.length; i++) {
        buffer.put(i * ADDR + Layouts.ADDR_FBACK, (byte) feedback[i]);
      }
    }
  }

  /** Makes a table hold exactly the given addresses; with room, lists the removed ones behind. */
  void replace(ByteBuffer io, ByteBuffer buffer) throws Refusal {
    List<Network> networks = networks(io, buffer);
    Map<Network, Boolean> wanted = new LinkedHashMap<>();
    int[] feedback = new int[networks.size()];
    int added = 0;
    int changed = 0;
    for (int i = 0; i < feedback.length; i++) {
      Network network = networks.get(i);
      boolean not = not(buffer, i);
      if (wanted.putIfAbsent(network, not) != null) {
        feedback[i] = FB_DUPLICATE;
        continue;
      }
      @Nullable Boolean present = entries.get(network);
      if (present == null) {
        feedback[i] = FB_ADDED;
        added++;
      } else if (present != not) {
        feedback[i] = FB_CHANGED;
        changed++;
      }
    }
    Collection<Network> removed = new ArrayList<>(entries.keySet());
    removed.removeAll(wanted.keySet());
    int room = io.getInt(Layouts.PFRIO_SIZE2);
    int needed = networks.size() + removed.size();
    if ((InMemoryTables.flags(io) & FEEDBACK) != 0 && room != 0) {
      io.putInt(Layouts.PFRIO_SIZE2, needed);
      if (room < needed) {
        return;
      }
      InMemoryTables.room(buffer, needed, ADDR);
      int at = networks.size() * ADDR;
      for (Network network : removed) {
        network.write(buffer, at, Boolean.TRUE.equals(entries.get(network)), FB_DELETED);
        at += ADDR;
      }
    }
    if (InMemoryTables.isReal(io)) {
      entries.keySet().retainAll(wanted.keySet());
      entries.putAll(wanted);
    }
    giveBack(io, buffer, feedback);
    io.putInt(Layouts.PFRIO_NADD, added);
    io.putInt(Layouts.PFRIO_NDEL, removed.size());
    io.putInt(Layouts.PFRIO_NCHANGE, changed);
  }

  /** Says of each host whether the longest network around it is in the table, or negated. */
  void test(ByteBuffer io, ByteBuffer buffer) throws Refusal {
    List<Network> hosts = networks(io, buffer);
    for (Network host : hosts) {
      unless(host.prefix() == host.bits(), Errno.EINVAL);
    }
    int matches = 0;
    for (int i = 0; i < hosts.size(); i++) {
      Network longest = null;
      for (Network network : entries.keySet()) {
        if (network.contains(hosts.get(i))
            && (longest == null || network.prefix() > longest.prefix())) {
          longest = network;
        }
      }
      Boolean not = longest == null ? null : entries.get(longest);
      int feedback = not == null ? FB_NONE : not ? FB_NOT_MATCH : FB_MATCH;
      matches += feedback == FB_MATCH ? 1 : 0;
      if (longest != null && not != null && (InMemoryTables.flags(io) & REPLACE) != 0) {
        longest.write(buffer, i * ADDR, not, feedback);
      }
      buffer.put(i * ADDR + Layouts.ADDR_FBACK, (byte) feedback);
    }
    io.putInt(Layouts.PFRIO_NADD, matches);
  }
}

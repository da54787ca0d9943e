package org.pfha.pf.device;

import static org.pfha.pf.device.Refusal.unless;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pfha.pf.PfState;

/** The interfaces and groups that pf knows in a kernel in memory (spec pf-ioctl 5.10). */
final class InMemoryInterfaces {

  private static final int SKIP = 0x100;
  private static final int SIZE = Layouts.PFI_KIF.size();
  private static final int EFAULT = 14;

  private static final class Entry {
    final List<String> members;
    int flags;

    Entry(List<String> members) {
      this.members = members;
    }

    boolean isGroup() {
      return !members.isEmpty();
    }
  }

  private final Map<String, Entry> entries = new TreeMap<>();

  InMemoryInterfaces() {
    add("lo0");
  }

  void add(String name) {
    entries.putIfAbsent(name, new Entry(List.of()));
    entries.put(PfState.ALL, new Entry(List.of(name)));
  }

  void addGroup(String name, List<String> members) {
    entries.put(name, new Entry(List.copyOf(members)));
  }

  boolean knows(String name) {
    return entries.containsKey(name);
  }

  boolean isInterface(String name) {
    Entry entry = entries.get(name);
    return entry != null && !entry.isGroup();
  }

  void handle(PfRequest request, ByteBuffer argument, ByteBuffer pointee) throws Refusal {
    String filter = Struct.string(argument, Layouts.IFACE_NAME, Layouts.IFNAME);
    if (request == PfRequest.DIOCIGETIFACES) {
      list(filter, argument, pointee);
      return;
    }
    int flags = argument.getInt(Layouts.IFACE_FLAGS);
    unless((flags & ~SKIP) == 0, Errno.EINVAL);
    if (request == PfRequest.DIOCSETIFFLAG && !filter.isEmpty()) {
      entries.putIfAbsent(filter, new Entry(List.of()));
    }
    entries.forEach(
        (name, entry) -> {
          if (matches(filter, name)) {
            entry.flags =
                request == PfRequest.DIOCSETIFFLAG ? entry.flags | flags : entry.flags & ~flags;
          }
        });
  }

  private boolean matches(String filter, String name) {
    Entry group = entries.get(filter);
    return filter.isEmpty()
        || filter.equals(name)
        || (group != null && group.isGroup() && group.members.contains(name));
  }

  /** Of more than fit, says that there is one more than was asked for. */
  private void list(String filter, ByteBuffer argument, ByteBuffer out) throws Refusal {
    unless(argument.getInt(Layouts.IFACE_ESIZE) == SIZE, Errno.ENODEV);
    int given = argument.getInt(Layouts.IFACE_SIZE);
    unless(given >= 0, Errno.EINVAL);
    int count = 0;
    for (Map.Entry<String, Entry> each : entries.entrySet()) {
      if (!matches(filter, each.getKey())) {
        continue;
      }
      if (count++ >= given) {
        break;
      }
      int at = (count - 1) * SIZE;
      if (at + SIZE > out.capacity()) {
        throw new Refusal(EFAULT);
      }
      out.put(at, new byte[SIZE]);
      Struct.putString(out, at + Layouts.KIF_NAME, each.getKey());
      out.putInt(at + Layouts.KIF_FLAGS, each.getValue().flags);
      out.putLong(at + Layouts.KIF_GROUP, each.getValue().isGroup() ? 1 : 0);
    }
    argument.putInt(Layouts.IFACE_SIZE, count);
  }
}

package org.pfha.carp.diagnosis;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pfha.net.IpPacket;

/**
 * What is known of the senders of packets, of a few of them: sources can be forged, memory cannot.
 * When it is full, newcomers are not taken in until somebody has been silent for a minute. Finding
 * a known sender allocates nothing. Confined to one thread.
 */
final class SourceTable<T> {

  private static final long SILENT_NANOS = 60_000_000_000L;

  private final int most;
  private final Function<InetAddress, T> create;
  private final Predicate<T> idle;
  private final List<Entry<T>> entries;

  private static final class Entry<T> {
    private final byte[] source;
    private final T value;
    private long lastNanos;

    Entry(byte[] source, T value) {
      this.source = source;
      this.value = value;
    }
  }

  /**
   * An empty table.
   *
   * @param most senders it has room for
   * @param create what is known of a new one
   * @param idle whether a silent one may be forgotten
   */
  SourceTable(int most, Function<InetAddress, T> create, Predicate<T> idle) {
    this.most = most;
    this.create = create;
    this.idle = idle;
    this.entries = new ArrayList<>(most);
  }

  /**
   * The sender of a packet, taken in if need be.
   *
   * @return null if there is no room for it
   */
  @Nullable T of(IpPacket packet) {
    Entry<T> entry = find(packet);
    if (entry == null) {
      entry = admit(packet);
    }
    if (entry == null) {
      return null;
    }
    entry.lastNanos = packet.arrivalNanos();
    return entry.value;
  }

  /**
   * The sender of a packet, if it is known.
   *
   * @return null if it is not
   */
  @Nullable T known(IpPacket packet) {
    Entry<T> entry = find(packet);
    return entry == null ? null : entry.value;
  }

  private @Nullable Entry<T> find(IpPacket packet) {
    for (int i = 0; i < entries.size(); i++) {
      if (packet.isFrom(entries.get(i).source)) {
        return entries.get(i);
      }
    }
    return null;
  }

  private @Nullable Entry<T> admit(IpPacket packet) {
    if (entries.size() == most) {
      long now = packet.arrivalNanos();
      entries.removeIf(entry -> now - entry.lastNanos - SILENT_NANOS > 0 && idle.test(entry.value));
      if (entries.size() == most) {
        return null;
      }
    }
    InetAddress source = packet.source();
    Entry<T> entry = new Entry<>(source.getAddress(), create.apply(source));
    entries.add(entry);
    return entry;
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  void forEach(Consumer<T> action) {
    for (int i = 0; i < entries.size(); i++) {
      action.accept(entries.get(i).value);
    }
  }

  void removeIf(Predicate<T> unwanted) {
    entries.removeIf(entry -> unwanted.test(entry.value));
  }

  List<T> values() {
    return entries.stream().map(entry -> entry.value).toList();
  }
}

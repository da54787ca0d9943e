package org.pfha.examples.inspect;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.VrrpAdvert;
import org.pfha.examples.inspect.Heard.Envelope;
import org.pfha.examples.inspect.Heard.Proto;
import org.pfha.net.pcap.PcapRecord;

/** Everything a capture has told so far. Confined to one thread. */
final class Inspection {

  /**
   * Which virtual router a track is of.
   *
   * @param link empty if the file does not name it
   */
  record RouterId(String link, Proto proto, int vhid, boolean ipv6)
      implements Comparable<RouterId> {

    @Override
    public int compareTo(RouterId other) {
      int links = link.compareTo(other.link);
      int protos = proto.compareTo(other.proto);
      int ids = Integer.compare(vhid, other.vhid);
      return links != 0
          ? links
          : protos != 0 ? protos : ids != 0 ? ids : Boolean.compare(ipv6, other.ipv6);
    }

    @Override
    public String toString() {
      return "%s %d%s, IPv%d"
          .formatted(
              proto == Proto.carp ? "CARP vhid" : "VRRP vrid",
              vhid,
              link.isEmpty() ? "" : "@" + link,
              ipv6 ? 6 : 4);
    }
  }

  /** Something happened that an operator wants to see at once. */
  interface News {
    /** Called for one line, behind the packet it is about. */
    void tell(long atNanos, String line);
  }

  /**
   * One kind of fault of one sender.
   *
   * @param what the counter, perhaps with more
   */
  record FaultId(String from, Proto proto, String what) implements Comparable<FaultId> {

    @Override
    public int compareTo(FaultId other) {
      int senders = from.compareTo(other.from);
      int protos = proto.compareTo(other.proto);
      return senders != 0 ? senders : protos != 0 ? protos : what.compareTo(other.what);
    }
  }

  /** How often a fault was seen. */
  static final class Fault {
    private final long firstPacket;
    private int count;
    private @Nullable String why;

    private Fault(long firstPacket) {
      this.firstPacket = firstPacket;
    }

    int count() {
      return count;
    }

    /** Number of the first record with it. */
    long firstPacket() {
      return firstPacket;
    }

    @Nullable String why() {
      return why;
    }
  }

  private final Decoder decoder;
  private final Set<Proto> protos;
  private final Set<Integer> vhids;
  private final News news;
  private final Map<RouterId, RouterTrack> routers = new TreeMap<>();
  private final Map<String, CounterTrack> counters = new TreeMap<>();
  private final Map<FaultId, Fault> faults = new TreeMap<>();
  private final Map<FaultId, Fault> notes = new TreeMap<>();
  private final SyncTrack sync = new SyncTrack();
  private long records;
  private long understood;
  private long firstNanos;
  private long lastNanos;

  /** Empty sets filter nothing; VHIDs leave pfsync out. */
  Inspection(Decoder decoder, Set<Proto> protos, Set<Integer> vhids, News news) {
    this.decoder = decoder;
    this.protos = protos;
    this.vhids = vhids;
    this.news = news;
  }

  /** Takes the next record; returns what it says, or null if it is filtered or of no interest. */
  @Nullable Heard take(PcapRecord record) {
    if (records++ == 0) {
      firstNanos = record.atNanos();
    }
    lastNanos = Math.max(lastNanos, record.atNanos());
    Heard heard = decoder.decode(record);
    if (heard == null || !isWanted(heard)) {
      return null;
    }
    understood++;
    Envelope envelope = heard.envelope();
    String why = heard instanceof Heard.Carp carp ? carp.why() : null;
    envelope.rejects().forEach(what -> count(faults, heard, what, why));
    envelope.notes().forEach(what -> count(notes, heard, what, null));
    if (heard instanceof Heard.Carp carp) {
      carp(carp);
    } else if (heard instanceof Heard.Vrrp vrrp) {
      vrrp(vrrp);
    } else if (heard instanceof Heard.Pfsync pfsync) {
      String line = sync.heard(pfsync);
      if (line != null) {
        news.tell(envelope.atNanos(), "pfsync: " + line);
      }
    }
    return heard;
  }

  private boolean isWanted(Heard heard) {
    if (!protos.isEmpty() && !protos.contains(heard.proto())) {
      return false;
    }
    if (vhids.isEmpty()) {
      return true;
    }
    if (heard instanceof Heard.Carp carp) {
      CarpAdvert advert = carp.advert();
      return advert != null && vhids.contains(advert.vhid());
    }
    VrrpAdvert advert = heard instanceof Heard.Vrrp vrrp ? vrrp.advert() : null;
    return advert != null && vhids.contains(advert.vrid());
  }

  private static final int MOST_FAULTS = 1000;

  private void count(Map<FaultId, Fault> among, Heard heard, String what, @Nullable String why) {
    Envelope envelope = heard.envelope();
    FaultId id = new FaultId(envelope.from(), heard.proto(), what);
    if (among.size() >= MOST_FAULTS && !among.containsKey(id)) {
      id = new FaultId("others", heard.proto(), "of senders too many to name");
    }
    Fault fault = among.computeIfAbsent(id, any -> new Fault(envelope.number()));
    if (fault.count++ == 0) {
      fault.why = what.equals("badauth") ? why : null;
      if (among == faults) {
        news.tell(
            envelope.atNanos(),
            "%s from %s: %s%s"
                .formatted(
                    heard.proto(), id.from, id.what, fault.why == null ? "" : ": " + fault.why));
      }
    }
  }

  private void carp(Heard.Carp heard) {
    CarpAdvert advert = heard.advert();
    if (advert == null) {
      return;
    }
    RouterId id = id(heard, advert.vhid());
    RouterTrack track = routers.computeIfAbsent(id, any -> new RouterTrack());
    track.count(heard.hmac());
    if (heard.envelope().rejects().isEmpty()) {
      counters
          .computeIfAbsent(id.link + "/" + id.vhid, any -> new CounterTrack())
          .heard(advert.counter());
      tell(id, heard.envelope(), track, Standing.of(advert));
    }
  }

  private void vrrp(Heard.Vrrp heard) {
    VrrpAdvert advert = heard.advert();
    if (advert != null && heard.envelope().rejects().isEmpty()) {
      RouterId id = id(heard, advert.vrid());
      RouterTrack track = routers.computeIfAbsent(id, any -> new RouterTrack());
      tell(id, heard.envelope(), track, Standing.of(advert));
    }
  }

  private static RouterId id(Heard heard, int vhid) {
    Envelope envelope = heard.envelope();
    return new RouterId(envelope.link(), heard.proto(), vhid, envelope.isIpv6());
  }

  private void tell(RouterId id, Envelope envelope, RouterTrack track, Standing standing) {
    RouterTrack.Change change = track.heard(envelope.atNanos(), envelope.from(), standing);
    if (change != null) {
      news.tell(envelope.atNanos(), id + ": " + InspectText.change(change));
    }
  }

  Map<RouterId, RouterTrack> routers() {
    return routers;
  }

  /** The counters of a virtual router, which both its families share. */
  @Nullable CounterTrack counters(RouterId id) {
    return counters.get(id.link + "/" + id.vhid);
  }

  Map<FaultId, Fault> faults() {
    return faults;
  }

  Map<FaultId, Fault> notes() {
    return notes;
  }

  SyncTrack sync() {
    return sync;
  }

  /** All records, those of other protocols included. */
  long records() {
    return records;
  }

  /** Records of CARP, VRRP and pfsync that were not filtered. */
  long understood() {
    return understood;
  }

  long firstNanos() {
    return firstNanos;
  }

  long lastNanos() {
    return lastNanos;
  }

  /** Seconds since the first record. */
  double seconds(long atNanos) {
    return (atNanos - firstNanos) / 1e9;
  }

  /** What an operator should mend: faults, and two masters. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    faults.forEach(
        (id, fault) ->
            problems.add(
                "%s from %s: %s, %d packets, first #%d%s"
                    .formatted(
                        id.proto,
                        id.from,
                        id.what,
                        fault.count,
                        fault.firstPacket,
                        fault.why == null ? "" : ": " + fault.why)));
    routers.forEach(
        (id, track) ->
            track
                .contests()
                .forEach(two -> problems.add(id + ": " + InspectText.contest(two, this::seconds))));
    return problems;
  }
}

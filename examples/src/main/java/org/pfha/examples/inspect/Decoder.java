package org.pfha.examples.inspect;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.wire.CarpReject;
import org.pfha.carp.wire.CarpView;
import org.pfha.carp.wire.VrrpView;
import org.pfha.examples.inspect.Datagrams.Datagram;
import org.pfha.examples.inspect.Datagrams.Flaw;
import org.pfha.examples.inspect.Heard.Envelope;
import org.pfha.examples.inspect.Heard.Hmac;
import org.pfha.net.IpPacket;
import org.pfha.net.pcap.PcapRecord;
import org.pfha.pfsync.wire.FieldCheck;
import org.pfha.pfsync.wire.PfsyncPacket;
import org.pfha.pfsync.wire.PfsyncReader;
import org.pfha.pfsync.wire.StateFormat;

/** Reads CARP, VRRP and pfsync out of records. Confined to one thread. */
final class Decoder {

  private static final int TTL = 255;
  private static final int CARP_AUTHLEN = 7;
  private static final int VRRP2_FIXED = 16;

  private final CarpKeys keys;
  private final @Nullable StateFormat forced;
  private final Datagrams datagrams = new Datagrams();
  private final IpPacket packet = new IpPacket();
  private final CarpView carp = new CarpView();
  private final VrrpView vrrp = new VrrpView();
  private long number;

  /** Format null: guessed packet by packet. */
  Decoder(CarpKeys keys, @Nullable StateFormat forced) {
    this.keys = keys;
    this.forced = forced;
  }

  /** What a record says; null if it is of another protocol, or a fragment of what is to come. */
  @Nullable Heard decode(PcapRecord record) {
    number++;
    if (record.isPfsync()) {
      byte[] frame = record.frame();
      Set<Flaw> flaws =
          record.originalLength() > frame.length
              ? EnumSet.of(Flaw.CUT_OFF)
              : EnumSet.noneOf(Flaw.class);
      return pfsync(record, null, frame, 0, frame.length, flaws);
    }
    Datagram datagram = datagrams.take(record);
    if (datagram == null) {
      return null;
    }
    byte[] bytes = datagram.bytes();
    packet.wrap(bytes, 0, bytes.length, record.link().name(), record.atNanos());
    if (packet.check() != IpPacket.Check.OK) {
      throw new AssertionError("not put in order: " + packet.check());
    }
    if (packet.protocol() == CarpView.PROTOCOL) {
      return advert(record, datagram.flaws());
    }
    return pfsync(
        record, packet, bytes, packet.payloadOffset(), packet.payloadLength(), datagram.flaws());
  }

  private Heard advert(PcapRecord record, Set<Flaw> flaws) {
    int offset = packet.payloadOffset();
    int length = packet.payloadLength();
    vrrp.wrap(packet);
    carp.wrap(packet.array(), offset, length);
    return isVrrp(length) ? vrrp(record, flaws) : carp(record, flaws);
  }

  /** Version 2 of both begins with the same byte; what CARP has in place of a count is 7. */
  private boolean isVrrp(int length) {
    if (vrrp.check() != CarpReject.NONE) {
      return false;
    }
    if (vrrp.version() == 3 || vrrp.isVrrp()) {
      return true;
    }
    return vrrp.count() != CARP_AUTHLEN && length == VRRP2_FIXED + 4 * vrrp.count();
  }

  private Heard vrrp(PcapRecord record, Set<Flaw> flaws) {
    List<String> rejects = rejects(flaws, packet.ttl());
    List<String> notes = notes(flaws);
    if (!flaws.contains(Flaw.CUT_OFF)) {
      if (!vrrp.hasAllAddresses()) {
        rejects.add(CarpReject.BADLEN.counter());
      } else if (!vrrp.isChecksumRight()) {
        rejects.add(CarpReject.BADSUM.counter());
      }
    }
    if (vrrp.type() != 1) {
      rejects.add(CarpReject.BADTYPE.counter());
    }
    if (vrrp.version() == 3 && vrrp.reserved() != 0) {
      notes.add("reserved bits set");
    }
    if (vrrp.version() == 2 && vrrp.authType() != 0) {
      notes.add("a VRRPv2 password in the clear");
    }
    return new Heard.Vrrp(envelope(record, packet, rejects, notes), vrrp.version(), vrrp.advert());
  }

  private Heard carp(PcapRecord record, Set<Flaw> flaws) {
    List<String> rejects = rejects(flaws, packet.ttl());
    List<String> notes = notes(flaws);
    if (carp.isShort()) {
      if (!flaws.contains(Flaw.CUT_OFF)) {
        rejects.add(carp.check().counter());
      }
      return new Heard.Carp(envelope(record, packet, rejects, notes), null, Hmac.UNKNOWN, null);
    }
    CarpReject check = carp.check();
    if (check != CarpReject.NONE) {
      rejects.add(check.counter());
    }
    if (carp.authlen() != CARP_AUTHLEN) {
      notes.add("authlen " + carp.authlen());
    }
    if (carp.hasTrailingData()) {
      notes.add("bytes behind the advert");
    }
    Hmac hmac = Hmac.UNKNOWN;
    String why = null;
    if (check == CarpReject.NONE) {
      hmac = keys.check(carp);
      if (hmac == Hmac.WRONG) {
        rejects.add(CarpReject.BADAUTH.counter());
        why = keys.explain(carp, packet.source(), number);
      }
    }
    return new Heard.Carp(envelope(record, packet, rejects, notes), carp.advert(), hmac, why);
  }

  private Heard pfsync(
      PcapRecord record,
      @Nullable IpPacket ip,
      byte[] bytes,
      int offset,
      int length,
      Set<Flaw> flaws) {
    List<String> rejects = rejects(flaws, ip == null ? TTL : ip.ttl());
    List<String> notes = notes(flaws);
    StateFormat format = StateFormat.V1500;
    PfsyncPacket.Decoded decoded = null;
    for (StateFormat candidate : candidates(bytes, offset, length)) {
      PfsyncPacket.Decoded attempt = PfsyncPacket.decode(bytes, offset, length, candidate);
      if (decoded == null || attempt.isComplete()) {
        decoded = attempt;
        format = candidate;
      }
      if (decoded.isComplete()) {
        break;
      }
    }
    if (decoded == null) {
      throw new AssertionError("there is always a candidate");
    }
    if (!flaws.contains(Flaw.CUT_OFF)) {
      if (decoded.check() != PfsyncReader.Check.OK) {
        rejects.add(decoded.check().name().toLowerCase(Locale.ROOT));
      }
      switch (decoded.end()) {
        case EOF_BADLEN, BADLEN -> rejects.add("badlen");
        case BADACT, UNKNOWN_ACTION -> rejects.add("badact");
        default -> {
          if (decoded.check() == PfsyncReader.Check.OK
              && decoded.end() == PfsyncReader.Step.END
              && format.headerVersion() == 5) {
            notes.add("no EOF section");
          }
        }
      }
    }
    for (FieldCheck field : EnumSet.copyOf(orNone(decoded.rejected()))) {
      if (field != FieldCheck.OK) {
        rejects.add("badval: " + field.field());
      }
    }
    return new Heard.Pfsync(
        envelope(record, ip, rejects, notes), newest(decoded, format), length, decoded);
  }

  private static List<FieldCheck> orNone(List<FieldCheck> rejected) {
    return rejected.isEmpty() ? List.of(FieldCheck.OK) : rejected;
  }

  /** FreeBSD 15 reads what 13 and 14 send, but for DEL, which only 13 has. */
  private List<StateFormat> candidates(byte[] bytes, int offset, int length) {
    if (forced != null) {
      return List.of(forced);
    }
    boolean openBsd = length > 0 && bytes[offset] == StateFormat.OPENBSD6.headerVersion();
    return openBsd ? List.of(StateFormat.OPENBSD6) : List.of(StateFormat.V1500, StateFormat.V1301);
  }

  /** The newest format among the full states, or the one it was read as. */
  private StateFormat newest(PfsyncPacket.Decoded decoded, StateFormat readAs) {
    StateFormat newest = null;
    for (PfsyncPacket.Section section : decoded.packet().sections()) {
      StateFormat carried = readAs.stateFormat(section.action());
      if (carried != null && (newest == null || carried.compareTo(newest) > 0)) {
        newest = carried;
      }
    }
    return forced != null || newest == null ? readAs : newest;
  }

  private static List<String> rejects(Set<Flaw> flaws, int ttl) {
    List<String> rejects = new ArrayList<>();
    flaws.stream().filter(Flaw::isFatal).forEach(flaw -> rejects.add(flaw.text()));
    if (ttl != TTL) {
      rejects.add("badttl: " + ttl);
    }
    return rejects;
  }

  private static List<String> notes(Set<Flaw> flaws) {
    List<String> notes = new ArrayList<>();
    flaws.stream().filter(flaw -> !flaw.isFatal()).forEach(flaw -> notes.add(flaw.text()));
    return notes;
  }

  private Envelope envelope(
      PcapRecord record, @Nullable IpPacket ip, List<String> rejects, List<String> notes) {
    String name = record.link().name();
    return new Envelope(
        number,
        record.atNanos(),
        name.isEmpty() && record.link().number() > 0 ? "#" + record.link().number() : name,
        ip == null ? null : ip.source(),
        ip == null ? null : ip.destination(),
        ip == null ? TTL : ip.ttl(),
        rejects,
        notes);
  }
}

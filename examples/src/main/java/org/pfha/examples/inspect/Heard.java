package org.pfha.examples.inspect;

import com.google.common.net.InetAddresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.VrrpAdvert;
import org.pfha.pfsync.wire.Message;
import org.pfha.pfsync.wire.PfsyncPacket;
import org.pfha.pfsync.wire.StateFormat;

/** A captured packet, understood as far as it can be. Immutable. */
sealed interface Heard {

  /** What every packet has. */
  Envelope envelope();

  /** The protocol, as the command line says it. */
  Proto proto();

  /** What it says, on one line. */
  String text();

  /** Protocols. */
  enum Proto {
    /** CARP version 2. */
    carp,
    /** VRRP, version 2 or 3. */
    vrrp,
    /** State synchronisation. */
    pfsync
  }

  /**
   * Where a packet comes from and what is wrong with it.
   *
   * @param number of the record in the file, from 1
   * @param atNanos since 1970
   * @param link name or number of the interface it was captured on
   * @param source null if captured on the pfsync interface, where no IP header is
   * @param destination null likewise
   * @param ttl or hop limit
   * @param rejects why receivers would drop it, by the kernel's counters
   * @param notes what is unusual, but nobody minds
   */
  record Envelope(
      long number,
      long atNanos,
      String link,
      @Nullable InetAddress source,
      @Nullable InetAddress destination,
      int ttl,
      List<String> rejects,
      List<String> notes) {

    /** Copies the lists. */
    public Envelope {
      rejects = List.copyOf(rejects);
      notes = List.copyOf(notes);
    }

    boolean isIpv6() {
      return source instanceof Inet6Address;
    }

    String from() {
      return source == null ? link : InetAddresses.toAddrString(source);
    }

    String to() {
      return destination == null ? "" : InetAddresses.toAddrString(destination);
    }
  }

  /** What is known of an advert's HMAC. */
  enum Hmac {
    /** No password is known for its vhid. */
    UNKNOWN,
    /** It is that of a known password and addresses. */
    RIGHT,
    /** It is that of none. */
    WRONG
  }

  /**
   * A CARP advert.
   *
   * @param advert what it says; null if it is too short to say anything
   * @param hmac whether it is authentic
   * @param why the HMAC is wrong, where that was looked for
   */
  record Carp(Envelope envelope, @Nullable CarpAdvert advert, Hmac hmac, @Nullable String why)
      implements Heard {

    @Override
    public Proto proto() {
      return Proto.carp;
    }

    @Override
    public String text() {
      CarpAdvert said = advert;
      if (said == null) {
        return "CARP";
      }
      return "CARP vhid %d %d/%d%s counter %016x%s"
          .formatted(
              said.vhid(),
              said.advbase(),
              said.advskew(),
              said.demote() == 0 ? "" : " demotion " + said.demote(),
              said.counter(),
              said.isBowOut() ? ", going away" : "");
    }
  }

  /**
   * A VRRP advertisement.
   *
   * @param version 2 or 3
   * @param advert what it says; null if it is too short to say anything
   */
  record Vrrp(Envelope envelope, int version, @Nullable VrrpAdvert advert) implements Heard {

    @Override
    public Proto proto() {
      return Proto.vrrp;
    }

    @Override
    public String text() {
      VrrpAdvert said = advert;
      if (said == null) {
        return "VRRP";
      }
      return "VRRPv%d vrid %d priority %d every %d cs, %s%s"
          .formatted(
              version,
              said.vrid(),
              said.priority(),
              said.intervalCentis(),
              String.join(" ", said.addresses().stream().map(InetAddresses::toAddrString).toList()),
              said.priority() == 0 ? ", going away" : "");
    }
  }

  /**
   * A pfsync packet.
   *
   * @param format it was read as
   * @param length of the IP payload, bytes
   * @param decoded what it says
   */
  record Pfsync(Envelope envelope, StateFormat format, int length, PfsyncPacket.Decoded decoded)
      implements Heard {

    @Override
    public Proto proto() {
      return Proto.pfsync;
    }

    /** Messages by action. */
    Map<String, Integer> counts() {
      Map<String, Integer> counts = new TreeMap<>();
      for (Message message : decoded.packet().messages()) {
        counts.merge(SyncTrack.name(message, format), 1, Integer::sum);
      }
      return counts;
    }

    @Override
    public String text() {
      StringBuilder text = new StringBuilder("pfsync " + format.text());
      counts().forEach((name, count) -> text.append(" %s×%d".formatted(name, count)));
      return text.toString();
    }
  }
}

package org.pfha.pfsync;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.pfha.pfsync.Finding.Cause;
import org.pfha.pfsync.engine.BulkProgress;
import org.pfha.pfsync.engine.BulkProgress.Phase;
import org.pfha.pfsync.engine.PeerStatus;
import org.pfha.pfsync.engine.PfsyncSettings;
import org.pfha.pfsync.engine.PfsyncStatistics;
import org.pfha.pfsync.engine.Refusal;
import org.pfha.pfsync.wire.Action;

/**
 * What counters say to an experienced operator. Immutable.
 *
 * @param counters of the node
 * @param peers and how alive they are
 * @param symptoms of the sync links
 * @param settings of the node
 * @param states in the table
 * @param limit of the table
 * @param bulk transfer towards the node
 * @param waitingNanos how long the oldest unsent message has been waiting
 */
record Diagnosis(
    PfsyncStatistics counters,
    List<PeerReport> peers,
    Symptoms symptoms,
    PfsyncSettings settings,
    int states,
    int limit,
    BulkProgress bulk,
    long waitingNanos) {

  /**
   * What the transport shows.
   *
   * @param links the names of the sync links
   * @param down those without carrier
   * @param multicast whether packets go to a group
   * @param wrongLink another interface that packets came in over last, or empty
   * @param stranger an address that is no peer's and that packets came from last, or null
   * @param sendError what the system says to our packets, or empty
   */
  record Symptoms(
      String links,
      List<String> down,
      boolean multicast,
      String wrongLink,
      @Nullable InetAddress stranger,
      String sendError) {}

  /** A sender that keeps its delay sends no later than this many times the delay. */
  private static final int SLACK = 3;

  private static final long MILLI = 1_000_000L;
  private static final int MANY = 10;

  List<Finding> findings() {
    List<Finding> found = new ArrayList<>();
    link(found);
    hearing(found);
    understanding(found);
    table(found);
    pace(found);
    if (found.isEmpty()) {
      found.add(
          new Finding(
              Cause.HEALTHY,
              "nothing is known to be wrong: %d packets in, %d out, %d of %d states, sent after %d ms"
                      .formatted(
                          counters.ipackets(),
                          counters.opackets(),
                          states,
                          limit,
                          counters.lag().quantileNanos(0.99) / MILLI)
                  + " at most (99 of 100 packets)"));
    }
    return List.copyOf(found);
  }

  private void link(List<Finding> found) {
    if (!symptoms.down.isEmpty()) {
      add(
          found,
          Cause.LINK_DOWN,
          "%s has no carrier or is not up; check the cable and the interface",
          String.join(", ", symptoms.down));
    }
    if (!symptoms.sendError.isEmpty()) {
      add(
          found,
          Cause.CANNOT_SEND,
          "%d packets could not be sent, the last because of: %s; a local packet filter must let"
              + " protocol 240 out on %s",
          counters.oerrors(),
          symptoms.sendError,
          symptoms.links);
    }
  }

  private void hearing(List<Finding> found) {
    if (counters.badif() > 0) {
      add(
          found,
          Cause.WRONG_INTERFACE,
          "%d packets came in over %s, not over %s; one of the nodes uses the wrong interface, or"
              + " the cables are swapped",
          counters.badif(),
          symptoms.wrongLink,
          symptoms.links);
    }
    InetAddress stranger = symptoms.stranger;
    if (counters.badpeer() > 0 && stranger != null) {
      add(
          found,
          Cause.WRONG_PEER_ADDRESS,
          "%d packets came from hosts that are no peers, the last from %s; if that is the peer,"
              + " call peer(\"%s\")",
          counters.badpeer(),
          stranger.getHostAddress(),
          stranger.getHostAddress());
    }
    if (counters.badttl() > 0) {
      add(
          found,
          Cause.NOT_ON_LINK,
          "%d packets had a TTL other than 255; a router or a tunnel is between the nodes, or"
              + " somebody forges packets from afar",
          counters.badttl());
    }
    for (PeerReport peer : peers) {
      hearing(found, peer);
    }
  }

  private void hearing(List<Finding> found, PeerReport peer) {
    PeerStatus status = peer.status();
    String name = peer.address().getHostAddress() + " on " + peer.link();
    long asked = counters.oacts().get(Action.UPD_REQ);
    if (status.silent()) {
      add(
          found,
          Cause.PEER_SILENT,
          "%s was asked for a state and has said nothing for %d s; it is down, its pfsync is off,"
              + " or its answers are blocked",
          name,
          status.heardNanos().orElse(0) / 1_000_000_000L);
    } else if (status.packets() == 0 && asked > 0 && counters.opackets() > 1) {
      add(
          found,
          Cause.PEER_NOT_HEARD,
          "%d packets were sent and none came from %s: pfsync is not enabled there, it uses another"
              + " interface or address for this node, or a packet filter blocks protocol 240%s",
          counters.opackets(),
          name,
          symptoms.multicast
              ? "; with multicast a switch that snoops IGMP may keep the group from this port, try"
                  + " unicast"
              : "");
    } else if (status.packets() > MANY && status.effectNanos().isEmpty() && asked > 0) {
      add(
          found,
          Cause.NOT_HEARD_BY_PEER,
          "%d packets came from %s, but none shows that it hears this node: its peer address for"
              + " this node is wrong, or a packet filter there blocks protocol 240",
          status.packets(),
          name);
    }
    if (bulk.phase() == Phase.FAILED
        || (bulk.phase() == Phase.REQUESTED && bulk.requests() > 2 && status.packets() > 0)) {
      add(
          found,
          Cause.BULK_UNANSWERED,
          "all states were asked for %d times and have not come in full; call resync() once the"
              + " peer answers",
          bulk.requests());
    }
  }

  private void understanding(List<Finding> found) {
    if (counters.badver() > 0) {
      add(
          found,
          Cause.FORMAT_TOO_NEW,
          "%d packets had another header version than 5; OpenBSD's pfsync is another protocol",
          counters.badver());
    } else if (counters.badact() > 0) {
      add(
          found,
          Cause.FORMAT_TOO_NEW,
          "%d messages had an action that %s does not know or could not use; tell a newer peer to"
              + " send format %s",
          counters.badact(),
          settings.profile(),
          settings.profile().newest().text());
    }
    if (counters.hdrops() + counters.badlen() + counters.badval() > 0) {
      add(
          found,
          Cause.MALFORMED,
          "%d packets were too short or had wrong lengths, %d messages had impossible values;"
              + " damaged, forged, or of a release with another idea of the format",
          counters.hdrops() + counters.badlen(),
          counters.badval());
    }
    if (counters.otherRules() > 0) {
      add(
          found,
          Cause.RULESETS_DIFFER,
          "%d packets came with another ruleset checksum; their states are on the default rule"
              + " here, so synchronise the configuration",
          counters.otherRules());
    }
  }

  private void table(List<Finding> found) {
    long noMemory = counters.refusals().getOrDefault(Refusal.NO_MEMORY, 0L);
    if (noMemory > 0 || states >= limit) {
      add(
          found,
          Cause.LIMIT_REACHED,
          "the table holds %d of %d states and %d of the peers' had no room; raise the limit on"
              + " both nodes",
          states,
          limit,
          noMemory);
    }
    long skipped =
        counters.refusals().getOrDefault(Refusal.UNKNOWN_INTERFACE, 0L)
            + counters.refusals().getOrDefault(Refusal.UNKNOWN_ORIGINAL_INTERFACE, 0L)
            + counters.refusals().getOrDefault(Refusal.UNKNOWN_ROUTE_INTERFACE, 0L);
    if (skipped > 0) {
      add(
          found,
          Cause.UNKNOWN_INTERFACES,
          "%d states are bound to interfaces there are none of here; map the names or use floating"
              + " states",
          skipped);
    }
  }

  private void pace(List<Finding> found) {
    long delay = Math.max(settings.flushDelayNanos(), 10 * MILLI);
    long lag = Math.max(waitingNanos, counters.lag().quantileNanos(0.99) / 2);
    boolean slow = lag > SLACK * delay;
    if (slow || (counters.oerrors() > MANY && symptoms.down.isEmpty())) {
      add(
          found,
          Cause.LINK_TOO_SLOW,
          "messages wait up to %d ms for a packet that should leave after %d ms, and %d packets"
              + " were refused; the link or this host is too slow for its connections",
          lag / MILLI,
          settings.flushDelayNanos() / MILLI,
          counters.oerrors());
    }
    long updates = counters.iacts().get(Action.UPD) + counters.iacts().get(Action.UPD_C);
    if (counters.stale() > MANY && counters.stale() * 4 > updates) {
      add(
          found,
          Cause.BOTH_CARRY_TRAFFIC,
          "%d of %d updates were older than what is known here: both nodes carry traffic of the"
              + " same connections; look for asymmetric routes or two masters",
          counters.stale(),
          updates);
    }
  }

  private static void add(List<Finding> found, Cause cause, String format, Object... numbers) {
    found.add(new Finding(cause, String.format(Locale.ROOT, format, numbers)));
  }
}

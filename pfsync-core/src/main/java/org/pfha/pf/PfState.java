package org.pfha.pf;

import static com.google.common.base.Preconditions.checkArgument;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * One connection as pf tracks it: a snapshot of a state (spec pfsync 5.2). Immutable.
 *
 * @param id given by the creator, unique together with {@code creatorId}
 * @param creatorId host id of the node that created the state; not 0
 * @param ifname interface the state is bound to, or {@code all}; up to 15 bytes of ASCII
 * @param wire addresses and ports as on the network
 * @param stack addresses and ports as the local stack sees them; equal to {@code wire} without
 *     translation
 * @param proto IP protocol, 0–255
 * @param direction 1 created by an inbound packet, 2 by an outbound one; 0 is accepted from peers
 * @param src the initiator
 * @param dst the responder
 * @param routeTo next hop of route-to, reply-to, dup-to, or null
 * @param rule position in the main ruleset, or −1 for the default rule
 * @param anchor position of the anchor in the main ruleset, or −1
 * @param natRule position of the translation rule, or −1
 * @param creation age in seconds, unsigned 32 bits
 * @param expire remaining lifetime in seconds, unsigned 32 bits; to the table 0 means "the full
 *     timeout"
 * @param packets0 packets in the direction of the first one
 * @param packets1 packets in the opposite direction
 * @param bytes0 bytes in the direction of the first packet
 * @param bytes1 bytes in the opposite direction
 * @param log bit 0 log, bit 1 log all packets
 * @param stateFlags spec pfsync 6
 * @param timeout index into the timeouts, 0–19
 * @param syncFlags 0x04 source tracking, 0x08 sticky translation
 */
public record PfState(
    long id,
    int creatorId,
    String ifname,
    StateKey wire,
    StateKey stack,
    int proto,
    int direction,
    StatePeer src,
    StatePeer dst,
    @Nullable InetAddress routeTo,
    int rule,
    int anchor,
    int natRule,
    long creation,
    long expire,
    long packets0,
    long packets1,
    long bytes0,
    long bytes1,
    int log,
    int stateFlags,
    int timeout,
    int syncFlags) {

  /** No rule, no anchor. */
  public static final int NONE = -1;

  /** IP protocol number of TCP. */
  public static final int TCP = 6;

  /** Created by an inbound packet. */
  public static final int IN = 1;

  /** Created by an outbound packet. */
  public static final int OUT = 2;

  /** State flag: never replicated. */
  public static final int FLAG_NO_SYNC = 0x08;

  /** State flag: the sender waits for an acknowledgement of the insert. */
  public static final int FLAG_ACK = 0x10;

  /** Checks the ranges. */
  public PfState {
    checkArgument(
        ifname.length() <= 15, "interface name '%s' is longer than 15 characters", ifname);
    checkArgument(direction >= 0 && direction <= 2, "direction %s is not 0, 1 or 2", direction);
    checkArgument(proto >= 0 && proto <= 255, "protocol %s is not a byte", proto);
    checkArgument(timeout >= 0 && timeout <= 255, "timeout index %s is not a byte", timeout);
  }

  /**
   * A fresh state without translation, for the usual timeout of its protocol.
   *
   * @param id the state's id
   * @param creatorId the creator's host id
   * @param ifname interface or {@code all}
   * @param key wire and stack key
   * @param proto IP protocol
   * @param direction {@link #IN} or {@link #OUT}
   * @param src the initiator
   * @param dst the responder
   * @return a state of age 0 on the default rule
   */
  public static PfState of(
      long id,
      int creatorId,
      String ifname,
      StateKey key,
      int proto,
      int direction,
      StatePeer src,
      StatePeer dst) {
    int timeout = Timeouts.indexFor(proto, src.state(), dst.state());
    return new PfState(
        id, creatorId, ifname, key, key, proto, direction, src, dst, null, NONE, NONE, NONE, 0, 0,
        0, 0, 0, 0, 0, 0, timeout, 0);
  }

  /**
   * What names this state on every node.
   *
   * @return the name
   */
  public StateId stateId() {
    return new StateId(id, creatorId);
  }

  /**
   * Whether addresses or ports are translated.
   *
   * @return true if the two keys differ
   */
  public boolean isTranslated() {
    return !wire.equals(stack);
  }

  /**
   * The same state, further along.
   *
   * @param newSrc the initiator
   * @param newDst the responder
   * @param newTimeout timeout index
   * @return a state
   */
  public PfState withProgress(StatePeer newSrc, StatePeer newDst, int newTimeout) {
    return new PfState(
        id,
        creatorId,
        ifname,
        wire,
        stack,
        proto,
        direction,
        newSrc,
        newDst,
        routeTo,
        rule,
        anchor,
        natRule,
        creation,
        expire,
        packets0,
        packets1,
        bytes0,
        bytes1,
        log,
        stateFlags,
        newTimeout,
        syncFlags);
  }

  /**
   * The same connection under another name.
   *
   * @param newId given by the creator
   * @param newCreatorId host id of the creator
   * @return a state
   */
  public PfState createdBy(long newId, int newCreatorId) {
    return new PfState(
        newId,
        newCreatorId,
        ifname,
        wire,
        stack,
        proto,
        direction,
        src,
        dst,
        routeTo,
        rule,
        anchor,
        natRule,
        creation,
        expire,
        packets0,
        packets1,
        bytes0,
        bytes1,
        log,
        stateFlags,
        timeout,
        syncFlags);
  }

  /**
   * The same state at another moment.
   *
   * @param age in seconds
   * @param remaining lifetime in seconds
   * @return a state
   */
  public PfState withTimes(long age, long remaining) {
    return new PfState(
        id,
        creatorId,
        ifname,
        wire,
        stack,
        proto,
        direction,
        src,
        dst,
        routeTo,
        rule,
        anchor,
        natRule,
        age,
        remaining,
        packets0,
        packets1,
        bytes0,
        bytes1,
        log,
        stateFlags,
        timeout,
        syncFlags);
  }

  /**
   * The state as a receiver keeps it (spec pfsync 8): its counters, NAT rule, anchor and sync flags
   * are the sender's business, and a no-sync or ack-wanted flag does not travel on.
   *
   * @param localRule position in the receiver's ruleset, or −1
   * @return a state
   */
  public PfState imported(int localRule) {
    return new PfState(
        id,
        creatorId,
        ifname,
        wire,
        stack,
        proto,
        direction,
        src,
        dst,
        routeTo,
        localRule,
        NONE,
        NONE,
        creation,
        expire,
        0,
        0,
        0,
        0,
        log,
        stateFlags & ~(FLAG_NO_SYNC | FLAG_ACK),
        timeout,
        0);
  }
}

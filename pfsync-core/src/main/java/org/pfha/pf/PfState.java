package org.pfha.pf;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection as pf tracks it: a snapshot of a state with the fields of every format (spec
 * pfsync 5, 20). What a format does not carry has a neutral value. Immutable; made by {@link
 * #builder}.
 *
 * @param id given by the creator, unique together with {@code creatorId}
 * @param creatorId host id of the node that created the state; not 0
 * @param ifname interface the state is bound to, or {@code all}; up to 15 bytes of ASCII
 * @param originalIfname interface of a floating state's first packet (format 1500); empty when not
 *     known
 * @param wire addresses and ports as on the network
 * @param stack addresses and ports as the local stack sees them; equal to {@code wire} without
 *     translation
 * @param proto IP protocol, 0–255, of the wire key
 * @param stackProto IP protocol of the stack key (format 1500); differs with address family
 *     translation only
 * @param direction 1 created by an inbound packet, 2 by an outbound one; 0 is accepted from peers
 * @param src the initiator
 * @param dst the responder
 * @param route of route-to, reply-to, dup-to; {@link StateRoute#NONE} is neutral
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
 * @param stateFlags 16 bits, spec pfsync 6; format 1301 carries the low 8
 * @param timeout index into the timeouts, 0–255
 * @param syncFlags 0x04 source tracking, 0x08 sticky translation; not in format 1500
 * @param options formats 1400 and later; {@link StateOptions#NONE} is neutral
 * @param tag of the packets (format 1500), up to 63 bytes of ASCII; empty for none
 */
public record PfState(
    long id,
    int creatorId,
    String ifname,
    String originalIfname,
    StateKey wire,
    StateKey stack,
    int proto,
    int stackProto,
    int direction,
    StatePeer src,
    StatePeer dst,
    StateRoute route,
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
    int syncFlags,
    StateOptions options,
    String tag) {

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

  /** The name of the interface of a floating state. */
  public static final String ALL = "all";

  /** Longest name of an interface, in bytes. */
  public static final int MAX_IFNAME = 15;

  /** Longest tag, in bytes. */
  public static final int MAX_TAG = 63;

  /** Checks the ranges. */
  public PfState {
    List<String> problems =
        problems(ifname, originalIfname, proto, stackProto, direction, timeout, tag);
    checkArgument(problems.isEmpty(), "%s", String.join("; ", problems));
  }

  private static List<String> problems(
      String ifname,
      String originalIfname,
      int proto,
      int stackProto,
      int direction,
      int timeout,
      String tag) {
    List<String> problems = new ArrayList<>();
    addProblem(problems, nameProblem("interface", ifname, MAX_IFNAME));
    addProblem(problems, nameProblem("original interface", originalIfname, MAX_IFNAME));
    addProblem(problems, nameProblem("tag", tag, MAX_TAG));
    addProblem(problems, byteProblem("protocol", proto));
    addProblem(problems, byteProblem("stack protocol", stackProto));
    addProblem(problems, byteProblem("timeout index", timeout));
    if (direction < 0 || direction > 2) {
      problems.add("direction %d is not 0, 1 or 2".formatted(direction));
    }
    return problems;
  }

  private static void addProblem(List<String> problems, @Nullable String problem) {
    if (problem != null) {
      problems.add(problem);
    }
  }

  private static @Nullable String byteProblem(String what, int value) {
    return value >= 0 && value <= 255 ? null : "%s %d is not a byte".formatted(what, value);
  }

  private static @Nullable String nameProblem(String what, String name, int longest) {
    return name.length() <= longest
        ? null
        : "%s '%s' is longer than %d characters".formatted(what, name, longest);
  }

  static void checkName(String what, String name, int longest) {
    String problem = nameProblem(what, name, longest);
    checkArgument(problem == null, "%s", problem);
  }

  /**
   * A state to be described: floating, inbound, on the default rule, of age 0, without traffic.
   *
   * @param id the state's id
   * @param creatorId the creator's host id
   * @param key wire and stack key
   * @param proto IP protocol
   * @return a builder; its timeout index is the usual one until set
   */
  public static PfStateBuilder builder(long id, int creatorId, StateKey key, int proto) {
    return new PfStateBuilder(id, creatorId, key, proto);
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
    return builder(id, creatorId, key, proto)
        .ifname(ifname)
        .direction(direction)
        .src(src)
        .dst(dst)
        .build();
  }

  /**
   * A builder that begins with this state.
   *
   * @return a builder
   */
  public PfStateBuilder toBuilder() {
    return new PfStateBuilder(this);
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
   * Whether a flag is set.
   *
   * @param flag such as {@link #FLAG_NO_SYNC}
   * @return true if it is
   */
  public boolean hasFlag(int flag) {
    return (stateFlags & flag) != 0;
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
    return toBuilder().src(newSrc).dst(newDst).timeout(newTimeout).build();
  }

  /**
   * The same connection under another name.
   *
   * @param newId given by the creator
   * @param newCreatorId host id of the creator
   * @return a state
   */
  public PfState createdBy(long newId, int newCreatorId) {
    return toBuilder().id(newId, newCreatorId).build();
  }

  /**
   * The same state at another moment.
   *
   * @param age in seconds
   * @param remaining lifetime in seconds
   * @return a state
   */
  public PfState withTimes(long age, long remaining) {
    return toBuilder().creation(age).expire(remaining).build();
  }

  /**
   * The state as a receiver keeps it (spec pfsync 8): its counters, NAT rule, anchor and sync flags
   * are the sender's business, and a no-sync or ack-wanted flag does not travel on.
   *
   * @param localRule position in the receiver's ruleset, or −1
   * @return a state
   */
  public PfState imported(int localRule) {
    return toBuilder()
        .rule(localRule)
        .anchor(NONE)
        .natRule(NONE)
        .packets(0, 0)
        .bytes(0, 0)
        .stateFlags(stateFlags & ~(FLAG_NO_SYNC | FLAG_ACK))
        .syncFlags(0)
        .build();
  }
}

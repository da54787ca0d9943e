package org.pfha.cluster;

import com.google.common.base.Preconditions;
import java.time.Duration;
import java.util.Locale;

/**
 * Something that breaks for a while, or that an operator does. What its numbers mean depends on its
 * kind; those that mean nothing to it are ignored, and nodes and segments are counted round, so
 * that any fault can befall any cluster. Immutable.
 *
 * @param kind what
 * @param at when it begins, from the start of the faults
 * @param lasts for how long
 * @param node the node it befalls, counted from 0
 * @param segment the segment it befalls, counted from 0; the sync link is the last
 * @param amount 0–1, how bad it is
 */
public record Fault(Kind kind, Duration at, Duration lasts, int node, int segment, double amount) {

  /** What can happen. */
  public enum Kind {
    /** A segment loses packets: up to 30 %. */
    LOSS,
    /** A node's packets do not reach its neighbour on a segment, or only half of them. */
    ONE_WAY_LOSS,
    /** A segment delivers packets twice. */
    DUPLICATION,
    /** A segment lets packets overtake each other, by up to 10 ms. */
    REORDERING,
    /** A segment delays packets by up to 300 ms, half of it at random. */
    DELAY,
    /** A segment falls apart in two. */
    PARTITION,
    /** A switch sends multicast back to its sender. */
    ECHO,
    /** Large packets vanish on a segment. */
    BLACK_HOLE,
    /** A cable is pulled. */
    LINK_DOWN,
    /** A cable is loose. */
    LINK_FLAP,
    /** All cables of a node are pulled. */
    CABLES,
    /** A node loses power, and with it its states. */
    CRASH,
    /** A node's program dies; its data plane keeps the states. */
    CRASH_KEEPING_STATES,
    /** A node is restarted in good order. */
    REBOOT,
    /** All other nodes are switched off in good order. */
    ALONE,
    /** A node is restarted with the next release. */
    UPGRADE,
    /** A node's program stands still: a long garbage collection, a suspended machine. */
    PAUSE,
    /** A node does everything up to 200 ms late. */
    SLOW,
    /** A node's clock runs up to 1 % too fast or too slow. */
    DRIFT,
    /** An operator disables CARP on a node. */
    DISABLE,
    /** An operator puts a node into maintenance, which outlives a restart. */
    MAINTENANCE,
    /** An operator demotes a node. */
    DEMOTION,
    /**
     * A host on the sync link sends what is malformed, or floods, or forges from its own address.
     */
    HOSTILE_HOST,
    /** More connections open at once than the smallest table holds. */
    OVERFLOW,
    /** Both directions of each connection pass different nodes. */
    ASYMMETRIC_TRAFFIC
  }

  /** Checks the ranges. */
  public Fault {
    Preconditions.checkArgument(!at.isNegative(), "a fault at %s", at);
    Preconditions.checkArgument(!lasts.isNegative(), "a fault that lasts %s", lasts);
    Preconditions.checkArgument(node >= 0, "node %s", node);
    Preconditions.checkArgument(segment >= 0, "segment %s", segment);
    Preconditions.checkArgument(amount >= 0 && amount <= 1, "amount %s is not 0–1", amount);
  }

  /**
   * A fault of a node, as bad as it can be.
   *
   * @param kind what
   * @param at when it begins
   * @param lasts for how long
   * @param node counted from 0
   * @return a fault
   */
  public static Fault ofNode(Kind kind, Duration at, Duration lasts, int node) {
    return new Fault(kind, at, lasts, node, 0, 1);
  }

  /**
   * A fault of a segment.
   *
   * @param kind what
   * @param at when it begins
   * @param lasts for how long
   * @param segment counted from 0; the sync link is the last
   * @param amount 0–1
   * @return a fault
   */
  public static Fault ofSegment(
      Kind kind, Duration at, Duration lasts, int segment, double amount) {
    return new Fault(kind, at, lasts, 0, segment, amount);
  }

  Duration end() {
    return at.plus(lasts);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s at %.3f s for %.3f s, node %d, segment %d, amount %.3f",
        kind.name().toLowerCase(Locale.ROOT).replace('_', '-'),
        at.toNanos() / 1e9,
        lasts.toNanos() / 1e9,
        node,
        segment,
        amount);
  }
}

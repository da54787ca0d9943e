package org.pfha.pf.device;

/**
 * How a listing of the kernel's states went. The table is not frozen meanwhile: a state may have
 * been listed twice or not at all. Immutable.
 *
 * @param method by which the states were listed
 * @param states handed on
 * @param skipped records of no known address family or direction
 * @param bufferBytes the largest buffer outside the heap, 0 with netlink
 * @param rounds how often the kernel was asked before everything fitted
 */
public record StateListing(Method method, long states, long skipped, long bufferBytes, int rounds) {

  /** The ways to list states, in the order in which they are tried. */
  public enum Method {
    /** DIOCGETSTATESV2: 384-byte records, from 13.1. */
    EXPORT,
    /** GETSTATES of the netlink family {@code pfctl}, from 15. */
    NETLINK,
    /** DIOCGETSTATES: 242-byte records. */
    PACKED
  }
}

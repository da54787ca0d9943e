/**
 * A simulated LAN in virtual time, for tests of whole clusters in milliseconds.
 *
 * <pre>{@code
 * SimNetwork net = new SimNetwork(42);
 * SimSegment lan = net.segment("lan");
 * SimHost a = net.host("fw-a");
 * a.attach(lan, "em1", "192.0.2.2/24");
 * ... give host a to a node as its IpTransport ...
 * net.advance(Duration.ofSeconds(10));
 * }</pre>
 *
 * <p>Real IP packets travel between hosts through segments that can lose, duplicate, delay and
 * reorder them, that can be partitioned, and that can be watched. The seed decides everything: the
 * same program with the same seed sees the same packets at the same instants.
 */
@org.jspecify.annotations.NullMarked
package org.pfha.net.sim;

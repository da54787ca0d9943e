/**
 * What every protocol here needs of the world: a clock, an event loop, an IP transport, links and
 * their addresses, the Internet checksum.
 *
 * <p>These are small interfaces that a node is given. Real ones sit on raw sockets, simulated ones
 * on a LAN in virtual time, replayed ones on a capture file; protocol code cannot tell them apart.
 */
@org.jspecify.annotations.NullMarked
package org.pfha.net;

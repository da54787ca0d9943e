/**
 * What every protocol here needs of the world: a clock, an event loop, an IP transport, links and
 * their addresses, the Internet checksum.
 *
 * <p>These are small interfaces that a node is given. Real ones sit on raw sockets, simulated ones
 * on a LAN in virtual time, replayed ones on a capture file; protocol code cannot tell them apart.
 *
 * <ul>
 *   <li>{@link org.pfha.net.IpTransport} sends and receives: {@link org.pfha.net.raw.RawTransport},
 *       {@link org.pfha.net.sim.SimHost}, {@link org.pfha.net.pcap.PcapReplay}, or one of your own;
 *   <li>{@link org.pfha.net.EventLoop} is the one thread on which it delivers, {@link
 *       org.pfha.net.NanoClock} its time: {@code long} nanoseconds that may overflow, to be
 *       compared by differences;
 *   <li>{@link org.pfha.net.VipController} makes a host answer at an address, and lets it stop.
 * </ul>
 */
@org.jspecify.annotations.NullMarked
package org.pfha.net;

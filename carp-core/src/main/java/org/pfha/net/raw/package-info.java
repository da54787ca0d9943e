/**
 * The network's interfaces over what a real host has: raw and packet sockets and route netlink on
 * Linux, BPF, raw sockets and the routing socket on FreeBSD (spec pf-ioctl 11). Start with {@link
 * org.pfha.net.raw.RawTransport}, and with {@link org.pfha.net.raw.HostAddresses} if this host is
 * to answer at virtual addresses. What a host refuses is a {@link org.pfha.net.raw.RawException}
 * that names the right or the setting that is missing.
 */
@org.jspecify.annotations.NullMarked
package org.pfha.net.raw;

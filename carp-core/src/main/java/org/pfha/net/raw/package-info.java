/**
 * The network's interfaces over what a real host has: raw and packet sockets and route netlink on
 * Linux, BPF, raw sockets and the routing socket on FreeBSD (spec pf-ioctl 11).
 */
@org.jspecify.annotations.NullMarked
package org.pfha.net.raw;

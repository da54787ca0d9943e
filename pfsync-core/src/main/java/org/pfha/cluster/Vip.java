package org.pfha.cluster;

/**
 * A virtual address of a cluster. Immutable.
 *
 * @param segment the network it is on
 * @param link name of every node's interface there
 * @param vhid 1–255, one of its own in the cluster
 * @param address with prefix length, such as {@code 192.0.2.1/24}
 */
public record Vip(String segment, String link, int vhid, String address) {}

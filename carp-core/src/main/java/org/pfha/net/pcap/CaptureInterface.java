package org.pfha.net.pcap;

/**
 * Where a packet of a capture file was captured. Immutable.
 *
 * @param number of the interface within the file, from 0; a classic file has only that one
 * @param name such as {@code em1}; empty if the file does not say
 * @param linkType what its records begin with, by tcpdump's LINKTYPE numbers; see {@link
 *     PcapReader}
 */
public record CaptureInterface(int number, String name, int linkType) {

  static final CaptureInterface NONE = new CaptureInterface(0, "", LinkLayer.RAW);
}

/**
 * Capture files: write what a node sends and hears, read what others have captured, replay it to a
 * node in virtual time.
 *
 * <p>Written is the classic pcap format; read are that and pcapng, whatever byte order, resolution
 * and link layer, also while the file is growing.
 */
@org.jspecify.annotations.NullMarked
package org.pfha.net.pcap;

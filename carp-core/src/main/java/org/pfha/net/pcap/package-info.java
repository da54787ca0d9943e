/**
 * Capture files: write what a node sends and hears, read what others have captured, replay it to a
 * node in virtual time.
 *
 * <p>The classic pcap format, in both byte orders and with time in micro- or nanoseconds.
 */
@org.jspecify.annotations.NullMarked
package org.pfha.net.pcap;

/**
 * The bytes of pfsync: packets, sections, messages and the state formats.
 *
 * <p>{@link org.pfha.pfsync.wire.StateFormat} is a release as a table of offsets, not a class of
 * its own. {@link org.pfha.pfsync.wire.PfsyncReader} walks received bytes section by section
 * without allocating; {@link org.pfha.pfsync.wire.PfsyncPacket} has a whole packet as values, to be
 * printed, {@linkplain org.pfha.pfsync.wire.Translation translated} or written by a {@link
 * org.pfha.pfsync.wire.PfsyncWriter}. All numbers on the wire are big-endian; ids and creator ids
 * are eight and four bytes that nobody converts.
 */
@org.jspecify.annotations.NullMarked
package org.pfha.pfsync.wire;

/**
 * Every node knows every connection. Start with {@link org.pfha.pfsync.PfsyncNode}, which keeps a
 * {@link org.pfha.pf.StateTable} equal to those of its peers.
 *
 * <ul>
 *   <li>{@link org.pfha.pfsync.DataPlane} ties a firewall to it: a {@link
 *       org.pfha.pfsync.StateSource} gives connections, a {@link org.pfha.pfsync.StateSink} takes
 *       the peers' and is told when to carry them;
 *   <li>{@link org.pfha.pfsync.PfsyncBridge} lets nodes of different releases form a pair;
 *   <li>{@link org.pfha.pfsync.PfsyncNode#explain} tells what is likely to be wrong, {@link
 *       org.pfha.pfsync.PfsyncNode#peers} how alive the peers are;
 *   <li>{@link org.pfha.pfsync.SyncBandwidth} tells what the sync link must carry.
 * </ul>
 *
 * <p>pfsync has no authentication: whoever reaches the sync link from a peer's address decides what
 * is in the table.
 */
@org.jspecify.annotations.NullMarked
package org.pfha.pfsync;

package org.pfha.pfsync;

import java.net.InetAddress;
import org.pfha.pfsync.engine.PeerStatus;

/**
 * A configured peer and how alive it is. Immutable.
 *
 * @param link the sync interface it is on
 * @param address its address there
 * @param status what has been heard from it
 */
public record PeerReport(String link, InetAddress address, PeerStatus status) {}

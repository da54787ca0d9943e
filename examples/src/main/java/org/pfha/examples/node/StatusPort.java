package org.pfha.examples.node;

import java.io.IOException;
import java.util.List;
import org.pfha.examples.status.ConfigSyncRecord;
import org.pfha.examples.status.OtherSides;
import org.pfha.examples.status.StatusServer;

/** The local port of a node, as its configuration wants it. Thread-safe. */
final class StatusPort implements AutoCloseable {

  private final OtherSides peers;
  private final StatusServer server;

  StatusPort(HaNode node, NodeConfig.Status status) throws IOException {
    peers = new OtherSides(status.peers());
    NodeSite site =
        new NodeSite(
            node,
            status.token().isPresent(),
            () -> node.config().configSync().map(ConfigSyncRecord::read).orElse(List.of()),
            peers::json);
    server = StatusServer.start(site, status.address(), status.token(), status.names());
  }

  String url() {
    return server.url();
  }

  @Override
  public void close() {
    server.close();
    peers.close();
  }
}

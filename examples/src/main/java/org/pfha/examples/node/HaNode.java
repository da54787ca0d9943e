package org.pfha.examples.node;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.pfha.carp.CarpNode;
import org.pfha.carp.CarpNodeBuilder;
import org.pfha.carp.DemotionLedger;
import org.pfha.carp.MaintenanceStore;
import org.pfha.examples.status.NodeView;
import org.pfha.examples.status.Timeline;
import org.pfha.net.EventLoop;
import org.pfha.net.IpTransport;
import org.pfha.net.VipController;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.PfsyncNode;
import org.pfha.pfsync.PfsyncNodeBuilder;
import org.pfha.pfsync.engine.BulkProgress;

/** A running node: CARP, the virtual addresses on this host, and pfsync. Thread-safe. */
final class HaNode implements AutoCloseable {

  private final NodeConfig config;
  private final EventLoop loop;
  private final Consumer<BulkProgress> bulk;
  private final Timeline timeline;
  private final Instant started = Instant.now();
  private final DemotionLedger ledger;
  private final Optional<PfsyncNode> pfsync;
  private final CarpNode carp;

  private HaNode(
      NodeConfig config,
      IpTransport transport,
      VipController addresses,
      Consumer<String> log,
      Consumer<BulkProgress> bulk)
      throws IOException {
    this.config = config;
    this.bulk = bulk;
    loop = transport.loop();
    timeline = new Timeline(entry -> log.accept(entry.text()));
    ledger = new DemotionLedger(transport.loop().clock());
    // First, so that the penalty for missing states is there before the first election.
    pfsync =
        config.pfsync().isPresent()
            ? Optional.of(pfsync(config.pfsync().get(), transport))
            : Optional.empty();
    boolean done = false;
    try {
      carp = carp(transport, addresses);
      done = true;
    } finally {
      if (!done) {
        pfsync.ifPresent(PfsyncNode::close);
      }
    }
    pfsync.ifPresent(node -> carp.peerLiveness(node.liveness()));
  }

  /**
   * Starts a node.
   *
   * @param config checked
   * @param transport not closed with the node
   * @param addresses not closed with the node
   * @param log takes one line for each thing that happens
   * @param bulk hears how the states of the peers come
   * @return running
   * @throws IOException if the host refuses something
   */
  static HaNode start(
      NodeConfig config,
      IpTransport transport,
      VipController addresses,
      Consumer<String> log,
      Consumer<BulkProgress> bulk)
      throws IOException {
    return new HaNode(config, transport, addresses, log, bulk);
  }

  private PfsyncNode pfsync(Sync sync, IpTransport transport) throws IOException {
    PfsyncNodeBuilder builder =
        PfsyncNode.builder(transport)
            .table(StateTable.withLimit(sync.limit()))
            .format(sync.format())
            .creatorId(sync.creatorId())
            .alarmOnSilence(sync.silence())
            .onBulkProgress(bulk)
            .onEvent(event -> timeline.add(Instant.now(), config.name(), event));
    if (sync.demote()) {
      builder.demoting(ledger);
    }
    for (Sync.SyncLink link : sync.links()) {
      builder.onInterface(link.name());
      link.peers().forEach(builder::peer);
      link.group().ifPresent(builder::multicast);
      if (link.peers().isEmpty()) {
        builder.acceptAnySource();
      }
    }
    return builder.start();
  }

  private CarpNode carp(IpTransport transport, VipController addresses) throws IOException {
    CarpNodeBuilder builder =
        CarpNode.builder(transport)
            .preempt(config.preempt())
            .demotion(ledger)
            .virtualAddresses(addresses)
            .onEvent(event -> timeline.add(Instant.now(), config.name(), event));
    config.routers().forEach(router -> builder.virtualRouter(router.router()));
    config.maintenance().ifPresent(file -> builder.maintenance(MaintenanceStore.inFile(file)));
    return builder.start();
  }

  NodeConfig config() {
    return config;
  }

  CarpNode carp() {
    return carp;
  }

  Optional<PfsyncNode> pfsync() {
    return pfsync;
  }

  DemotionLedger ledger() {
    return ledger;
  }

  Timeline timeline() {
    return timeline;
  }

  /** Notes what an operator has done. */
  void told(String what) {
    timeline.add(Instant.now(), config.name(), Timeline.Kind.OPERATOR, what);
  }

  /** How it is now. */
  NodeView view(List<String> configSync) {
    return new NodeView(
        config.name(),
        Instant.now(),
        loop.clock().nanoTime(),
        started,
        config.routers().stream()
            .map(
                router ->
                    new NodeView.Router(
                        router.link(),
                        router.vhid(),
                        router.addresses().stream().map(Object::toString).toList()))
            .toList(),
        carp,
        pfsync,
        configSync);
  }

  /** Gives the addresses back and bows out, so that a peer takes over at once. */
  @Override
  public void close() {
    carp.close();
    pfsync.ifPresent(PfsyncNode::close);
  }
}

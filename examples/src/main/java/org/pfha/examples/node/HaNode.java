package org.pfha.examples.node;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.pfha.carp.CarpEvent;
import org.pfha.carp.CarpNode;
import org.pfha.carp.CarpNodeBuilder;
import org.pfha.carp.DecisionMade;
import org.pfha.carp.DemotionLedger;
import org.pfha.carp.MaintenanceStore;
import org.pfha.carp.ProbeStatus;
import org.pfha.net.IpTransport;
import org.pfha.net.VipController;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.PfsyncNode;
import org.pfha.pfsync.PfsyncNodeBuilder;
import org.pfha.pfsync.engine.PfsyncEvent;

/** A running node: CARP, the virtual addresses on this host, and pfsync. Thread-safe. */
final class HaNode implements AutoCloseable {

  private static final Set<PfsyncEvent.Kind> WORTH_A_LINE =
      EnumSet.of(
          PfsyncEvent.Kind.BULK_REQUESTED,
          PfsyncEvent.Kind.BULK_RECEIVE_START,
          PfsyncEvent.Kind.BULK_RECEIVE_DONE,
          PfsyncEvent.Kind.BULK_FAILED,
          PfsyncEvent.Kind.BULK_SEND_START,
          PfsyncEvent.Kind.BULK_SEND_DONE,
          PfsyncEvent.Kind.BULK_SEND_FAILED,
          PfsyncEvent.Kind.PEER_SILENT,
          PfsyncEvent.Kind.PEER_HEARD_AGAIN);

  private final NodeConfig config;
  private final Consumer<String> log;
  private final Instant started = Instant.now();
  private final DemotionLedger ledger;
  private final Optional<PfsyncNode> pfsync;
  private final CarpNode carp;

  private HaNode(
      NodeConfig config, IpTransport transport, VipController addresses, Consumer<String> log)
      throws IOException {
    this.config = config;
    this.log = log;
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
   * @return running
   * @throws IOException if the host refuses something
   */
  static HaNode start(
      NodeConfig config, IpTransport transport, VipController addresses, Consumer<String> log)
      throws IOException {
    return new HaNode(config, transport, addresses, log);
  }

  private PfsyncNode pfsync(Sync sync, IpTransport transport) throws IOException {
    PfsyncNodeBuilder builder =
        PfsyncNode.builder(transport)
            .table(StateTable.withLimit(sync.limit()))
            .format(sync.format())
            .creatorId(sync.creatorId())
            .alarmOnSilence(sync.silence())
            .onEvent(this::happened);
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
            .onEvent(this::happened);
    config.routers().forEach(router -> builder.virtualRouter(router.router()));
    config.maintenance().ifPresent(file -> builder.maintenance(MaintenanceStore.inFile(file)));
    return builder.start();
  }

  private void happened(PfsyncEvent event) {
    if (WORTH_A_LINE.contains(event.kind())) {
      log.accept(
          "pfsync: "
              + event.kind().text()
              + (event.detail().isEmpty() ? "" : " " + event.detail()));
    }
  }

  private void happened(CarpEvent event) {
    if (!(event instanceof DecisionMade) && !(event instanceof ProbeStatus)) {
      log.accept(event.toString());
    }
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

  Duration uptime() {
    return Duration.between(started, Instant.now());
  }

  Instant started() {
    return started;
  }

  /** Gives the addresses back and bows out, so that a peer takes over at once. */
  @Override
  public void close() {
    carp.close();
    pfsync.ifPresent(PfsyncNode::close);
  }
}

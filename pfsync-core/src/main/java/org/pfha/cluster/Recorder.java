package org.pfha.cluster;

import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.pfha.carp.RoleChange;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StatePeer;

/**
 * Tells what befalls one node and what it does; packets are tapped elsewhere.
 *
 * @param number the node, counted from 0
 * @param sink gets whether it goes in, and what
 */
record Recorder(int number, BiConsumer<Boolean, String> sink) {

  static final Recorder NONE = new Recorder(-1, (in, text) -> {});

  /** Something befalls the cluster, and this node perhaps. */
  void befalls(Supplier<String> text) {
    if (number >= 0) {
      sink.accept(true, text.get());
    }
  }

  void changesRole(ClusterNode node, RoleChange change) {
    tell(node, false, () -> "role " + change);
  }

  void inserts(ClusterNode node, PfState state) {
    tell(node, true, () -> "insert " + Recording.text(state));
  }

  void updates(ClusterNode node, StateId id, StatePeer src, StatePeer dst) {
    tell(
        node,
        true,
        () ->
            "update %s %s %s"
                .formatted(Recording.text(id), Recording.text(src), Recording.text(dst)));
  }

  void removes(ClusterNode node, StateId id) {
    tell(node, true, () -> "remove " + Recording.text(id));
  }

  private void tell(ClusterNode node, boolean in, Supplier<String> text) {
    if (node.number() == number) {
      sink.accept(in, text.get());
    }
  }
}

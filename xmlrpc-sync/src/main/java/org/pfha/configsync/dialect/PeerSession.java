package org.pfha.configsync.dialect;

import java.util.Collection;
import java.util.Map;
import org.pfha.configsync.SyncException;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigTree;

/** The calls of one sync in one dialect. Confined to one thread. */
public interface PeerSession {

  /**
   * Asks the peer who it is. The first call.
   *
   * @param own this node's configuration, to compare revisions
   * @return the peer's answer
   * @throws SyncException when the two must not sync, or the call failed
   */
  PeerVersion greet(ConfigTree own) throws SyncException;

  /**
   * Whether the peer lets itself be read. Known after {@link #greet}.
   *
   * @return false for products without such a method
   */
  boolean readable();

  /**
   * What the peer holds.
   *
   * @param sections names; those it does not have are missing from the answer
   * @return section to content
   * @throws SyncException when the call failed
   */
  Map<String, ConfigNode> read(Collection<String> sections) throws SyncException;

  /**
   * Sends, and makes the peer apply it.
   *
   * @param outgoing what to send
   * @param envelope what goes with it when the peer is pfHA as well; others never see it
   * @throws SyncException when the peer did not confirm
   */
  void write(Outgoing outgoing, Envelope envelope) throws SyncException;
}

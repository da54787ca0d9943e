package org.pfha.configsync.dialect;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.pfha.configsync.SyncPolicy;
import org.pfha.configsync.SyncScope;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.RpcServer;

/**
 * What one product says and expects: its file, its areas, its calls. Everything else of a sync
 * (deadlines, retries, plans, locks, atomic writes, effects) is the same for all of them.
 * Implementations are immutable.
 */
public interface Dialect {

  /**
   * The product.
   *
   * @return its name, for messages
   */
  String product();

  /**
   * Reads a configuration by the product's rules.
   *
   * @param file the stored bytes
   * @return the tree
   * @throws ConfigFormatException when the product itself would refuse the file, or it is hostile
   */
  ConfigTree read(byte[] file) throws ConfigFormatException;

  /**
   * Writes a configuration as the product does.
   *
   * @param config the tree
   * @return bytes that {@link #read} takes
   * @throws ConfigFormatException when they could not be read again
   */
  byte[] write(ConfigTree config) throws ConfigFormatException;

  /**
   * What a primary sends, and what it keeps back.
   *
   * @param config the primary's configuration
   * @param scope what it is told to send
   * @return sections rewritten for the other node
   * @throws IllegalArgumentException naming what would harm the peer and how to correct it
   */
  Outgoing outgoing(ConfigTree config, SyncScope scope);

  /**
   * The client's side.
   *
   * @param peer performs single calls, with retries and deadlines
   * @return the calls of one sync
   */
  PeerSession open(PeerCaller peer);

  /**
   * Whether a peer that was asked afterwards holds all that was sent for one section. It may
   * rightly hold more.
   *
   * @param section its name
   * @param sent what was sent
   * @param held what the peer holds there
   * @return true when nothing is missing
   */
  default boolean holds(String section, ConfigNode sent, ConfigNode held) {
    return ConfigTree.digest(sent).equals(ConfigTree.digest(held));
  }

  /**
   * What a peer that holds something will hold after a section was sent, by the safe rules. This is
   * what a plan shows.
   *
   * @param section its name
   * @param sent what is sent
   * @param held what the peer holds there before
   * @return its content afterwards
   */
  default ConfigNode merged(String section, ConfigNode sent, ConfigNode held) {
    return sent;
  }

  /**
   * The server's methods.
   *
   * @param node the node that serves them
   * @return by exact name
   */
  Map<String, RpcServer.Method> methods(SecondaryContext node);

  /**
   * What an authenticated primary may read of a configuration.
   *
   * @param config the whole
   * @param policy what the node lets itself be told
   * @return the readable sections in file order; of {@code system} only what can be synchronised
   */
  Map<String, ConfigNode> readable(ConfigTree config, SyncPolicy policy);

  /**
   * Where the configuration itself says this node syncs to; a call from there is a loop.
   *
   * @param config the node's configuration
   * @return addresses as written, none when it is no primary
   */
  List<String> targets(ConfigTree config);

  /**
   * A configuration with a new entry in its history.
   *
   * @param config the merged configuration
   * @param at when
   * @param caller the primary
   * @param text what was done
   * @return the configuration to store
   */
  ConfigTree stamped(ConfigTree config, Instant at, InetAddress caller, String text);
}

package org.pfha.configsync.dialect;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.SyncPolicy;
import org.pfha.configsync.SyncScope;
import org.pfha.configsync.config.ConfigDiff;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.Decoding;
import org.pfha.configsync.rpc.FaultStyle;
import org.pfha.configsync.rpc.RpcFault;
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
   * A section as it travels.
   *
   * @param node its content
   * @return a value as {@link org.pfha.configsync.rpc.XmlRpc} encodes it
   */
  Object toWire(ConfigNode node);

  /**
   * A section that arrived.
   *
   * @param name its name
   * @param value what arrived
   * @return the content
   * @throws RpcFault when it could not be stored and read again as it is
   */
  ConfigNode fromWire(String name, Object value) throws RpcFault;

  /**
   * The digest by which nodes of this library compare a section.
   *
   * @param node its content
   * @return SHA-256, lower-case hex
   */
  default String digest(ConfigNode node) {
    return ConfigTree.digest(node);
  }

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
   * What differs, for people. Shows no secret.
   *
   * @param before the older configuration, or some sections of it
   * @param after the newer one
   * @return the differences
   */
  default ConfigDiff diff(ConfigTree before, ConfigTree after) {
    return before.diff(after);
  }

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
   * Whether a peer will hold exactly what is sent for a section, so that nobody needs to read it to
   * know whether a push would change it.
   *
   * @param section its name
   * @return false where the peer keeps entries of its own, see {@link #merged}
   */
  default boolean replaces(String section) {
    return true;
  }

  /**
   * What a peer that holds something will hold after a section was sent, by the safe rules. This is
   * what a plan shows.
   *
   * @param section its name
   * @param sent what is sent
   * @param held what the peer holds before: this section and those that are {@link #consulted}
   * @return its content afterwards
   */
  default ConfigNode merged(String section, ConfigNode sent, Map<String, ConfigNode> held) {
    return sent;
  }

  /**
   * Sections that are read besides those sent, to know and to warn of what the push would do.
   *
   * @param outgoing what would be sent
   * @return names
   */
  default Set<String> consulted(Outgoing outgoing) {
    return Set.of();
  }

  /**
   * What an operator should know before a push.
   *
   * @param peer who it is
   * @param outgoing what would be sent
   * @param held what the peer holds, {@link #consulted} sections included
   * @return sentences, for example that the peer's web certificate is about to vanish
   */
  default List<String> warnings(PeerVersion peer, Outgoing outgoing, Map<String, ConfigNode> held) {
    return List.of();
  }

  /**
   * The areas of a scope as an operator knows them.
   *
   * @param scope what is sent
   * @return area to its sections
   */
  Map<String, Set<String>> areas(SyncScope scope);

  /**
   * A new password for the sync account that the push of this configuration brings to the peer.
   * Source: spec section 9, lock-out.
   *
   * @param own the primary's configuration
   * @return null when there is none
   */
  default @Nullable PasswordChange passwordChange(ConfigTree own) {
    return null;
  }

  /**
   * A password that changes with a push.
   *
   * @param secret from now on
   * @param stored the primary's configuration to store when the push succeeded: the new password in
   *     the place of the old one, its pending copy gone
   */
  record PasswordChange(String secret, ConfigTree stored) {
    /** Shows nothing. */
    @Override
    public String toString() {
      return "PasswordChange";
    }
  }

  /**
   * The server's methods.
   *
   * @param node the node that serves them
   * @return by exact name
   */
  Map<String, RpcServer.Method> methods(SecondaryContext node);

  /**
   * In whose words the server refuses.
   *
   * @param likeTheProduct whether to answer as the product does
   * @return the style of faults
   */
  default FaultStyle faults(boolean likeTheProduct) {
    return FaultStyle.STANDARD;
  }

  /**
   * How much readers of messages forgive.
   *
   * @param likeTheProduct whether to read as the product does
   * @return how to decode
   */
  default Decoding decoding(boolean likeTheProduct) {
    return Decoding.STRICT;
  }

  /**
   * Whether the server offers {@code system.multicall}.
   *
   * @return false unless the product does
   */
  default boolean multicall() {
    return false;
  }

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

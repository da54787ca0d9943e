package org.pfha.configsync.dialect;

import org.pfha.configsync.SyncException;

/** Performs single calls at the peer: repeats what may be repeated, within one deadline. */
public interface PeerCaller {

  /**
   * One call.
   *
   * @param method its full name
   * @param parameters values as {@link org.pfha.configsync.rpc.XmlRpc} encodes them
   * @return the result
   * @throws SyncException when there is none
   */
  Object call(String method, Object... parameters) throws SyncException;

  /**
   * Where the sync is, for exceptions.
   *
   * @return peer and step
   */
  SyncException.At at();
}

package org.pfha.configsync.rpc;

import java.util.List;

/**
 * A decoded call. Immutable, as long as nobody writes to its parameters.
 *
 * @param method the method name, matched exactly and never echoed
 * @param parameters values as {@link XmlRpc} decodes them
 * @param user who calls, as authenticated; empty before that
 */
public record RpcCall(String method, List<Object> parameters, String user) {
  /** Copies the list. */
  public RpcCall {
    parameters = List.copyOf(parameters);
  }

  /**
   * A call of nobody yet.
   *
   * @param method the method name
   * @param parameters its parameters
   */
  public RpcCall(String method, List<Object> parameters) {
    this(method, parameters, "");
  }

  /** The method only: parameters hold secrets. */
  @Override
  public String toString() {
    return "RpcCall[" + parameters.size() + " parameters]";
  }
}

package org.pfha.configsync.rpc;

import java.util.List;

/**
 * A decoded call.
 *
 * @param method the method name, matched exactly and never echoed
 * @param parameters values as {@link XmlRpc} decodes them
 */
public record RpcCall(String method, List<Object> parameters) {
  /** Copies the list. */
  public RpcCall {
    parameters = List.copyOf(parameters);
  }

  /** The method only: parameters hold secrets. */
  @Override
  public String toString() {
    return "RpcCall[" + parameters.size() + " parameters]";
  }
}

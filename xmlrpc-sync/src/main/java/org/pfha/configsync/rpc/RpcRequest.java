package org.pfha.configsync.rpc;

import java.time.Duration;
import java.util.List;

/**
 * One call to make. Immutable.
 *
 * @param credentials the account on the peer
 * @param method the method
 * @param parameters values as {@link XmlRpc} describes them
 * @param budget for everything: connecting, sending, waiting, the last byte of the answer
 * @param progress told of long transfers
 */
public record RpcRequest(
    Credentials credentials,
    String method,
    List<Object> parameters,
    Duration budget,
    Progress progress) {
  /** Copies the list. */
  public RpcRequest {
    parameters = List.copyOf(parameters);
  }

  /**
   * A call nobody watches.
   *
   * @param credentials the account on the peer
   * @param budget for everything
   * @param method the method
   * @param parameters values as {@link XmlRpc} describes them
   * @return the request
   */
  public static RpcRequest of(
      Credentials credentials, Duration budget, String method, Object... parameters) {
    return new RpcRequest(credentials, method, List.of(parameters), budget, Progress.NONE);
  }

  /** The method only: parameters hold secrets. */
  @Override
  public String toString() {
    return "RpcRequest[" + OneLine.of(method, 64) + "]";
  }
}

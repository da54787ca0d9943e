package org.pfha.configsync.rpc;

import java.net.InetAddress;

/** A peer that can be called. Thread-safe. */
@FunctionalInterface
public interface RpcClient {

  /**
   * Calls the peer once and waits for the answer. Nothing is repeated here.
   *
   * @param request what to call
   * @return what it answered
   * @throws RpcFault when it answered with a fault
   * @throws RpcException when it did not answer, by cause
   * @throws InterruptedException when the waiting thread is interrupted; whether the peer acted on
   *     the call is unknown
   */
  RpcAnswer call(RpcRequest request) throws RpcFault, RpcException, InterruptedException;

  /**
   * Over HTTP/1.1 and TLS.
   *
   * @param peer {@code https://host:port}
   * @return a builder
   */
  static RpcClientBuilder to(String peer) {
    return new RpcClientBuilder(peer);
  }

  /**
   * To a server in the same JVM, without a socket, on the caller's thread. Calls and answers are
   * encoded and decoded as over the wire; the budget is not looked at.
   *
   * @param server the peer
   * @param caller the address the peer sees
   * @return a client
   */
  static RpcClient inMemory(RpcServer server, InetAddress caller) {
    return new InMemoryRpcClient(server, caller);
  }
}

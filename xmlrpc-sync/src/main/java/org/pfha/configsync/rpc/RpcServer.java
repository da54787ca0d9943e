package org.pfha.configsync.rpc;

import java.net.InetAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers calls, without knowing how they arrived. Thread-safe if its methods are. */
public final class RpcServer {

  /** One method. */
  @FunctionalInterface
  public interface Method {

    /**
     * Performs a call whose credentials were accepted.
     *
     * @param caller where it came from
     * @param call the call
     * @return the result
     * @throws RpcFault to refuse it
     */
    Object perform(InetAddress caller, RpcCall call) throws RpcFault;
  }

  private final Credentials accepted;
  private final Map<String, Method> methods;

  /**
   * Makes a server.
   *
   * @param accepted the one account that may call
   * @param methods by exact name; everything else does not exist
   */
  public RpcServer(Credentials accepted, Map<String, Method> methods) {
    this.accepted = accepted;
    this.methods = Map.copyOf(methods);
  }

  /**
   * Whether a caller may call at all. Asked before a body is even read.
   *
   * @param authorization the header, null when absent
   * @return true with the right user and secret
   */
  public boolean accepts(@Nullable String authorization) {
    return accepted.matches(authorization);
  }

  /**
   * Answers one call. Never throws: what goes wrong becomes a fault.
   *
   * @param caller where it came from
   * @param authorization the header, null when absent
   * @param body the encoded call
   * @return the encoded answer
   */
  public byte[] handle(InetAddress caller, @Nullable String authorization, byte[] body) {
    try {
      if (!accepts(authorization)) {
        throw refused();
      }
      RpcCall call;
      try {
        call = XmlRpc.decodeCall(body);
      } catch (RpcFormatException e) {
        throw new RpcFault(-32700, "parse error. " + e.getMessage());
      }
      Method method = methods.get(call.method());
      if (method == null) {
        throw new RpcFault(RpcFault.UNKNOWN_METHOD, "server error. requested method not found");
      }
      return XmlRpc.encodeResult(method.perform(caller, call));
    } catch (RpcFault fault) {
      return XmlRpc.encodeFault(fault);
    } catch (RpcFormatException | RuntimeException e) {
      System.getLogger(RpcServer.class.getName())
          .log(System.Logger.Level.ERROR, "a call failed inside the server: " + e.getClass());
      return XmlRpc.encodeFault(new RpcFault(1, "internal error, see the server's log"));
    }
  }

  static RpcFault refused() {
    return new RpcFault(-1, "Authentication failed: Invalid username or password");
  }
}

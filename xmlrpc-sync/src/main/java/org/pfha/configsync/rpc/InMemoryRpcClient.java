package org.pfha.configsync.rpc;

import java.io.IOException;
import java.net.InetAddress;
import org.pfha.configsync.rpc.RpcException.Cause;
import org.pfha.configsync.rpc.RpcException.Step;

/** Hands the encoded call over. */
record InMemoryRpcClient(RpcServer server, InetAddress caller) implements RpcClient {
  @Override
  public RpcAnswer call(RpcRequest request) throws RpcFault, RpcException {
    EncodedMessage call = AnswerReader.encode(request);
    try {
      RpcReply reply = server.handle(caller, request.credentials().header(), call.open());
      EncodedMessage body = reply.body();
      if (body == null) {
        throw AnswerReader.status(reply.status());
      }
      Object value = AnswerReader.decode(body.open(), Decoding.STRICT);
      request.progress().moved(call.length(), call.length(), body.length());
      return new RpcAnswer(value, null, null, call.length(), body.length());
    } catch (RpcException e) {
      throw e;
    } catch (IOException e) {
      throw new RpcException(Cause.CONNECTION_LOST, Step.BODY, "a stream in memory failed");
    }
  }
}

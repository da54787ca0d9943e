package org.pfha.configsync.rpc;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.pfha.configsync.rpc.RpcException.Cause;
import org.pfha.configsync.rpc.RpcException.Step;
import org.pfha.configsync.rpc.RpcFormatException.Flaw;

/** What is the same for every client: the call before it goes, the answer when it is there. */
final class AnswerReader {
  private static final int PEEK = 256;

  private AnswerReader() {}

  static EncodedMessage encode(RpcRequest request) throws RpcException {
    try {
      return XmlRpc.call(request.method(), request.parameters());
    } catch (RpcFormatException e) {
      throw new RpcException(Cause.CANNOT_BE_SENT, Step.CONNECT, String.valueOf(e.getMessage()));
    }
  }

  static RpcException status(int status) {
    return new RpcException(Cause.HTTP_STATUS, Step.BODY, status, "HTTP status " + status);
  }

  /** Reads an answer, or says what else it is. */
  static Object decode(InputStream stream, Decoding decoding) throws RpcFault, IOException {
    BufferedInputStream in = new BufferedInputStream(stream, 1 << 14);
    String start = "";
    try {
      in.mark(PEEK);
      start = new String(in.readNBytes(PEEK), StandardCharsets.ISO_8859_1);
      in.reset();
      Object value = XmlRpc.decodeResponse(in, decoding);
      if (value instanceof String text && text.startsWith("Authentication failed")) {
        throw failed(Cause.AUTHENTICATION, "the peer does not accept user and secret");
      }
      return value;
    } catch (RpcFormatException e) {
      throw otherThanAnAnswer(start, e);
    }
  }

  private static RpcException failed(Cause cause, String message) {
    return new RpcException(cause, Step.BODY, message);
  }

  private static RpcException otherThanAnAnswer(String start, RpcFormatException e) {
    String text = start.toLowerCase(Locale.ROOT).strip();
    if (text.isEmpty()) {
      return failed(Cause.EMPTY, "an empty answer");
    }
    if (text.contains("<html") || text.contains("<!doctype html")) {
      return failed(Cause.HTML, "a web page instead of an answer");
    }
    if (e.flaw() == Flaw.REFUSED) {
      return failed(Cause.LIMIT, "refused: " + e.getMessage());
    }
    return e.flaw() == Flaw.NOT_XML
            && text.charAt(0) >= ' '
            && text.charAt(0) < 0x7F
            && text.charAt(0) != '<'
        ? failed(Cause.NOT_XML, "text instead of an answer")
        : failed(Cause.MALFORMED, "a malformed answer: " + e.getMessage());
  }
}

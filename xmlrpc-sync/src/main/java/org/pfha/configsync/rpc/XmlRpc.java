package org.pfha.configsync.rpc;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.xmlrpc.XmlRpcRequest;
import org.apache.xmlrpc.XmlRpcRequestConfig;
import org.apache.xmlrpc.common.XmlRpcHttpRequestConfigImpl;
import org.apache.xmlrpc.parser.XmlRpcRequestParser;
import org.apache.xmlrpc.serializer.XmlRpcWriter;
import org.pfha.configsync.config.HardenedSax;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * XML-RPC messages. Thread-safe. Source: spec sections 6 and 22.
 *
 * <p>Values are {@code String}, {@code Integer}, {@code Long}, {@code Boolean}, {@code Double},
 * {@code byte[]}, {@link DateTime}, {@link Nil}, {@code List}, and {@code Map} in wire order. The
 * encoder sends nothing a peer might not understand: no {@code nil}, no {@code i8} (a large number
 * travels as text), an empty table as an empty array. The decoder accepts what pfSense accepts,
 * within limits.
 */
public final class XmlRpc {
  /** The longest message, in bytes. */
  public static final int MAX_BYTES = 64 << 20;

  private static final XmlRpcHttpRequestConfigImpl CONFIG = new XmlRpcHttpRequestConfigImpl();
  private static final WireTypes TYPES = new WireTypes();

  private XmlRpc() {}

  /**
   * A date as it was written.
   *
   * @param text for example {@code 20261120T10:11:12}
   */
  public record DateTime(String text) {}

  /** The value of {@code <nil/>}. */
  public enum Nil {
    /** The only one. */
    NIL
  }

  /**
   * Encodes a call.
   *
   * @param method the method name
   * @param parameters values as described above
   * @return a UTF-8 document
   * @throws RpcFormatException when a value cannot be sent
   */
  public static byte[] encodeCall(String method, Object... parameters) throws RpcFormatException {
    List<Object> values = List.of(parameters);
    return encode(
        writer ->
            writer.write(
                new XmlRpcRequest() {
                  @Override
                  public XmlRpcRequestConfig getConfig() {
                    return CONFIG;
                  }

                  @Override
                  public String getMethodName() {
                    return method;
                  }

                  @Override
                  public int getParameterCount() {
                    return values.size();
                  }

                  @Override
                  public Object getParameter(int index) {
                    return values.get(index);
                  }
                }));
  }

  /**
   * Encodes a result.
   *
   * @param result a value as described above
   * @return a UTF-8 document
   * @throws RpcFormatException when the value cannot be sent
   */
  public static byte[] encodeResult(Object result) throws RpcFormatException {
    return encode(writer -> writer.write(CONFIG, result));
  }

  /**
   * Encodes a fault.
   *
   * @param fault the fault
   * @return a UTF-8 document
   */
  public static byte[] encodeFault(RpcFault fault) {
    try {
      return encode(
          writer -> writer.write(CONFIG, fault.code(), String.valueOf(fault.getMessage())));
    } catch (RpcFormatException e) {
      throw new IllegalStateException("fault texts can always be written", e);
    }
  }

  private interface Write {
    void to(XmlRpcWriter writer) throws SAXException;
  }

  private static byte[] encode(Write write) throws RpcFormatException {
    WireOutput out = new WireOutput();
    try {
      write.to(new XmlRpcWriter(CONFIG, out, TYPES));
    } catch (SAXException e) {
      throw new RpcFormatException("cannot be sent: " + e.getMessage());
    }
    return out.bytes();
  }

  /**
   * Decodes a call.
   *
   * @param body the request body
   * @return the call
   * @throws RpcFormatException when it is none
   */
  public static RpcCall decodeCall(byte[] body) throws RpcFormatException {
    XmlRpcRequestParser parser = new XmlRpcRequestParser(CONFIG, TYPES);
    decode(body, new LimitedInput(parser));
    List<?> parameters = parser.getParams() == null ? List.of() : parser.getParams();
    String method = parser.getMethodName();
    return new RpcCall(method == null ? "" : method, List.copyOf(parameters));
  }

  /**
   * Decodes an answer.
   *
   * @param body the response body
   * @return the result
   * @throws RpcFormatException when it is no answer
   * @throws RpcFault when it is a fault, of whatever shape
   */
  public static Object decodeResponse(byte[] body) throws RpcFormatException, RpcFault {
    ResponseParser parser = new ResponseParser(CONFIG, TYPES);
    decode(body, new LimitedInput(parser));
    Object value = parser.value;
    if (value == null) {
      throw new RpcFormatException("an answer without a value");
    }
    if (!parser.fault) {
      return value;
    }
    Map<?, ?> fault = value instanceof Map<?, ?> map ? map : Map.of();
    int code = 0;
    try {
      code = Integer.parseInt(String.valueOf(fault.get("faultCode")).trim());
    } catch (NumberFormatException e) {
      // Hostile or broken peers send anything; the text says what there is to say.
    }
    Object text = fault.get("faultString");
    throw new RpcFault(code, text instanceof String string ? string : "(fault without a text)");
  }

  private static void decode(byte[] body, LimitedInput input) throws RpcFormatException {
    if (body.length > MAX_BYTES) {
      throw new RpcFormatException("longer than " + MAX_BYTES + " bytes");
    }
    try {
      HardenedSax.parse(new InputSource(new ByteArrayInputStream(body)), input);
    } catch (SAXException | IOException | RuntimeException e) {
      // The Apache parsers throw unchecked exceptions at some malformed documents.
      throw new RpcFormatException("not an XML-RPC message");
    }
  }
}

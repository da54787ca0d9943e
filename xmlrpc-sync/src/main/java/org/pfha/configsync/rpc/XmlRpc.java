package org.pfha.configsync.rpc;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Map;
import org.apache.xmlrpc.XmlRpcRequest;
import org.apache.xmlrpc.XmlRpcRequestConfig;
import org.apache.xmlrpc.common.XmlRpcHttpRequestConfigImpl;
import org.apache.xmlrpc.serializer.XmlRpcWriter;
import org.pfha.configsync.config.HardenedSax;
import org.pfha.configsync.rpc.RpcFormatException.Flaw;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * XML-RPC messages. Thread-safe. Source: spec sections 6 and 22.
 *
 * <p>Values are {@code String}, {@code Integer}, {@code Long}, {@code Boolean}, {@code Double},
 * {@code byte[]}, {@link DateTime}, {@link Nil}, {@code List}, and {@code Map} in wire order. The
 * encoder sends nothing a peer might not understand: no {@code nil}, no {@code i8} (a large number
 * travels as text), no exponents, an empty table as an empty array. The decoder accepts what {@link
 * Decoding} says, within limits: 64 values deep, 5,000,000 values, 16 parameters, names of 256
 * characters, texts of 16 Mi characters, integers of 20 digits.
 */
public final class XmlRpc {
  /** The longest message unless told otherwise, in bytes. */
  public static final int MAX_BYTES = 64 << 20;

  private static final XmlRpcHttpRequestConfigImpl CONFIG = new XmlRpcHttpRequestConfigImpl();

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
  public static EncodedMessage call(String method, List<?> parameters) throws RpcFormatException {
    XmlRpcRequest request =
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
            return parameters.size();
          }

          @Override
          public Object getParameter(int index) {
            return parameters.get(index);
          }
        };
    return encode(writer -> writer.write(request));
  }

  /**
   * Encodes a call in one piece.
   *
   * @param method the method name
   * @param parameters values as described above
   * @return a UTF-8 document
   * @throws RpcFormatException when a value cannot be sent
   */
  public static byte[] encodeCall(String method, Object... parameters) throws RpcFormatException {
    return call(method, List.of(parameters)).toByteArray();
  }

  /**
   * Encodes a result.
   *
   * @param result a value as described above
   * @return a UTF-8 document
   * @throws RpcFormatException when the value cannot be sent
   */
  public static EncodedMessage result(Object result) throws RpcFormatException {
    return encode(writer -> writer.write(CONFIG, result));
  }

  /**
   * Encodes a fault.
   *
   * @param fault the fault
   * @return a UTF-8 document
   */
  public static EncodedMessage fault(RpcFault fault) {
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

  private static EncodedMessage encode(Write write) throws RpcFormatException {
    WireOutput out = new WireOutput();
    try {
      write.to(new XmlRpcWriter(CONFIG, out, new WireTypes(Decoding.STRICT)));
    } catch (SAXException e) {
      throw new RpcFormatException(Flaw.BAD_VALUE, "cannot be sent: " + e.getMessage());
    }
    return out.message();
  }

  /**
   * Decodes a call of any length.
   *
   * @param body the request body, read to its end or to its first flaw, not closed
   * @param decoding how much to forgive
   * @return the call
   * @throws RpcFormatException when it is none
   * @throws IOException from the stream
   */
  public static RpcCall decodeCall(InputStream body, Decoding decoding) throws IOException {
    CallParser parser = new CallParser(CONFIG, new WireTypes(decoding));
    decode(body, new LimitedInput(parser));
    return parser.call();
  }

  /**
   * Decodes a call.
   *
   * @param body the request body
   * @param decoding how much to forgive
   * @return the call
   * @throws RpcFormatException when it is none
   */
  public static RpcCall decodeCall(byte[] body, Decoding decoding) throws RpcFormatException {
    try {
      return decodeCall(bounded(body), decoding);
    } catch (RpcFormatException e) {
      throw e;
    } catch (IOException e) {
      throw new IllegalStateException("an array cannot fail", e);
    }
  }

  /**
   * Decodes a call strictly.
   *
   * @param body the request body
   * @return the call
   * @throws RpcFormatException when it is none
   */
  public static RpcCall decodeCall(byte[] body) throws RpcFormatException {
    return decodeCall(body, Decoding.STRICT);
  }

  /**
   * Decodes an answer of any length.
   *
   * @param body the response body, read to its end or to its first flaw, not closed
   * @param decoding how much to forgive
   * @return the result
   * @throws RpcFormatException when it is no answer
   * @throws RpcFault when it is a fault, of whatever shape
   * @throws IOException from the stream
   */
  public static Object decodeResponse(InputStream body, Decoding decoding)
      throws IOException, RpcFault {
    ResponseParser parser = new ResponseParser(CONFIG, new WireTypes(decoding));
    decode(body, new LimitedInput(parser));
    Object value = parser.value();
    if (parser.fault()) {
      throw fault(value instanceof Map<?, ?> map ? map : Map.of());
    }
    if (value == null) {
      throw new RpcFormatException(Flaw.NOT_A_MESSAGE, "an answer without a value");
    }
    return value;
  }

  /**
   * Decodes an answer strictly.
   *
   * @param body the response body
   * @return the result
   * @throws RpcFormatException when it is no answer
   * @throws RpcFault when it is a fault, of whatever shape
   */
  public static Object decodeResponse(byte[] body) throws RpcFormatException, RpcFault {
    try {
      return decodeResponse(bounded(body), Decoding.STRICT);
    } catch (RpcFormatException e) {
      throw e;
    } catch (IOException e) {
      throw new IllegalStateException("an array cannot fail", e);
    }
  }

  private static InputStream bounded(byte[] body) throws RpcFormatException {
    if (body.length > MAX_BYTES) {
      throw new RpcFormatException(Flaw.REFUSED, "longer than " + MAX_BYTES + " bytes");
    }
    return new ByteArrayInputStream(body);
  }

  /** Only these two members are ever looked at. */
  private static RpcFault fault(Map<?, ?> members) {
    int code = 0;
    try {
      code = Integer.parseInt(String.valueOf(members.get("faultCode")).trim());
    } catch (NumberFormatException e) {
      // Hostile or broken peers send anything; the text says what there is to say.
    }
    Object text = members.get("faultString");
    return new RpcFault(code, text instanceof String string ? string : "(fault without a text)");
  }

  private static void decode(InputStream body, LimitedInput input) throws IOException {
    try {
      HardenedSax.parse(new InputSource(input.paced(XmlText.open(body))), input);
    } catch (BadMessage e) {
      throw new RpcFormatException(e.flaw(), String.valueOf(e.getMessage()));
    } catch (CharacterCodingException e) {
      throw new RpcFormatException(Flaw.NOT_XML, "not UTF-8");
    } catch (SAXException e) {
      throw new RpcFormatException(Flaw.BAD_VALUE, "a type or an element that XML-RPC has not");
    } catch (RuntimeException e) {
      // The Apache parsers throw unchecked exceptions at some malformed documents.
      throw new RpcFormatException(Flaw.NOT_A_MESSAGE, "not an XML-RPC message");
    }
  }
}

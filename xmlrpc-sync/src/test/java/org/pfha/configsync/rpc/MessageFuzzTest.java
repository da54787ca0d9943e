package org.pfha.configsync.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever bytes arrive, readers answer with a value or with their own exception. */
class MessageFuzzTest {

  @FuzzTest(maxDuration = "60s")
  void decodeCall(byte[] body) {
    for (Decoding decoding : Decoding.values()) {
      try {
        RpcCall call = XmlRpc.decodeCall(body, decoding);
        assertThat(call.parameters()).hasSizeLessThanOrEqualTo(body.length);
        writtenAndReadAgain(call);
      } catch (RpcFormatException e) {
        assertThat(e.flaw()).isNotNull();
      }
    }
  }

  /** What was read strictly can be written, unless it is nothing, and reads the same. */
  private static void writtenAndReadAgain(RpcCall call) throws RpcFormatException {
    String read = Wire.canonical(call.parameters());
    EncodedMessage written;
    try {
      written = XmlRpc.call("m", call.parameters());
    } catch (RpcFormatException e) {
      assertThat(read).containsAnyOf("nil", "Infinity");
      return;
    }
    String again =
        Wire.canonical(
            XmlRpc.decodeCall(written.toByteArray(), Decoding.LIKE_PFSENSE).parameters());
    assertThat(loosely(again)).isEqualTo(loosely(read));
  }

  /** Large numbers travel as text, doubles without exponent, and -0.0 as 0.0. */
  private static String loosely(String canonical) {
    return canonical
        .replaceAll("(int|string) (-?\\d{10,})", "number $2")
        .replaceAll("double \\S*?;", "double;");
  }

  @FuzzTest(maxDuration = "60s")
  void decodeResponse(byte[] body) throws Exception {
    for (Decoding decoding : Decoding.values()) {
      try {
        Object value = XmlRpc.decodeResponse(new java.io.ByteArrayInputStream(body), decoding);
        assertThat(value).isNotNull();
      } catch (RpcFault fault) {
        assertThat(fault.getMessage()).hasSizeLessThanOrEqualTo(2 * 4096);
        assertThat(fault.getMessage()).doesNotContainPattern("\\p{Cntrl}");
      } catch (RpcFormatException e) {
        assertThat(e.flaw()).isNotNull();
      }
    }
  }
}

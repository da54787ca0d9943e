package org.pfha.configsync.dialect;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Text;
import org.pfha.configsync.config.ConfigXml;
import org.pfha.configsync.rpc.RpcFault;

/**
 * The bytes of a section, as a tree and on the wire: readable where they are text that XML carries
 * unchanged, else base64. The same bytes always look the same.
 */
final class SectionContent {
  static final String TEXT = "text";
  static final String BASE64 = "base64";

  private SectionContent() {}

  static Fields node(byte[] content) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
      if (text.indexOf('\r') < 0 && ConfigXml.isXml(text)) {
        return Fields.NONE.with(TEXT, new Text(text));
      }
    } catch (CharacterCodingException e) {
      return binary(content);
    }
    return binary(content);
  }

  private static Fields binary(byte[] content) {
    return Fields.NONE.with(BASE64, new Text(Base64.getEncoder().encodeToString(content)));
  }

  static byte[] bytes(ConfigNode node) {
    ConfigNode text = node.fields().get(TEXT);
    return text != null
        ? text.text().getBytes(StandardCharsets.UTF_8)
        : Base64.getDecoder().decode(node.fields().at(BASE64).text());
  }

  static String digest(ConfigNode node) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes(node)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static Object toWire(ConfigNode node) {
    if (node.isEmptyTable()) {
      return List.of();
    }
    ConfigNode text = node.fields().get(TEXT);
    return text != null ? text.text() : bytes(node);
  }

  static ConfigNode fromWire(Object value) throws RpcFault {
    if (value instanceof List<?> list && list.isEmpty()) {
      return Fields.NONE;
    }
    byte[] content;
    if (value instanceof String text) {
      content = text.getBytes(StandardCharsets.UTF_8);
    } else if (value instanceof byte[] bytes) {
      content = bytes;
    } else {
      throw WireTree.refused("a section that is neither text nor bytes");
    }
    if (content.length > Sections.MAX_SECTION) {
      throw WireTree.refused("a section of more than " + Sections.MAX_SECTION + " bytes");
    }
    return node(content);
  }
}

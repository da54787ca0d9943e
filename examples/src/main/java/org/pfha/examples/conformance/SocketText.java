package org.pfha.examples.conformance;

import java.util.Map;
import java.util.TreeMap;
import org.pfha.net.sys.BpfRecord;
import org.pfha.net.sys.BsdSocketAddress;

/** Structures of sockets in the notation of the golden structures. */
final class SocketText {

  private SocketText() {}

  static Map<String, Object> of(BsdSocketAddress address) {
    Map<String, Object> text = new TreeMap<>();
    if (address instanceof BsdSocketAddress.Inet inet) {
      text.put("addr", PfStructText.text(inet.address()));
      text.put("port", String.valueOf(inet.port()));
    } else if (address instanceof BsdSocketAddress.Inet6 inet) {
      text.put("addr", PfStructText.text(inet.address()));
      text.put("port", String.valueOf(inet.port()));
      text.put("flowinfo", Integer.toUnsignedString(inet.flow()));
      text.put("scopeId", Integer.toUnsignedString(inet.scope()));
    } else if (address instanceof BsdSocketAddress.Link link) {
      text.put("name", link.name());
      text.put("mac", link.mac().toString());
      text.put("index", String.valueOf(link.index()));
      text.put("type", String.valueOf(link.type()));
    }
    return text;
  }

  static Map<String, Object> of(BpfRecord record) {
    Map<String, Object> text = new TreeMap<>();
    text.put("sec", String.valueOf(record.seconds()));
    text.put("usec", String.valueOf(record.microseconds()));
    text.put("caplen", String.valueOf(record.captured()));
    text.put("datalen", String.valueOf(record.length()));
    text.put("hdrlen", String.valueOf(record.header()));
    return text;
  }
}

package org.pfha.examples.conformance;

import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.pfha.carp.kernel.CarpRequest;
import org.pfha.net.sys.BpfRecord;
import org.pfha.net.sys.BsdSocketAddress;
import org.pfha.pf.device.PfsyncRequest;

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

  static Map<String, Object> of(CarpRequest request) {
    Map<String, Object> text = new TreeMap<>();
    text.put("count", String.valueOf(request.count()));
    text.put("vhid", String.valueOf(request.vhid()));
    text.put("state", String.valueOf(request.state()));
    text.put("advskew", String.valueOf(request.advskew()));
    text.put("advbase", String.valueOf(request.advbase()));
    text.put("key", HexFormat.of().formatHex(request.key()));
    return text;
  }

  static Map<String, Object> of(PfsyncRequest request) {
    Map<String, Object> text = new TreeMap<>();
    text.put("syncdev", request.syncdev());
    text.put("syncpeer", PfStructText.text(request.syncpeer()));
    text.put("maxupdates", String.valueOf(request.maxUpdates()));
    text.put("defer", String.valueOf(request.defer()));
    return text;
  }
}

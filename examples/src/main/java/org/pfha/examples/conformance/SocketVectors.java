package org.pfha.examples.conformance;

import com.google.common.net.InetAddresses;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pfha.net.MacAddress;
import org.pfha.net.sys.BpfRecord;
import org.pfha.net.sys.BsdSocketAddress;
import org.pfha.net.sys.NetlinkAttribute;
import org.pfha.net.sys.NetlinkMessage;

/**
 * Layouts of sockets: the library writes structures whose fields all differ, and each field is
 * found where the table says it is.
 */
final class SocketVectors {

  private static final Map<String, Integer> CONSTANTS =
      Map.of(
          "AF_INET", BsdSocketAddress.AF_INET,
          "AF_INET6", BsdSocketAddress.AF_INET6,
          "AF_LINK", BsdSocketAddress.AF_LINK);

  /** A structure and what stands in its fields, as numbers of this machine or of the network. */
  private record Probe(ByteBuffer bytes, Map<String, Long> fields) {}

  private static final Map<String, Probe> PROBES = probes();

  private SocketVectors() {}

  static void constants(String name, List<Map<String, String>> rows, Report report) {
    for (Map<String, String> row : rows) {
      Integer ours = CONSTANTS.get(row.get("name"));
      if (ours != null) {
        report.check(
            name + "#" + row.get("name"), String.valueOf(row.get("freebsd")), ours.toString());
      }
    }
  }

  static void layouts(String name, List<Map<String, String>> rows, Report report) {
    Map<String, Map<String, String>> expected = new TreeMap<>();
    Map<String, Map<String, String>> actual = new TreeMap<>();
    for (Map<String, String> row : rows) {
      String struct = String.valueOf(row.get("struct"));
      String field = String.valueOf(row.get("field"));
      Probe probe = PROBES.get(struct);
      Long value = probe == null ? null : probe.fields.get(field);
      if (probe == null || value == null) {
        continue;
      }
      int at = Integer.parseInt(String.valueOf(row.get("offset")));
      int size = Integer.parseInt(String.valueOf(row.get("size")));
      expected.computeIfAbsent(struct, key -> new TreeMap<>()).put(field, value.toString());
      actual
          .computeIfAbsent(struct, key -> new TreeMap<>())
          .put(field, String.valueOf(read(probe.bytes, at, size)));
    }
    expected.forEach(
        (struct, fields) ->
            report.check(name + "#" + struct, fields, actual.getOrDefault(struct, Map.of())));
  }

  private static long read(ByteBuffer bytes, int at, int size) {
    if (at + size > bytes.capacity()) {
      return -1;
    }
    return switch (size) {
      case 1 -> bytes.get(at) & 0xff;
      case 2 -> bytes.getShort(at) & 0xffff;
      case 4 -> bytes.getInt(at) & 0xffff_ffffL;
      default -> bytes.getLong(at);
    };
  }

  private static Map<String, Probe> probes() {
    Map<String, Probe> probes = new TreeMap<>();
    NetlinkAttribute attribute = new NetlinkAttribute(0x123, new byte[4]);
    NetlinkMessage message =
        NetlinkMessage.generic(0x1234, 0x0567, 0x89ab_cdef, 0x21, 0x43, List.of(attribute));
    byte[] bytes = message.toBytes();
    probes.put(
        "nlmsghdr",
        probe(
            bytes,
            0,
            Map.of(
                "nlmsg_len", 28L,
                "nlmsg_type", 0x1234L,
                "nlmsg_flags", 0x0567L,
                "nlmsg_seq", 0x89ab_cdefL,
                "nlmsg_pid", 0L)));
    probes.put("genlmsghdr", probe(bytes, 16, Map.of("cmd", 0x21L, "version", 0x43L)));
    probes.put("nlattr", probe(bytes, 20, Map.of("nla_len", 8L, "nla_type", 0x123L)));
    probes.put(
        "sockaddr_in",
        probe(
            new BsdSocketAddress.Inet((Inet4Address) InetAddresses.forString("1.2.3.4"), 0x1234)
                .toBytes(),
            0,
            Map.of(
                "sin_len",
                16L,
                "sin_family",
                2L,
                "sin_port",
                network(0x1234, 2),
                "sin_addr",
                network(0x0102_0304, 4))));
    probes.put(
        "sockaddr_in6",
        probe(
            new BsdSocketAddress.Inet6(
                    (Inet6Address) InetAddresses.forString("2001:db8::1"), 0x1234, 0x5678, 0x9abc)
                .toBytes(),
            0,
            Map.of(
                "sin6_len", 28L,
                "sin6_family", 28L,
                "sin6_port", network(0x1234, 2),
                "sin6_flowinfo", network(0x5678, 4),
                "sin6_scope_id", 0x9abcL)));
    probes.put(
        "sockaddr_dl",
        probe(
            new BsdSocketAddress.Link("em0", new MacAddress(1), 0x1234, 6).toBytes(),
            0,
            Map.of(
                "sdl_len", 54L,
                "sdl_family", 18L,
                "sdl_index", 0x1234L,
                "sdl_type", 6L,
                "sdl_nlen", 3L,
                "sdl_alen", 6L)));
    probes.put(
        "bpf_hdr",
        probe(
            new BpfRecord(0x1234_5678_9abcL, 0x5678, 0x4321, 0x8765, 26).toBytes(),
            0,
            Map.of("bh_caplen", 0x4321L, "bh_datalen", 0x8765L, "bh_hdrlen", 26L)));
    return probes;
  }

  private static Probe probe(byte[] bytes, int at, Map<String, Long> fields) {
    ByteBuffer slice =
        ByteBuffer.wrap(bytes, at, bytes.length - at).slice().order(ByteOrder.nativeOrder());
    return new Probe(slice, fields);
  }

  /** What this machine reads where the network's number stands. */
  private static long network(int value, int size) {
    if (ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN) {
      return value;
    }
    return size == 2
        ? Short.reverseBytes((short) value) & 0xffffL
        : Integer.reverseBytes(value) & 0xffff_ffffL;
  }
}

package org.pfha.pf.device;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pfha.pf.StateKey;

/**
 * What pf says of itself (spec pf-ioctl 5.2, 7.1). Immutable.
 *
 * @param running whether the filter is enabled
 * @param since wall-clock second of the last change of that
 * @param debug 0 none, 1 urgent, 2 misc, 3 noisy
 * @param hostId what this host puts into the states it creates, as a number read big-endian
 * @param states how many there are
 * @param sourceNodes how many there are
 * @param reassembly bit 0 fragments are reassembled, bit 1 regardless of don't-fragment; from
 *     release 14
 * @param syncookiesActive whether SYN cookies are being sent; from 13.1
 * @param halfOpenStates TCP states that wait for the handshake's end; from 13.1
 * @param ifname interface of which packets and bytes are counted, or empty
 * @param checksum MD5 of the ruleset, 32 hex digits
 * @param reasons dropped packets by reason, in the kernel's order
 * @param limits how often a limit was hit, in the kernel's order
 * @param stateCounters {@code searches}, {@code inserts}, {@code removals}
 * @param sourceNodeCounters the same of source nodes
 * @param packets 8 counts: [IPv4, IPv6][in, out][passed, blocked]
 * @param bytes 4 counts: [IPv4, IPv6][in, out]
 */
public record PfStatus(
    boolean running,
    long since,
    long debug,
    int hostId,
    long states,
    long sourceNodes,
    long reassembly,
    boolean syncookiesActive,
    long halfOpenStates,
    String ifname,
    String checksum,
    Map<String, Long> reasons,
    Map<String, Long> limits,
    Map<String, Long> stateCounters,
    Map<String, Long> sourceNodeCounters,
    List<Long> packets,
    List<Long> bytes) {

  private static final HexFormat HEX = HexFormat.of();
  private static final int CHECKSUM = 16;
  private static final int PACKETS = 8;
  private static final int BYTES = 4;

  /** The structure counts a third, unused verdict per direction. */
  private static final int VERDICTS = 3;

  /** The counters that the structure has; an nvlist may have more of each. */
  static final List<String> REASONS =
      List.of(
          "match",
          "bad-offset",
          "fragment",
          "short",
          "normalize",
          "memory",
          "bad-timestamp",
          "congestion",
          "ip-option",
          "proto-cksum",
          "state-mismatch",
          "state-insert",
          "state-limit",
          "src-limit",
          "synproxy",
          "map-failed");

  static final List<String> LIMITS =
      List.of(
          "max states per rule",
          "max-src-states",
          "max-src-nodes",
          "max-src-conn",
          "max-src-conn-rate",
          "overload table insertion",
          "overload flush states");

  static final List<String> LOOKUPS = List.of("searches", "inserts", "removals");

  /** Copies maps and lists; lists that are too short are filled up with zeros. */
  public PfStatus {
    reasons = Collections.unmodifiableMap(new LinkedHashMap<>(reasons));
    limits = Collections.unmodifiableMap(new LinkedHashMap<>(limits));
    stateCounters = Collections.unmodifiableMap(new LinkedHashMap<>(stateCounters));
    sourceNodeCounters = Collections.unmodifiableMap(new LinkedHashMap<>(sourceNodeCounters));
    packets = filled(packets, PACKETS);
    bytes = filled(bytes, BYTES);
  }

  private static List<Long> filled(List<Long> counts, int size) {
    List<Long> all = new ArrayList<>(counts);
    while (all.size() < size) {
      all.add(0L);
    }
    return List.copyOf(all);
  }

  /**
   * Packets of the status interface.
   *
   * @param family {@link StateKey#INET} or {@link StateKey#INET6}
   * @param outbound the direction
   * @param blocked the verdict
   * @return a count, unsigned
   */
  public long packets(int family, boolean outbound, boolean blocked) {
    return packets.get(index(family, outbound) * 2 + (blocked ? 1 : 0));
  }

  /**
   * Bytes of the status interface.
   *
   * @param family {@link StateKey#INET} or {@link StateKey#INET6}
   * @param outbound the direction
   * @return a count, unsigned
   */
  public long bytes(int family, boolean outbound) {
    return bytes.get(index(family, outbound));
  }

  private static int index(int family, boolean outbound) {
    return (family == StateKey.INET ? 0 : 2) + (outbound ? 1 : 0);
  }

  /**
   * Reads the structure {@code pf_status} of releases 13 and 14.
   *
   * @param structure 416 bytes in the order of this machine
   * @return the status
   */
  public static PfStatus ofBytes(byte[] structure) {
    ByteBuffer in = Struct.wrap(structure);
    byte[] checksum = new byte[CHECKSUM];
    in.get(Layouts.STATUS_CHKSUM, checksum);
    Long[] packets = new Long[PACKETS];
    for (int i = 0; i < PACKETS; i++) {
      packets[i] = in.getLong(packetsAt(i));
    }
    return new PfStatus(
        in.getInt(Layouts.STATUS_RUNNING) != 0,
        Struct.u32(in, Layouts.STATUS_SINCE),
        Struct.u32(in, Layouts.STATUS_DEBUG),
        Struct.netInt(in, Layouts.STATUS_HOSTID),
        Struct.u32(in, Layouts.STATUS_STATES),
        Struct.u32(in, Layouts.STATUS_SRC_NODES),
        0,
        false,
        0,
        Struct.string(in, Layouts.STATUS_IFNAME, Layouts.IFNAME),
        HEX.formatHex(checksum),
        counters(in, Layouts.STATUS_COUNTERS, REASONS),
        counters(in, Layouts.STATUS_LCOUNTERS, LIMITS),
        counters(in, Layouts.STATUS_FCOUNTERS, LOOKUPS),
        counters(in, Layouts.STATUS_SCOUNTERS, LOOKUPS),
        List.of(packets),
        Arrays.stream(Struct.longs(in, Layouts.STATUS_BCOUNTERS, BYTES)).boxed().toList());
  }

  /**
   * The structure {@code pf_status} of releases 13 and 14, as far as it has a place for this.
   *
   * @return 416 bytes in the order of this machine
   */
  public byte[] toBytes() {
    byte[] structure = new byte[Layouts.PF_STATUS.size()];
    ByteBuffer out = Struct.wrap(structure);
    out.putInt(Layouts.STATUS_RUNNING, running ? 1 : 0);
    out.putInt(Layouts.STATUS_SINCE, (int) since);
    out.putInt(Layouts.STATUS_DEBUG, (int) debug);
    Struct.putNetInt(out, Layouts.STATUS_HOSTID, hostId);
    out.putInt(Layouts.STATUS_STATES, (int) states);
    out.putInt(Layouts.STATUS_SRC_NODES, (int) sourceNodes);
    Struct.putString(out, Layouts.STATUS_IFNAME, ifname);
    out.put(Layouts.STATUS_CHKSUM, HEX.parseHex(checksum));
    putCounters(out, Layouts.STATUS_COUNTERS, REASONS, reasons);
    putCounters(out, Layouts.STATUS_LCOUNTERS, LIMITS, limits);
    putCounters(out, Layouts.STATUS_FCOUNTERS, LOOKUPS, stateCounters);
    putCounters(out, Layouts.STATUS_SCOUNTERS, LOOKUPS, sourceNodeCounters);
    for (int i = 0; i < PACKETS; i++) {
      out.putLong(packetsAt(i), packets.get(i));
    }
    for (int i = 0; i < BYTES; i++) {
      out.putLong(Layouts.STATUS_BCOUNTERS + 8 * i, bytes.get(i));
    }
    return structure;
  }

  private static int packetsAt(int index) {
    return Layouts.STATUS_PCOUNTERS + 8 * (index / 2 * VERDICTS + index % 2);
  }

  private static Map<String, Long> counters(ByteBuffer in, int at, List<String> names) {
    Map<String, Long> counters = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      counters.put(names.get(i), in.getLong(at + 8 * i));
    }
    return counters;
  }

  private static void putCounters(
      ByteBuffer out, int at, List<String> names, Map<String, Long> counters) {
    for (int i = 0; i < names.size(); i++) {
      out.putLong(at + 8 * i, counters.getOrDefault(names.get(i), 0L));
    }
  }

  /**
   * Reads the answer to DIOCGETSTATUSNV. Every key may be missing; unknown ones do not matter.
   *
   * @param list the answer
   * @return the status
   */
  public static PfStatus ofNv(NvList list) {
    return new PfStatus(
        list.bool("running").orElse(false),
        list.number("since").orElse(0),
        list.number("debug").orElse(0),
        (int) Struct.rawWord((int) list.number("hostid").orElse(0)),
        list.number("states").orElse(0),
        list.number("src_nodes").orElse(0),
        list.number("reass").orElse(0),
        list.bool("syncookies_active").orElse(false),
        list.number("halfopen_states").orElse(0),
        list.text("ifname").orElse(""),
        HEX.formatHex(list.binary("chksum").orElse(new byte[CHECKSUM])),
        counters(list, "counters"),
        counters(list, "lcounters"),
        counters(list, "fcounters"),
        counters(list, "scounters"),
        Arrays.stream(list.numbers("pcounters")).boxed().toList(),
        Arrays.stream(list.numbers("bcounters")).boxed().toList());
  }

  private static Map<String, Long> counters(NvList list, String key) {
    Map<String, Long> counters = new LinkedHashMap<>();
    list.list(key)
        .ifPresent(
            nested -> {
              List<String> names = nested.texts("names");
              long[] counts = nested.numbers("counters");
              for (int i = 0; i < Math.min(names.size(), counts.length); i++) {
                counters.put(names.get(i), counts[i]);
              }
            });
    return counters;
  }
}

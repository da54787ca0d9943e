package org.pfha.examples.conformance;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.pfha.carp.kernel.CarpRequest;
import org.pfha.net.sys.BpfRecord;
import org.pfha.net.sys.BsdSocketAddress;
import org.pfha.pf.PfState;
import org.pfha.pf.device.AddressStatistics;
import org.pfha.pf.device.KillFilter;
import org.pfha.pf.device.PfInterface;
import org.pfha.pf.device.PfStatus;
import org.pfha.pf.device.PfTable;
import org.pfha.pf.device.PfsyncRequest;
import org.pfha.pf.device.StateRecord;
import org.pfha.pf.device.TableAddress;
import org.pfha.pf.device.TableStatistics;
import org.pfha.pf.device.Translation;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.PfsyncWriter;
import org.pfha.pfsync.wire.StateFormat;
import org.pfha.pfsync.wire.StateView;

/** Structures that C programs filled: decoded as they say, and encoded to the same bytes. */
final class PfStructVectors {

  private static final HexFormat HEX = HexFormat.of();
  private static final String FORMAT = "pf-structs-1";
  private static final int KILLED = 216;
  private static final int WIRE_HEADERS = 20 + 4;
  private static final int CHECKSUM = 16;

  /** What a structure says, and the bytes that the library makes of that. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Read(Map<String, Object> value, byte[] again) {}

  private PfStructVectors() {}

  static boolean isStructs(Json file) {
    return file.has("format") && file.get("format").toString().equals(FORMAT);
  }

  static void run(String name, Json file, Report report) {
    int number = 0;
    for (Json vector : file.get("records").items()) {
      String struct = vector.get("struct").text();
      String id = "%s#%d %s of %s".formatted(name, number++, struct, vector.get("freebsd"));
      try {
        byte[] bytes = HEX.parseHex(vector.get("hex").text());
        Read read = read(struct, bytes);
        report.check(
            id,
            PfStructText.plain(vector.get("value")) + " " + HEX.formatHex(bytes),
            read.value + " " + HEX.formatHex(read.again));
      } catch (RuntimeException e) {
        report.failed(id, "a structure", e.toString());
      }
    }
  }

  private static Read read(String struct, byte[] bytes) {
    return switch (struct) {
      case "pfsync_state", "pfsync_state_1301", "pfioc_state" -> record(StateRecord.PACKED, bytes);
      case "pfsync_state_1400" -> wireState(bytes);
      case "pf_state_export" -> record(StateRecord.EXPORT, bytes);
      case "pf_status" -> {
        PfStatus status = PfStatus.ofBytes(bytes);
        yield new Read(PfStructText.status(status), status.toBytes());
      }
      case "pfr_addr" -> {
        TableAddress address = TableAddress.ofBytes(bytes);
        yield new Read(PfStructText.address(address), address.toBytes());
      }
      case "pfr_table" -> {
        PfTable table = PfTable.ofBytes(bytes);
        yield new Read(PfStructText.table(table), table.toBytes());
      }
      case "pfr_astats" -> {
        AddressStatistics statistics = AddressStatistics.ofBytes(bytes);
        yield new Read(PfStructText.addressStatistics(statistics), statistics.toBytes());
      }
      case "pfr_tstats" -> {
        TableStatistics statistics = TableStatistics.ofBytes(bytes);
        yield new Read(PfStructText.tableStatistics(statistics), statistics.toBytes());
      }
      case "pfi_kif" -> {
        PfInterface kif = PfInterface.ofBytes(bytes);
        yield new Read(PfStructText.networkInterface(kif), kif.toBytes());
      }
      case "pfioc_natlook" -> {
        Translation look = Translation.ofBytes(bytes);
        yield new Read(PfStructText.translation(look), look.toBytes());
      }
      case "pfioc_state_kill" -> kill(bytes);
      case "sockaddr_in", "sockaddr_in6", "sockaddr_dl" -> {
        BsdSocketAddress address = BsdSocketAddress.ofBytes(bytes);
        yield new Read(SocketText.of(address), address.toBytes());
      }
      case "bpf_hdr" -> {
        BpfRecord header = BpfRecord.ofBytes(bytes);
        yield new Read(SocketText.of(header), Arrays.copyOf(header.toBytes(), bytes.length));
      }
      case "carpreq" -> {
        CarpRequest request = CarpRequest.ofBytes(bytes);
        yield new Read(SocketText.of(request), request.toBytes());
      }
      case "pfsyncreq" -> {
        PfsyncRequest request = PfsyncRequest.ofBytes(bytes);
        yield new Read(SocketText.of(request), request.toBytes());
      }
      default -> throw new IllegalArgumentException("the library does not know " + struct);
    };
  }

  private static Read record(StateRecord record, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    PfState state = record.decode(in, 0);
    if (state == null) {
      throw new IllegalArgumentException("of no known address family or direction");
    }
    byte[] again = new byte[record.size()];
    long version = record.version(in, 0);
    record.encode(state, ByteBuffer.wrap(again), 0, version);
    record.putUpdates(ByteBuffer.wrap(again), 0, record.updates(in, 0));
    Map<String, Object> value = PfStructText.state(state);
    if (record == StateRecord.PACKED) {
      value.put("updates", String.valueOf(record.updates(in, 0)));
    } else {
      value.put("version", String.valueOf(version));
      value.put("origIfname", state.originalIfname());
      if (version >= StateRecord.VERSION_14) {
        value.putAll(PfStructText.options(state));
      }
    }
    return new Read(value, again);
  }

  /** The record of pfsync's messages, behind a packet's and a section's header. */
  private static Read wireState(byte[] bytes) {
    PfState state = new StateView(StateFormat.V1400).wrap(bytes, 0).state();
    byte[] packet = new byte[WIRE_HEADERS + bytes.length + WIRE_HEADERS];
    PfsyncWriter writer =
        new PfsyncWriter(StateFormat.V1400)
            .begin(packet, 0, packet.length, new byte[CHECKSUM])
            .state(Action.INS_1400, state);
    if (writer.end() < WIRE_HEADERS + bytes.length) {
      throw new IllegalArgumentException("the state does not fit into its record");
    }
    Map<String, Object> value = PfStructText.state(state);
    value.putAll(PfStructText.options(state));
    return new Read(value, Arrays.copyOfRange(packet, WIRE_HEADERS, WIRE_HEADERS + bytes.length));
  }

  /** The count is the kernel's answer and no part of a filter. */
  private static Read kill(byte[] bytes) {
    KillFilter filter = KillFilter.ofBytes(bytes);
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    byte[] again = filter.toBytes();
    System.arraycopy(bytes, KILLED, again, KILLED, Integer.BYTES);
    return new Read(PfStructText.kill(filter, in.getInt(KILLED)), again);
  }
}

package org.pfha.examples.conformance;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pfha.pf.PfState;
import org.pfha.pf.device.Danger;
import org.pfha.pf.device.KernelLayout;
import org.pfha.pf.device.KillFilter;
import org.pfha.pf.device.PfDevice;
import org.pfha.pf.device.PfException;
import org.pfha.pf.device.PfLimit;
import org.pfha.pf.device.PfModuleException;
import org.pfha.pf.device.PfPrivilegeException;
import org.pfha.pf.device.PfRequest;
import org.pfha.pf.device.PfRules;
import org.pfha.pf.device.PfStatus;
import org.pfha.pf.device.PfTimeout;
import org.pfha.pf.device.PfUnsupportedException;
import org.pfha.pf.device.StateRecord;
import org.pfha.pf.device.Translation;

/**
 * Calls of {@code /dev/pf} recorded on a running kernel: the device makes the same request and
 * makes the same of the answer.
 */
final class PfIoctlVectors {

  private static final HexFormat HEX = HexFormat.of();

  /** What a set request reads first. */
  private static final Map<Long, byte[]> READS =
      Map.of(
          PfRequest.DIOCGETLIMIT.word(), new byte[0],
          PfRequest.DIOCGETTIMEOUT.word(), new byte[0]);

  private static final Map<String, String> KILL_FIELDS =
      Map.of(
          "id", "psk_pfcmp.id",
          "creatorid", "psk_pfcmp.creatorid",
          "af", "psk_af",
          "proto", "psk_proto",
          "ifname", "psk_ifname",
          "label", "psk_label",
          "killed", "psk_killed");

  private interface Operation {
    /** Returns what the device makes of the answer. */
    String run(PfDevice device) throws PfException;
  }

  private PfIoctlVectors() {}

  static boolean isIoctls(Json file) {
    return file.has("calls") && file.has("codes");
  }

  static void run(String name, Json file, Report report) {
    int osreldate = file.get("kernel").get("osreldate").integer();
    file.get("codes").fields().forEach((code, word) -> code(name, code, word.text(), report));
    file.get("sizes").fields().forEach((struct, size) -> size(name, struct, size, report));
    if (file.has("kill_offsets")) {
      killOffsets(name, file.get("kill_offsets"), report);
    }
    int number = 0;
    for (Json call : file.get("calls").items()) {
      String id = "%s#%d %s".formatted(name, number++, call.get("name").text());
      try {
        if (call.get("fd").text().equals("pf")) {
          pf(id, call, osreldate, report);
        } else {
          SocketIoctlVectors.run(id, call, osreldate, report);
        }
      } catch (RuntimeException e) {
        report.failed(id, "an answer", e.toString());
      }
    }
  }

  private static void code(String name, String code, String word, Report report) {
    Arrays.stream(PfRequest.values())
        .filter(request -> request.name().equals(code))
        .forEach(
            request ->
                report.check(
                    name + "#codes." + code,
                    Long.decode(word).toString(),
                    Long.toString(request.word())));
  }

  private static void size(String name, String struct, Json size, Report report) {
    String tag = struct.equals("pfsync_state") ? "pfioc_state" : struct;
    KernelLayout.all().stream()
        .filter(layout -> layout.name().equals(tag) && layout.appliesTo(13))
        .findFirst()
        .ifPresent(
            layout -> report.check(name + "#sizes." + struct, size.integer(), layout.size()));
  }

  private static void killOffsets(String name, Json offsets, Report report) {
    KernelLayout kill =
        KernelLayout.all().stream()
            .filter(layout -> layout.name().equals("pfioc_state_kill"))
            .findFirst()
            .orElseThrow();
    offsets
        .fields()
        .forEach(
            (field, offset) ->
                Optional.ofNullable(KILL_FIELDS.get(field))
                    .map(kill.fields()::get)
                    .ifPresent(
                        ours ->
                            report.check(
                                name + "#kill_offsets." + field, offset.integer(), ours.offset())));
  }

  private static void pf(String id, Json call, int osreldate, Report report) {
    PfRequest request = PfRequest.valueOf(call.get("ioctl").text());
    byte[] input =
        call.get("input").isNull() ? new byte[0] : HEX.parseHex(call.get("input").text());
    byte[] output =
        call.get("output").isNull() ? new byte[0] : HEX.parseHex(call.get("output").text());
    RecordedCall calls = new RecordedCall(call, osreldate, READS);
    String outcome;
    try (PfDevice device = PfDevice.open(calls, PfDevice.DEFAULT_STATE_BUFFER, Danger.values())) {
      outcome = operation(request, input, output, calls).run(device);
    } catch (PfException e) {
      outcome = e.getClass().getSimpleName() + " " + e.errno();
    }
    String expected =
        call.get("errno").integer() == 0
            ? "as recorded"
            : refusal(request, call.get("errno").integer());
    String sent = calls.requests.isEmpty() ? "nothing" : calls.requests.get(0);
    if (request == PfRequest.DIOCGETSTATES && !calls.requests.isEmpty()) {
      // a listing asks for the size first, and then offers the buffer that it chooses itself
      int last = input.length > 0 && input[0] == 0 && input[1] == 0 ? 0 : calls.requests.size() - 1;
      sent = masked(calls.requests.get(last), last > 0);
      input = HEX.parseHex(masked(HEX.formatHex(input), last > 0));
    }
    report.check(id, HEX.formatHex(input) + " -> " + expected, sent + " -> " + outcome);
  }

  /** Without a buffer's length and address. */
  private static String masked(String states, boolean withBuffer) {
    return withBuffer ? "00000000" + states.substring(8, 16) + "0".repeat(16) : states;
  }

  private static String refusal(PfRequest request, int errno) {
    return switch (errno) {
      case 2 -> // ENOENT
          request == PfRequest.DIOCGETSTATE || request == PfRequest.DIOCNATLOOK
              ? "absent"
              : request == PfRequest.DIOCSTOP ? "already" : "PfException 2";
      case 17 -> // EEXIST
          request == PfRequest.DIOCSTART || request == PfRequest.DIOCADDSTATE
              ? "already"
              : "PfException 17";
      case 19 -> PfUnsupportedException.class.getSimpleName() + " 19"; // ENODEV
      case 1, 13 -> PfPrivilegeException.class.getSimpleName() + " " + errno; // EPERM, EACCES
      case 45 -> // EOPNOTSUPP
          (request == PfRequest.DIOCADDSTATE ? PfModuleException.class : PfException.class)
                  .getSimpleName()
              + " 45";
      default -> "PfException " + errno;
    };
  }

  private static String recorded(boolean asRecorded, Object otherwise) {
    return asRecorded ? "as recorded" : String.valueOf(otherwise);
  }

  private static Operation operation(
      PfRequest request, byte[] input, byte[] output, RecordedCall calls) {
    ByteBuffer in = ByteBuffer.wrap(input).order(ByteOrder.nativeOrder());
    ByteBuffer out = ByteBuffer.wrap(output).order(ByteOrder.nativeOrder());
    return switch (request) {
      case DIOCSTART -> device -> device.start() ? "as recorded" : "already";
      case DIOCSTOP -> device -> device.stop() ? "as recorded" : "already";
      case DIOCCLRSTATUS -> quiet(device -> device.settings().clearStatus());
      case DIOCCLRRULECTRS -> quiet(device -> device.settings().clearRuleCounters());
      case DIOCCLRSRCNODES -> quiet(device -> device.sourceNodes().clear());
      case DIOCSETHOSTID ->
          quiet(
              device ->
                  device.settings().setHostId(in.duplicate().order(ByteOrder.BIG_ENDIAN).getInt()));
      case DIOCSETDEBUG -> quiet(device -> device.settings().setDebug(in.getInt(0)));
      case DIOCSETSTATUSIF ->
          quiet(device -> device.settings().setStatusInterface(text(input, 0, 16)));
      case DIOCGETTIMEOUT -> device -> value(out, device.settings().timeout(timeout(in.getInt(0))));
      case DIOCSETTIMEOUT ->
          device -> value(out, device.settings().setTimeout(timeout(in.getInt(0)), unsigned(in)));
      case DIOCGETLIMIT -> device -> value(out, device.settings().limit(limit(in.getInt(0))));
      case DIOCSETLIMIT ->
          device -> value(out, device.settings().setLimit(limit(in.getInt(0)), unsigned(in)));
      case DIOCADDSTATE ->
          device -> device.states().addOnItsRule(state(in)) ? "as recorded" : "already";
      case DIOCGETSTATE -> device -> get(device, in, output);
      case DIOCGETSTATES -> device -> list(device, in, out, calls);
      case DIOCKILLSTATES -> device -> killed(out, kill(device, input));
      case DIOCCLRSTATES -> device -> killed(out, clear(device, input));
      case DIOCGETSTATUS ->
          device -> {
            PfStatus status = device.status();
            return recorded(Arrays.equals(status.toBytes(), output), status);
          };
      case DIOCGETRULES -> device -> rules(device, input, out, calls);
      case DIOCNATLOOK -> device -> natlook(device, input, output);
      case DIOCIGETIFACES -> device -> recorded(true, device.interfaces().list(text(input, 0, 16)));
      default ->
          device -> {
            throw new IllegalArgumentException("the library does not make " + request);
          };
    };
  }

  private interface Quiet {
    void run(PfDevice device) throws PfException;
  }

  private static Operation quiet(Quiet operation) {
    return device -> {
      operation.run(device);
      return "as recorded";
    };
  }

  private static PfTimeout timeout(int index) {
    return Arrays.stream(PfTimeout.values())
        .filter(each -> each.index() == index)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no timeout has index " + index));
  }

  private static PfLimit limit(int index) {
    return Arrays.stream(PfLimit.values())
        .filter(each -> each.index() == index)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no limit has index " + index));
  }

  private static long unsigned(ByteBuffer in) {
    return in.getInt(4) & 0xffff_ffffL;
  }

  private static String value(ByteBuffer out, long value) {
    return recorded(value == unsigned(out), value);
  }

  private static PfState state(ByteBuffer record) {
    PfState state = StateRecord.PACKED.decode(record, 0);
    if (state == null) {
      throw new IllegalArgumentException("the record is of no known family");
    }
    return state;
  }

  private static String get(PfDevice device, ByteBuffer in, byte[] output) throws PfException {
    ByteBuffer asked = in.duplicate().order(ByteOrder.BIG_ENDIAN);
    Optional<PfState> state = device.states().get(asked.getLong(0), asked.getInt(228));
    if (state.isEmpty()) {
      return "absent";
    }
    return recorded(
        HEX.formatHex(encoded(state.get(), output, 0)).equals(HEX.formatHex(output)), state);
  }

  /** The record of a state, with the byte that a state does not carry as it was. */
  private static byte[] encoded(PfState state, byte[] original, int at) {
    byte[] record = new byte[StateRecord.PACKED.size()];
    ByteBuffer out = ByteBuffer.wrap(record);
    StateRecord.PACKED.encode(state, out, 0, 0);
    StateRecord.PACKED.putUpdates(
        out, 0, StateRecord.PACKED.updates(ByteBuffer.wrap(original), at));
    return record;
  }

  private static String list(PfDevice device, ByteBuffer in, ByteBuffer out, RecordedCall calls)
      throws PfException {
    if (in.getInt(0) == 0) {
      // only the size was asked for: the buffer that follows has to hold twice as much
      try {
        List<PfState> states = new ArrayList<>();
        device.states().list(states::add);
        return recorded(calls.requests.size() > 1, states);
      } catch (PfException e) {
        return e.toString();
      }
    }
    byte[] records = RecordedCall.bytes(calls.pointedOutput());
    List<String> listed = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    int size = StateRecord.PACKED.size();
    int[] at = {0};
    device
        .states()
        .list(
            state -> {
              listed.add(HEX.formatHex(encoded(state, records, at[0])));
              at[0] += size;
            });
    for (int i = 0; i + size <= out.getInt(0); i += size) {
      expected.add(HEX.formatHex(records, i, i + size));
    }
    return recorded(listed.equals(expected), listed);
  }

  private static long kill(PfDevice device, byte[] input) throws PfException {
    return device.states().kill(KillFilter.ofBytes(input));
  }

  private static long clear(PfDevice device, byte[] input) throws PfException {
    String ifname = KillFilter.ofBytes(input).ifname();
    return ifname.isEmpty() ? device.states().flush() : device.states().clear(ifname);
  }

  private static String killed(ByteBuffer out, long count) {
    return recorded(count == (out.getInt(216) & 0xffff_ffffL), count);
  }

  /** No rule follows in the recording: what matters is that the ticket is shown with the first. */
  private static String rules(PfDevice device, byte[] input, ByteBuffer out, RecordedCall calls)
      throws PfException {
    PfRules.Ruleset ruleset =
        Arrays.stream(PfRules.Ruleset.values())
            .filter(each -> each.action() == input[2968])
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no such ruleset: " + input[2968]));
    int ticket = out.getInt(4);
    int count = out.getInt(12);
    try {
      return recorded(device.rules().list(ruleset, text(input, 16, 1024)).size() == count, count);
    } catch (PfUnsupportedException e) {
      String byStructure = "0x%08x ".formatted(PfRequest.DIOCGETRULE.word());
      String ticketHex =
          HEX.formatHex(
              ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(0, ticket).array());
      return recorded(
          count > 0
              && calls.others.stream()
                  .anyMatch(
                      other ->
                          other.startsWith(byStructure)
                              && other.startsWith(ticketHex, byStructure.length() + 8)),
          calls.others);
    }
  }

  private static String natlook(PfDevice device, byte[] input, byte[] output) throws PfException {
    Translation asked = Translation.ofBytes(input);
    Optional<Translation> found =
        device
            .states()
            .translation(
                asked.src(),
                asked.srcPort(),
                asked.dst(),
                asked.dstPort(),
                asked.proto(),
                asked.direction());
    return found
        .map(each -> recorded(Arrays.equals(each.toBytes(), output), each))
        .orElse("absent");
  }

  private static String text(byte[] bytes, int at, int size) {
    int end = at;
    while (end < at + size && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, at, end - at, java.nio.charset.StandardCharsets.UTF_8);
  }
}

package org.pfha.pf.device;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * A rule and its counters, as far as they help to watch a firewall. Immutable.
 *
 * @param number position in its ruleset
 * @param action 0 pass, 1 block, 2 scrub, 4 nat, 6 binat, 8 rdr …
 * @param direction 0 both, 1 in, 2 out
 * @param quick whether it ends the evaluation
 * @param log bit 0 log, bit 1 log all packets
 * @param ifname interface or group, or empty for every one
 * @param notIfname whether every other interface is meant
 * @param family 2, 28 or 0 for both
 * @param proto IP protocol, or 0 for all
 * @param src source
 * @param dst destination
 * @param keepState 0 none, 1 keep, 2 modulate, 3 synproxy
 * @param labels of the rule
 * @param anchorCall the anchor that it calls, or empty
 * @param evaluations how often it was looked at
 * @param packetsIn matched, inbound
 * @param packetsOut matched, outbound
 * @param bytesIn matched, inbound
 * @param bytesOut matched, outbound
 * @param states that it has now
 * @param statesCreated by it so far
 * @param sourceNodes that it has now
 */
public record PfRule(
    int number,
    int action,
    int direction,
    boolean quick,
    int log,
    String ifname,
    boolean notIfname,
    int family,
    int proto,
    RuleHost src,
    RuleHost dst,
    int keepState,
    List<String> labels,
    String anchorCall,
    long evaluations,
    long packetsIn,
    long packetsOut,
    long bytesIn,
    long bytesOut,
    long states,
    long statesCreated,
    long sourceNodes) {

  /** Copies the list. */
  public PfRule {
    labels = List.copyOf(labels);
  }

  /** Reads {@code pfioc_rule}. */
  static PfRule decode(ByteBuffer in) {
    int family = Struct.u8(in, Layouts.RULE_AF);
    String label = Struct.string(in, Layouts.RULE_LABEL, Layouts.LABEL);
    return new PfRule(
        in.getInt(Layouts.RULE_NR),
        Struct.u8(in, Layouts.RULE_ACTION),
        Struct.u8(in, Layouts.RULE_DIRECTION),
        in.get(Layouts.RULE_QUICK) != 0,
        Struct.u8(in, Layouts.RULE_LOG),
        Struct.string(in, Layouts.RULE_IFNAME, Layouts.IFNAME),
        in.get(Layouts.RULE_IFNOT) != 0,
        family,
        Struct.u8(in, Layouts.RULE_PROTO),
        RuleHost.decode(in, Layouts.RULE_SRC, family),
        RuleHost.decode(in, Layouts.RULE_DST, family),
        Struct.u8(in, Layouts.RULE_KEEP_STATE),
        label.isEmpty() ? List.of() : List.of(label),
        Struct.string(in, Layouts.RULE_IO_ANCHOR_CALL, Layouts.PATH),
        in.getLong(Layouts.RULE_EVALUATIONS),
        in.getLong(Layouts.RULE_PACKETS),
        in.getLong(Layouts.RULE_PACKETS + 8),
        in.getLong(Layouts.RULE_BYTES),
        in.getLong(Layouts.RULE_BYTES + 8),
        in.getLong(Layouts.RULE_STATES_CUR),
        in.getLong(Layouts.RULE_STATES_TOT),
        in.getLong(Layouts.RULE_SRC_NODES));
  }

  /** Reads the answer to DIOCGETRULENV; every key may be missing. */
  static PfRule ofNv(NvList answer) {
    NvList rule = answer.list("rule").orElse(answer);
    int family = number(rule, "af");
    long[] packets = Arrays.copyOf(rule.numbers("packets"), 2);
    long[] bytes = Arrays.copyOf(rule.numbers("bytes"), 2);
    List<String> labels = rule.texts("labels");
    NvList none = NvList.builder().build();
    return new PfRule(
        number(rule, "nr"),
        number(rule, "action"),
        number(rule, "direction"),
        isSet(rule, "quick"),
        number(rule, "log"),
        rule.text("ifname").orElse(""),
        isSet(rule, "ifnot"),
        family,
        number(rule, "proto"),
        RuleHost.ofNv(rule.list("src").orElse(none), family),
        RuleHost.ofNv(rule.list("dst").orElse(none), family),
        number(rule, "keep_state"),
        labels.isEmpty() ? rule.text("label").stream().toList() : labels,
        answer.text("anchor_call").orElse(""),
        rule.number("evaluations").orElse(0),
        packets[0],
        packets[1],
        bytes[0],
        bytes[1],
        rule.number("states_cur").orElse(0),
        rule.number("states_tot").orElse(0),
        rule.number("src_nodes").orElse(0));
  }

  private static boolean isSet(NvList list, String key) {
    return list.bool(key).orElse(number(list, key) != 0);
  }

  private static int number(NvList list, String key) {
    return (int) list.number(key).orElse(0);
  }
}

package org.pfha.pf.device;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The rules of a kernel with their counters, to be read only (spec pf-ioctl 3, 5.11). No request
 * made here can ask for counters to be zeroed. Thread-safe.
 */
public final class PfRules {

  /** The rulesets there are, each under the action that the kernel knows it by. */
  public enum Ruleset {
    /** Pass and block. */
    FILTER(0),
    /** Normalisation. */
    SCRUB(2),
    /** Source translation. */
    NAT(4),
    /** Translation both ways. */
    BINAT(6),
    /** Destination translation. */
    RDR(8);

    private final int action;

    Ruleset(int action) {
      this.action = action;
    }

    /**
     * The action by which the kernel is asked for it.
     *
     * @return such as 8 for {@link #RDR}
     */
    public int action() {
      return action;
    }
  }

  private static final int FIRST_REPLY = 8192;
  private static final int MAX_ROUNDS = 10;

  private final PfChannel channel;

  PfRules(PfChannel channel) {
    this.channel = channel;
  }

  /**
   * Lists rules.
   *
   * @param ruleset which kind
   * @param anchor path, or empty for the main ruleset
   * @return all rules of one load; one that changes meanwhile is read again from the beginning
   * @throws PfAbsentException if there is no such anchor
   * @throws PfStaleTicketException if the rules change all the time
   * @throws PfException if the kernel refuses
   */
  public List<PfRule> list(Ruleset ruleset, String anchor) throws PfException {
    Struct.checkText("anchor", anchor, Layouts.PATH);
    for (int round = 1; ; round++) {
      try {
        return listOnce(ruleset, anchor);
      } catch (PfStaleTicketException e) {
        if (round == MAX_ROUNDS) {
          throw e;
        }
      }
    }
  }

  private List<PfRule> listOnce(Ruleset ruleset, String anchor) throws PfException {
    ByteBuffer rules = argument(ruleset, anchor);
    try {
      channel.call(PfRequest.DIOCGETRULES, rules);
    } catch (PfException e) {
      throw absentOr(e, anchor);
    }
    int ticket = rules.getInt(Layouts.RULE_IO_TICKET);
    int count = rules.getInt(Layouts.RULE_IO_NR);
    List<PfRule> list = new ArrayList<>();
    for (int number = 0; number < count; number++) {
      list.add(get(ruleset, anchor, ticket, number));
    }
    return list;
  }

  private PfRule get(Ruleset ruleset, String anchor, int ticket, int number) throws PfException {
    NvList request =
        NvList.builder()
            .number("nr", number)
            .number("ticket", ticket & 0xffff_ffffL)
            .text("anchor", anchor)
            .number("ruleset", ruleset.action)
            .build();
    try {
      return PfRule.ofNv(channel.read(PfRequest.DIOCGETRULENV, request, FIRST_REPLY));
    } catch (PfUnsupportedException | PfSecurelevelException e) {
      ByteBuffer rule = argument(ruleset, anchor);
      rule.putInt(Layouts.RULE_IO_TICKET, ticket).putInt(Layouts.RULE_IO_NR, number);
      channel.call(PfRequest.DIOCGETRULE, rule);
      return PfRule.decode(rule);
    }
  }

  private static ByteBuffer argument(Ruleset ruleset, String anchor) {
    ByteBuffer argument = Struct.of(Layouts.PFIOC_RULE);
    Struct.putString(argument, Layouts.RULE_IO_ANCHOR, anchor);
    return argument.put(Layouts.RULE_ACTION, (byte) ruleset.action);
  }

  /**
   * Lists the anchors right below an anchor.
   *
   * @param anchor path, or empty for those of the main ruleset
   * @return their names
   * @throws PfAbsentException if there is no such anchor
   * @throws PfStaleTicketException if the anchors change all the time
   * @throws PfException if the kernel refuses
   */
  public List<String> anchors(String anchor) throws PfException {
    Struct.checkText("anchor", anchor, Layouts.PATH);
    for (int round = 1; ; round++) {
      try {
        return anchorsOnce(anchor);
      } catch (PfStaleTicketException e) {
        if (round == MAX_ROUNDS) {
          throw e;
        }
      }
    }
  }

  private List<String> anchorsOnce(String anchor) throws PfException {
    try {
      int count = ruleset(PfRequest.DIOCGETRULESETS, anchor, 0).getInt(Layouts.RULESET_NR);
      List<String> names = new ArrayList<>();
      for (int number = 0; number < count; number++) {
        ByteBuffer answer = ruleset(PfRequest.DIOCGETRULESET, anchor, number);
        names.add(Struct.string(answer, Layouts.RULESET_NAME, Layouts.LABEL));
      }
      return names;
    } catch (PfException e) {
      throw absentOr(e, anchor);
    }
  }

  private ByteBuffer ruleset(PfRequest request, String anchor, int number) throws PfException {
    ByteBuffer argument = Struct.of(Layouts.PFIOC_RULESET);
    Struct.putString(argument, Layouts.RULESET_PATH, anchor);
    argument.putInt(Layouts.RULESET_NR, number);
    channel.call(request, argument);
    return argument;
  }

  private static PfException absentOr(PfException e, String anchor) {
    return Errno.ENOENT.is(e.errno()) || (Errno.EINVAL.is(e.errno()) && !anchor.isEmpty())
        ? new PfAbsentException("there is no anchor '" + anchor + "'", e.errno(), e)
        : e;
  }
}

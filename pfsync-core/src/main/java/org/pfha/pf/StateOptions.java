package org.pfha.pf;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * What the rule of a state does to its packets, as formats 1400, 1500 and OpenBSD's carry it (spec
 * pfsync 5.3, 5.4, 20). Immutable.
 *
 * @param qid ALTQ queue, 0–65535; an index local to the sender
 * @param pqid priority queue, 0–65535
 * @param dnPipe dummynet pipe or queue, 0–65535
 * @param dnReversePipe the same for the opposite direction, 0–65535
 * @param routingTable routing table, −1 for none; 0 is a table like any other
 * @param stackRoutingTable OpenBSD: routing table on the stack's side, −1 for none
 * @param minTtl TTLs are raised to this, 0–255
 * @param setTos type of service set, 0–255
 * @param maxMss MSS is lowered to this, 0–65535
 * @param setPrio0 priority set, 0–255
 * @param setPrio1 priority set for low-delay packets, 0–255
 */
public record StateOptions(
    int qid,
    int pqid,
    int dnPipe,
    int dnReversePipe,
    int routingTable,
    int stackRoutingTable,
    int minTtl,
    int setTos,
    int maxMss,
    int setPrio0,
    int setPrio1) {

  /** Nothing is done to the packets. */
  public static final StateOptions NONE = new StateOptions(0, 0, 0, 0, -1, -1, 0, 0, 0, 0, 0);

  /** Checks the ranges. */
  public StateOptions {
    checkShort("queue id", qid);
    checkShort("priority queue id", pqid);
    checkShort("dummynet pipe", dnPipe);
    checkShort("reverse dummynet pipe", dnReversePipe);
    checkShort("largest MSS", maxMss);
    checkByte("least TTL", minTtl);
    checkByte("type of service", setTos);
    checkByte("priority", setPrio0);
    checkByte("low-delay priority", setPrio1);
  }

  private static void checkShort(String what, int value) {
    checkArgument(value >= 0 && value <= 0xffff, "%s %s is not between 0 and 65535", what, value);
  }

  private static void checkByte(String what, int value) {
    checkArgument(value >= 0 && value <= 0xff, "%s %s is not between 0 and 255", what, value);
  }
}

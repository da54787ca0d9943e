package org.pfha.pf.device;

/**
 * The requests of {@code /dev/pf} that this library makes, under the kernel's names (spec pf-ioctl
 * 1).
 *
 * <pre>
 *   31 in  30 out  29 void  28..16 size of the argument  15..8 group 'D'  7..0 number
 * </pre>
 *
 * Immutable.
 */
public enum PfRequest {
  /** Enables the filter. */
  DIOCSTART(1),
  /** Disables the filter: everything passes. */
  DIOCSTOP(2),
  /** Counts the rules of a ruleset and takes a ticket. */
  DIOCGETRULES(6, Layouts.PFIOC_RULE),
  /** One rule as a structure; up to 14. */
  DIOCGETRULE(7, Layouts.PFIOC_RULE),
  /** One rule as an nvlist; from 13.1. */
  DIOCGETRULENV(7, Layouts.PFIOC_NV),
  /** Clears states; up to 14. */
  DIOCCLRSTATES(18, Layouts.PFIOC_STATE_KILL),
  /** Clears states; from 13.1. */
  DIOCCLRSTATESNV(18, Layouts.PFIOC_NV),
  /** One state. */
  DIOCGETSTATE(19, Layouts.PFIOC_STATE),
  /** Names the interface of which packets are counted. */
  DIOCSETSTATUSIF(20, Layouts.PFIOC_IF),
  /** Status as a structure; up to 14. */
  DIOCGETSTATUS(21, Layouts.PF_STATUS),
  /** Status as an nvlist; from 13.1. */
  DIOCGETSTATUSNV(21, Layouts.PFIOC_NV),
  /** Zeroes the status counters. */
  DIOCCLRSTATUS(22),
  /** Looks up a translation. */
  DIOCNATLOOK(23, Layouts.PFIOC_NATLOOK),
  /** Sets how much pf logs. */
  DIOCSETDEBUG(24, 4),
  /** Lists states, 242-byte records. */
  DIOCGETSTATES(25, Layouts.PFIOC_STATES),
  /** Sets a timeout. */
  DIOCSETTIMEOUT(29, Layouts.PFIOC_TM),
  /** Reads a timeout. */
  DIOCGETTIMEOUT(30, Layouts.PFIOC_TM),
  /** Inserts a state; needs pfsync. */
  DIOCADDSTATE(37, Layouts.PFIOC_STATE),
  /** Zeroes the counters of all rules. */
  DIOCCLRRULECTRS(38),
  /** Reads a limit. */
  DIOCGETLIMIT(39, Layouts.PFIOC_LIMIT),
  /** Sets a limit. */
  DIOCSETLIMIT(40, Layouts.PFIOC_LIMIT),
  /** Kills states; up to 14. */
  DIOCKILLSTATES(41, Layouts.PFIOC_STATE_KILL),
  /** Kills states; from 13.1. */
  DIOCKILLSTATESNV(41, Layouts.PFIOC_NV),
  /** Counts the rulesets below an anchor. */
  DIOCGETRULESETS(58, Layouts.PFIOC_RULESET),
  /** The name of a ruleset below an anchor. */
  DIOCGETRULESET(59, Layouts.PFIOC_RULESET),
  /** Removes all tables of an anchor. */
  DIOCRCLRTABLES(60, Layouts.PFIOC_TABLE),
  /** Creates tables. */
  DIOCRADDTABLES(61, Layouts.PFIOC_TABLE),
  /** Removes tables. */
  DIOCRDELTABLES(62, Layouts.PFIOC_TABLE),
  /** Lists tables. */
  DIOCRGETTABLES(63, Layouts.PFIOC_TABLE),
  /** Lists tables with their counters. */
  DIOCRGETTSTATS(64, Layouts.PFIOC_TABLE),
  /** Zeroes the counters of tables. */
  DIOCRCLRTSTATS(65, Layouts.PFIOC_TABLE),
  /** Empties a table. */
  DIOCRCLRADDRS(66, Layouts.PFIOC_TABLE),
  /** Adds addresses. */
  DIOCRADDADDRS(67, Layouts.PFIOC_TABLE),
  /** Removes addresses. */
  DIOCRDELADDRS(68, Layouts.PFIOC_TABLE),
  /** Replaces all addresses. */
  DIOCRSETADDRS(69, Layouts.PFIOC_TABLE),
  /** Lists addresses. */
  DIOCRGETADDRS(70, Layouts.PFIOC_TABLE),
  /** Lists addresses with their counters. */
  DIOCRGETASTATS(71, Layouts.PFIOC_TABLE),
  /** Zeroes the counters of addresses. */
  DIOCRCLRASTATS(72, Layouts.PFIOC_TABLE),
  /** Tests which addresses match. */
  DIOCRTSTADDRS(73, Layouts.PFIOC_TABLE),
  /** Sets and clears the flags of tables. */
  DIOCRSETTFLAGS(74, Layouts.PFIOC_TABLE),
  /** Defines a table within a transaction. */
  DIOCRINADEFINE(77, Layouts.PFIOC_TABLE),
  /** Begins a transaction. */
  DIOCXBEGIN(81, Layouts.PFIOC_TRANS),
  /** Commits a transaction. */
  DIOCXCOMMIT(82, Layouts.PFIOC_TRANS),
  /** Drops a transaction. */
  DIOCXROLLBACK(83, Layouts.PFIOC_TRANS),
  /** Lists source nodes. */
  DIOCGETSRCNODES(84, Layouts.PFIOC_SRC_NODES),
  /** Removes all source nodes. */
  DIOCCLRSRCNODES(85),
  /** Sets the host id. */
  DIOCSETHOSTID(86, 4),
  /** Lists interfaces. */
  DIOCIGETIFACES(87, Layouts.PFIOC_IFACE),
  /** Sets flags of an interface. */
  DIOCSETIFFLAG(89, Layouts.PFIOC_IFACE),
  /** Clears flags of an interface. */
  DIOCCLRIFFLAG(90, Layouts.PFIOC_IFACE),
  /** Removes source nodes. */
  DIOCKILLSRCNODES(91, Layouts.PFIOC_SRC_NODE_KILL),
  /** Keeps rule counters over a reload, as release 13 numbers it; from 13.1. */
  DIOCKEEPCOUNTERS_FREEBSD13(92, Layouts.PFIOC_NV),
  /** Lists states, 384-byte records; from 13.1. */
  DIOCGETSTATESV2(93, Layouts.PFIOC_STATES_V2),
  /** Reads the SYN cookie settings; from 13.1. */
  DIOCGETSYNCOOKIES(94, Layouts.PFIOC_NV),
  /** Changes the SYN cookie settings; from 13.1. */
  DIOCSETSYNCOOKIES(95, Layouts.PFIOC_NV),
  /** Keeps rule counters over a reload; from 14. */
  DIOCKEEPCOUNTERS(96, Layouts.PFIOC_NV),
  /** Sets fragment reassembly; from 14. */
  DIOCSETREASS(102, 4);

  /** The argument is copied to the kernel. */
  public static final int IN = 1 << 31;

  /** The argument is copied from the kernel. */
  public static final int OUT = 1 << 30;

  /** There is no argument. */
  public static final int VOID = 1 << 29;

  private static final int MAX_SIZE = 0x1fff;

  private final int number;
  private final int size;
  private final long word;

  PfRequest(int number) {
    this.number = number;
    this.size = 0;
    this.word = word(VOID, 'D', number, 0);
  }

  PfRequest(int number, KernelLayout argument) {
    this(number, argument.size());
  }

  PfRequest(int number, int size) {
    this.number = number;
    this.size = size;
    this.word = word(IN | OUT, 'D', number, size);
  }

  /**
   * The word FreeBSD makes of a request. Linux has another encoding.
   *
   * @param direction of {@link #IN}, {@link #OUT}, {@link #VOID}
   * @param group such as 'D'
   * @param number 0–255
   * @param size of the argument, 0–8191 bytes
   * @return 32 bits, not negative
   */
  public static long word(int direction, char group, int number, int size) {
    if (group > 0xff || number < 0 || number > 0xff || size < 0 || size > MAX_SIZE) {
      throw new IllegalArgumentException(
          "request '%s' %d with %d bytes is out of range".formatted(group, number, size));
    }
    return (direction | size << 16 | group << 8 | number) & 0xffff_ffffL;
  }

  /**
   * What is passed to ioctl.
   *
   * @return 32 bits, not negative
   */
  public long word() {
    return word;
  }

  /**
   * The number within the group; the size tells requests of one number apart.
   *
   * @return 0–255
   */
  public int number() {
    return number;
  }

  /**
   * The argument's size.
   *
   * @return bytes, 0 without an argument
   */
  public int size() {
    return size;
  }
}

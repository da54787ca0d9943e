package org.pfha.pf.device;

import static com.google.common.base.Preconditions.checkArgument;

import java.nio.ByteBuffer;

/** Limits, timeouts and the other settings of a kernel (spec pf-ioctl 5.8, 5.11). Thread-safe. */
public final class PfSettings {

  private static final int FIRST_WITH_UNLIMITED = 15;
  private static final int SMALL_REPLY = 512;
  private static final int REASSEMBLE = 0x01;
  private static final int REGARDLESS_OF_DONT_FRAGMENT = 0x02;

  private final PfChannel channel;
  private final PfDevice device;

  PfSettings(PfChannel channel, PfDevice device) {
    this.channel = channel;
    this.device = device;
  }

  /**
   * A hard limit.
   *
   * @param limit which
   * @return its value, unsigned 32 bits
   * @throws PfException EINVAL if this release does not have it
   */
  public long limit(PfLimit limit) throws PfException {
    return limit(PfRequest.DIOCGETLIMIT, limit, 0);
  }

  /**
   * Sets a hard limit. What is there above it stays; nothing new is made.
   *
   * @param limit which
   * @param value 1–2³²−1; 0, for none, from release 15 only: earlier ones would take it for zero
   * @return the value before
   * @throws IllegalStateException if it is lowered, unless the device was opened with {@link
   *     Danger#LOWER_LIMITS}
   * @throws PfException EINVAL if this release does not have it
   */
  public long setLimit(PfLimit limit, long value) throws PfException {
    checkUnsigned(limit, value);
    checkArgument(
        value > 0 || channel.release() >= FIRST_WITH_UNLIMITED,
        "a limit of 0 is no limit from release %s only; release %s would make nothing more",
        FIRST_WITH_UNLIMITED,
        channel.release());
    long before = limit(limit);
    if (value != 0 && (before == 0 || value < before)) {
      device.require(Danger.LOWER_LIMITS);
    }
    return limit(PfRequest.DIOCSETLIMIT, limit, value);
  }

  private long limit(PfRequest request, PfLimit limit, long value) throws PfException {
    ByteBuffer argument = Struct.of(Layouts.PFIOC_LIMIT);
    argument.putInt(Layouts.LIMIT_INDEX, limit.index());
    argument.putInt(Layouts.LIMIT_LIMIT, (int) value);
    channel.call(request, argument);
    return Struct.u32(argument, Layouts.LIMIT_LIMIT);
  }

  /**
   * A timeout of the default rule.
   *
   * @param timeout which
   * @return seconds, or states of the adaptive ones
   * @throws PfException EINVAL if this release does not have it
   */
  public long timeout(PfTimeout timeout) throws PfException {
    return timeout(PfRequest.DIOCGETTIMEOUT, timeout, 0);
  }

  /**
   * Sets a timeout of the default rule, at once for all states without one of their own.
   *
   * @param timeout which
   * @param value seconds, or states of the adaptive ones
   * @return the value before
   * @throws IllegalStateException if it is lowered, unless the device was opened with {@link
   *     Danger#LOWER_LIMITS}
   * @throws PfException EINVAL if this release does not have it
   */
  public long setTimeout(PfTimeout timeout, long value) throws PfException {
    checkUnsigned(timeout, value);
    if (value < timeout(timeout)) {
      device.require(Danger.LOWER_LIMITS);
    }
    return timeout(PfRequest.DIOCSETTIMEOUT, timeout, value);
  }

  private long timeout(PfRequest request, PfTimeout timeout, long value) throws PfException {
    ByteBuffer argument = Struct.of(Layouts.PFIOC_TM);
    argument.putInt(Layouts.TM_TIMEOUT, timeout.index());
    argument.putInt(Layouts.TM_SECONDS, (int) value);
    channel.call(request, argument);
    return Struct.u32(argument, Layouts.TM_SECONDS);
  }

  private static void checkUnsigned(Enum<?> what, long value) {
    checkArgument(
        value >= 0 && value <= 0xffff_ffffL, "%s of %s does not fit into 32 bits", what, value);
  }

  /**
   * Sets the host id that new states carry. States made before become foreign to pfsync.
   *
   * @param hostId read big-endian; 0 lets the kernel choose one at random
   * @throws IllegalStateException unless the device was opened with {@link Danger#CHANGE_HOST_ID}
   * @throws PfException if the kernel refuses
   */
  public void setHostId(int hostId) throws PfException {
    device.require(Danger.CHANGE_HOST_ID);
    ByteBuffer argument = Struct.of(PfRequest.DIOCSETHOSTID.size());
    Struct.putNetInt(argument, 0, hostId);
    channel.call(PfRequest.DIOCSETHOSTID, argument);
  }

  /**
   * Sets how much pf logs.
   *
   * @param level 0 none, 1 urgent, 2 misc, 3 noisy
   * @throws PfException if the kernel refuses
   */
  public void setDebug(int level) throws PfException {
    checkArgument(level >= 0 && level <= 3, "debug level %s is not between 0 and 3", level);
    channel.call(PfRequest.DIOCSETDEBUG, Struct.of(PfRequest.DIOCSETDEBUG.size()).putInt(0, level));
  }

  /**
   * Names the interface of which the status counts packets.
   *
   * @param ifname up to 15 bytes; empty for none
   * @throws PfException if the kernel refuses
   */
  public void setStatusInterface(String ifname) throws PfException {
    ByteBuffer argument = Struct.of(Layouts.PFIOC_IF);
    Struct.putString(
        argument, Layouts.IF_NAME, Struct.checkText("interface name", ifname, Layouts.IFNAME));
    channel.call(PfRequest.DIOCSETSTATUSIF, argument);
  }

  /**
   * Zeroes the counters of the status.
   *
   * @throws IllegalStateException unless the device was opened with {@link Danger#RESET_STATISTICS}
   * @throws PfException if the kernel refuses
   */
  public void clearStatus() throws PfException {
    device.require(Danger.RESET_STATISTICS);
    channel.call(PfRequest.DIOCCLRSTATUS);
  }

  /**
   * Zeroes the counters of all rules.
   *
   * @throws IllegalStateException unless the device was opened with {@link Danger#RESET_STATISTICS}
   * @throws PfException if the kernel refuses
   */
  public void clearRuleCounters() throws PfException {
    device.require(Danger.RESET_STATISTICS);
    channel.call(PfRequest.DIOCCLRRULECTRS);
  }

  /**
   * How pf answers floods of SYN packets.
   *
   * @return the setting
   * @throws PfUnsupportedException on release 13.0
   * @throws PfException if the kernel refuses
   */
  public SynCookies synCookies() throws PfException {
    NvList none = NvList.builder().build();
    NvList reply = channel.read(PfRequest.DIOCGETSYNCOOKIES, none, SMALL_REPLY);
    try {
      return SynCookies.ofNv(reply);
    } catch (IllegalArgumentException e) {
      throw new PfException("DIOCGETSYNCOOKIES answered nonsense: " + e.getMessage());
    }
  }

  /**
   * Sets how pf answers floods of SYN packets.
   *
   * @param cookies the setting
   * @throws PfUnsupportedException on release 13.0
   * @throws PfException if the kernel refuses
   */
  public void setSynCookies(SynCookies cookies) throws PfException {
    set(PfRequest.DIOCSETSYNCOOKIES, cookies.toNv());
  }

  /**
   * Sets whether rules keep their counters when the ruleset is loaded again.
   *
   * @param keep whether they do
   * @throws PfUnsupportedException on release 13.0
   * @throws PfException if the kernel refuses
   */
  public void setKeepCounters(boolean keep) throws PfException {
    NvList request = NvList.builder().bool("keep_counters", keep).build();
    try {
      set(PfRequest.DIOCKEEPCOUNTERS, request);
    } catch (PfUnsupportedException e) {
      set(PfRequest.DIOCKEEPCOUNTERS_FREEBSD13, request);
    }
  }

  /** Makes a request that is not answered: what comes back is the request. */
  private void set(PfRequest request, NvList argument) throws PfException {
    NvList echo = channel.exchange(request, argument, SMALL_REPLY);
    assert echo.pairs().size() <= argument.pairs().size() : "nothing is written back";
  }

  /**
   * Sets whether fragments are reassembled before rules see them.
   *
   * @param reassemble whether they are
   * @param regardless also those that say don't-fragment; means nothing without the former
   * @throws PfUnsupportedException before release 14
   * @throws PfException if the kernel refuses
   */
  public void setReassembly(boolean reassemble, boolean regardless) throws PfException {
    ByteBuffer argument = Struct.of(PfRequest.DIOCSETREASS.size());
    argument.putInt(
        0, (reassemble ? REASSEMBLE : 0) | (regardless ? REGARDLESS_OF_DONT_FRAGMENT : 0));
    channel.call(PfRequest.DIOCSETREASS, argument);
  }
}

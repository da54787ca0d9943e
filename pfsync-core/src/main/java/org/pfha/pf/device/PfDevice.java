package org.pfha.pf.device;

import static com.google.common.base.Preconditions.checkState;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;

/**
 * pf in the kernel, by {@code /dev/pf}. Works on FreeBSD 13, 14 and 15: of several requests for a
 * purpose it makes the first that the kernel knows, in the order of spec pf-ioctl 3.1.
 *
 * <p>What cannot be undone or opens the firewall is refused unless the device was opened with the
 * {@link Danger} that names it. Thread-safe.
 */
public final class PfDevice implements AutoCloseable {

  /** The largest buffer for a listing of states unless told otherwise: 1 GiB. */
  public static final long DEFAULT_STATE_BUFFER = 1L << 30;

  private static final int STATUS_REPLY = 4096;

  private final PfChannel channel;
  private final Set<Danger> accepted;
  private final PfStates states;
  private final PfTables tables;
  private final PfRules rules;
  private final PfSettings settings;
  private final PfInterfaces interfaces;
  private final PfSourceNodes sourceNodes;

  private PfDevice(PfChannel channel, Set<Danger> accepted, long stateBuffer) {
    this.channel = channel;
    this.accepted = accepted;
    states = new PfStates(channel, this, stateBuffer);
    tables = new PfTables(channel, this, false);
    rules = new PfRules(channel);
    settings = new PfSettings(channel, this);
    interfaces = new PfInterfaces(channel, this);
    sourceNodes = new PfSourceNodes(channel);
  }

  /**
   * Opens this machine's pf.
   *
   * @param accepted what the caller may do
   * @return the device, to be closed
   * @throws UnsupportedOperationException unless this is a 64-bit JVM on FreeBSD
   * @throws PfModuleException if pf is not loaded
   * @throws PfJailException in a jail without the device
   * @throws PfPrivilegeException if the process may not open it
   * @throws PfException if the kernel refuses
   */
  public static PfDevice open(Danger... accepted) throws PfException {
    HostPlatform.ofThisMachine().requireFreebsd();
    return open(SystemCalls.ofThisMachine(), DEFAULT_STATE_BUFFER, accepted);
  }

  /**
   * Opens a pf behind other system calls, such as {@link InMemoryPf}.
   *
   * @param calls to a FreeBSD kernel, or what stands in for one
   * @param stateBuffer the largest buffer for a listing of states, in bytes; one of 2 GiB is the
   *     most a kernel takes
   * @param accepted what the caller may do
   * @return the device, to be closed
   * @throws PfException as {@link #open(Danger...)}
   */
  public static PfDevice open(SystemCalls calls, long stateBuffer, Danger... accepted)
      throws PfException {
    Set<Danger> dangers = EnumSet.noneOf(Danger.class);
    dangers.addAll(List.of(accepted));
    return new PfDevice(PfChannel.open(calls), dangers, stateBuffer);
  }

  void require(Danger danger) {
    checkState(
        accepted.contains(danger),
        "the device was opened without Danger.%s; open it with that to do this",
        danger);
  }

  /**
   * The kernel's release.
   *
   * @return such as 14
   */
  public int release() {
    return channel.release();
  }

  /**
   * The states.
   *
   * @return as thread-safe as this
   */
  public PfStates states() {
    return states;
  }

  /**
   * The tables.
   *
   * @return as thread-safe as this
   */
  public PfTables tables() {
    return tables;
  }

  /**
   * The rules.
   *
   * @return as thread-safe as this
   */
  public PfRules rules() {
    return rules;
  }

  /**
   * Limits, timeouts and the like.
   *
   * @return as thread-safe as this
   */
  public PfSettings settings() {
    return settings;
  }

  /**
   * The interfaces.
   *
   * @return as thread-safe as this
   */
  public PfInterfaces interfaces() {
    return interfaces;
  }

  /**
   * The source nodes.
   *
   * @return as thread-safe as this
   */
  public PfSourceNodes sourceNodes() {
    return sourceNodes;
  }

  /**
   * What pf says of itself.
   *
   * @return the status
   * @throws PfException if the kernel refuses
   */
  public PfStatus status() throws PfException {
    try {
      NvList none = NvList.builder().build();
      return PfStatus.ofNv(channel.read(PfRequest.DIOCGETSTATUSNV, none, STATUS_REPLY));
    } catch (PfUnsupportedException | PfSecurelevelException e) {
      byte[] structure = new byte[Layouts.PF_STATUS.size()];
      channel.call(PfRequest.DIOCGETSTATUS, Struct.wrap(structure));
      return PfStatus.ofBytes(structure);
    }
  }

  /**
   * Enables the filter. Rules and states are as they were.
   *
   * @return false if it was enabled already
   * @throws PfException if the kernel refuses
   */
  public boolean start() throws PfException {
    return startOrStop(PfRequest.DIOCSTART, Errno.EEXIST);
  }

  /**
   * Disables the filter: all traffic passes.
   *
   * @return false if it was disabled already
   * @throws IllegalStateException unless the device was opened with {@link Danger#STOP_FILTER}
   * @throws PfException if the kernel refuses
   */
  public boolean stop() throws PfException {
    require(Danger.STOP_FILTER);
    return startOrStop(PfRequest.DIOCSTOP, Errno.ENOENT);
  }

  private boolean startOrStop(PfRequest request, Errno already) throws PfException {
    try {
      try {
        channel.call(request);
      } catch (PfUnsupportedException e) {
        startOrStopByNetlink(request, e);
      }
      return true;
    } catch (PfException e) {
      if (already.is(e.errno())) {
        return false;
      }
      throw e;
    }
  }

  private void startOrStopByNetlink(PfRequest request, PfException unsupported) throws PfException {
    PfctlNetlink netlink;
    try {
      netlink = PfctlNetlink.open(channel.calls());
    } catch (SystemCallException e) {
      unsupported.addSuppressed(e);
      throw unsupported;
    }
    try (netlink) {
      if (request == PfRequest.DIOCSTART) {
        netlink.start();
      } else {
        netlink.stop();
      }
    } catch (SystemCallException e) {
      throw channel.failed(request, e);
    }
  }

  /** Closes the device; what is open is finished first. Closing it again does nothing. */
  @Override
  public void close() throws PfException {
    channel.close();
  }
}

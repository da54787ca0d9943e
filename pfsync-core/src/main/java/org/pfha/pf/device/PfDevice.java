package org.pfha.pf.device;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
  private static final int FIRST_INTERFACES = 64;
  private static final int MAX_INTERFACES = 1 << 16;
  private static final int SPARE_SOURCE_NODES = 64;
  private static final int MAX_ROUNDS = 8;
  private static final int FIRST_WITH_UNLIMITED = 15;

  private final PfChannel channel;
  private final Set<Danger> accepted;
  private final PfStates states;
  private final PfTables tables;
  private final PfRules rules;

  private PfDevice(PfChannel channel, Set<Danger> accepted, long stateBuffer) {
    this.channel = channel;
    this.accepted = accepted;
    states = new PfStates(channel, this, stateBuffer);
    tables = new PfTables(channel, this, false);
    rules = new PfRules(channel);
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
   * Opens a pf behind other system calls, such as an in-memory one.
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
      channel.call(request);
      return true;
    } catch (PfException e) {
      if (already.is(e.errno())) {
        return false;
      }
      throw e;
    }
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
        value > 0 || release() >= FIRST_WITH_UNLIMITED,
        "a limit of 0 is no limit from release %s only; release %s would make nothing more",
        FIRST_WITH_UNLIMITED,
        release());
    long before = limit(limit);
    if (value != 0 && (before == 0 || value < before)) {
      require(Danger.LOWER_LIMITS);
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
      require(Danger.LOWER_LIMITS);
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
    require(Danger.CHANGE_HOST_ID);
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
    require(Danger.RESET_STATISTICS);
    channel.call(PfRequest.DIOCCLRSTATUS);
  }

  /**
   * Zeroes the counters of all rules.
   *
   * @throws IllegalStateException unless the device was opened with {@link Danger#RESET_STATISTICS}
   * @throws PfException if the kernel refuses
   */
  public void clearRuleCounters() throws PfException {
    require(Danger.RESET_STATISTICS);
    channel.call(PfRequest.DIOCCLRRULECTRS);
  }

  /**
   * Lists interfaces and groups.
   *
   * @param filter an interface or group, or empty for all
   * @return what pf knows of them
   * @throws PfException if the kernel refuses
   */
  public List<PfInterface> interfaces(String filter) throws PfException {
    // too small a buffer is answered with one more than it holds, not with what there is
    for (int given = FIRST_INTERFACES; given <= MAX_INTERFACES; given *= 2) {
      ByteBuffer elements = Struct.of(given * Layouts.PFI_KIF.size());
      ByteBuffer argument = interfaceArgument(filter, 0);
      argument.putInt(Layouts.IFACE_ESIZE, Layouts.PFI_KIF.size());
      argument.putInt(Layouts.IFACE_SIZE, given);
      channel.call(PfRequest.DIOCIGETIFACES, argument, Layouts.IFACE_BUFFER, elements);
      int returned = argument.getInt(Layouts.IFACE_SIZE);
      if (returned <= given) {
        List<PfInterface> interfaces = new ArrayList<>();
        for (int i = 0; i < returned; i++) {
          interfaces.add(PfInterface.decode(elements, i * Layouts.PFI_KIF.size()));
        }
        return interfaces;
      }
    }
    throw new PfException("pf knows more than %d interfaces".formatted(MAX_INTERFACES));
  }

  /**
   * Lets all traffic of an interface pass, or filters it again.
   *
   * @param filter an interface or group
   * @param skip whether everything is to pass
   * @throws IllegalStateException if so, unless the device was opened with {@link
   *     Danger#SKIP_INTERFACE}
   * @throws PfException if the kernel refuses
   */
  public void setSkip(String filter, boolean skip) throws PfException {
    checkArgument(!filter.isEmpty(), "an empty name would be every interface");
    if (skip) {
      require(Danger.SKIP_INTERFACE);
    }
    channel.call(
        skip ? PfRequest.DIOCSETIFFLAG : PfRequest.DIOCCLRIFFLAG,
        interfaceArgument(filter, PfInterface.SKIP),
        Layouts.IFACE_BUFFER,
        Struct.of(0));
  }

  private static ByteBuffer interfaceArgument(String filter, int flags) {
    ByteBuffer argument = Struct.of(Layouts.PFIOC_IFACE);
    Struct.putString(
        argument, Layouts.IFACE_NAME, Struct.checkText("interface name", filter, Layouts.IFNAME));
    return argument.putInt(Layouts.IFACE_FLAGS, flags);
  }

  /**
   * Lists source nodes.
   *
   * @return all
   * @throws PfException if the kernel refuses
   */
  public List<SourceNode> sourceNodes() throws PfException {
    int size = Layouts.PF_SRC_NODE.size();
    int capacity = sourceNodes(Struct.of(0)) * 2 + SPARE_SOURCE_NODES * size;
    for (int round = 0; round < MAX_ROUNDS; round++) {
      ByteBuffer records = Struct.of(capacity);
      int written = sourceNodes(records);
      if (capacity - written >= size) {
        List<SourceNode> nodes = new ArrayList<>();
        for (int at = 0; at < written; at += size) {
          nodes.add(SourceNode.decode(records, at, release()));
        }
        return nodes;
      }
      capacity = Math.multiplyExact(capacity, 2);
    }
    throw new PfException("the source nodes do not come to rest");
  }

  private int sourceNodes(ByteBuffer records) throws PfException {
    ByteBuffer argument = Struct.of(Layouts.PFIOC_SRC_NODES);
    argument.putInt(Layouts.SRC_NODES_LEN, records.capacity());
    channel.call(PfRequest.DIOCGETSRCNODES, argument, Layouts.SRC_NODES_BUF, records);
    return argument.getInt(Layouts.SRC_NODES_LEN);
  }

  /**
   * Removes source nodes; their states stay.
   *
   * @param src of these hosts
   * @param dst that are translated or routed to these
   * @return how many
   * @throws PfException if the kernel refuses
   */
  public long killSourceNodes(HostMatch src, HostMatch dst) throws PfException {
    checkArgument(
        src.restricts() || dst.restricts(),
        "two matches of everything remove all; on purpose, clearSourceNodes()");
    ByteBuffer argument = Struct.of(Layouts.PFIOC_SRC_NODE_KILL);
    argument.put(
        Layouts.SRC_NODE_KILL_AF, (byte) (src.family() == 0 ? dst.family() : src.family()));
    src.encode(argument, Layouts.SRC_NODE_KILL_SRC);
    dst.encode(argument, Layouts.SRC_NODE_KILL_DST);
    channel.call(PfRequest.DIOCKILLSRCNODES, argument);
    return Struct.u32(argument, Layouts.SRC_NODE_KILL_KILLED);
  }

  /**
   * Removes all source nodes; their states stay.
   *
   * @throws PfException if the kernel refuses
   */
  public void clearSourceNodes() throws PfException {
    channel.call(PfRequest.DIOCCLRSRCNODES);
  }

  /**
   * Looks up how a connection is translated.
   *
   * @param src source, as one side sees it
   * @param srcPort 1–65535
   * @param dst destination
   * @param dstPort 1–65535
   * @param proto IP protocol
   * @param direction of the side that sees it so
   * @return both sides, or empty if there is no such state
   * @throws PfException E2BIG if there are several
   */
  public Optional<Translation> translation(
      InetAddress src, int srcPort, InetAddress dst, int dstPort, int proto, int direction)
      throws PfException {
    ByteBuffer argument = Struct.of(Layouts.PFIOC_NATLOOK);
    new Translation(src, srcPort, dst, dstPort, src, 0, dst, 0, proto, direction)
        .encode(argument, false);
    try {
      channel.call(PfRequest.DIOCNATLOOK, argument);
      return Optional.of(Translation.decode(argument));
    } catch (PfException e) {
      if (Errno.ENOENT.is(e.errno())) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Closes the device; what is open is finished first. Closing it again does nothing. */
  @Override
  public void close() throws PfException {
    channel.close();
  }
}

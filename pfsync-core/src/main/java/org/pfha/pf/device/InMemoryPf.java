package org.pfha.pf.device;

import static com.google.common.base.Preconditions.checkArgument;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pfha.net.sys.NetlinkResponder;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;
import org.pfha.pf.PfState;
import org.pfha.pf.StateTable;

/**
 * A FreeBSD kernel's pf in memory: the system calls of a machine that has only {@code /dev/pf},
 * pfsync and the {@code pfctl} family of netlink, for tests of whoever uses {@link PfDevice}, on
 * any system. It holds a {@link StateTable} and answers with the structures, nvlists and messages
 * of a release, and with what is odd about them (spec pf-ioctl 5, 8, 12). As with a kernel, a
 * request that fails leaves the caller's memory as it was. Time stands until {@link #advance}.
 * Thread-safe; the table it hands out is not, unless nobody makes calls meanwhile.
 */
public final class InMemoryPf implements SystemCalls {

  /** A kernel's release. Immutable. */
  public enum Release {
    /** Without nvlists and without {@code DIOCGETSTATESV2}. */
    V13_0(1_300_139),
    /** 13.1 to 13.5. */
    V13_1(1_301_000),
    /** 14.3. */
    V14(1_403_000),
    /** 15.1, the first that speaks netlink about pf. */
    V15(1_501_000);

    private static final int MAJOR = 100_000;

    final int osreldate;

    Release(int osreldate) {
      this.osreldate = osreldate;
    }

    /**
     * The number before the dot.
     *
     * @return such as 14
     */
    public int major() {
      return osreldate / MAJOR;
    }
  }

  private static final int WRITABLE = 0x3;
  private static final int FIRST_FD = 3;
  private static final int FIRST_PORT = 4711;
  private static final int EBADF = 9;
  private static final int EFAULT = 14;
  private static final int EAFNOSUPPORT = 47;
  private static final int NETLINK = 38;
  private static final int DEFAULT_MAX_COUNT = 65_535;

  private enum Kind {
    READ_ONLY,
    READ_WRITE,
    DATAGRAM,
    NETLINK
  }

  private final Release release;
  private final StateTable table;
  private final InMemorySettings settings;
  private final InMemoryStates states;
  private final InMemoryTables tables;
  private final InMemoryRules rules;
  private final InMemoryInterfaces interfaces;
  private final InMemoryDevice device;
  private final InMemoryPfsync pfsync;
  private final InMemoryNetlink netlink;

  private final Map<Integer, Kind> descriptors = new HashMap<>();
  private final Map<Integer, NetlinkResponder> sockets = new HashMap<>();
  private final Map<String, Deque<Integer>> failures = new HashMap<>();
  private final Map<String, byte[]> variables = new HashMap<>();
  private boolean loaded = true;
  private int nextFd = FIRST_FD;

  private InMemoryPf(Release release, StateTable table) {
    this.release = release;
    this.table = table;
    this.settings = new InMemorySettings(release, table.limit());
    this.rules = new InMemoryRules(release);
    this.interfaces = new InMemoryInterfaces();
    this.states = new InMemoryStates(release, table, settings, rules, interfaces);
    this.tables = new InMemoryTables(rules);
    this.pfsync = new InMemoryPfsync(release, interfaces);
    this.device = new InMemoryDevice(release, settings, states, tables, rules, interfaces, pfsync);
    this.netlink = new InMemoryNetlink(release, settings, states, tables, this::passNetlink);
    set("kern.osreldate", release.osreldate);
    set("kern.securelevel", -1);
    set("security.jail.jailed", 0);
    requestMaxcount(DEFAULT_MAX_COUNT);
  }

  /**
   * A GENERIC kernel with pf and pfsync loaded, pf not enabled, and the interface {@code lo0}.
   *
   * @param release whose requests it knows
   * @return a kernel whose state limit is 100,000
   */
  public static InMemoryPf of(Release release) {
    return of(release, StateTable.withLimit(InMemorySettings.DEFAULT_STATE_LIMIT));
  }

  /**
   * A kernel around a table.
   *
   * @param release whose requests it knows
   * @param table its states
   * @return a kernel whose state limit is the table's
   */
  public static InMemoryPf of(Release release, StateTable table) {
    return new InMemoryPf(release, table);
  }

  /**
   * The states.
   *
   * @return the kernel's own table
   */
  public StateTable table() {
    return table;
  }

  /**
   * The kernel's uptime.
   *
   * @return ns
   */
  public synchronized long nowNanos() {
    return settings.nowNanos();
  }

  /**
   * Lets time pass. States whose time is over go.
   *
   * @param time not negative
   */
  public synchronized void advance(Duration time) {
    checkArgument(!time.isNegative(), "time only goes on, not by %s", time);
    settings.advance(time.toNanos());
    states.purge();
  }

  /**
   * Puts in a state, as if traffic had made it.
   *
   * @param state it
   * @return what became of it
   */
  public synchronized StateTable.Insertion insert(PfState state) {
    return states.insert(state);
  }

  /**
   * Sets the rows of the hash: a list that does not fit ends before a whole row (from 13.1).
   *
   * @param count a power of two, 131,072 unless set
   */
  public synchronized void hashSize(int count) {
    checkArgument(Integer.bitCount(count) == 1, "hash size %s is not a power of two", count);
    states.hashSize(count);
  }

  /**
   * Whether the kernel has the option for programs of previous releases, as GENERIC has.
   *
   * @param has false makes a 15 refuse what netlink has replaced
   */
  public synchronized void compatible(boolean has) {
    device.compatible(has);
  }

  /**
   * Whether there is {@code /dev/pf}.
   *
   * @param isLoaded false if the module is not, or a jail does not see the device
   */
  public synchronized void loaded(boolean isLoaded) {
    loaded = isLoaded;
  }

  /**
   * Whether the pfsync module is loaded.
   *
   * @param isLoaded false makes inserting a state impossible
   */
  public synchronized void pfsyncLoaded(boolean isLoaded) {
    pfsync.loaded(isLoaded);
  }

  /**
   * Raises or lowers kern.securelevel.
   *
   * @param level -1 to 3
   */
  public synchronized void securelevel(int level) {
    set("kern.securelevel", level);
  }

  /**
   * Whether all this is in a jail.
   *
   * @param is true for security.jail.jailed 1
   */
  public synchronized void jailed(boolean is) {
    set("security.jail.jailed", is ? 1 : 0);
  }

  /**
   * Sets net.pf.request_maxcount.
   *
   * @param count most elements of a request, and bytes of an nvlist
   */
  public synchronized void requestMaxcount(int count) {
    variables.put("net.pf.request_maxcount", Struct.of(Long.BYTES).putLong(count).array());
    settings.requestMaxcount(count);
    tables.requestMaxcount(count);
  }

  /**
   * Adds an interface.
   *
   * @param name such as {@code em0}
   */
  public synchronized void addInterface(String name) {
    interfaces.add(name);
  }

  /**
   * Adds a group of interfaces.
   *
   * @param name such as {@code egress}, not ending in a digit
   * @param members names of interfaces
   */
  public synchronized void addInterfaceGroup(String name, String... members) {
    interfaces.addGroup(name, Arrays.asList(members));
  }

  /**
   * Adds a rule at the end of an anchor's ruleset.
   *
   * @param anchor path, empty for the main ruleset
   * @param rule its fields as an nvlist, under the names of DIOCGETRULENV's {@code rule}
   */
  public synchronized void addRule(String anchor, NvList rule) {
    rules.add(anchor, rule);
  }

  /**
   * Adds a source node.
   *
   * @param record 136 bytes, as DIOCGETSRCNODES of this release lists it
   */
  public synchronized void addSourceNode(byte[] record) {
    checkArgument(
        record.length == Layouts.PF_SRC_NODE.size(),
        "a source node has %s bytes, not %s",
        Layouts.PF_SRC_NODE.size(),
        record.length);
    rules.addSourceNode(record.clone());
  }

  /**
   * Makes the next call of a request fail, having done nothing.
   *
   * @param request the request
   * @param errno FreeBSD's, such as 12 for ENOMEM
   */
  public void failNext(PfRequest request, int errno) {
    failNext(request.word(), errno);
  }

  /**
   * Makes the next call of a request fail, having done nothing.
   *
   * @param word of any request, such as 0xc02069f8 for SIOCGETPFSYNC
   * @param errno FreeBSD's
   */
  public void failNext(long word, int errno) {
    failNext(ioctlKey(word), errno);
  }

  /**
   * Makes the next opening of {@code /dev/pf} fail.
   *
   * @param errno FreeBSD's, such as 13 for EACCES
   */
  public void failNextOpen(int errno) {
    failNext("open", errno);
  }

  /**
   * Makes the next use of a kernel variable fail.
   *
   * @param name such as {@code net.pf.request_maxcount}
   * @param errno FreeBSD's
   */
  public void failNextSysctl(String name, int errno) {
    failNext("sysctl " + name, errno);
  }

  /**
   * Makes the next request to the {@code pfctl} family fail, having done nothing.
   *
   * @param command such as 1 for GETSTATES
   * @param errno FreeBSD's
   */
  public void failNextNetlink(int command, int errno) {
    failNext("netlink " + command, errno);
  }

  private synchronized void failNext(String call, int errno) {
    checkArgument(errno > 0, "errno %s is not positive", errno);
    failures.computeIfAbsent(call, key -> new ArrayDeque<>()).add(errno);
  }

  private static String ioctlKey(long word) {
    return "ioctl " + Long.toHexString(word);
  }

  private void failIfTold(String call) throws Refusal {
    Deque<Integer> errnos = failures.get(call);
    Integer errno = errnos == null ? null : errnos.poll();
    if (errno != null) {
      throw new Refusal(errno);
    }
  }

  private void set(String variable, int value) {
    variables.put(variable, Struct.of(Integer.BYTES).putInt(value).array());
  }

  private int securelevel() {
    return Struct.wrap(variables.getOrDefault("kern.securelevel", new byte[4])).getInt();
  }

  private static SystemCallException failed(String call, Refusal refusal) {
    return new SystemCallException(call, refusal.errno, Errno.name(refusal.errno));
  }

  private int descriptor(Kind kind) {
    descriptors.put(nextFd, kind);
    return nextFd++;
  }

  @Override
  public synchronized int open(String path, int flags) throws SystemCallException {
    try {
      failIfTold("open");
      Refusal.unless(loaded && path.equals("/dev/pf"), Errno.ENOENT);
      return descriptor((flags & WRITABLE) == 2 ? Kind.READ_WRITE : Kind.READ_ONLY);
    } catch (Refusal e) {
      throw failed("open(" + path + ")", e);
    }
  }

  @Override
  public int ioctl(int fd, long request, ByteBuffer argument) throws SystemCallException {
    return ioctl(fd, request, argument, null);
  }

  @Override
  public int ioctl(int fd, long request, ByteBuffer argument, int pointerOffset, ByteBuffer pointee)
      throws SystemCallException {
    return ioctl(fd, request, argument, pointee);
  }

  private synchronized int ioctl(
      int fd, long word, ByteBuffer argument, @Nullable ByteBuffer pointee)
      throws SystemCallException {
    ByteBuffer copy = Struct.of(argument.capacity()).put(argument.duplicate().clear()).clear();
    ByteBuffer pointed =
        (pointee == null ? ByteBuffer.allocate(0) : pointee.duplicate().clear())
            .order(ByteOrder.nativeOrder());
    try {
      Kind kind = descriptors.get(fd);
      if (kind == null) {
        throw new Refusal(EBADF);
      }
      failIfTold(ioctlKey(word));
      int size = (int) (word >> 16 & 0x1fff);
      if (copy.capacity() < size) {
        throw new Refusal(EFAULT);
      }
      switch (kind) {
        case DATAGRAM -> pfsync.handle(word, copy, pointed);
        case NETLINK -> throw new Refusal(Errno.ENOTTY);
        default -> {
          device.handle(kind == Kind.READ_WRITE, securelevel(), word, copy, pointed);
        }
      }
    } catch (Refusal e) {
      throw failed("ioctl(%d, %s)".formatted(fd, InMemoryDevice.name(word)), e);
    }
    if ((word & 0x4000_0000L) != 0) {
      argument.duplicate().clear().put(copy.clear());
    }
    return 0;
  }

  @Override
  public synchronized int socket(int domain, int type, int protocol) throws SystemCallException {
    if (domain != NETLINK) {
      return descriptor(Kind.DATAGRAM);
    }
    if (release == Release.V13_0) {
      throw failed("socket(38)", new Refusal(EAFNOSUPPORT));
    }
    sockets.put(nextFd, netlink.socket(FIRST_PORT + nextFd));
    return descriptor(Kind.NETLINK);
  }

  @Override
  public void setSocketOption(int fd, int level, int option, byte[] value) {}

  private int passNetlink(int command) throws Refusal {
    failIfTold("netlink " + command);
    return securelevel();
  }

  private NetlinkResponder netlink(int fd) throws SystemCallException {
    NetlinkResponder socket = sockets.get(fd);
    if (socket == null) {
      throw failed("netlink", new Refusal(EBADF));
    }
    return socket;
  }

  @Override
  public synchronized void send(int fd, byte[] message) throws SystemCallException {
    netlink(fd).send(message);
  }

  @Override
  public synchronized byte[] receive(int fd, int limit) throws SystemCallException {
    return netlink(fd).receive(limit);
  }

  @Override
  public synchronized void close(int fd) throws SystemCallException {
    sockets.remove(fd);
    if (descriptors.remove(fd) == null) {
      throw failed("close(" + fd + ")", new Refusal(EBADF));
    }
  }

  @Override
  public synchronized byte[] sysctl(String name) throws SystemCallException {
    try {
      failIfTold("sysctl " + name);
      byte[] value = variables.get(name);
      if (value == null) {
        value = pfsync.variable(name);
      }
      return value.clone();
    } catch (Refusal e) {
      throw failed("sysctlbyname(" + name + ")", e);
    }
  }

  @Override
  public synchronized void sysctl(String name, byte[] value) throws SystemCallException {
    try {
      failIfTold("sysctl " + name);
      if (name.equals("net.pf.request_maxcount") && value.length == Long.BYTES) {
        requestMaxcount((int) Struct.wrap(value).getLong());
      } else {
        pfsync.setVariable(name, value);
      }
    } catch (Refusal e) {
      throw failed("sysctlbyname(" + name + ", new value)", e);
    }
  }

  /**
   * How many descriptors and sockets are open.
   *
   * @return 0 after whoever used this kernel has closed everything
   */
  public synchronized int openDescriptors() {
    return descriptors.size();
  }
}

package org.pfha.carp.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.engine.Role;
import org.pfha.net.sys.NetlinkAttribute;
import org.pfha.net.sys.NetlinkAttributes;
import org.pfha.net.sys.NetlinkMessage;
import org.pfha.net.sys.NetlinkResponder;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;

/**
 * A FreeBSD kernel's carp in memory, for tests of whoever uses {@link KernelCarp}, on any system:
 * interfaces, virtual hosts and variables, by ioctl and, from release 14, by netlink, with what is
 * odd about them (spec carp 12, pf-ioctl 9). It sends nothing: roles change only by {@link #role}
 * and by request. Thread-safe.
 */
public final class InMemoryCarp implements SystemCalls {

  private static final int EPERM = 1;
  private static final int ENOENT = 2;
  private static final int ENXIO = 6;
  private static final int EBADF = 9;
  private static final int EINVAL = 22;
  private static final int ENOTTY = 25;
  private static final int EMSGSIZE = 40;
  private static final int EPROTONOSUPPORT = 43;

  private static final int NETLINK = 38;
  private static final int FIRST_FD = 3;
  private static final int FIRST_PORT = 4711;
  private static final byte LEAKED = (byte) 0xa5;
  private static final String PREFIX = "net.inet.carp.";
  private static final String DEMOTION = PREFIX + "demotion";
  private static final String STATS = PREFIX + "stats";
  private static final int STATS_SIZE = 128;
  private static final byte[] GROUP = {(byte) 224, 0, 0, 18};
  private static final byte[] GROUP6 = {
    (byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12
  };

  private static final class Vhid {
    Role role = Role.INIT;
    int version = CarpNetlink.VERSION_CARP;
    int advbase = 1;
    int advskew;
    byte[] key = new byte[CarpRequest.KEY_SIZE];
    byte[] peer = GROUP;
    byte[] peer6 = GROUP6;
    int priority = 100;
    int interval = 100;
  }

  private final int release;
  private final Map<String, TreeMap<Integer, Vhid>> interfaces = new HashMap<>();
  private final Map<String, byte[]> variables = new HashMap<>();
  private final Map<Integer, @Nullable NetlinkResponder> descriptors = new HashMap<>();
  private final Map<String, Integer> failures = new HashMap<>();
  private boolean loaded = true;
  private boolean privileged = true;
  private int nextFd = FIRST_FD;
  private int leaks;

  /**
   * A kernel with carp loaded and no interface.
   *
   * @param release 13, 14 or 15
   */
  public InMemoryCarp(int release) {
    this.release = release;
    variables.put(PREFIX + "allow", integer(1));
    variables.put(PREFIX + "preempt", integer(0));
    variables.put(PREFIX + "log", integer(1));
    variables.put(DEMOTION, integer(0));
    variables.put(PREFIX + "dscp", integer(56));
    variables.put(PREFIX + "senderr_demotion_factor", integer(240));
    variables.put(PREFIX + "ifdown_demotion_factor", integer(240));
    variables.put(STATS, new byte[STATS_SIZE]);
  }

  /**
   * Adds an interface that can do CARP.
   *
   * @param name such as {@code em0}
   */
  public synchronized void addInterface(String name) {
    interfaces.put(name, new TreeMap<>());
  }

  /**
   * Loads or unloads the module.
   *
   * @param isLoaded false makes every request fail
   */
  public synchronized void loaded(boolean isLoaded) {
    loaded = isLoaded;
  }

  /**
   * Whether whoever calls is root.
   *
   * @param is false hides passphrases and forbids changes
   */
  public synchronized void privileged(boolean is) {
    privileged = is;
  }

  /**
   * Changes a role, as the protocol would.
   *
   * @param ifname an interface
   * @param vhid one of its virtual hosts
   * @param role what it is now
   */
  public synchronized void role(String ifname, int vhid, Role role) {
    Vhid found = interfaces.getOrDefault(ifname, new TreeMap<>()).get(vhid);
    if (found == null) {
      throw new IllegalArgumentException("there is no vhid %d on %s".formatted(vhid, ifname));
    }
    found.role = role;
  }

  /**
   * The passphrase of a virtual host, for tests only.
   *
   * @param ifname an interface
   * @param vhid one of its virtual hosts
   * @return the passphrase without its padding, empty if there is no such virtual host
   */
  public synchronized String passphrase(String ifname, int vhid) {
    Vhid found = interfaces.getOrDefault(ifname, new TreeMap<>()).get(vhid);
    return found == null ? "" : text(found.key);
  }

  /**
   * How often somebody asked for all virtual hosts at once where that leaks.
   *
   * @return a count
   */
  public synchronized int leaks() {
    return leaks;
  }

  /**
   * How many sockets are open.
   *
   * @return 0 after whoever used this kernel has closed everything
   */
  public synchronized int openDescriptors() {
    return descriptors.size();
  }

  /**
   * Makes the next request fail, having done nothing.
   *
   * @param call {@code SIOCGVH}, {@code SIOCSVH}, {@code GET}, {@code SET} or the name of a
   *     variable
   * @param errno FreeBSD's
   */
  public synchronized void failNext(String call, int errno) {
    failures.put(call, errno);
  }

  private int told(String call) {
    Integer errno = failures.remove(call);
    return errno == null ? 0 : errno;
  }

  private static void check(int errno, String call) throws SystemCallException {
    if (errno != 0) {
      throw new SystemCallException(call, errno, "errno " + errno);
    }
  }

  @Override
  public synchronized int socket(int domain, int type, int protocol) {
    NetlinkResponder responder = null;
    if (domain == NETLINK) {
      List<NetlinkResponder.Family> families =
          loaded && release >= 14
              ? List.of(
                  new NetlinkResponder.Family(
                      CarpNetlink.FAMILY,
                      Set.of(CarpNetlink.GET, CarpNetlink.SET),
                      Set.of(CarpNetlink.GET),
                      this::netlink))
              : List.of();
      responder = new NetlinkResponder(FIRST_PORT + nextFd, families);
    }
    descriptors.put(nextFd, responder);
    return nextFd++;
  }

  @Override
  public void setSocketOption(int fd, int level, int option, byte[] value) {}

  private NetlinkResponder responder(int fd) throws SystemCallException {
    NetlinkResponder responder = descriptors.get(fd);
    if (responder == null) {
      throw new SystemCallException("send or recv", EBADF, "not a netlink socket");
    }
    return responder;
  }

  @Override
  public synchronized void send(int fd, byte[] message) throws SystemCallException {
    responder(fd).send(message);
  }

  @Override
  public synchronized byte[] receive(int fd, int limit) throws SystemCallException {
    return responder(fd).receive(limit);
  }

  @Override
  public synchronized void close(int fd) throws SystemCallException {
    check(descriptors.containsKey(fd) ? 0 : EBADF, "close");
    descriptors.remove(fd);
  }

  @Override
  public int open(String path, int flags) throws SystemCallException {
    throw new SystemCallException("open(" + path + ")", ENOENT, "there are no files here");
  }

  @Override
  public int ioctl(int fd, long request, ByteBuffer argument) throws SystemCallException {
    throw new SystemCallException("ioctl", ENOTTY, "no request without a pointer is known here");
  }

  @Override
  public synchronized int ioctl(
      int fd, long request, ByteBuffer argument, int pointerOffset, ByteBuffer pointee)
      throws SystemCallException {
    check(descriptors.containsKey(fd) ? 0 : EBADF, "ioctl");
    byte[] name = new byte[CarpIoctl.IFNAME];
    argument.duplicate().clear().get(0, name);
    ByteBuffer carpreq = pointee.duplicate().clear().order(ByteOrder.nativeOrder());
    if (request == CarpIoctl.SIOCGVH) {
      check(get(text(name), carpreq), "SIOCGVH");
    } else if (request == CarpIoctl.SIOCSVH) {
      check(set(text(name), carpreq), "SIOCSVH");
    } else {
      check(ENOTTY, "ioctl");
    }
    return 0;
  }

  private int get(String ifname, ByteBuffer out) {
    int errno = told("SIOCGVH");
    TreeMap<Integer, Vhid> vhids = interfaces.get(ifname);
    int wanted = out.getInt(CarpRequest.VHID_OFFSET);
    if (errno != 0 || !loaded || vhids == null || wanted < 0 || wanted > 255) {
      return errno != 0 ? errno : !loaded ? EPROTONOSUPPORT : vhids == null ? ENXIO : EINVAL;
    }
    if (wanted != 0) {
      Vhid found = vhids.get(wanted);
      if (found == null) {
        return ENOENT;
      }
      write(wanted, found, 1, out, 0);
      return 0;
    }
    int count = vhids.size();
    if (count == 0) {
      return ENOENT;
    }
    if (count > out.getInt(CarpRequest.COUNT_OFFSET) || count * CarpRequest.SIZE > out.capacity()) {
      return EMSGSIZE;
    }
    int at = 0;
    for (Map.Entry<Integer, Vhid> each : vhids.entrySet()) {
      // from 14 every virtual host is written over the one before
      write(each.getKey(), each.getValue(), count, out, release >= 14 ? 0 : at);
      at += CarpRequest.SIZE;
    }
    if (release >= 14 && count > 1) {
      leaks++;
      byte[] stack = new byte[(count - 1) * CarpRequest.SIZE];
      Arrays.fill(stack, LEAKED);
      out.put(CarpRequest.SIZE, stack);
    }
    return 0;
  }

  private void write(int id, Vhid vhid, int count, ByteBuffer out, int at) {
    out.putInt(at + CarpRequest.COUNT_OFFSET, count);
    out.putInt(at + CarpRequest.VHID_OFFSET, id);
    out.putInt(at + CarpRequest.STATE_OFFSET, CarpIoctl.number(vhid.role));
    out.putInt(at + CarpRequest.ADVSKEW_OFFSET, vhid.advskew);
    out.putInt(at + CarpRequest.ADVBASE_OFFSET, vhid.advbase);
    out.put(at + CarpRequest.KEY_OFFSET, privileged ? vhid.key : new byte[CarpRequest.KEY_SIZE]);
  }

  private int set(String ifname, ByteBuffer in) {
    int errno = told("SIOCSVH");
    if (errno != 0) {
      return errno;
    }
    byte[] key = new byte[CarpRequest.KEY_SIZE];
    in.get(CarpRequest.KEY_OFFSET, key);
    return set(
        ifname,
        in.getInt(CarpRequest.VHID_OFFSET),
        in.getInt(CarpRequest.STATE_OFFSET),
        in.getInt(CarpRequest.ADVBASE_OFFSET),
        in.getInt(CarpRequest.ADVSKEW_OFFSET),
        key);
  }

  /** Always writes the advskew; what else is 0 is kept; creates what is not there. */
  private int set(String ifname, int id, int state, int advbase, int advskew, byte[] key) {
    TreeMap<Integer, Vhid> vhids = interfaces.get(ifname);
    if (!loaded) {
      return EPROTONOSUPPORT;
    }
    if (!privileged) {
      return EPERM;
    }
    if (vhids == null) {
      return ENXIO;
    }
    if (id < 1 || id > 255 || advbase < 0 || advbase > 255 || advskew < 0 || advskew > 254) {
      return EINVAL;
    }
    Vhid vhid = vhids.computeIfAbsent(id, absent -> new Vhid());
    vhid.advskew = advskew;
    vhid.advbase = advbase == 0 ? vhid.advbase : advbase;
    vhid.key = key.length == 0 || key[0] == 0 ? vhid.key : Arrays.copyOf(key, 20);
    if (vhid.role != Role.INIT && state != 0) {
      vhid.role = CarpIoctl.role(state);
    }
    return 0;
  }

  private int netlink(NetlinkMessage request, NetlinkResponder.Replies replies) {
    NetlinkAttributes body = request.body();
    String ifname = body.text(CarpNetlink.IFNAME).orElse("");
    boolean gets = request.command() == CarpNetlink.GET;
    int errno = told(gets ? "GET" : "SET");
    if (errno != 0) {
      return errno;
    }
    TreeMap<Integer, Vhid> vhids = interfaces.get(ifname);
    if (vhids == null) {
      return ifname.isEmpty() ? EINVAL : ENXIO;
    }
    int id = (int) body.number(CarpNetlink.VHID, 0);
    if (gets) {
      vhids.forEach(
          (each, vhid) -> {
            if (id == 0 || id == each) {
              replies.add(describe(each, vhid));
            }
          });
      return vhids.isEmpty() || (id != 0 && !vhids.containsKey(id)) ? ENOENT : 0;
    }
    return set(ifname, id, body, vhids);
  }

  private List<NetlinkAttribute> describe(int id, Vhid vhid) {
    List<NetlinkAttribute> reply = new ArrayList<>();
    reply.add(NetlinkAttribute.u32(CarpNetlink.VHID, id));
    reply.add(NetlinkAttribute.u32(CarpNetlink.STATE, CarpIoctl.number(vhid.role)));
    if (release >= 15) {
      reply.add(NetlinkAttribute.u8(CarpNetlink.VERSION, vhid.version));
    }
    if (vhid.version == CarpNetlink.VERSION_VRRP) {
      reply.add(NetlinkAttribute.u8(CarpNetlink.PRIORITY, vhid.priority));
      reply.add(NetlinkAttribute.u16(CarpNetlink.INTERVAL, vhid.interval));
      return reply;
    }
    reply.add(NetlinkAttribute.u32(CarpNetlink.ADVBASE, vhid.advbase));
    reply.add(NetlinkAttribute.u32(CarpNetlink.ADVSKEW, vhid.advskew));
    reply.add(new NetlinkAttribute(CarpNetlink.ADDR, vhid.peer));
    reply.add(new NetlinkAttribute(CarpNetlink.ADDR6, vhid.peer6));
    if (privileged) {
      reply.add(new NetlinkAttribute(CarpNetlink.KEY, vhid.key));
    }
    return reply;
  }

  private int set(String ifname, int id, NetlinkAttributes body, Map<Integer, Vhid> vhids) {
    int version = (int) body.number(CarpNetlink.VERSION, CarpNetlink.VERSION_CARP);
    Vhid present = vhids.get(id);
    int priority = (int) body.number(CarpNetlink.PRIORITY, 0);
    int interval = (int) body.number(CarpNetlink.INTERVAL, 0);
    boolean known = version == CarpNetlink.VERSION_CARP || release >= 15;
    if (!known || (present != null && present.version != version) || interval > 4095) {
      return EINVAL;
    }
    int errno =
        set(
            ifname,
            id,
            (int) body.number(CarpNetlink.STATE, 0),
            (int) body.number(CarpNetlink.ADVBASE, 0),
            (int) body.number(CarpNetlink.ADVSKEW, 0),
            body.bytes(CarpNetlink.KEY));
    Vhid vhid = vhids.get(id);
    if (errno != 0 || vhid == null) {
      return errno;
    }
    vhid.version = version;
    vhid.peer = given(body.bytes(CarpNetlink.ADDR), vhid.peer);
    vhid.peer6 = given(body.bytes(CarpNetlink.ADDR6), vhid.peer6);
    vhid.priority = priority == 0 ? vhid.priority : priority;
    vhid.interval = interval == 0 ? vhid.interval : interval;
    return 0;
  }

  private static byte[] given(byte[] wanted, byte[] present) {
    return wanted.length == present.length && !Arrays.equals(wanted, new byte[wanted.length])
        ? wanted
        : present;
  }

  @Override
  public synchronized byte[] sysctl(String name) throws SystemCallException {
    check(told(name), name);
    byte[] value = variables.get(name);
    if (value == null || !loaded) {
      throw new SystemCallException("sysctlbyname(" + name + ")", ENOENT, "ENOENT");
    }
    return value.clone();
  }

  @Override
  public synchronized void sysctl(String name, byte[] value) throws SystemCallException {
    byte[] present = sysctl(name);
    check(privileged ? 0 : EPERM, name);
    if (name.equals(STATS)) {
      variables.put(name, new byte[STATS_SIZE]);
      return;
    }
    check(value.length == present.length ? 0 : EINVAL, name);
    // writing the demotion adds to it
    variables.put(
        name, name.equals(DEMOTION) ? integer(integer(present) + integer(value)) : value.clone());
  }

  private static String text(byte[] bytes) {
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  private static byte[] integer(int value) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(value).array();
  }

  private static int integer(byte[] value) {
    return ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt();
  }
}

package org.pfha.carp.kernel;

import static com.google.common.base.Preconditions.checkArgument;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.engine.Role;
import org.pfha.net.sys.GenericNetlink;
import org.pfha.net.sys.NetlinkHost;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;

/**
 * The kernel's own carp(4): its virtual hosts and its variables, read and changed (spec carp 12).
 * Speaks netlink where the kernel does (from release 14), else one ioctl for each virtual host,
 * never the one for all, which on releases 14 and 15 leaks memory of the kernel. A change reads
 * first, because the advskew is always written. Thread-safe within a process; a process that
 * changes the same virtual host at the same time may be overwritten.
 */
public final class KernelCarp implements AutoCloseable {

  private static final int INET = 2;
  private static final int DATAGRAM_CLOEXEC = 0x1000_0002;
  private static final int MAX_VHID = 255;
  private static final String PREFIX = "net.inet.carp.";

  private static final int EPERM = 1;
  private static final int ENOENT = 2;
  private static final int ENXIO = 6;
  private static final int EACCES = 13;
  private static final int EINVAL = 22;
  private static final int EPROTONOSUPPORT = 43;
  private static final int EOPNOTSUPP = 45;
  private static final int EAFNOSUPPORT = 47;
  private static final int EADDRNOTAVAIL = 49;

  private final SystemCalls calls;
  private final int fd;
  private final @Nullable GenericNetlink netlink;
  private boolean closed;

  private KernelCarp(SystemCalls calls, int fd, @Nullable GenericNetlink netlink) {
    this.calls = calls;
    this.fd = fd;
    this.netlink = netlink;
  }

  /**
   * Opens sockets to the kernel.
   *
   * @param calls to make: FreeBSD's, or {@link InMemoryCarp}
   * @return the kernel's carp, to be closed
   * @throws KernelCarpException if there is no socket to be had
   */
  public static KernelCarp open(SystemCalls calls) throws KernelCarpException {
    try {
      int fd = calls.socket(INET, DATAGRAM_CLOEXEC, 0);
      try {
        return new KernelCarp(calls, fd, netlink(calls));
      } catch (SystemCallException | RuntimeException e) {
        calls.close(fd);
        throw e;
      }
    } catch (SystemCallException e) {
      throw failed("opening a socket", "", e);
    }
  }

  private static @Nullable GenericNetlink netlink(SystemCalls calls) throws SystemCallException {
    try {
      return GenericNetlink.open(calls, NetlinkHost.FREEBSD, CarpNetlink.FAMILY);
    } catch (SystemCallException e) {
      // no netlink before 13.2, no family before 14 or without the module
      if (e.errno() == ENOENT
          || e.errno() == EPROTONOSUPPORT
          || e.errno() == EAFNOSUPPORT
          || e.errno() == EOPNOTSUPP
          || e.errno() == EINVAL) {
        return null;
      }
      throw e;
    }
  }

  /**
   * Whether this kernel tells and takes peers.
   *
   * @return true from release 14, if carp was loaded when this was opened
   */
  public boolean knowsPeers() {
    return netlink != null;
  }

  /**
   * One virtual host.
   *
   * @param ifname the parent interface
   * @param vhid 1–255
   * @return it, or empty if there is none
   * @throws KernelCarpException.NoInterface if there is no such interface, or it cannot do CARP
   * @throws KernelCarpException.NoModule if carp is not loaded
   * @throws KernelCarpException for another reason
   */
  public synchronized Optional<KernelVhid> vhid(String ifname, int vhid)
      throws KernelCarpException {
    checkVhid(vhid);
    checkIfname(ifname);
    try {
      return netlink == null
          ? Optional.ofNullable(CarpIoctl.get(calls, fd, ifname, vhid))
          : CarpNetlink.get(netlink, ifname, vhid).stream()
              .filter(found -> found.vhid() == vhid)
              .findFirst();
    } catch (SystemCallException e) {
      throw failed("reading vhid " + vhid, ifname, e);
    }
  }

  /**
   * All virtual hosts of an interface: by netlink at once, else by 255 requests.
   *
   * @param ifname the parent interface
   * @return in ascending order
   * @throws KernelCarpException as {@link #vhid}
   */
  public synchronized List<KernelVhid> vhids(String ifname) throws KernelCarpException {
    checkIfname(ifname);
    List<KernelVhid> vhids = new ArrayList<>();
    try {
      if (netlink != null) {
        vhids.addAll(CarpNetlink.get(netlink, ifname, 0));
        vhids.sort(java.util.Comparator.comparingInt(KernelVhid::vhid));
      } else {
        for (int vhid = 1; vhid <= MAX_VHID; vhid++) {
          KernelVhid found = CarpIoctl.get(calls, fd, ifname, vhid);
          if (found != null) {
            vhids.add(found);
          }
        }
      }
    } catch (SystemCallException e) {
      throw failed("reading the virtual hosts", ifname, e);
    }
    return List.copyOf(vhids);
  }

  /**
   * Changes times, peers, or VRRP's priority of a virtual host that exists; its role is not
   * touched.
   *
   * @param wanted what {@link #vhid} told, altered
   * @return the virtual host afterwards
   * @throws KernelCarpException.NoVhid if there is none; use {@link #create}
   * @throws KernelCarpException.NotSupported if this kernel knows no peers but some are wanted, or
   *     the virtual host speaks another protocol
   * @throws KernelCarpException as {@link #vhid}
   */
  public synchronized KernelVhid change(KernelVhid wanted) throws KernelCarpException {
    KernelVhid present = existing(wanted.ifname(), wanted.vhid());
    if (present.protocol() != wanted.protocol()) {
      throw new KernelCarpException.NotSupported(
          "vhid %d on %s speaks %s; remove its addresses and create it anew to speak %s"
              .formatted(wanted.vhid(), wanted.ifname(), present.protocol(), wanted.protocol()));
    }
    set("changing", wanted, null, null);
    return existing(wanted.ifname(), wanted.vhid());
  }

  /**
   * Creates a virtual host. It stays INIT until an address is given to it.
   *
   * @param wanted its description
   * @param passphrase up to 20 bytes of UTF-8, not empty; VRRP ignores it
   * @return the virtual host
   * @throws KernelCarpException if it exists already, or as {@link #change}
   */
  public synchronized KernelVhid create(KernelVhid wanted, String passphrase)
      throws KernelCarpException {
    byte[] key = key(passphrase);
    if (vhid(wanted.ifname(), wanted.vhid()).isPresent()) {
      throw new KernelCarpException(
          "vhid %d on %s exists already; change it instead"
              .formatted(wanted.vhid(), wanted.ifname()),
          0,
          null);
    }
    set("creating", wanted, null, wanted.protocol() == KernelVhid.Protocol.VRRP ? null : key);
    return existing(wanted.ifname(), wanted.vhid());
  }

  /**
   * Changes the passphrase of a virtual host that exists.
   *
   * @param ifname the parent interface
   * @param vhid 1–255
   * @param passphrase up to 20 bytes of UTF-8, not empty
   * @throws KernelCarpException as {@link #change}
   */
  public synchronized void setPassphrase(String ifname, int vhid, String passphrase)
      throws KernelCarpException {
    byte[] key = key(passphrase);
    set("setting the passphrase of", existing(ifname, vhid), null, key);
  }

  /**
   * Makes the kernel MASTER or BACKUP at once. What follows is up to the protocol: a MASTER that
   * hears a better one steps back.
   *
   * @param ifname the parent interface
   * @param vhid 1–255
   * @param role MASTER or BACKUP
   * @return the virtual host afterwards
   * @throws KernelCarpException if it is INIT, where the kernel would not listen, or as {@link
   *     #change}
   */
  public synchronized KernelVhid force(String ifname, int vhid, Role role)
      throws KernelCarpException {
    checkArgument(role != Role.INIT, "a virtual host is not INIT by request; take the link down");
    KernelVhid present = existing(ifname, vhid);
    if (present.role() == Role.INIT) {
      throw new KernelCarpException(
          "vhid %d on %s is INIT, where the kernel ignores the wish; is the link up, has it an address, is %sallow 1?"
              .formatted(vhid, ifname, PREFIX),
          0,
          null);
    }
    set("forcing", present, role, null);
    return existing(ifname, vhid);
  }

  private KernelVhid existing(String ifname, int vhid) throws KernelCarpException {
    Optional<KernelVhid> present = vhid(ifname, vhid);
    if (present.isEmpty()) {
      throw new KernelCarpException.NoVhid(
          "there is no vhid %d on %s".formatted(vhid, ifname), ENOENT, null);
    }
    return present.get();
  }

  private void set(String what, KernelVhid wanted, @Nullable Role force, byte @Nullable [] key)
      throws KernelCarpException {
    boolean structure =
        wanted.protocol() == KernelVhid.Protocol.CARP
            && wanted.peer() == null
            && wanted.peer6() == null;
    if (netlink == null && !structure) {
      throw new KernelCarpException.NotSupported(
          "this kernel knows no peers and no VRRP, or carp was not loaded when it was opened");
    }
    try {
      if (netlink == null) {
        CarpIoctl.set(calls, fd, wanted, force, key);
      } else {
        List<org.pfha.net.sys.NetlinkMessage> ignored =
            netlink.call(CarpNetlink.SET, CarpNetlink.set(wanted, force, key));
        assert ignored.isEmpty() : "a set is only acknowledged";
      }
    } catch (SystemCallException e) {
      throw failed(what + " vhid " + wanted.vhid(), wanted.ifname(), e);
    } finally {
      if (key != null) {
        Arrays.fill(key, (byte) 0);
      }
    }
  }

  private static byte[] key(String passphrase) {
    byte[] key = passphrase.getBytes(StandardCharsets.UTF_8);
    checkArgument(
        key.length >= 1 && key.length <= CarpRequest.KEY_SIZE && key[0] != 0,
        "the passphrase has %s bytes, not 1 to 20",
        key.length);
    return key;
  }

  private static void checkVhid(int vhid) {
    checkArgument(vhid >= 1 && vhid <= MAX_VHID, "vhid %s is not between 1 and 255", vhid);
  }

  private static void checkIfname(String ifname) {
    checkArgument(
        !ifname.isEmpty() && ifname.length() < CarpIoctl.IFNAME && ifname.indexOf(0) < 0,
        "interface '%s' does not have 1 to 15 characters",
        ifname);
  }

  /**
   * What is added to every advskew of this machine, by everybody who did.
   *
   * @return in 1/256 s
   * @throws KernelCarpException.NoModule if carp is not loaded
   * @throws KernelCarpException for another reason
   */
  public int demotion() throws KernelCarpException {
    return variable("demotion");
  }

  /**
   * Adds to the demotion, which is what the kernel makes of writing it. Whoever adds must take
   * back.
   *
   * @param amount in 1/256 s; 240 makes this machine the last choice, −240 takes that back
   * @throws KernelCarpException as {@link #demotion}
   */
  public void addDemotion(int amount) throws KernelCarpException {
    setVariable("demotion", amount);
  }

  /**
   * Whether carp takes part at all.
   *
   * @return false if every virtual host is INIT by order
   * @throws KernelCarpException as {@link #demotion}
   */
  public boolean allowed() throws KernelCarpException {
    return variable("allow") != 0;
  }

  /**
   * Lets carp take part, or not; every virtual host is looked at anew.
   *
   * @param allowed false for INIT
   * @throws KernelCarpException as {@link #demotion}
   */
  public void setAllowed(boolean allowed) throws KernelCarpException {
    setVariable("allow", allowed ? 1 : 0);
  }

  /**
   * Whether a better BACKUP takes over from a MASTER, and all virtual hosts go together.
   *
   * @return true if it does
   * @throws KernelCarpException as {@link #demotion}
   */
  public boolean preempts() throws KernelCarpException {
    return variable("preempt") != 0;
  }

  /**
   * Lets a better BACKUP take over from a MASTER, or not.
   *
   * @param preempts whether it shall
   * @throws KernelCarpException as {@link #demotion}
   */
  public void setPreempts(boolean preempts) throws KernelCarpException {
    setVariable("preempt", preempts ? 1 : 0);
  }

  /**
   * By how much a virtual host whose advertisements cannot be sent demotes the machine.
   *
   * @return in 1/256 s, 240 by default
   * @throws KernelCarpException as {@link #demotion}
   */
  public int sendErrorDemotion() throws KernelCarpException {
    return variable("senderr_demotion_factor");
  }

  /**
   * By how much a virtual host whose interface is down demotes the machine.
   *
   * @return in 1/256 s, 240 by default
   * @throws KernelCarpException as {@link #demotion}
   */
  public int interfaceDownDemotion() throws KernelCarpException {
    return variable("ifdown_demotion_factor");
  }

  /**
   * What carp has counted.
   *
   * @return the counters
   * @throws KernelCarpException as {@link #demotion}
   */
  public KernelCarpCounters counters() throws KernelCarpException {
    return KernelCarpCounters.decode(read("stats"));
  }

  private int variable(String name) throws KernelCarpException {
    byte[] value = read(name);
    if (value.length != Integer.BYTES) {
      throw new KernelCarpException(
          "%s%s has %d bytes, not 4".formatted(PREFIX, name, value.length), 0, null);
    }
    return ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt();
  }

  private byte[] read(String name) throws KernelCarpException {
    try {
      return calls.sysctl(PREFIX + name);
    } catch (SystemCallException e) {
      throw failed("reading " + PREFIX + name, "", e);
    }
  }

  private void setVariable(String name, int value) throws KernelCarpException {
    byte[] bytes = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array();
    try {
      calls.sysctl(PREFIX + name, bytes);
    } catch (SystemCallException e) {
      throw failed("writing " + PREFIX + name, "", e);
    }
  }

  private static KernelCarpException failed(String what, String ifname, SystemCallException e) {
    String call = ifname.isEmpty() ? what : what + " on " + ifname;
    int errno = e.errno();
    return switch (errno) {
      case EPERM, EACCES ->
          new KernelCarpException.NotPermitted(
              call + ": not permitted; run as root, or as root of a jail with its own network",
              errno,
              e);
      case EPROTONOSUPPORT ->
          new KernelCarpException.NoModule(call + ": carp is not loaded; 'kldload carp'", errno, e);
      case ENOENT ->
          new KernelCarpException.NoModule(
              call + ": there is no such variable; load carp, 'kldload carp'", errno, e);
      case ENXIO ->
          new KernelCarpException.NoInterface(call + ": there is no such interface", errno, e);
      case EOPNOTSUPP ->
          new KernelCarpException.NoInterface(
              call + ": only Ethernet, VLAN and bridge can do CARP", errno, e);
      case EADDRNOTAVAIL ->
          new KernelCarpException.NoInterface(call + ": the interface has no multicast", errno, e);
      case EINVAL -> new KernelCarpException(call + ": a value is out of range (EINVAL)", errno, e);
      default -> new KernelCarpException(Objects.toString(e.getMessage(), call), errno, e);
    };
  }

  /** Closes the sockets; the kernel's carp goes on as it is. Closing twice does nothing. */
  @Override
  public synchronized void close() throws KernelCarpException {
    if (closed) {
      return;
    }
    closed = true;
    if (netlink != null) {
      netlink.close();
    }
    try {
      calls.close(fd);
    } catch (SystemCallException e) {
      throw failed("closing the socket", "", e);
    }
  }
}

package org.pfha.pf.device;

import static org.pfha.net.sys.NetlinkAttribute.text;
import static org.pfha.net.sys.NetlinkAttribute.u32;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.pfha.net.sys.GenericNetlink;
import org.pfha.net.sys.NetlinkAttribute;
import org.pfha.net.sys.NetlinkHost;
import org.pfha.net.sys.NetlinkMessage;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;
import org.pfha.pf.PfState;

/**
 * pf by netlink, from release 15: the way to a kernel that was built without the requests of
 * previous releases (spec pf-ioctl 10.1). Confined to one thread.
 */
final class PfctlNetlink implements AutoCloseable {

  private final GenericNetlink family;

  private PfctlNetlink(GenericNetlink family) {
    this.family = family;
  }

  /**
   * Asks for the family.
   *
   * @throws SystemCallException with ENOENT before release 15
   */
  static PfctlNetlink open(SystemCalls calls) throws SystemCallException {
    return new PfctlNetlink(GenericNetlink.open(calls, NetlinkHost.FREEBSD, PfctlMessage.FAMILY));
  }

  /** Lists the states, never more than 64 KiB of them at a time; skips what makes no sense. */
  void states(Consumer<PfState> each) throws SystemCallException {
    family.dump(
        PfctlMessage.GETSTATES,
        List.of(),
        reply -> {
          PfState state = PfctlState.decode(reply.body());
          if (state != null) {
            each.accept(state);
          }
        });
  }

  /** Lists the host ids that states come from. */
  List<Integer> creators() throws SystemCallException {
    List<Integer> creators = new ArrayList<>();
    family.dump(
        PfctlMessage.GETCREATORS,
        List.of(),
        reply -> reply.body().number(2).ifPresent(id -> creators.add((int) id)));
    return creators;
  }

  void start() throws SystemCallException {
    acknowledged(PfctlMessage.START, List.of());
  }

  void stop() throws SystemCallException {
    acknowledged(PfctlMessage.STOP, List.of());
  }

  PfStatus status() throws SystemCallException {
    List<PfStatus> statuses = new ArrayList<>();
    family.dump(
        PfctlMessage.GET_STATUS,
        List.of(),
        reply -> statuses.add(PfctlMessage.status(reply.body())));
    if (statuses.isEmpty()) {
      throw new SystemCallException("netlink(pfctl, GET_STATUS)", 0, "no status in the answer");
    }
    return statuses.get(0);
  }

  /** Kills what matches and tells how many; the caller guards against an empty filter. */
  long kill(KillFilter filter) throws SystemCallException {
    return killed(family.call(PfctlMessage.KILLSTATES, PfctlMessage.kill(filter)));
  }

  /** Clears what is on an interface and tells how many; the caller guards against an empty name. */
  long clear(String ifname) throws SystemCallException {
    return killed(
        family.call(PfctlMessage.CLRSTATES, List.of(text(PfctlMessage.KILL_IFNAME, ifname))));
  }

  private static long killed(List<NetlinkMessage> replies) {
    return replies.isEmpty() ? 0 : replies.get(0).body().number(PfctlMessage.KILLED, 0);
  }

  void clearStatus() throws SystemCallException {
    acknowledged(PfctlMessage.CLEAR_STATUS, List.of());
  }

  void setStatusInterface(String name) throws SystemCallException {
    acknowledged(PfctlMessage.SET_STATUSIF, List.of(text(PfctlMessage.STATUSIF_NAME, name)));
  }

  void setDebug(int level) throws SystemCallException {
    acknowledged(PfctlMessage.SET_DEBUG, List.of(u32(PfctlMessage.DEBUG_LEVEL, level)));
  }

  long timeout(int index) throws SystemCallException {
    return value(PfctlMessage.GET_TIMEOUT, index);
  }

  /** Does not tell the value of before, unlike the request of the device. */
  void setTimeout(int index, int seconds) throws SystemCallException {
    acknowledged(PfctlMessage.SET_TIMEOUT, indexed(index, seconds));
  }

  long limit(int index) throws SystemCallException {
    return value(PfctlMessage.GET_LIMIT, index);
  }

  /** Does not tell the value of before, unlike the request of the device. */
  void setLimit(int index, int limit) throws SystemCallException {
    acknowledged(PfctlMessage.SET_LIMIT, indexed(index, limit));
  }

  private static List<NetlinkAttribute> indexed(int index, int value) {
    return List.of(u32(PfctlMessage.INDEX, index), u32(PfctlMessage.VALUE, value));
  }

  private long value(int command, int index) throws SystemCallException {
    List<Long> values = new ArrayList<>();
    family.dump(
        command,
        List.of(u32(PfctlMessage.INDEX, index)),
        reply -> reply.body().number(PfctlMessage.VALUE).ifPresent(values::add));
    if (values.isEmpty()) {
      throw new SystemCallException(
          "netlink(pfctl, command %d)".formatted(command), 0, "no value in the answer");
    }
    return values.get(0);
  }

  private void acknowledged(int command, List<NetlinkAttribute> attributes)
      throws SystemCallException {
    List<NetlinkMessage> ignored = family.call(command, attributes);
    assert ignored.size() <= 1 : "a command has one answer, and its acknowledgement decides";
  }

  /** Closes the socket. */
  @Override
  public void close() {
    family.close();
  }
}

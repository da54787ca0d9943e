package org.pfha.pf.device;

import static org.pfha.net.sys.NetlinkAttribute.u32;

import java.util.List;
import java.util.Set;
import org.pfha.net.sys.NetlinkAttribute;
import org.pfha.net.sys.NetlinkAttributes;
import org.pfha.net.sys.NetlinkMessage;
import org.pfha.net.sys.NetlinkResponder;
import org.pfha.pf.PfState;

/** The family pfctl of a kernel in memory, from release 15 (spec pf-ioctl 10.1). */
final class InMemoryNetlink {

  /**
   * What dumps for real, ending in DONE; what else has the dump flag ends in an acknowledgement.
   */
  private static final Set<Integer> DUMPS =
      Set.of(PfctlMessage.GETSTATES, PfctlMessage.GETCREATORS, PfctlMessage.GET_TSTATS);

  private static final Set<Integer> READING =
      Set.of(
          PfctlMessage.GETSTATES,
          PfctlMessage.GETCREATORS,
          PfctlMessage.GET_STATUS,
          PfctlMessage.GET_TIMEOUT,
          PfctlMessage.GET_LIMIT,
          PfctlMessage.GET_TSTATS);

  private static final Set<Integer> COMMANDS =
      Set.of(1, 2, 3, 4, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18, 26, 27, 28, 29, 30, 31, 32, 33);

  private static final int READING_FORBIDDEN_LEVEL = 3;
  private static final int CHANGING_FORBIDDEN_LEVEL = 2;

  /** What stands in the way of a command: told failures. */
  interface Gate {
    /** Fails if it is told to, else tells the securelevel. */
    int pass(int command) throws Refusal;
  }

  private final List<NetlinkResponder.Family> families;
  private final InMemorySettings settings;
  private final InMemoryStates states;
  private final InMemoryNetlinkTables tables;

  InMemoryNetlink(
      InMemoryPf.Release release,
      InMemorySettings settings,
      InMemoryStates states,
      InMemoryTables tables,
      Gate gate) {
    this.settings = settings;
    this.states = states;
    this.tables = new InMemoryNetlinkTables(tables);
    this.families =
        release.major() >= 15
            ? List.of(
                new NetlinkResponder.Family(
                    PfctlMessage.FAMILY,
                    COMMANDS,
                    DUMPS,
                    (request, replies) -> answer(request, replies, gate)))
            : List.of();
  }

  NetlinkResponder socket(int port) {
    return new NetlinkResponder(port, families);
  }

  private int answer(NetlinkMessage request, NetlinkResponder.Replies replies, Gate gate) {
    try {
      int command = request.command();
      int forbidden =
          READING.contains(command) ? READING_FORBIDDEN_LEVEL : CHANGING_FORBIDDEN_LEVEL;
      Refusal.unless(gate.pass(command) < forbidden, Errno.EPERM);
      perform(command, request.body(), replies);
      return 0;
    } catch (Refusal e) {
      return e.errno;
    }
  }

  private void perform(int command, NetlinkAttributes body, NetlinkResponder.Replies replies)
      throws Refusal {
    switch (command) {
      case PfctlMessage.GETSTATES ->
          states.matching(body).forEach(state -> replies.add(PfctlState.encode(state)));
      case PfctlMessage.GETCREATORS ->
          states
              .all()
              .map(PfState::creatorId)
              .distinct()
              .forEach(id -> replies.add(List.of(u32(2, id))));
      case PfctlMessage.START -> settings.start();
      case PfctlMessage.STOP -> settings.stop();
      case PfctlMessage.CLRSTATES -> replies.add(killed(states.clear(InMemoryFilter.of(body))));
      case PfctlMessage.KILLSTATES -> replies.add(killed(states.kill(InMemoryFilter.of(body))));
      case PfctlMessage.SET_STATUSIF ->
          settings.setStatusInterface(body.text(PfctlMessage.STATUSIF_NAME).orElse(""));
      case PfctlMessage.GET_STATUS ->
          replies.add(PfctlMessage.status(settings.status(states.size(), states.nodes())));
      case PfctlMessage.CLEAR_STATUS -> settings.clearStatus();
      case PfctlMessage.SET_DEBUG -> settings.setDebug(required(body, PfctlMessage.DEBUG_LEVEL));
      case PfctlMessage.SET_TIMEOUT -> settings.setTimeout(index(body), value(body));
      case PfctlMessage.GET_TIMEOUT -> replies.add(value(settings.timeout(index(body))));
      case PfctlMessage.SET_LIMIT -> settings.setLimit(index(body), value(body));
      case PfctlMessage.GET_LIMIT -> replies.add(value(settings.limit(index(body))));
      default -> tables.handle(command, body, replies::add);
    }
  }

  private static int index(NetlinkAttributes body) throws Refusal {
    return required(body, PfctlMessage.INDEX);
  }

  private static int value(NetlinkAttributes body) throws Refusal {
    return required(body, PfctlMessage.VALUE);
  }

  private static int required(NetlinkAttributes body, int type) throws Refusal {
    Refusal.unless(body.has(type), Errno.EINVAL);
    return (int) body.number(type, 0);
  }

  private static List<NetlinkAttribute> value(int value) {
    return List.of(u32(PfctlMessage.VALUE, value));
  }

  private static List<NetlinkAttribute> killed(int count) {
    return List.of(u32(PfctlMessage.KILLED, count));
  }
}

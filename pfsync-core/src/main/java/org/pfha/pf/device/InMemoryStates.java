package org.pfha.pf.device;

import static org.pfha.pf.device.Refusal.unless;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pfha.net.sys.NetlinkAttributes;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StateTable;

/** The states of a kernel in memory. */
final class InMemoryStates {

  private static final int DEFAULT_HASH_SIZE = 131_072;
  private static final int EFAULT = 14;
  private static final int STATE_ID = Layouts.PFIOC_STATE.offset("state.id");
  private static final int STATE_CREATORID = Layouts.PFIOC_STATE.offset("state.creatorid");
  private static final int STATE_TIMEOUT = Layouts.PFIOC_STATE.offset("state.timeout");
  private static final int UDP = 17;

  private final InMemoryPf.Release release;
  private final StateTable table;
  private final InMemorySettings settings;
  private final InMemoryRules rules;
  private final InMemoryInterfaces interfaces;
  private int hashSize = DEFAULT_HASH_SIZE;

  /** Removed, but still part of the estimate until the purge. */
  private int beingRemoved;

  InMemoryStates(
      InMemoryPf.Release release,
      StateTable table,
      InMemorySettings settings,
      InMemoryRules rules,
      InMemoryInterfaces interfaces) {
    this.release = release;
    this.table = table;
    this.settings = settings;
    this.rules = rules;
    this.interfaces = interfaces;
  }

  void hashSize(int rows) {
    hashSize = rows;
  }

  int size() {
    return table.size();
  }

  /** How many source nodes there are. */
  int nodes() {
    return rules.sourceNodes();
  }

  StateTable.Insertion insert(PfState state) {
    StateTable.Insertion insertion = table.insert(state, settings.nowNanos());
    if (insertion == StateTable.Insertion.INSERTED
        || insertion == StateTable.Insertion.REPLACED_CLOSED) {
      settings.count(InMemorySettings.INSERTS);
    }
    return insertion;
  }

  void purge() {
    beingRemoved = 0;
    table.expire(settings.nowNanos(), gone -> settings.count(InMemorySettings.REMOVALS));
  }

  void handle(PfRequest request, ByteBuffer argument, ByteBuffer pointee) throws Refusal {
    switch (request) {
      case DIOCGETSTATES -> list(StateRecord.PACKED, argument, Layouts.STATES_LEN, pointee);
      case DIOCGETSTATESV2 -> {
        unless(
            Long.compareUnsigned(
                    argument.getLong(Layouts.STATES_V2_REQ_VERSION), StateRecord.VERSION_14)
                <= 0,
            Errno.EOPNOTSUPP);
        unless(argument.getLong(Layouts.STATES_V2_REQ_VERSION) <= version(), Errno.EOPNOTSUPP);
        list(StateRecord.EXPORT, argument, Layouts.STATES_V2_LEN, pointee);
      }
      case DIOCGETSTATE -> get(argument);
      case DIOCADDSTATE -> add(argument);
      case DIOCKILLSTATES -> {
        InMemoryFilter filter = InMemoryFilter.of(argument);
        int killed = kill(filter);
        if (killed > 0 || filter.id() == 0 || release != InMemoryPf.Release.V13_0) {
          argument.putInt(Layouts.KILL_KILLED, killed);
        }
      }
      case DIOCCLRSTATES ->
          argument.putInt(Layouts.KILL_KILLED, clear(InMemoryFilter.of(argument)));
      case DIOCKILLSTATESNV ->
          InMemoryNv.reply(argument, pointee, killed(kill(nv(argument, pointee))));
      case DIOCCLRSTATESNV ->
          InMemoryNv.reply(argument, pointee, killed(clear(nv(argument, pointee))));
      default -> natLook(argument);
    }
  }

  private long version() {
    return release.major() >= 14 ? StateRecord.VERSION_14 : StateRecord.VERSION_13;
  }

  private InMemoryFilter nv(ByteBuffer argument, ByteBuffer pointee) throws Refusal {
    NvList request = InMemoryNv.request(argument, pointee, settings.requestMaxcount());
    return InMemoryFilter.of(request, release.major() >= 15);
  }

  private static NvList killed(int count) {
    return NvList.builder().number("killed", count).build();
  }

  /** The states as of now. */
  Stream<PfState> all() {
    return table.states().stream()
        .map(state -> table.get(state.id(), state.creatorId(), settings.nowNanos()))
        .filter(Objects::nonNull);
  }

  /** Writes as many as fit and does not say that there are more. */
  private void list(StateRecord layout, ByteBuffer argument, int lengthOffset, ByteBuffer out)
      throws Refusal {
    int length = argument.getInt(lengthOffset);
    if (length <= 0) {
      argument.putInt(lengthOffset, (table.size() + beingRemoved) * layout.size());
      return;
    }
    if (length > out.capacity()) {
      throw new Refusal(EFAULT);
    }
    int at = 0;
    for (List<PfState> row : rows()) {
      // 13.0 has one buffer and looks at each record, later ones at each row of the hash
      if (release != InMemoryPf.Release.V13_0 && length - at < row.size() * layout.size()) {
        break;
      }
      for (PfState state : row) {
        if (length - at < layout.size()) {
          break;
        }
        out.put(at, new byte[layout.size()]);
        layout.encode(state, out, at, version());
        at += layout.size();
      }
    }
    argument.putInt(lengthOffset, at);
  }

  private List<List<PfState>> rows() {
    List<List<PfState>> rows = new ArrayList<>();
    int last = -1;
    for (PfState state : all().sorted(Comparator.comparingInt(this::row)).toList()) {
      if (row(state) != last) {
        rows.add(new ArrayList<>());
        last = row(state);
      }
      rows.get(rows.size() - 1).add(state);
    }
    return rows;
  }

  private int row(PfState state) {
    return (int) state.id() & hashSize - 1;
  }

  @Nullable PfState find(long id, int creatorId) {
    settings.count(InMemorySettings.SEARCHES);
    return table.get(id, creatorId, settings.nowNanos());
  }

  private void get(ByteBuffer record) throws Refusal {
    PfState state = find(Struct.netLong(record, STATE_ID), Struct.netInt(record, STATE_CREATORID));
    if (state == null) {
      throw new Refusal(Errno.ENOENT);
    }
    record.put(0, new byte[StateRecord.PACKED.size()]);
    StateRecord.PACKED.encode(state, record, 0, 0);
  }

  private void add(ByteBuffer record) throws Refusal {
    unless(Struct.u8(record, STATE_TIMEOUT) < settings.timeoutCount(), Errno.EINVAL);
    PfState state = StateRecord.PACKED.decode(record, 0);
    if (state == null) {
      throw new Refusal(Errno.EINVAL);
    }
    unless(state.creatorId() != 0, Errno.EINVAL);
    unless(interfaces.knows(state.ifname()), Errno.EINVAL);
    boolean real = state.anchor() == PfState.NONE && rules.has("", state.rule());
    boolean routed = state.route().address() != null;
    // 15 looks for the route in the rule, where a rule without a pool has none
    unless(release.major() < 15 || (!real && !routed), Errno.EINVAL);
    unless(table.size() < settings.stateLimit(), Errno.ENOMEM);
    PfState imported =
        state.imported(real ? state.rule() : PfState.NONE).toBuilder()
            .originalIfname(state.ifname())
            .build();
    switch (insert(imported)) {
      case DUPLICATE_ID, KEY_COLLISION -> throw new Refusal(Errno.EEXIST);
      case LIMIT -> throw new Refusal(Errno.ENOMEM);
      default -> {}
    }
  }

  /** Kills what matches; nothing given matches everything. */
  int kill(InMemoryFilter filter) {
    if (filter.id() != 0) {
      int creator = filter.creatorId() == 0 ? settings.hostId() : filter.creatorId();
      PfState state = find(filter.id(), creator);
      return state == null ? 0 : remove(List.of(state));
    }
    List<PfState> doomed =
        new ArrayList<>(
            all()
                .filter(filter::matches)
                .filter(on(filter.ifname()))
                .filter(
                    state ->
                        filter.label().isEmpty()
                            || rules.label(state.rule()).equals(filter.label()))
                .toList());
    if (filter.killMatching()) {
      for (PfState state : List.copyOf(doomed)) {
        all()
            .filter(other -> mirrors(state, other) && !doomed.contains(other))
            .forEach(doomed::add);
      }
    }
    return remove(doomed);
  }

  /** Clears what is on an interface; without a name, everything. */
  int clear(InMemoryFilter filter) {
    return remove(all().filter(on(filter.ifname())).toList());
  }

  /** From 13.1 a floating state is on the interface that created it, on 13.0 on none. */
  private Predicate<PfState> on(String ifname) {
    return state ->
        ifname.isEmpty()
            || state.ifname().equals(ifname)
            || (release != InMemoryPf.Release.V13_0
                && state.ifname().equals(PfState.ALL)
                && state.originalIfname().equals(ifname));
  }

  /** Whether a state is the other direction's of a forwarded connection. */
  private static boolean mirrors(PfState state, PfState other) {
    StateKey key = state.stack();
    StateKey mirrored =
        new StateKey(
            key.family(),
            key.address1High(),
            key.address1Low(),
            key.address0High(),
            key.address0Low(),
            key.port1(),
            key.port0());
    return other.direction() != state.direction()
        && other.proto() == state.proto()
        && other.wire().equals(mirrored);
  }

  private int remove(List<PfState> doomed) {
    int removed = 0;
    for (PfState state : doomed) {
      if (table.remove(state.id(), state.creatorId()) != null) {
        settings.count(InMemorySettings.REMOVALS);
        removed++;
      }
    }
    beingRemoved += removed;
    return removed;
  }

  /** Finds the translation of a connection seen on one side. */
  private void natLook(ByteBuffer look) throws Refusal {
    int family = Struct.u8(look, Layouts.NATLOOK_AF);
    int proto = Struct.u8(look, Layouts.NATLOOK_PROTO);
    unless(family == StateKey.INET || family == StateKey.INET6, Errno.EINVAL);
    var source = Struct.address(look, Layouts.NATLOOK_SADDR, family);
    var destination = Struct.address(look, Layouts.NATLOOK_DADDR, family);
    int sport = Struct.port(look, Layouts.NATLOOK_SPORT);
    int dport = Struct.port(look, Layouts.NATLOOK_DPORT);
    unless(
        proto != 0
            && !source.isAnyLocalAddress()
            && !destination.isAnyLocalAddress()
            && ((proto != PfState.TCP && proto != UDP) || (sport != 0 && dport != 0)),
        Errno.EINVAL);
    boolean out = look.get(Layouts.NATLOOK_DIRECTION) == PfState.OUT;
    StateKey sought =
        out
            ? StateKey.of(destination, dport, source, sport)
            : StateKey.of(source, sport, destination, dport);
    List<PfState> found =
        all()
            .filter(state -> state.proto() == proto)
            .filter(state -> (out ? state.stack() : state.wire()).equals(sought))
            .toList();
    unless(!found.isEmpty(), Errno.ENOENT);
    unless(found.size() == 1, Errno.E2BIG);
    StateKey other = out ? found.get(0).wire() : found.get(0).stack();
    int from = out ? 1 : 0;
    look.put(Layouts.NATLOOK_RSADDR, new byte[Layouts.ADDRESS]);
    look.put(Layouts.NATLOOK_RDADDR, new byte[Layouts.ADDRESS]);
    Struct.putAddress(look, Layouts.NATLOOK_RSADDR, other.address(from));
    Struct.putAddress(look, Layouts.NATLOOK_RDADDR, other.address(1 - from));
    Struct.putPort(look, Layouts.NATLOOK_RSPORT, other.port(from));
    Struct.putPort(look, Layouts.NATLOOK_RDPORT, other.port(1 - from));
  }

  /** The states that a netlink request asks for. */
  Stream<PfState> matching(NetlinkAttributes request) {
    int creator = (int) Struct.rawWord((int) request.number(PfctlState.FILTER_CREATORID, 0));
    String ifname = request.text(PfctlState.FILTER_IFNAME).orElse("");
    long family = request.number(PfctlState.FILTER_AF, 0);
    long proto = request.number(PfctlState.FILTER_PROTO, 0);
    byte[] address = request.bytes(PfctlState.FILTER_ADDR);
    byte[] mask = request.bytes(PfctlState.FILTER_MASK);
    InMemoryFilter.Side host =
        new InMemoryFilter.Side(
            Arrays.copyOf(address, Layouts.ADDRESS),
            Arrays.copyOf(mask, Layouts.ADDRESS),
            0,
            false,
            PortMatch.ANY);
    return all()
        .filter(state -> creator == 0 || state.creatorId() == creator)
        .filter(state -> family == 0 || state.wire().family() == family)
        .filter(state -> proto == 0 || state.proto() == proto)
        .filter(on(ifname))
        .filter(
            state ->
                Stream.of(state.wire(), state.stack())
                    .anyMatch(
                        key ->
                            host.matches(key.address(0).getAddress())
                                || host.matches(key.address(1).getAddress())));
  }
}

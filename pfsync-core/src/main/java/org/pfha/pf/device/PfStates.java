package org.pfha.pf.device;

import static com.google.common.base.Preconditions.checkArgument;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.pfha.pf.PfState;
import org.pfha.pf.StateDiff;
import org.pfha.pf.StateRoute;
import org.pfha.pf.StateTable;
import org.pfha.pf.StateTable.Insertion;

/** The states of a kernel (spec pf-ioctl 5.4–5.7). Thread-safe. */
public final class PfStates {

  /** Holds a reply with its count, and the request with the longest texts. */
  private static final int KILL_BUFFER = 4096;

  private final PfChannel channel;
  private final PfDevice device;
  private final StateLister lister;

  PfStates(PfChannel channel, PfDevice device, long bufferCap) {
    this.channel = channel;
    this.device = device;
    lister = new StateLister(channel, bufferCap);
  }

  /**
   * Lists all states, by the first method that this kernel knows.
   *
   * @param each takes a state at a time, while the kernel's buffer is held; best to be quick
   * @return how it went
   * @throws PfException if the kernel refuses, or its states do not fit into the state buffer
   */
  public StateListing list(Consumer<PfState> each) throws PfException {
    return lister.list(each);
  }

  /**
   * One state.
   *
   * @param id its id
   * @param creatorId its creator, or 0 for this host
   * @return the state, or empty if there is none
   * @throws PfException if the kernel refuses
   */
  public Optional<PfState> get(long id, int creatorId) throws PfException {
    ByteBuffer record = Struct.of(Layouts.PFIOC_STATE);
    Struct.putNetLong(record, Layouts.PFIOC_STATE.offset("state.id"), id);
    Struct.putNetInt(record, Layouts.PFIOC_STATE.offset("state.creatorid"), creatorId);
    try {
      channel.call(PfRequest.DIOCGETSTATE, record);
    } catch (PfException e) {
      if (Errno.ENOENT.is(e.errno())) {
        return Optional.empty();
      }
      throw e;
    }
    return Optional.ofNullable(StateRecord.PACKED.decode(record, 0));
  }

  /**
   * Inserts a state in the way that every release takes: on the default rule, without route-to,
   * anchor or translation rule. pfsync announces it to peers.
   *
   * @param state its age and lifetime count from now; a lifetime of 0 is the full timeout
   * @return false if a state of its id or key is there already
   * @throws PfModuleException without the pfsync module
   * @throws PfException EINVAL for an interface unknown to pf, a creator of 0 or a timeout the
   *     release does not have; ENOMEM at the state limit
   */
  public boolean add(PfState state) throws PfException {
    return addOnItsRule(
        state.toBuilder()
            .rule(PfState.NONE)
            .anchor(PfState.NONE)
            .natRule(PfState.NONE)
            .route(StateRoute.NONE)
            .build());
  }

  /**
   * Inserts a state as it is. Release 15 refuses a rule that has no route pool, and every release
   * route-to on the default rule, both with EINVAL.
   *
   * @param state its age and lifetime count from now; a lifetime of 0 is the full timeout
   * @return false if a state of its id or key is there already
   * @throws PfException as {@link #add}
   */
  public boolean addOnItsRule(PfState state) throws PfException {
    ByteBuffer record = Struct.of(Layouts.PFIOC_STATE);
    StateRecord.PACKED.encode(state, record, 0, 0);
    try {
      channel.call(PfRequest.DIOCADDSTATE, record);
      return true;
    } catch (PfException e) {
      if (Errno.EEXIST.is(e.errno())) {
        return false;
      }
      throw Errno.EOPNOTSUPP.is(e.errno())
          ? new PfModuleException(
              "states can be inserted with the pfsync module only; 'kldload pfsync'", e.errno(), e)
          : e;
    }
  }

  /**
   * Kills states; peers hear of each.
   *
   * @param filter which; one that is empty is refused, for it would flush the table
   * @return how many
   * @throws PfCountLostException if they are gone but the kernel could not say how many
   * @throws PfUnsupportedException if this release cannot compare what the filter gives
   * @throws PfException if the kernel refuses
   */
  public long kill(KillFilter filter) throws PfException {
    checkArgument(
        !filter.isEmpty(), "an empty filter kills every state; to do that on purpose, flush()");
    return remove(PfRequest.DIOCKILLSTATESNV, PfRequest.DIOCKILLSTATES, filter);
  }

  /**
   * Clears the states of an interface; peers hear of it in one message.
   *
   * @param ifname what the states are bound to: {@code all} for floating ones
   * @return how many
   * @throws PfCountLostException if they are gone but the kernel could not say how many
   * @throws PfException if the kernel refuses
   */
  public long clear(String ifname) throws PfException {
    checkArgument(
        !ifname.isEmpty(), "without an interface every state is cleared; on purpose, flush()");
    return clear(KillFilter.EMPTY.on(ifname));
  }

  /**
   * Clears the whole table; every connection drops.
   *
   * @return how many
   * @throws IllegalStateException unless the device was opened with {@link Danger#FLUSH_STATES}
   * @throws PfCountLostException if they are gone but the kernel could not say how many
   * @throws PfException if the kernel refuses
   */
  public long flush() throws PfException {
    device.require(Danger.FLUSH_STATES);
    return clear(KillFilter.EMPTY);
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

  /**
   * Puts all states of the kernel into a table.
   *
   * @param table may hold states; confined to this thread meanwhile
   * @param nowNanos the table's time
   * @return what became of them
   * @throws PfException if the kernel refuses
   */
  public StateImport importInto(StateTable table, long nowNanos) throws PfException {
    Map<Insertion, Long> outcomes = new EnumMap<>(Insertion.class);
    StateListing listing =
        list(state -> outcomes.merge(table.insert(aboutToExpire(state), nowNanos), 1L, Long::sum));
    return new StateImport(listing, outcomes);
  }

  /** No time left means the full timeout to whoever inserts a state. */
  static PfState aboutToExpire(PfState state) {
    return state.expire() == 0 ? state.withTimes(state.creation(), 1) : state;
  }

  /**
   * Puts all states of a table into the kernel, as {@link #add} does. pfsync announces each to
   * peers.
   *
   * @param table read while others may write to it
   * @param nowNanos the table's time, for ages and lifetimes
   * @return what became of them; one that the kernel refuses does not keep the others out
   * @throws PfModuleException without the pfsync module
   * @throws PfPrivilegeException if inserting is not permitted at all
   * @throws PfSecurelevelException if the secure level forbids it
   * @throws PfException if the device fails as such
   */
  public StatePush push(StateTable table, long nowNanos) throws PfException {
    StatePusher pusher = new StatePusher(this, nowNanos);
    table.forEach(pusher);
    return pusher.result();
  }

  /**
   * Compares the states of two kernels by way of two tables.
   *
   * @param other the other kernel's
   * @param limit the most states of each that are compared
   * @return how they differ; both tables changed while they were listed
   * @throws PfException if a kernel refuses, or has more states than the limit
   */
  public StateDiff diff(PfStates other, int limit) throws PfException {
    return table(limit).diff(other.table(limit));
  }

  private StateTable table(int limit) throws PfException {
    StateTable table = StateTable.withLimit(limit);
    long left = importInto(table, 0).count(Insertion.LIMIT);
    if (left > 0) {
      throw new PfException(
          "the kernel has %d states more than the %d to compare".formatted(left, limit));
    }
    return table;
  }

  private long clear(KillFilter filter) throws PfException {
    return remove(PfRequest.DIOCCLRSTATESNV, PfRequest.DIOCCLRSTATES, filter);
  }

  private long remove(PfRequest nv, PfRequest structure, KillFilter filter) throws PfException {
    if (filter.translated() && channel.release() < KillFilter.TRANSLATED_SINCE) {
      throw new PfUnsupportedException(
          "release %d does not compare translated addresses".formatted(channel.release()),
          Errno.ENODEV.code,
          null);
    }
    NvList reply;
    try {
      reply = channel.exchange(nv, filter.toNv(channel.release()), KILL_BUFFER);
    } catch (PfUnsupportedException e) {
      if (!filter.fitsStructure()) {
        throw e;
      }
      return removeByStructure(structure, filter);
    } catch (PfException e) {
      boolean isDone = e.errno() == 0 || Errno.ENOSPC.is(e.errno()); // but the answer is none
      throw isDone ? new PfCountLostException(nv, String.valueOf(e.getMessage()), e) : e;
    }
    return removed(nv, reply);
  }

  private static long removed(PfRequest request, NvList reply) throws PfException {
    long removed =
        reply
            .number("killed")
            .orElseThrow(() -> new PfCountLostException(request, "the answer has no count", null));
    if (removed >>> Integer.SIZE != 0) {
      throw new PfCountLostException(
          request, "the answer is " + Long.toUnsignedString(removed), null);
    }
    return removed;
  }

  private long removeByStructure(PfRequest request, KillFilter filter) throws PfException {
    // killed stays as it was when 13.0 finds no state of an id: it has to be zero
    ByteBuffer kill = Struct.of(Layouts.PFIOC_STATE_KILL);
    filter.encode(kill);
    channel.call(request, kill);
    return Struct.u32(kill, Layouts.KILL_KILLED);
  }
}

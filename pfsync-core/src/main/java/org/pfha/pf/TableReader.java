package org.pfha.pf;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What any thread may ask of a {@link StateTable}. Thread-safe: who reads never makes the writer
 * wait, and sees each state as it was at some moment, never half changed. A state that is there all
 * the while a reader iterates is seen exactly once.
 */
public interface TableReader {

  /**
   * The hard limit.
   *
   * @return most states this table holds
   */
  int limit();

  /**
   * How many states there are.
   *
   * @return 0 to {@link #limit}
   */
  int size();

  /**
   * How many inserts a limit has refused.
   *
   * @return a counter
   */
  long refused();

  /**
   * How much memory the table takes, indexes included.
   *
   * @return bytes of all its arrays
   */
  long bytes();

  /**
   * The state of a name, with age and lifetime as of the latest change of the table.
   *
   * @param id the state's id
   * @param creatorId its creator
   * @return a snapshot or null
   */
  @Nullable PfState get(long id, int creatorId);

  /**
   * The state of a name with its age and remaining lifetime now.
   *
   * @param id the state's id
   * @param creatorId its creator
   * @param nowNanos the time
   * @return a snapshot or null
   */
  @Nullable PfState get(long id, int creatorId, long nowNanos);

  /**
   * Copies the state of a name. Allocates nothing.
   *
   * @param id the state's id
   * @param creatorId its creator
   * @param into from {@link #cursor}; shows the copy if there is such a state
   * @return whether there is
   */
  boolean read(long id, int creatorId, StateRow into);

  /**
   * The state with a wire key.
   *
   * @param wire the key
   * @param proto IP protocol
   * @param direction 1 or 2
   * @param ifname the interface it is bound to, or {@code all}
   * @return a snapshot or null
   */
  @Nullable PfState find(StateKey wire, int proto, int direction, String ifname);

  /**
   * The state with a stack key.
   *
   * @param stack the key
   * @param proto IP protocol of the stack key
   * @param direction 1 or 2
   * @param ifname the interface it is bound to, or {@code all}
   * @return a snapshot or null
   */
  @Nullable PfState findByStack(StateKey stack, int proto, int direction, String ifname);

  /**
   * All states in the order of insertion.
   *
   * @return snapshots, with age and lifetime as of the latest change of the table
   */
  List<PfState> states();

  /**
   * Some states in the order of insertion.
   *
   * @param filter which
   * @return snapshots, with age and lifetime as of the latest change of the table
   */
  List<PfState> states(StateFilter filter);

  /**
   * Shows some states one by one, in no particular order. Allocates nothing per state.
   *
   * @param filter which
   * @param nowNanos the time for filters by age
   * @param action gets a copy that is valid during the call
   */
  void forEach(StateFilter filter, long nowNanos, Consumer<StateRow> action);

  /**
   * Shows all states one by one, in no particular order. Allocates nothing per state.
   *
   * @param action gets a copy that is valid during the call
   */
  void forEach(Consumer<StateRow> action);

  /**
   * What all states come to. Two numbers of a table in motion may be a few states apart.
   *
   * @return a digest
   */
  StateDigest digest();

  /**
   * What the states of one creator come to.
   *
   * @param creatorId host id of the creator
   * @return a digest, {@link StateDigest#EMPTY} if it has none
   */
  StateDigest digest(int creatorId);

  /**
   * What the states of each creator come to.
   *
   * @return digests by creator
   */
  Map<Integer, StateDigest> digests();

  /**
   * Which connections there are: names, keys, families, protocols, directions of all states. Equal
   * in tables that hold the same connections, in whatever order they came.
   *
   * @return a digest
   */
  long identityDigest();

  /**
   * Which connections there are and how far each has got: {@link #identityDigest} and both peers.
   *
   * @return a digest
   */
  long progressDigest();

  /**
   * A cursor for {@link StateTable#seek} or {@link #read}.
   *
   * @return a cursor over nothing
   */
  StateRow cursor();
}

package org.pfha.pfsync;

import java.util.function.Consumer;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateTable.Insertion;
import org.pfha.pfsync.engine.DeferOutcome;

/** Where a data plane tells of its connections; a {@link PfsyncNode} is one. Thread-safe. */
public interface StateFeed {

  /**
   * The data plane has opened a connection: it goes into the table and to the peers.
   *
   * @param state with an id unique for this node's creator id
   * @return what became of it; replicated only if it is in the table
   * @throws IllegalStateException if the node has been closed
   */
  Insertion insert(PfState state);

  /**
   * The data plane has a connection that others have, too, such as one it took from a kernel or
   * from its own disk: it goes into the table without being announced. Its updates and its end are,
   * and peers that ask for it get it.
   *
   * @param state with the id its creator gave it
   * @return what became of it
   * @throws IllegalStateException if the node has been closed
   */
  Insertion observe(PfState state);

  /**
   * The data plane has opened a connection and holds its first packet until a peer has the state,
   * so that the answer may come in through either node.
   *
   * @param state with an id unique for this node's creator id
   * @param then told on the event loop, exactly once, what is to become of the packet; never if the
   *     state is not in the table
   * @return what became of the state
   * @throws IllegalStateException if the node has been closed
   */
  Insertion defer(PfState state, Consumer<DeferOutcome> then);

  /**
   * A packet of a connection has passed the data plane. Call it for every packet, or as often as
   * the peers shall hear of it at most once per flush delay.
   *
   * @param id of the state, whoever created it
   * @param src the initiator now
   * @param dst the responder now
   * @return whether there is such a state
   * @throws IllegalStateException if the node has been closed
   */
  boolean update(StateId id, StatePeer src, StatePeer dst);

  /**
   * The data plane has ended a connection: it leaves the table, and the peers'.
   *
   * @param id of the state, whoever created it
   * @return whether there was such a state
   * @throws IllegalStateException if the node has been closed
   */
  boolean remove(StateId id);
}

package org.pfha.pfsync.engine;

import org.pfha.pf.PfState;

/**
 * What receiving states asks of the rest of the engine. What may not wait is sent together, as soon
 * as the packet has been read. Called once per message at most; takes names, so that receiving need
 * not allocate.
 */
interface Replies {

  /** An imported state wants to be acknowledged. */
  void acknowledge(long id, int creatorId, long now);

  /** A peer is behind: it gets our version. */
  void ownUpdate(long id, int creatorId, long now);

  /** A peer has updated a state there is none of: it is asked for all of it. */
  void requestUpdate(long id, int creatorId, long now);

  /** A peer has news of a state, merged by now. */
  void heard(long id, int creatorId, long now);

  /** A peer has a state that was removed here: it is told so once more. */
  void removedBefore(long id, int creatorId, long now);

  /** A peer has taken out a state; nobody is told. */
  void removedByPeer(long id, int creatorId, long now);

  /** A closed state had to make room for another; the peers are told. */
  void displaced(PfState closed, long now);
}

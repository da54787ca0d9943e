package org.pfha.pfsync.wire;

/**
 * The encodings of a full state and what else distinguishes the release that speaks it: one row of
 * offsets per format (spec pfsync 5.2, 17). Immutable.
 */
public enum StateFormat {
  /** FreeBSD 13: 242 bytes. */
  V1301(13, 20, 242, 1, 3, 232, 233, 234, 237, 238, 239, 240);

  final int actions;
  final int timeouts;
  final int size;
  final int insert;
  final int update;
  final int family;
  final int proto;
  final int direction;
  final int log;
  final int stateFlags;
  final int timeout;
  final int syncFlags;

  StateFormat(
      int actions,
      int timeouts,
      int size,
      int insert,
      int update,
      int family,
      int proto,
      int direction,
      int log,
      int stateFlags,
      int timeout,
      int syncFlags) {
    this.actions = actions;
    this.timeouts = timeouts;
    this.size = size;
    this.insert = insert;
    this.update = update;
    this.family = family;
    this.proto = proto;
    this.direction = direction;
    this.log = log;
    this.stateFlags = stateFlags;
    this.timeout = timeout;
    this.syncFlags = syncFlags;
  }

  /**
   * Size of a full state.
   *
   * @return bytes
   */
  public int size() {
    return size;
  }

  /**
   * The first action number a receiver of this release rejects.
   *
   * @return an action number
   */
  public int actionCount() {
    return actions;
  }

  /**
   * The first timeout index a receiver of this release rejects.
   *
   * @return an index
   */
  public int timeoutCount() {
    return timeouts;
  }

  /**
   * The action number of an insert in this format.
   *
   * @return an action number
   */
  public int insertAction() {
    return insert;
  }

  /**
   * The action number of a full update in this format.
   *
   * @return an action number
   */
  public int updateAction() {
    return update;
  }
}

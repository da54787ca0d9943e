package org.pfha.configsync.rpc;

/** A fault: thrown by a method on the server, and to the caller by the client. */
public final class RpcFault extends Exception {
  private static final long serialVersionUID = 1L;

  /** Code of bytes that are no call. */
  public static final int PARSE_ERROR = -32700;

  /** Code of documents that are no call. */
  public static final int NO_CALL = -32600;

  /** Code of unknown methods. */
  public static final int UNKNOWN_METHOD = -32601;

  /** Code of refused parameters. */
  public static final int INVALID_PARAMETERS = -32602;

  /** Code of a pfHA node that applies another change at the moment; nothing was changed. */
  public static final int BUSY = -32010;

  /** Code of a pfHA node that no longer holds what the caller expects; nothing was changed. */
  public static final int STALE = -32011;

  /** Code of a pfHA node that will not be told by this caller; nothing was changed. */
  public static final int LOOP = -32012;

  /** Code of a pfHA node whose application could not apply the change; it was rolled back. */
  public static final int NOT_APPLIED = -32013;

  private static final int MAX_TEXT = 4096;

  private final int code;

  /**
   * Makes one.
   *
   * @param code the fault code
   * @param message cut to one line of 4096 characters at most
   */
  public RpcFault(int code, String message) {
    super(OneLine.of(message, MAX_TEXT));
    this.code = code;
  }

  /**
   * The fault code.
   *
   * @return any int
   */
  public int code() {
    return code;
  }
}

package org.pfha.configsync;

/** A sync that did not happen, why, and what to do. Messages never hold a secret. */
public final class SyncException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why a sync failed. */
  public enum Reason {
    /** User or password wrong, or the account may not sync. */
    AUTHENTICATION,
    /** The peer runs another configuration revision. */
    VERSION_MISMATCH,
    /** The peer showed another certificate than the pinned or trusted one. */
    CERTIFICATE_MISMATCH,
    /** The peer, or the rules of the dialect, refused the configuration; nothing was changed. */
    REFUSED,
    /** The peer did not answer in time; whether it applied the call is unknown. */
    TIMEOUT,
    /** The peer could not be reached. */
    UNREACHABLE,
    /** What the peer answered is not an answer. */
    BAD_ANSWER
  }

  private final Reason reason;

  /**
   * Makes one.
   *
   * @param reason why
   * @param message what happened and what to do
   */
  public SyncException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /**
   * Why.
   *
   * @return the reason
   */
  public Reason reason() {
    return reason;
  }
}

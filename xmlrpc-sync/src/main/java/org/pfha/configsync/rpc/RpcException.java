package org.pfha.configsync.rpc;

import java.io.IOException;

/**
 * A call without an answer, by cause. Messages are one line and hold no secret, no body, no
 * address: the caller knows whom it called. Immutable.
 */
public final class RpcException extends IOException {
  private static final long serialVersionUID = 1L;
  private static final int MAX_MESSAGE = 400;

  /** What went wrong. */
  public enum Cause {
    /** The parameters cannot be written in XML-RPC; nothing was sent. */
    CANNOT_BE_SENT,
    /** The host has no address. */
    UNKNOWN_HOST,
    /** Nobody listens on the port. */
    CONNECTION_REFUSED,
    /** There is no way to the address. */
    NO_ROUTE,
    /** The connection could not be made for another reason. */
    UNREACHABLE,
    /** The connection ended before the answer did. */
    CONNECTION_LOST,
    /** The peer's certificate is no longer valid. */
    TLS_EXPIRED,
    /** The peer's certificate is not valid yet: mostly a wrong clock. */
    TLS_NOT_YET_VALID,
    /** The peer's certificate was issued by nobody this node trusts. */
    TLS_UNTRUSTED,
    /** The peer's certificate is for other names. */
    TLS_WRONG_HOST,
    /** The peer shows another certificate or key than the pinned one. */
    TLS_PIN_MISMATCH,
    /** No common version or cipher, or the peer does not speak TLS. */
    TLS_PROTOCOL,
    /** The time was up; {@link #step} says where. */
    TIMEOUT,
    /** Another HTTP status than 200; {@link #status} says which. */
    HTTP_STATUS,
    /** A web page: a proxy, a login page, another service. */
    HTML,
    /** No body. */
    EMPTY,
    /** Text that is no XML. */
    NOT_XML,
    /** XML that is no answer. */
    MALFORMED,
    /** An answer beyond a limit, or in an encoding that is not read. */
    LIMIT,
    /** The text that OPNsense answers instead of a fault when it refuses credentials. */
    AUTHENTICATION
  }

  /** How far the call had come. */
  public enum Step {
    /** Finding the address and connecting. */
    CONNECT,
    /** The TLS handshake. */
    TLS,
    /** Sending the call. */
    SEND,
    /** Waiting for the first byte of the answer. */
    WAIT,
    /** Reading the answer. */
    BODY
  }

  private final Cause reason;
  private final Step step;
  private final int status;

  /**
   * Makes one; for {@link RpcClient}s over other ways.
   *
   * @param reason what went wrong
   * @param step how far the call had come
   * @param message in a few words, cut to one line
   */
  public RpcException(Cause reason, Step step, String message) {
    this(reason, step, 0, message);
  }

  /**
   * Makes one with a status.
   *
   * @param reason what went wrong
   * @param step how far the call had come
   * @param status the HTTP status, 0 without one
   * @param message in a few words, cut to one line
   */
  public RpcException(Cause reason, Step step, int status, String message) {
    super(OneLine.of(message, MAX_MESSAGE));
    this.reason = reason;
    this.step = step;
    this.status = status;
  }

  /**
   * What went wrong.
   *
   * @return the cause
   */
  public Cause reason() {
    return reason;
  }

  /**
   * How far the call had come.
   *
   * @return the step it failed in
   */
  public Step step() {
    return step;
  }

  /**
   * The HTTP status.
   *
   * @return 0 unless the cause is {@link Cause#HTTP_STATUS}
   */
  public int status() {
    return status;
  }

  /**
   * Whether the peer may have received the whole call, and so may be acting on it. If not, calling
   * again cannot do anything twice.
   *
   * @return true from {@link Step#WAIT} on
   */
  public boolean delivered() {
    return step.compareTo(Step.WAIT) >= 0;
  }
}

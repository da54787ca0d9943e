package org.pfha.configsync.rpc;

import java.io.IOException;

/** Bytes that are no XML-RPC message, or exceed a limit; or a value that cannot be sent. */
public final class RpcFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What kind of wrong: servers answer each in the words of their product. */
  public enum Flaw {
    /** Not well-formed XML in UTF-8, or nothing at all. */
    NOT_XML,
    /** XML, but not the message that was expected. */
    NOT_A_MESSAGE,
    /** A value of an unknown type or without sense. */
    BAD_VALUE,
    /** Beyond a limit, or a DOCTYPE, or an encoding that is not read. */
    REFUSED
  }

  private final Flaw flaw;

  /**
   * Makes one.
   *
   * @param flaw which kind
   * @param message what is wrong, without any content of the message
   */
  public RpcFormatException(Flaw flaw, String message) {
    super(message);
    this.flaw = flaw;
  }

  /**
   * Which kind.
   *
   * @return the kind
   */
  public Flaw flaw() {
    return flaw;
  }
}

package org.pfha.pf.device;

/** Somebody else changed the rules or tables in between: begin again. Immutable. */
public final class PfStaleTicketException extends PfException {

  private static final long serialVersionUID = 1L;

  PfStaleTicketException(String message, int errno, Throwable cause) {
    super(message, errno, cause);
  }
}

package org.pfha.configsync.rpc;

import org.pfha.configsync.rpc.RpcFormatException.Flaw;
import org.xml.sax.SAXException;

/** Carries the flaw of a message through the parsers. */
final class BadMessage extends SAXException {
  private static final long serialVersionUID = 1L;

  private final Flaw flaw;

  BadMessage(Flaw flaw, String message) {
    super(message);
    this.flaw = flaw;
  }

  Flaw flaw() {
    return flaw;
  }

  static BadMessage value(String message) {
    return new BadMessage(Flaw.BAD_VALUE, message);
  }
}

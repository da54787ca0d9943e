package org.pfha.configsync.rpc;

import org.pfha.configsync.rpc.RpcFormatException.Flaw;

/**
 * In whose words a server refuses. Source: spec section 3.4; what exceeds a limit is answered with
 * -32700 in every style.
 */
public enum FaultStyle {
  /** The codes of the XML-RPC fault interoperability convention, -1 and -2 as in pfSense. */
  STANDARD,
  /** As pfSense. */
  PFSENSE,
  /** As OPNsense: refused credentials are no fault but a text. */
  OPNSENSE;

  private static final String NOT_ACCEPTED = "Authentication failed";

  RpcFault malformed(RpcFormatException e) {
    if (e.flaw() == Flaw.REFUSED || (this == OPNSENSE && e.flaw() != Flaw.NOT_A_MESSAGE)) {
      return new RpcFault(RpcFault.PARSE_ERROR, "parse error. not well formed");
    }
    if (this == PFSENSE) {
      return e.flaw() == Flaw.NOT_XML
          ? new RpcFault(0, "Unable to parse request XML")
          : new RpcFault(1, "Unhandled PHP Exception");
    }
    return e.flaw() == Flaw.NOT_A_MESSAGE
        ? new RpcFault(
            RpcFault.NO_CALL,
            "server error. invalid xml-rpc. not conforming to spec. Request must be a methodCall")
        : new RpcFault(RpcFault.PARSE_ERROR, "parse error. " + e.getMessage());
  }

  /** The name is not echoed. */
  RpcFault unknownMethod() {
    return new RpcFault(RpcFault.UNKNOWN_METHOD, "server error. requested method not found");
  }

  /** One text for every cause. */
  EncodedMessage credentials() {
    return refusal(new RpcFault(-1, NOT_ACCEPTED + ": Invalid username or password"));
  }

  EncodedMessage rights() {
    return refusal(new RpcFault(-2, NOT_ACCEPTED + ": not enough privileges"));
  }

  private EncodedMessage refusal(RpcFault fault) {
    try {
      return this == OPNSENSE ? XmlRpc.result(NOT_ACCEPTED) : XmlRpc.fault(fault);
    } catch (RpcFormatException e) {
      throw new IllegalStateException("a fixed text can always be written", e);
    }
  }
}

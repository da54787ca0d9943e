package org.pfha.configsync;

import java.time.Duration;
import java.util.List;
import org.pfha.configsync.rpc.RpcFault;

/**
 * A sync that did not happen or is not known to have happened: one type per cause, each with what
 * to do about it. Messages name the peer, the step and the offending value; they hold no secret, no
 * body, and are one line. Immutable. Source: spec sections 3.4, 15, 17, 22 (25).
 */
public abstract sealed class SyncException extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST = 300;

  /**
   * Where something went wrong.
   *
   * @param peer the peer's address as configured, without credentials
   * @param step the step of the sync
   */
  public record At(String peer, SyncStep step) implements java.io.Serializable {}

  private final At at;
  private final String remedy;

  private SyncException(At at, String what, String remedy) {
    super(at.peer() + ", " + at.step() + ": " + printable(what) + "; " + remedy);
    this.at = at;
    this.remedy = remedy;
  }

  /**
   * The peer.
   *
   * @return its address as configured
   */
  public String peer() {
    return at.peer();
  }

  /**
   * When it happened.
   *
   * @return the step
   */
  public SyncStep step() {
    return at.step();
  }

  /**
   * What to do.
   *
   * @return a sentence for the operator
   */
  public String remedy() {
    return remedy;
  }

  /** Whatever a peer says becomes one line of bounded length without control characters. */
  private static String printable(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .limit(LONGEST)
        .forEach(
            c ->
                line.appendCodePoint(
                    switch (Character.getType(c)) {
                      case Character.CONTROL,
                          Character.FORMAT,
                          Character.SURROGATE,
                          Character.LINE_SEPARATOR,
                          Character.PARAGRAPH_SEPARATOR ->
                          '_';
                      default -> c;
                    }));
    return line.toString();
  }

  /** The peer knows no such user with this password. */
  public static final class Credentials extends SyncException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param at where
     * @param user the account, not its password
     */
    public Credentials(At at, String user) {
      super(
          at,
          "user " + user + " is not accepted",
          "check user and password of the sync account on both nodes");
    }
  }

  /** The account exists but may not sync. */
  public static final class Privilege extends SyncException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param at where
     * @param user the account
     */
    public Privilege(At at, String user) {
      super(
          at,
          "user " + user + " may not sync",
          "give the account the privilege for configuration sync on the peer; membership in the"
              + " administrators' group is not enough");
    }
  }

  /** No connection: nobody listens, no route, unknown host, or it broke. */
  public static final class Unreachable extends SyncException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param at where
     * @param why the cause, for example {@code connection refused}
     */
    public Unreachable(At at, String why) {
      super(
          at,
          "not reachable (" + why + ")",
          "check address and port, that the peer's web service runs there, and the rules of the"
              + " sync interface");
    }
  }

  /** The peer's certificate expired. */
  public static final class CertificateExpired extends SyncException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param at where
     * @param what which certificate, until when
     */
    public CertificateExpired(At at, String what) {
      super(at, what, "renew the peer's certificate, and check both clocks");
    }
  }

  /** The peer's certificate is not valid yet. */
  public static final class CertificateNotYetValid extends SyncException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param at where
     * @param what which certificate, from when
     */
    public CertificateNotYetValid(At at, String what) {
      super(
          at, what, "set both clocks; a certificate made on a node with a fast clock is too young");
    }
  }

  /** Nobody this node trusts vouches for the peer's certificate. */
  public static final class CertificateUntrusted extends SyncException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param at where
     * @param what which certificate
     */
    public CertificateUntrusted(At at, String what) {
      super(at, what, "pin its fingerprint, or give this node the authority that signed it");
    }
  }

  /** The peer's certificate is for another name or address. */
  public static final class WrongHost extends SyncException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param at where
     * @param what the names it is for
     */
    public WrongHost(At at, String what) {
      super(
          at, what, "connect to a name in the certificate, reissue it with the address, or pin it");
    }
  }

  /** The peer shows another certificate than the pinned one. */
  public static final class PinMismatch extends SyncException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param at where
     * @param what both fingerprints
     */
    public PinMismatch(At at, String what) {
      super(at, what, "pin the new one only if you replaced it yourself; else someone is between");
    }
  }

  /** TLS failed for another reason, such as no common protocol version. */
  public static final class TlsFailed extends SyncException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param at where
     * @param what the TLS layer's words
     */
    public TlsFailed(At at, String what) {
      super(at, what, "check that the port speaks HTTPS with TLS 1.2 or later");
    }
  }

  /** The two nodes must not sync: another product or another configuration revision. */
  public static final class VersionMismatch extends SyncException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param at where
     * @param theirs what the peer says, empty when it says nothing
     * @param ours this node's
     */
    public VersionMismatch(At at, String theirs, String ours) {
      super(
          at,
          theirs.isEmpty()
              ? "the peer does not say its configuration revision, this node has " + ours
              : "the peer has configuration revision " + theirs + ", this node " + ours,
          "bring both nodes to the same release, the secondary first");
    }
  }

  /** No answer in time. */
  public static final class TimedOut extends SyncException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param at where
     * @param what what took too long: connecting, sending, waiting, receiving
     * @param after how long was waited
     */
    public TimedOut(At at, String what, Duration after) {
      super(
          at,
          what + " took more than " + after.toMillis() + " ms",
          at.step() == SyncStep.WRITE
              ? "the peer may still apply it: compare before repeating; look at its load"
              : "look at the peer's load and at the path to it");
    }
  }

  /** An HTTP status other than 200. */
  public static final class HttpError extends SyncException {
    private static final long serialVersionUID = 1L;
    private final int status;

    /**
     * Makes one.
     *
     * @param at where
     * @param status the HTTP status
     */
    public HttpError(At at, int status) {
      super(
          at,
          "HTTP status " + status,
          switch (status) {
            case 401, 403 -> "something before the sync service refuses; check proxies and rules";
            case 404 -> "the port answers, but there is no sync service: check port and product";
            case 413 -> "the configuration is larger than the peer accepts; raise its limit";
            case 502, 503, 504 ->
                "the peer's web service is up, what is behind it is not: restart it";
            default ->
                status / 100 == 3
                    ? "redirects are not followed: configure the address it redirects to"
                    : "look at the peer's system log";
          });
      this.status = status;
    }

    /**
     * The status.
     *
     * @return for example 502
     */
    public int status() {
      return status;
    }
  }

  /** HTML or text instead of XML: a login page, a captive portal, a proxy. */
  public static final class NotXml extends SyncException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param at where
     * @param what what came instead, in a few words
     */
    public NotXml(At at, String what) {
      super(
          at, what, "another service answers on this port, or the peer's configuration is broken");
    }
  }

  /** XML that is no answer, or an answer that makes no sense. */
  public static final class MalformedAnswer extends SyncException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param at where
     * @param what what is wrong with it
     */
    public MalformedAnswer(At at, String what) {
      super(at, what, "check that the peer is the product and release it should be");
    }
  }

  /** The peer refused; it changed nothing. */
  public static final class Refused extends SyncException {
    private static final long serialVersionUID = 1L;
    private final int code;

    /**
     * Makes one.
     *
     * @param at where
     * @param fault the peer's fault
     */
    public Refused(At at, RpcFault fault) {
      super(
          at,
          "fault " + fault.code() + ": " + fault.getMessage(),
          "allow on the peer what is sent, or stop sending it");
      this.code = fault.code();
    }

    /**
     * The peer's fault code.
     *
     * @return for example -32602
     */
    public int code() {
      return code;
    }
  }

  /** Another call is being applied over there. */
  public static final class PeerBusy extends SyncException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param at where
     */
    public PeerBusy(At at) {
      super(at, "another change is being applied", "try again in a minute");
    }
  }

  /** Both nodes push to each other, or the configuration came round in a circle. */
  public static final class PeerConflict extends SyncException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param at where
     * @param what who conflicts with whom
     */
    public PeerConflict(At at, String what) {
      super(at, what, "only one node of a pair may have a sync target, and chains must end");
    }
  }

  /** This node may not push now. */
  public static final class NotPrimary extends SyncException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param at where
     */
    public NotPrimary(At at) {
      super(at, "this node is not primary now", "sync from the node that is, or wait until it is");
    }
  }

  /** What a plan was made from has changed since. */
  public static final class StalePlan extends SyncException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param at where
     * @param what the sections that changed and on which node
     */
    public StalePlan(At at, String what) {
      super(at, "the plan is stale: " + what, "make a new plan and look at it again");
    }
  }

  /** This node's configuration cannot be sent as it is. Nothing was. */
  public static final class Unsendable extends SyncException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param at where
     * @param what what is wrong and how to correct it
     */
    public Unsendable(At at, String what) {
      super(at, what, "nothing was sent");
    }
  }

  /** The peer took it, but does not hold all of it, or could not be asked. */
  public static final class PartialSync extends SyncException {
    private static final long serialVersionUID = 1L;
    private final List<String> missing;

    /**
     * Makes one.
     *
     * @param at where
     * @param missing sections that are not as sent, or not known to be
     * @param what why
     */
    public PartialSync(At at, List<String> missing, String what) {
      super(
          at,
          what + " " + String.join(", ", missing),
          "look at the peer's log, then push everything again");
      this.missing = List.copyOf(missing);
    }

    /**
     * What is not known to have arrived.
     *
     * @return section names
     */
    public List<String> missing() {
      return missing;
    }
  }

  /** Interrupted or closed. */
  public static final class Cancelled extends SyncException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param at where
     */
    public Cancelled(At at) {
      super(
          at,
          "cancelled",
          at.step() == SyncStep.WRITE
              ? "whether the peer applied it is unknown: push everything again"
              : "nothing was changed");
    }
  }
}

package org.pfha.configsync.rpc;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Answers calls, without knowing how they arrived. Who does not say an accepted user and secret in
 * the header gets no byte of the body read; who may not call a method gets it not called; whatever
 * else goes wrong becomes a fault. Methods are entries of a map: nothing is looked up by
 * reflection. Thread-safe if its methods are. Source: spec sections 3, 4, 22.
 */
public final class RpcServer {
  private static final System.Logger LOG = System.getLogger(RpcServer.class.getName());
  private static final Pattern METHOD = Pattern.compile("[A-Za-z0-9_.]{1,64}");
  private static final String MULTICALL = "system.multicall";
  private static final int MAX_INNER_CALLS = 16;
  private static final int INTERNAL = 1;

  /** One method. */
  @FunctionalInterface
  public interface Method {

    /**
     * Performs a call whose credentials and rights were accepted.
     *
     * @param caller where it came from
     * @param call the call
     * @return the result
     * @throws RpcFault to refuse it
     */
    Object perform(InetAddress caller, RpcCall call) throws RpcFault;
  }

  /** Why a call was not performed, each with a counter. */
  public enum Refusal {
    /** User unknown, or the secret is wrong or missing. */
    CREDENTIALS,
    /** Too many wrong secrets from this address or for this user. */
    PAUSED,
    /** The user may not call the method. */
    RIGHTS,
    /** There is no such method. */
    METHOD,
    /** The body is no XML-RPC call. */
    FORMAT,
    /** The body exceeds a limit, or has a DOCTYPE. */
    LIMIT
  }

  /** Told of each refused call. May be called by several threads at once. */
  @FunctionalInterface
  public interface RefusalListener {
    /** Ignores refusals. */
    RefusalListener NONE = (refusal, caller, user) -> {};

    /**
     * A call was refused.
     *
     * @param refusal why
     * @param caller where it came from
     * @param user as sent, fit for a log; empty when there was none
     */
    void refused(Refusal refusal, InetAddress caller, String user);
  }

  private final Authenticator authenticator;
  private final Authoriser authoriser;
  private final Map<String, Method> methods;
  private final FaultStyle style;
  private final Decoding decoding;
  private final boolean multicall;
  private final RefusalListener listener;
  private final LongSupplier clock;
  private final Offenders offenders = new Offenders();
  private final Map<Refusal, LongAdder> refusals = new EnumMap<>(Refusal.class);

  private RpcServer(Builder options) {
    this.authenticator = options.authenticator;
    this.authoriser = options.authoriser;
    this.methods = Map.copyOf(options.methods);
    this.style = options.style;
    this.decoding = options.decoding;
    this.multicall = options.multicall;
    this.listener = options.listener;
    this.clock = options.clock;
    for (Refusal refusal : Refusal.values()) {
      refusals.put(refusal, new LongAdder());
    }
  }

  private LongAdder counter(Refusal refusal) {
    return Objects.requireNonNull(refusals.get(refusal));
  }

  /**
   * Begins a server.
   *
   * @param authenticator who is who
   * @param authoriser who may call what
   * @return a builder
   */
  public static Builder builder(Authenticator authenticator, Authoriser authoriser) {
    return new Builder(authenticator, authoriser);
  }

  /**
   * How many calls were refused so far.
   *
   * @param refusal for this reason
   * @return calls since the start
   */
  public long refused(Refusal refusal) {
    return counter(refusal).sum();
  }

  /**
   * Answers one call.
   *
   * @param caller where it came from: the address of the socket
   * @param authorization the header, null when absent
   * @param body the encoded call, read only when the credentials are accepted
   * @return the answer
   * @throws IOException from the stream of the body, nothing else
   */
  public RpcReply handle(InetAddress caller, @Nullable String authorization, InputStream body)
      throws IOException {
    Credentials given = Credentials.fromHeader(authorization);
    String user = given == null ? "" : given.user();
    long wait;
    synchronized (offenders) {
      wait = offenders.waitNanos(caller, user, clock.getAsLong());
    }
    if (wait > 0) {
      refuse(Refusal.PAUSED, caller, user);
      return new RpcReply(RpcReply.UNAVAILABLE, null, TimeUnit.NANOSECONDS.toSeconds(wait) + 1);
    }
    boolean known = isKnown(given);
    synchronized (offenders) {
      if (known) {
        offenders.succeeded(caller, user);
      } else {
        offenders.failed(caller, user, clock.getAsLong());
      }
    }
    if (!known) {
      refuse(Refusal.CREDENTIALS, caller, user);
      return RpcReply.of(style.credentials());
    }
    return RpcReply.of(answer(caller, user, body));
  }

  /** Works as long for unknown names as for known ones. */
  private boolean isKnown(@Nullable Credentials given) {
    byte[] secret = given == null ? new byte[0] : given.secret();
    try {
      PasswordCheck check = given == null ? null : authenticator.find(given.user());
      boolean matches = (check == null ? authenticator.decoy() : check).matches(secret);
      return check != null && matches;
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "the authenticator failed: " + e.getClass());
      return false;
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  private EncodedMessage answer(InetAddress caller, String user, InputStream body)
      throws IOException {
    RpcCall call;
    try {
      call = XmlRpc.decodeCall(body, decoding);
    } catch (RpcFormatException e) {
      boolean limit = e.flaw() == RpcFormatException.Flaw.REFUSED;
      refuse(limit ? Refusal.LIMIT : Refusal.FORMAT, caller, user);
      return XmlRpc.fault(style.malformed(e));
    }
    try {
      if (multicall && call.method().equals(MULTICALL)) {
        return XmlRpc.result(multicall(caller, user, call.parameters()));
      }
      return XmlRpc.result(perform(caller, new RpcCall(call.method(), call.parameters(), user)));
    } catch (NoRight e) {
      return style.rights();
    } catch (RpcFault fault) {
      return XmlRpc.fault(fault);
    } catch (RpcFormatException e) {
      LOG.log(System.Logger.Level.ERROR, "a result cannot be sent: " + e.getMessage());
      return XmlRpc.fault(internal());
    }
  }

  private static final class NoRight extends Exception {
    private static final long serialVersionUID = 1L;

    NoRight() {
      super(null, null, false, false);
    }
  }

  private Object perform(InetAddress caller, RpcCall call) throws RpcFault, NoRight {
    Method method = METHOD.matcher(call.method()).matches() ? methods.get(call.method()) : null;
    if (method == null) {
      refuse(Refusal.METHOD, caller, call.user());
      throw style.unknownMethod();
    }
    try {
      if (!authoriser.allows(call.user(), call.method())) {
        refuse(Refusal.RIGHTS, caller, call.user());
        throw new NoRight();
      }
      return method.perform(caller, call);
    } catch (RuntimeException e) {
      // Only the class: messages may quote what was sent.
      LOG.log(System.Logger.Level.ERROR, "a call failed inside the server: " + e.getClass());
      throw internal();
    }
  }

  private static RpcFault internal() {
    return new RpcFault(INTERNAL, "internal error, see the server's log");
  }

  private List<Object> multicall(InetAddress caller, String user, List<Object> parameters)
      throws RpcFault {
    if (parameters.size() != 1
        || !(parameters.get(0) instanceof List<?> calls)
        || calls.size() > MAX_INNER_CALLS) {
      throw new RpcFault(
          RpcFault.INVALID_PARAMETERS, "one list of at most " + MAX_INNER_CALLS + " calls");
    }
    List<Object> results = new ArrayList<>();
    for (Object inner : calls) {
      try {
        if (!(inner instanceof Map<?, ?> map)
            || !(map.get("methodName") instanceof String method)
            || !(map.get("params") instanceof List<?> params)) {
          throw new RpcFault(RpcFault.INVALID_PARAMETERS, "an inner call without name or params");
        }
        if (method.equals(MULTICALL)) {
          throw new RpcFault(RpcFault.NO_CALL, "Recursive calls to system.multicall are forbidden");
        }
        results.add(List.of(perform(caller, new RpcCall(method, List.copyOf(params), user))));
      } catch (NoRight e) {
        results.add(fault(-2, "not enough privileges"));
      } catch (RpcFault fault) {
        results.add(fault(fault.code(), String.valueOf(fault.getMessage())));
      }
    }
    return results;
  }

  private static Map<String, Object> fault(int code, String text) {
    Map<String, Object> fault = new LinkedHashMap<>();
    fault.put("faultCode", code);
    fault.put("faultString", text);
    return fault;
  }

  private void refuse(Refusal refusal, InetAddress caller, String user) {
    counter(refusal).increment();
    try {
      listener.refused(refusal, caller, OneLine.of(user, 64));
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "the listener of refusals failed", e);
    }
  }

  /** Collects the options of a server. Confined to one thread. */
  public static final class Builder {
    private final Authenticator authenticator;
    private final Authoriser authoriser;
    private Map<String, Method> methods = Map.of();
    private FaultStyle style = FaultStyle.STANDARD;
    private Decoding decoding = Decoding.STRICT;
    private boolean multicall;
    private RefusalListener listener = RefusalListener.NONE;
    private LongSupplier clock = System::nanoTime;

    private Builder(Authenticator authenticator, Authoriser authoriser) {
      this.authenticator = authenticator;
      this.authoriser = authoriser;
    }

    /**
     * What can be called.
     *
     * @param methods by exact name of letters, digits, {@code _} and {@code .}, 64 at most;
     *     everything else does not exist
     * @return this
     */
    public Builder methods(Map<String, Method> methods) {
      this.methods = methods;
      return this;
    }

    /**
     * In whose words to refuse.
     *
     * @param style by default the standard ones
     * @return this
     */
    public Builder faults(FaultStyle style) {
      this.style = style;
      return this;
    }

    /**
     * How much to forgive.
     *
     * @param decoding by default nothing
     * @return this
     */
    public Builder decoding(Decoding decoding) {
      this.decoding = decoding;
      return this;
    }

    /**
     * Offers {@code system.multicall} of at most 16 calls, each with its own check of rights.
     *
     * @return this
     */
    public Builder multicall() {
      this.multicall = true;
      return this;
    }

    /**
     * Who is told of refused calls.
     *
     * @param listener for example an audit log
     * @return this
     */
    public Builder onRefusal(RefusalListener listener) {
      this.listener = listener;
      return this;
    }

    /**
     * Time, for the pauses after wrong secrets.
     *
     * @param nanos by default the machine's
     * @return this
     */
    public Builder clock(LongSupplier nanos) {
      this.clock = nanos;
      return this;
    }

    /**
     * Builds it.
     *
     * @return a server
     * @throws IllegalArgumentException naming every method that could not be called
     */
    public RpcServer build() {
      List<String> wrong =
          methods.keySet().stream().filter(name -> !METHOD.matcher(name).matches()).toList();
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException("method names that cannot be called: " + wrong);
      }
      return new RpcServer(this);
    }
  }
}

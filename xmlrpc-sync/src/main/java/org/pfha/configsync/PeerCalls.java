package org.pfha.configsync;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.SyncException.At;
import org.pfha.configsync.dialect.PeerCaller;
import org.pfha.configsync.rpc.Credentials;
import org.pfha.configsync.rpc.Progress;
import org.pfha.configsync.rpc.RpcAnswer;
import org.pfha.configsync.rpc.RpcClient;
import org.pfha.configsync.rpc.RpcException;
import org.pfha.configsync.rpc.RpcFault;
import org.pfha.configsync.rpc.RpcRequest;

/**
 * The calls of one plan, push or sync: one deadline over all of them, repeated where that is safe,
 * timed by step. Confined to one thread.
 */
final class PeerCalls implements PeerCaller {
  private final String peer;
  private final RpcClient client;
  private final SyncClock clock;
  private final LongSupplier random;
  private final RetryPolicy retry;
  private final Deadlines deadlines;
  private final Progress progress;
  private final long begun;
  private final Map<SyncStep, Duration> steps = new EnumMap<>(SyncStep.class);
  private Credentials credentials;
  private SyncStep step = SyncStep.PREPARE;
  private long stepBegun;
  private int attempts;
  private @Nullable RpcAnswer last;

  PeerCalls(
      String peer,
      Credentials credentials,
      RpcClient client,
      SyncClock clock,
      LongSupplier random,
      RetryPolicy retry,
      Deadlines deadlines,
      Progress progress) {
    this.peer = peer;
    this.credentials = credentials;
    this.client = client;
    this.clock = clock;
    this.random = random;
    this.retry = retry;
    this.deadlines = deadlines;
    this.progress = progress;
    this.begun = clock.nanos();
    this.stepBegun = begun;
  }

  @Override
  public At at() {
    return new At(peer, step);
  }

  /** The next step begins; the time of the one before is noted. */
  void step(SyncStep next) {
    long now = clock.nanos();
    steps.merge(step, Duration.ofNanos(now - stepBegun), Duration::plus);
    stepBegun = now;
    step = next;
  }

  /** How long each step took so far, the current one included. */
  Map<SyncStep, Duration> steps() {
    step(step);
    return new EnumMap<>(steps);
  }

  Duration elapsed() {
    return Duration.ofNanos(clock.nanos() - begun);
  }

  /** What the peer answered last, with its clock and certificate; null before. */
  @Nullable RpcAnswer last() {
    return last;
  }

  int attempts() {
    return attempts;
  }

  /** From now on as someone else. */
  void as(Credentials credentials) {
    this.credentials = credentials;
  }

  @Override
  public Object call(String method, Object... parameters) throws SyncException {
    for (int attempt = 1; ; attempt++) {
      attempts++;
      Outcome outcome = attempt(method, List.of(parameters));
      if (outcome.cause == null) {
        return outcome.answer;
      }
      Duration pause = retry.pause(attempt, random);
      boolean again = outcome.repeatable || retry.everything();
      if (!again || attempt == retry.attempts() || left().compareTo(pause) <= 0) {
        throw outcome.cause;
      }
      try {
        clock.pause(pause);
      } catch (InterruptedException e) {
        throw cancelled();
      }
    }
  }

  private Duration left() {
    return deadlines.total().minus(elapsed());
  }

  /** The outcome of one attempt: an answer, or why there is none. */
  private record Outcome(Object answer, @Nullable SyncException cause, boolean repeatable) {}

  private Outcome attempt(String method, List<Object> parameters) throws SyncException {
    Duration left = left();
    if (left.isNegative() || left.isZero()) {
      throw new SyncException.TimedOut(at(), "the whole sync", deadlines.total());
    }
    Duration limit = left.compareTo(deadlines.request()) < 0 ? left : deadlines.request();
    RpcRequest request = new RpcRequest(credentials, method, parameters, limit, progress);
    try {
      RpcAnswer answer = client.call(request);
      last = answer;
      return new Outcome(answer.value(), null, false);
    } catch (RpcFault fault) {
      return failed(refusal(fault), fault.code() == RpcFault.BUSY);
    } catch (InterruptedException e) {
      throw cancelled();
    } catch (RpcException e) {
      SyncException cause = TransportFailure.cause(at(), credentials.user(), e, limit);
      return failed(cause, TransportFailure.isRepeatable(e));
    }
  }

  private static Outcome failed(SyncException cause, boolean repeatable) {
    return new Outcome("", cause, repeatable);
  }

  private SyncException refusal(RpcFault fault) {
    return switch (fault.code()) {
      case -1 -> new SyncException.Credentials(at(), credentials.user());
      case -2 -> new SyncException.Privilege(at(), credentials.user());
      case RpcFault.BUSY -> new SyncException.PeerBusy(at());
      case RpcFault.STALE -> new SyncException.StalePlan(at(), String.valueOf(fault.getMessage()));
      case RpcFault.LOOP ->
          new SyncException.PeerConflict(at(), String.valueOf(fault.getMessage()));
      default -> new SyncException.Refused(at(), fault);
    };
  }

  private SyncException cancelled() {
    Thread.currentThread().interrupt();
    return new SyncException.Cancelled(at());
  }
}

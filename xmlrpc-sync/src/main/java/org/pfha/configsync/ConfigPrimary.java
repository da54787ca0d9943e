package org.pfha.configsync;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.SyncReceipt.Outcome;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.dialect.Dialect.PasswordChange;
import org.pfha.configsync.dialect.Outgoing;
import org.pfha.configsync.rpc.Credentials;
import org.pfha.configsync.rpc.RpcClient;

/**
 * The node that sends, towards one secondary. {@link #plan} looks and changes nothing, {@link
 * #apply} pushes what a plan shows if nothing changed since, {@link #sync} does both and reads
 * back. Calls block; one runs at a time. Thread-safe. Source: spec sections 7, 12.1, 15, 18.
 */
public final class ConfigPrimary {
  private final ConfigPrimaryBuilder options;
  private final RpcClient client;
  private final ReentrantLock running = new ReentrantLock();
  private volatile Credentials credentials;
  private volatile SyncStatus status;

  ConfigPrimary(ConfigPrimaryBuilder options, Credentials credentials, RpcClient client) {
    this.options = new ConfigPrimaryBuilder(options);
    this.credentials = credentials;
    this.client = client;
    this.status = SyncStatus.none(options.peer);
  }

  /**
   * Begins a primary.
   *
   * @param peer {@code https://host:port} of the secondary
   * @return a builder
   */
  public static ConfigPrimaryBuilder to(String peer) {
    return new ConfigPrimaryBuilder(peer);
  }

  /**
   * Looks at the peer and says what a push would do. Changes nothing.
   *
   * @param config this node's configuration
   * @return the plan
   * @throws SyncException why there is none
   */
  public SyncPlan plan(ConfigTree config) throws SyncException {
    return alone(
        run -> {
          Outgoing outgoing = run.prepare(config);
          run.greet(config);
          return run.plan(config, outgoing);
        });
  }

  /**
   * Pushes what a plan shows, if the peer still is as it was then.
   *
   * @param plan made by this primary
   * @return what was done
   * @throws SyncException {@link SyncException.StalePlan} when the peer changed since
   */
  public SyncReceipt apply(SyncPlan plan) throws SyncException {
    return apply(plan, plan.config());
  }

  /**
   * Pushes what a plan shows, if both nodes still are as they were then. A peer that is pfHA as
   * well checks this again under its own lock.
   *
   * @param plan made by this primary
   * @param config this node's configuration as it is now
   * @return what was done
   * @throws SyncException {@link SyncException.StalePlan} when either changed since
   */
  public SyncReceipt apply(SyncPlan plan, ConfigTree config) throws SyncException {
    return recorded(
        run -> {
          Outgoing outgoing = run.prepare(config);
          run.greet(config);
          Map<String, String> expected = run.unchangedSince(plan, outgoing);
          return push(run, config, outgoing, List.of(), expected);
        });
  }

  /**
   * Makes the peer hold this node's configuration: sends it unless the peer is seen to hold it, and
   * reads back.
   *
   * @param config this node's configuration
   * @return what was done, and whether the peer was seen to hold it
   * @throws SyncException why it was not, and what to do
   */
  public SyncReceipt sync(ConfigTree config) throws SyncException {
    return sync(config, List.of(), false);
  }

  /**
   * The same for a configuration that came from elsewhere.
   *
   * @param config this node's configuration
   * @param hops ids of the nodes it came through, the origin first, this node not included
   * @param always whether to send even if the peer is seen to hold everything, so that it applies
   *     it again
   * @return what was done, and whether the peer was seen to hold it
   * @throws SyncException why it was not, and what to do
   */
  public SyncReceipt sync(ConfigTree config, List<String> hops, boolean always)
      throws SyncException {
    return recorded(
        run -> {
          Outgoing outgoing = run.prepare(config);
          if (outgoing.sections().isEmpty()) {
            return run.receipt(config, outgoing, false, List.of());
          }
          run.greet(config);
          if (options.likeTheProduct) {
            run.write(outgoing, hops, Map.of());
            changed(options.dialect.passwordChange(config));
            return run.receipt(config, outgoing, true, unverified(outgoing));
          }
          Map<String, String> held = run.isReadable() ? run.look(outgoing) : Map.of();
          if (!always && run.isReadable() && run.alreadyHeld(outgoing, held)) {
            return run.receipt(config, outgoing, false, run.verify(outgoing));
          }
          return push(run, config, outgoing, hops, held);
        });
  }

  private List<SyncReceipt.Section> unverified(Outgoing outgoing) {
    List<SyncReceipt.Section> sections = new ArrayList<>();
    outgoing
        .sections()
        .forEach(
            (name, node) ->
                sections.add(
                    new SyncReceipt.Section(
                        name, options.dialect.digest(node), "", Outcome.NOT_VERIFIABLE)));
    return sections;
  }

  private SyncReceipt push(
      SyncRun run,
      ConfigTree config,
      Outgoing outgoing,
      List<String> hops,
      Map<String, String> expected)
      throws SyncException {
    run.write(outgoing, hops, expected);
    PasswordChange change = options.dialect.passwordChange(config);
    if (change == null) {
      return run.receipt(config, outgoing, true, run.verify(outgoing));
    }
    run.calls().as(with(change));
    try {
      List<SyncReceipt.Section> sections = run.verify(outgoing);
      changed(change);
      return run.receipt(config, outgoing, true, sections);
    } catch (SyncException.PartialSync e) {
      if (!(e.getCause() instanceof SyncException.Credentials)) {
        throw e;
      }
      run.calls().as(credentials);
      run.warn("the peer still wants the old password of " + credentials.user());
      return run.receipt(config, outgoing, true, run.verify(outgoing));
    }
  }

  /** The peer took the new password with the push: from now on this node uses it as well. */
  private void changed(@Nullable PasswordChange change) {
    if (change != null) {
      credentials = with(change);
      options.passwordChanged.accept(change.stored());
    }
  }

  private Credentials with(PasswordChange change) {
    char[] secret = change.secret().toCharArray();
    Credentials renewed = new Credentials(credentials.user(), secret);
    Arrays.fill(secret, '\0');
    return renewed;
  }

  /**
   * How it stands with the peer.
   *
   * @return as of the last push
   */
  public SyncStatus status() {
    return status;
  }

  /**
   * The peer.
   *
   * @return its address as configured
   */
  public String peer() {
    return options.peer;
  }

  @FunctionalInterface
  private interface Work<T> {
    T in(SyncRun run) throws SyncException;
  }

  /** One run at a time: a second one waits as long as a whole sync may take. */
  private <T> T alone(Work<T> work) throws SyncException {
    PeerCalls calls =
        new PeerCalls(
            options.peer,
            credentials,
            client,
            options.clock,
            options.random,
            options.retry,
            options.deadlines,
            (sent, toSend, received) ->
                options.tell(listener -> listener.progress(options.peer, sent, toSend, received)));
    try {
      if (!running.tryLock(options.deadlines.total().toMillis(), TimeUnit.MILLISECONDS)) {
        throw new SyncException.TimedOut(
            calls.at(), "another push to this peer", options.deadlines.total());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SyncException.Cancelled(calls.at());
    }
    try {
      calls.as(credentials);
      return work.in(new SyncRun(options, calls));
    } finally {
      running.unlock();
    }
  }

  private SyncReceipt recorded(Work<SyncReceipt> work) throws SyncException {
    Instant begun = options.clock.instant();
    long nanos = options.clock.nanos();
    try {
      SyncReceipt receipt = alone(work);
      status = succeeded(receipt);
      options.tell(listener -> listener.succeeded(receipt));
      return receipt;
    } catch (SyncException e) {
      status = failed(begun, Duration.ofNanos(options.clock.nanos() - nanos), e);
      options.tell(listener -> listener.failed(options.peer, e));
      throw e;
    }
  }

  private SyncStatus succeeded(SyncReceipt receipt) {
    Instant now = options.clock.instant();
    Map<String, SyncStatus.Area> areas = new LinkedHashMap<>();
    areas()
        .forEach(
            (area, sections) -> {
              Outcome outcome = worst(receipt, sections);
              Instant success = outcome == Outcome.DIFFERS ? lastSuccess(area) : now;
              areas.put(area, new SyncStatus.Area(receipt.at(), success, outcome));
            });
    return new SyncStatus(
        options.peer, receipt.at(), now, receipt.duration(), null, areas, receipt.warnings());
  }

  private static Outcome worst(SyncReceipt receipt, Set<String> sections) {
    Outcome worst = Outcome.VERIFIED;
    for (SyncReceipt.Section section : receipt.sections()) {
      if (sections.contains(section.name()) && section.outcome() != Outcome.VERIFIED) {
        worst = worst == Outcome.DIFFERS ? worst : section.outcome();
      }
    }
    return worst;
  }

  private SyncStatus failed(Instant begun, Duration took, SyncException cause) {
    Map<String, SyncStatus.Area> areas = new LinkedHashMap<>();
    areas()
        .keySet()
        .forEach(
            area ->
                areas.put(area, new SyncStatus.Area(begun, lastSuccess(area), Outcome.DIFFERS)));
    return new SyncStatus(
        options.peer, begun, status.lastSuccess(), took, cause, areas, status.warnings());
  }

  private Map<String, Set<String>> areas() {
    return options.dialect.areas(options.scope);
  }

  private @Nullable Instant lastSuccess(String area) {
    SyncStatus.Area known = status.areas().get(area);
    return known == null ? null : known.lastSuccess();
  }
}

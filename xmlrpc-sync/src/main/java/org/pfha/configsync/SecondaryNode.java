package org.pfha.configsync;

import java.io.IOException;
import java.net.InetAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.SecondaryReport.Outcome;
import org.pfha.configsync.config.ConfigDiff;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.dialect.Dialect;
import org.pfha.configsync.dialect.Effect;
import org.pfha.configsync.dialect.Envelope;
import org.pfha.configsync.dialect.Merged;
import org.pfha.configsync.dialect.SecondaryContext;
import org.pfha.configsync.rpc.RpcFault;

/**
 * The one way a stored configuration changes: lock, read, merge, protect, validate, write, apply;
 * all of it or nothing. Thread-safe. Source: spec sections 11.3, 18, 22 (13, 21 to 23).
 */
final class SecondaryNode implements SecondaryContext {
  private static final System.Logger LOG = System.getLogger(ConfigSecondary.class.getName());
  private static final int INTERNAL = 1;
  private static final Set<Outcome> BAD =
      Set.of(Outcome.REFUSED, Outcome.ROLLED_BACK, Outcome.STUCK);

  private final ConfigSecondary.Builder options;
  private final Dialect dialect;
  private final SyncPolicy policy;
  private final EffectRunner effects;
  private final ReentrantLock lock = new ReentrantLock();
  private boolean recovered;
  private volatile @Nullable SecondaryReport last;
  private volatile @Nullable Parsed parsed;

  SecondaryNode(ConfigSecondary.Builder options, SyncPolicy policy) {
    this.options = options;
    this.dialect = options.dialect;
    this.policy = policy;
    this.effects =
        new EffectRunner(options.handlers, options.others, options.effectLimit, options.clock);
  }

  @Nullable SecondaryReport last() {
    return last;
  }

  @Override
  public SyncPolicy policy() {
    return policy;
  }

  @Override
  public String node() {
    return options.node;
  }

  @Override
  public <T> @Nullable T part(Class<T> type) {
    return type.cast(options.parts.get(type));
  }

  /** What the store held last, so that a sync of five calls does not read it five times. */
  private static final class Parsed {
    final byte[] bytes;
    final ConfigTree tree;

    Parsed(byte[] bytes, ConfigTree tree) {
      this.bytes = bytes;
      this.tree = tree;
    }
  }

  private Parsed stored() throws IOException, ConfigFormatException {
    Parsed known = parsed;
    return known != null && options.store.holds(known.bytes) ? known : read(options.store.load());
  }

  private Parsed read(byte[] bytes) throws ConfigFormatException {
    Parsed read = new Parsed(bytes, dialect.read(bytes));
    parsed = read;
    return read;
  }

  @Override
  public ConfigTree current() throws RpcFault {
    try {
      return stored().tree;
    } catch (IOException | ConfigFormatException e) {
      LOG.log(System.Logger.Level.ERROR, "the stored configuration cannot be read: " + e);
      throw new RpcFault(INTERNAL, "the stored configuration of this node cannot be read");
    }
  }

  @Override
  public boolean update(InetAddress caller, Envelope envelope, Merge merge) throws RpcFault {
    return new Change(caller, envelope.hops()).run(change -> change.update(envelope, merge));
  }

  @Override
  public void perform(InetAddress caller, List<Effect> wanted) throws RpcFault {
    new Change(caller, List.of()).run(change -> change.perform(wanted));
  }

  /** Applies again what a crash may have left unapplied. */
  void recover() throws RpcFault {
    new Change(InetAddress.getLoopbackAddress(), List.of()).run(change -> false);
  }

  @FunctionalInterface
  private interface Work {
    boolean in(Change change) throws RpcFault, IOException, ConfigFormatException;
  }

  /** One change under the lock, and its report. */
  private final class Change {
    private final InetAddress caller;
    private final List<String> hops;
    private final Instant at = options.clock.instant();
    private final long begun = options.clock.nanos();
    private List<String> changed = List.of();
    private List<String> diff = List.of();
    private List<SecondaryReport.Result> results = List.of();

    Change(InetAddress caller, List<String> hops) {
      this.caller = caller;
      this.hops = hops;
    }

    boolean run(Work work) throws RpcFault {
      try {
        if (!lock.tryLock(options.patience.toNanos(), TimeUnit.NANOSECONDS)) {
          throw busy();
        }
        try {
          return underStoreLock(work);
        } finally {
          lock.unlock();
        }
      } catch (RpcFault fault) {
        if (fault.code() != RpcFault.NOT_APPLIED) {
          report(Outcome.REFUSED, String.valueOf(fault.getMessage()));
        }
        throw fault;
      } catch (LockedException e) {
        report(Outcome.REFUSED, "another change is being applied");
        throw busy();
      } catch (ConfigFormatException e) {
        report(Outcome.REFUSED, String.valueOf(e.getMessage()));
        throw new RpcFault(
            RpcFault.INVALID_PARAMETERS, "refused, nothing was changed: " + e.getMessage());
      } catch (IOException e) {
        LOG.log(System.Logger.Level.ERROR, "the configuration could not be written: " + e);
        report(Outcome.REFUSED, "the configuration could not be written");
        throw new RpcFault(
            INTERNAL, "the configuration could not be written; the old one is in force");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw busy();
      }
    }

    private boolean underStoreLock(Work work)
        throws RpcFault, IOException, ConfigFormatException, InterruptedException {
      ConfigStore.Hold hold = options.store.lock(options.patience);
      try {
        applyAgain();
        return work.in(this);
      } finally {
        hold.close();
      }
    }

    private static RpcFault busy() {
      return new RpcFault(RpcFault.BUSY, "busy: another change is being applied, nothing changed");
    }

    boolean update(Envelope envelope, Merge merge)
        throws RpcFault, IOException, ConfigFormatException {
      Parsed old = readable();
      ConfigTree before = old.tree;
      if (comesRound(before)) {
        report(Outcome.IGNORED, "a call from this node's own target");
        return false;
      }
      Merged merged = merge.apply(before);
      ConfigTree kept =
          new ConfigTree(
              before.root(), policy.protect(before.sections(), merged.tree().sections()));
      boolean same = kept.isSame(before);
      if (same && !policy.likeTheProduct()) {
        report(Outcome.UNCHANGED, ""); // also when a call is repeated whose answer was lost
        return false;
      }
      expect(envelope, before);
      ConfigTree stamped = dialect.stamped(kept, options.clock.instant(), caller, merged.history());
      byte[] written = dialect.write(stamped);
      ConfigTree after = read(written).tree;
      changed = changed(before, after);
      diff =
          dialect.diff(without(before), without(after)).changes().stream()
              .limit(SecondaryReport.MAX_LINES)
              .map(ConfigDiff.Change::toString)
              .toList();
      if (envelope.dryRun()) {
        report(Outcome.CHECKED, "");
        return !same;
      }
      List<Effect> wanted = merged.effects().between(before, after);
      options.store.note(digest(written) + " " + String.join(",", changed));
      options.store.save(written);
      results = effects.perform(wanted, after);
      if (EffectRunner.failed(results)) {
        rollBack(old.bytes, before, wanted);
      }
      options.store.note("");
      report(Outcome.APPLIED, "");
      tell(before, after);
      return true;
    }

    boolean perform(List<Effect> wanted) throws RpcFault, IOException, ConfigFormatException {
      results = effects.perform(wanted, readable().tree);
      if (EffectRunner.failed(results)) {
        report(Outcome.ROLLED_BACK, lastError());
        throw new RpcFault(RpcFault.NOT_APPLIED, "the application failed: " + lastError());
      }
      report(Outcome.APPLIED, "");
      return true;
    }

    private Parsed readable() throws RpcFault, IOException {
      try {
        return stored();
      } catch (ConfigFormatException e) {
        LOG.log(System.Logger.Level.ERROR, "the stored configuration cannot be read: " + e);
        throw new RpcFault(INTERNAL, "the stored configuration of this node cannot be read");
      }
    }

    /** Whether to ignore the call as the product does; otherwise a loop is refused aloud. */
    private boolean comesRound(ConfigTree before) throws RpcFault {
      if (!options.role.getAsBoolean()) {
        throw new RpcFault(RpcFault.LOOP, "refused: this node is not secondary now");
      }
      if (hops.contains(options.node)) {
        throw new RpcFault(
            RpcFault.LOOP, "refused: the configuration came round to this node, over " + hops);
      }
      List<String> targets = new ArrayList<>(dialect.targets(before));
      targets.addAll(options.targets);
      if (targets.stream().noneMatch(target -> Targets.isSame(target, caller))) {
        return false;
      }
      if (policy.likeTheProduct()) {
        return true;
      }
      throw new RpcFault(
          RpcFault.LOOP, "refused: this node syncs to the caller; clear its own target address");
    }

    private void expect(Envelope envelope, ConfigTree before) throws RpcFault {
      if (envelope.expected().isEmpty()) {
        return;
      }
      Map<String, ConfigNode> readable = dialect.readable(before, policy);
      for (Map.Entry<String, String> section : envelope.expected().entrySet()) {
        ConfigNode node = readable.getOrDefault(section.getKey(), ConfigNode.Fields.NONE);
        if (!dialect.digest(node).equals(section.getValue())) {
          throw new RpcFault(
              RpcFault.STALE, "section " + section.getKey() + " is not what the caller expects");
        }
      }
    }

    private void rollBack(byte[] old, ConfigTree before, List<Effect> wanted)
        throws RpcFault, IOException {
      List<Effect> performed = wanted.subList(0, results.size());
      String error = lastError();
      try {
        options.store.save(old);
        options.store.note("");
      } catch (IOException e) {
        // The note stays: the next start applies what is stored.
        LOG.log(System.Logger.Level.ERROR, "the old configuration cannot be put back: " + e);
        report(Outcome.STUCK, error);
        throw new RpcFault(
            RpcFault.NOT_APPLIED,
            "not applied, and the old configuration could not be put back: this node needs help; "
                + error);
      }
      List<SecondaryReport.Result> all = new ArrayList<>(results);
      all.addAll(effects.perform(List.of(new Effect.RollBack(performed)), before));
      results = all;
      report(Outcome.ROLLED_BACK, error);
      throw new RpcFault(
          RpcFault.NOT_APPLIED, "not applied, the old configuration is in force again: " + error);
    }

    private String lastError() {
      SecondaryReport.Result result = results.get(results.size() - 1);
      return result.effect() + " " + result.error();
    }

    /** A note that is still there was written by a process that did not live to remove it. */
    private void applyAgain() throws IOException, RpcFault {
      if (recovered) {
        return;
      }
      recovered = true;
      String note = options.store.note();
      if (note.isEmpty()) {
        return;
      }
      byte[] stored = options.store.load();
      int space = note.indexOf(' ');
      if (space > 0 && note.substring(0, space).equals(digest(stored))) {
        List<String> sections = List.of(note.substring(space + 1).split(","));
        Change again = new Change(caller, List.of());
        again.changed = sections;
        again.results = effects.perform(List.of(new Effect.ApplyAgain(sections)), readable().tree);
        if (EffectRunner.failed(again.results)) {
          recovered = false; // and again before the next change
          again.report(Outcome.REFUSED, again.lastError());
          throw new RpcFault(
              RpcFault.NOT_APPLIED, "an interrupted change could not be applied again");
        }
        again.report(Outcome.APPLIED_AGAIN, "");
      }
      options.store.note("");
    }

    private void tell(ConfigTree before, ConfigTree after) {
      try {
        options.applied.applied(before, after, changed);
        options.onward.accept(hops);
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "a listener failed; the configuration is stored", e);
      }
    }

    private void report(Outcome outcome, String error) {
      SecondaryReport report =
          new SecondaryReport(
              at,
              caller,
              hops,
              outcome,
              changed,
              diff,
              results,
              error,
              Duration.ofNanos(options.clock.nanos() - begun));
      last = report;
      LOG.log(
          BAD.contains(outcome) ? System.Logger.Level.WARNING : System.Logger.Level.INFO,
          "sync from " + caller.getHostAddress() + ": " + outcome + " " + changed + " " + error);
      try {
        options.reports.accept(report);
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "a listener failed: " + e.getClass().getName());
      }
    }
  }

  private static ConfigTree without(ConfigTree tree) {
    return new ConfigTree(tree.root(), tree.sections().without("revision", "lastchange"));
  }

  private static List<String> changed(ConfigTree before, ConfigTree after) {
    Set<String> names = new TreeSet<>(before.sections().map().keySet());
    names.addAll(after.sections().map().keySet());
    names.remove("revision");
    List<String> changed = new ArrayList<>(names);
    changed.removeIf(name -> ConfigTree.same(before.section(name), after.section(name)));
    return changed;
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}

package org.pfha.carp.engine;

import org.pfha.carp.engine.CarpProfile.Trait;
import org.pfha.carp.wire.CarpView;

/**
 * How good a master this node would be, and how adverts compare with that (spec carp 7.4). A time
 * is advbase·256 + advskew, in 1/256 s; the smaller one is better. Immutable.
 *
 * @param parameters the configuration
 * @param demotion sum of the node's penalties
 * @param cannotSend whether sending fails
 */
record CarpStanding(CarpParameters parameters, int demotion, boolean cannotSend) {

  CarpStanding with(CarpParameters changed) {
    return new CarpStanding(changed, demotion, cannotSend);
  }

  CarpStanding with(int changedDemotion) {
    return new CarpStanding(parameters, changedDemotion, cannotSend);
  }

  CarpStanding with(boolean changedCannotSend) {
    return new CarpStanding(parameters, demotion, changedCannotSend);
  }

  CarpDecision.Own own() {
    return new CarpDecision.Own(
        parameters.advbase(), effectiveSkew(), parameters.advskew(), demotion);
  }

  int effectiveSkew() {
    CarpProfile profile = parameters.profile();
    int advskew = parameters.advskew();
    return switch (profile) {
      case OPENBSD -> advskew;
      case UCARP -> demotion > 0 || cannotSend ? CarpEngine.MAX_SKEW : advskew;
      default -> {
        long sum = Math.min(CarpEngine.MAX_SKEW, (long) advskew + demotion);
        yield (int) Math.max(profile.has(Trait.NEGATIVE_SKEW) ? -255 : 0, sum);
      }
    };
  }

  /** What is sent in byte 4: OpenBSD's demotion count. */
  int demoteByte() {
    return countsDemotion() ? Math.max(0, Math.min(255, demotion)) : 0;
  }

  private boolean countsDemotion() {
    return parameters.profile().has(Trait.DEMOTES_IN_BYTE_4);
  }

  /** By how much the sender is more demoted than this node; only OpenBSD can tell. */
  private int moreDemoted(CarpView advert) {
    return countsDemotion() ? advert.demote() - demoteByte() : 0;
  }

  private int time(int skew) {
    return 256 * parameters.advbase() + skew;
  }

  static int time(CarpView advert) {
    return 256 * advert.advbase() + advert.advskew();
  }

  boolean isTie(CarpView advert) {
    return time(effectiveSkew()) == time(advert) && moreDemoted(advert) == 0;
  }

  /** Whether a MASTER yields to the sender; to an equal one, too. */
  boolean yieldsTo(CarpView advert) {
    int moreDemoted = moreDemoted(advert);
    return moreDemoted < 0 || (moreDemoted == 0 && time(effectiveSkew()) >= time(advert));
  }

  /**
   * Whether the sender, a worse node, has taken over meanwhile: this one was silent for as long as
   * makes a master count as gone, and may not preempt.
   */
  boolean isReplacedBy(CarpView advert, long silenceNanos) {
    long patience = parameters.deadRatio() * 1_000_000_000L * Math.max(1, advert.advbase());
    return !parameters.preempt() && !advert.isBowOut() && silenceNanos >= patience;
  }

  long intervalNanos() {
    return parameters.advertIntervalNanos(effectiveSkew());
  }

  /** After becoming MASTER the kernels leave the demotion out once. */
  long firstIntervalNanos() {
    return parameters.profile() == CarpProfile.UCARP
        ? intervalNanos()
        : parameters.advertIntervalNanos(parameters.advskew());
  }

  /** The rule by which a BACKUP takes over from the sender, or by which it does not. */
  RoleReason asBackup(CarpView advert, boolean mayNotPreemptYet) {
    int theirs = time(advert);
    int moreDemoted = moreDemoted(advert);
    boolean slower = time(effectiveSkew()) < theirs;
    boolean worse = slower && moreDemoted >= 0;
    if (worse && parameters.preempt() && !mayNotPreemptYet) {
      return RoleReason.PREEMPTING;
    }
    if (moreDemoted > 0) {
      return RoleReason.LESS_DEMOTED;
    }
    boolean gone = advert.isBowOut() && parameters.profile().has(Trait.HEEDS_BOW_OUT);
    if (gone || willTimeOut(theirs)) {
      return RoleReason.MASTER_WILL_TIME_OUT;
    }
    if (worse) {
      return parameters.preempt() ? RoleReason.PREEMPT_IS_DELAYED : RoleReason.PREEMPT_IS_OFF;
    }
    boolean wouldBeSlower =
        slower || time(Math.min(CarpEngine.MAX_SKEW, parameters.advskew())) < theirs;
    return wouldBeSlower && parameters.preempt() ? RoleReason.DEMOTED : RoleReason.MASTER_IS_BETTER;
  }

  private boolean willTimeOut(int theirs) {
    int base = parameters.advbase();
    int ratio = parameters.deadRatio();
    int skew = effectiveSkew();
    return switch (parameters.profile()) {
      case UCARP -> ratio * 256 * base + skew < theirs;
      case OPENBSD -> base > 0 && ratio * 256 * base + skew < theirs;
      default -> base > 0 ? ratio * 256 * base + skew < theirs : ratio * Math.max(1, skew) < theirs;
    };
  }
}

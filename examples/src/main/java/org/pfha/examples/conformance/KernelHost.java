package org.pfha.examples.conformance;

import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.engine.CarpActions;
import org.pfha.carp.engine.CarpEngine;
import org.pfha.carp.engine.CarpInput;
import org.pfha.carp.engine.CarpParameters;
import org.pfha.carp.engine.CarpProfile;
import org.pfha.carp.engine.Role;
import org.pfha.carp.engine.RoleReason;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpKeyring;
import org.pfha.carp.wire.CarpReject;
import org.pfha.carp.wire.CarpView;
import org.pfha.carp.wire.VrrpAdvert;
import org.pfha.examples.conformance.FreeBsdCarpReplay.CapturedAdvert;

/**
 * The engine in the place of one captured host.
 *
 * <p>The kernel's timers are late by ticks and slack, which would add up. So the engine's timer is
 * let expire at the instant at which the captured host's did, and what is compared is whether it
 * was due then: not earlier than the formula, and late by no more than kernels are.
 */
final class KernelHost implements CarpActions {

  /** How much later than the formula a kernel may be: two ticks at 100 Hz, and its slack. */
  private static final long LATE_NANOS = 120_000_000L;

  /** How much earlier it seems when the advert before was captured late: 4 % of a second. */
  private static final long EARLY_NANOS = 40_000_000L;

  /**
   * From the command to its effect at most. The effect is before the host's next advert in this
   * time, which may be its consequence, but behind the other host's, which may have crossed it.
   */
  private static final long COMMAND_NANOS = 20_000_000L;

  /** From an action or an advert to what it causes; states were polled each 20 ms. */
  private static final long REACTION_NANOS = 100_000_000L;

  private static final HexFormat HEX = HexFormat.of();

  private final String name;
  private final CarpParameters configured;
  private final CarpAuthenticator authenticator;
  private final Report report;
  private final CarpInput input = new CarpInput(CarpProfile.FREEBSD_13);
  private final List<Step> steps = new ArrayList<>();
  private final List<CapturedAdvert> expected = new ArrayList<>();
  private final Queue<Did<byte[]>> sent = new ArrayDeque<>();
  private final Queue<Did<InetAddress>> announced = new ArrayDeque<>();
  private final Queue<Did<String>> changes = new ArrayDeque<>();
  private final Queue<Did<InetAddress>> expectedAnnouncements = new ArrayDeque<>();
  private final Queue<Did<String>> expectedChanges = new ArrayDeque<>();

  private CarpParameters parameters;
  private @Nullable CarpEngine engine;
  private int demotion;
  private int adverts;
  private long now;

  /** Something of the capture, at its time. */
  private record Step(long atNanos, int order, Runnable run) {}

  /** Something that was done, and when. */
  private record Did<T>(long atNanos, T what) {}

  KernelHost(
      String name,
      CarpParameters parameters,
      CarpAuthenticator authenticator,
      InetAddress own,
      Report report) {
    this.name = name;
    this.configured = parameters;
    this.parameters = parameters;
    this.authenticator = authenticator;
    this.report = report;
    input.add(parameters, CarpKeyring.of(authenticator), false);
    input.ownAddresses(List.of(own));
  }

  /** The captured host's own advert: to be sent by the engine too. */
  void sent(CapturedAdvert advert) {
    expected.add(advert);
    steps.add(new Step(advert.atNanos(), 2, () -> compare(advert)));
  }

  /** The other host's advert. */
  void heard(CapturedAdvert advert) {
    steps.add(new Step(advert.atNanos(), 1, () -> hear(advert)));
  }

  /** The captured host's announcement. */
  void announced(long at, InetAddress address) {
    expectedAnnouncements.add(new Did<>(at, address));
  }

  /** The captured host's role, as somebody saw it who looked every 20 ms. */
  void became(long at, Role from, Role to) {
    if (from != to) {
      expectedChanges.add(new Did<>(at, from + " -> " + to));
    }
  }

  /** What the administrator commanded; after the host's own adverts are known. */
  void did(long at, String action) {
    long effect =
        expected.stream()
            .mapToLong(CapturedAdvert::atNanos)
            .filter(own -> own >= at && own < at + COMMAND_NANOS)
            .min()
            .orElse(at + COMMAND_NANOS);
    steps.add(new Step(effect, 0, () -> act(action)));
  }

  private Role role() {
    return engine == null ? Role.INIT : engine.role();
  }

  void replay() {
    steps.sort(Comparator.comparingLong(Step::atNanos).thenComparingInt(Step::order));
    for (Step step : steps) {
      overdue(step.atNanos);
      now = step.atNanos;
      step.run.run();
    }
    for (Did<byte[]> more : sent) {
      report.failed(name + " at " + at(more.atNanos), "nothing sent", HEX.formatHex(more.what));
    }
    compareAll("role", expectedChanges, changes);
    compareAll("announcement", expectedAnnouncements, announced);
  }

  /** What the engine was due to do and the captured host did not. */
  private void overdue(long until) {
    CarpEngine running = engine;
    while (running != null
        && running.isWaiting()
        && running.deadlineNanos() + LATE_NANOS - until < 0) {
      now = running.deadlineNanos();
      report.failed(
          name + " at " + at(now), "nothing due before " + at(until), "a timer of " + role());
      running.tick(now, this);
      sent.clear();
    }
  }

  private void hear(CapturedAdvert advert) {
    CarpReject verdict = input.check(advert.packet());
    report.check(name + " hears the advert at " + advert.at(), CarpReject.NONE, verdict);
    if (engine != null && verdict == CarpReject.NONE) {
      engine.received(input.advert(), advert.packet(), this);
    }
  }

  private void compare(CapturedAdvert advert) {
    CarpEngine running = engine;
    if (sent.isEmpty() && running != null && running.isWaiting()) {
      long due = running.deadlineNanos();
      if (due - EARLY_NANOS - now <= 0) {
        now = Math.max(now, due);
        running.tick(now, this);
      }
    }
    Did<byte[]> mine = sent.poll();
    String what = "%s sends at %s".formatted(name, advert.at());
    if (mine == null) {
      report.failed(what, HEX.formatHex(advert.bytes()), "nothing, as " + role());
      return;
    }
    long late = advert.atNanos() - mine.atNanos;
    report.check(
        what,
        HEX.formatHex(advert.bytes()) + " in time",
        HEX.formatHex(mine.what)
            + (late <= REACTION_NANOS && late >= -EARLY_NANOS ? " in time" : " at " + at(late)));
  }

  private <T> void compareAll(String kind, Queue<Did<T>> wanted, Queue<Did<T>> done) {
    for (int i = 1; !wanted.isEmpty() || !done.isEmpty(); i++) {
      Did<T> theirs = wanted.poll();
      Did<T> mine = done.poll();
      String what = "%s %s %d".formatted(name, kind, i);
      if (theirs == null || mine == null) {
        report.failed(what, String.valueOf(theirs), String.valueOf(mine));
        continue;
      }
      long late = theirs.atNanos - mine.atNanos;
      boolean inTime = late <= REACTION_NANOS && late >= -EARLY_NANOS;
      report.check(
          what, theirs.what + " in time", mine.what + (inTime ? " in time" : " at " + at(late)));
    }
  }

  private static String at(long nanos) {
    return "%.3f s".formatted(nanos / 1e9);
  }

  private void act(String action) {
    for (Verb verb : Verb.values()) {
      Matcher matcher = verb.pattern.matcher(action);
      if (matcher.lookingAt()) {
        act(verb, matcher.groupCount() > 0 ? matcher.group(matcher.groupCount()) : "");
        return;
      }
    }
    report.failed(name + " at " + at(now), "an action that is known", action);
  }

  /** What an administrator can do, in the words of the timeline. */
  private enum Verb {
    CONFIGURE("configure vhid \\d+ advskew (\\d+)"),
    INTERFACE_DOWN("interface down"),
    INTERFACE_UP("interface up"),
    PREEMPT("sysctl net\\.inet\\.carp\\.preempt=(\\d)"),
    DEMOTION("(?:sysctl )?net\\.inet\\.carp\\.demotion ([+-]\\d+)"),
    REQUEST("SIOCSVH state (BACKUP|MASTER)"),
    ADVSKEW("change advskew to (\\d+)"),
    ADVBASE("change advbase to (\\d+)"),
    REMOVE("all virtual addresses removed");

    private final Pattern pattern;

    Verb(String regex) {
      pattern = Pattern.compile(regex);
    }
  }

  private void act(Verb verb, String value) {
    if (verb == Verb.CONFIGURE) {
      parameters =
          configured
              .withInterval(configured.advbase(), Integer.parseInt(value))
              .withPreempt(parameters.preempt(), 0);
      engine = new CarpEngine(parameters, this::counterOfTheHost);
      engine.demotion(demotion, now, this);
      engine.linkUp(now, this);
      return;
    }
    CarpEngine running = engine;
    switch (verb) {
      case PREEMPT -> change(parameters.withPreempt(value.equals("1"), 0));
      case DEMOTION -> {
        demotion += Integer.parseInt(value);
        if (running != null) {
          running.demotion(demotion, now, this);
        }
      }
      case ADVSKEW -> change(parameters.withInterval(parameters.advbase(), number(value)));
      case ADVBASE -> change(parameters.withInterval(number(value), parameters.advskew()));
      case REMOVE -> change(parameters.withAddresses(List.of()));
      default -> {
        if (running == null) {
          report.failed(name + " at " + at(now), "a configured vhid", verb + " " + value);
        } else if (verb == Verb.INTERFACE_DOWN) {
          running.linkDown(now, this);
        } else if (verb == Verb.INTERFACE_UP) {
          running.linkUp(now, this);
        } else {
          running.request(Role.valueOf(value), now, this);
        }
      }
    }
  }

  private static int number(String value) {
    return Integer.parseInt(value);
  }

  private void change(CarpParameters changed) {
    parameters = changed;
    if (engine != null) {
      engine.reconfigure(changed, now, this);
    }
  }

  /** Random for the kernel: what it drew is in the capture. Not asked once a peer was heard. */
  private long counterOfTheHost() {
    return adverts < expected.size() ? expected.get(adverts).view().counter() : 0;
  }

  @Override
  public void sendAdvert(VrrpAdvert advert, boolean ipv6) {
    throw new AssertionError("there is no VRRP here: " + advert);
  }

  @Override
  public void sendAdvert(CarpAdvert advert, boolean ipv6) {
    byte[] bytes = new byte[CarpView.LENGTH];
    advert.encode(bytes, 0, authenticator);
    adverts++;
    sent.add(new Did<>(now, bytes));
  }

  @Override
  public void announce(InetAddress address) {
    if (address.getAddress().length == 4) { // this kernel sends none for IPv6 (spec carp 20.4)
      announced.add(new Did<>(now, address));
    }
  }

  @Override
  public void roleChanged(Role from, Role to, RoleReason reason, long atNanos) {
    changes.add(new Did<>(atNanos, from + " -> " + to));
  }

  @Override
  public void sendErrorDemotion(int amount) {
    report.failed(name + " at " + at(now), "no send error", String.valueOf(amount));
  }
}

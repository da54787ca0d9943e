package org.pfha.carp;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.diagnosis.CarpDiagnosis;
import org.pfha.carp.engine.Decision;
import org.pfha.carp.engine.Role;
import org.pfha.carp.json.JsonObject;

/**
 * "Why am I BACKUP?": what made a virtual router what it is on this node. Immutable.
 *
 * @param link its interface
 * @param vhid its number
 * @param role what it is
 * @param atNanos when that was asked, on the loop's clock; durations are relative to it
 * @param own what this node advertises or would: {@code 1/100}, VRRP {@code priority 100 every 100
 *     cs}
 * @param enabled false if somebody disabled it
 * @param linkUp whether its interface is up
 * @param lastChange how it became what it is, or null if it is in INIT since the start
 * @param lastHeard the last valid advert, or null if there was none
 * @param timers when it will act by itself
 * @param demotion the penalties in force for it
 * @param group what it shares its fate with: the role of each member of its group, or nothing
 * @param decisions the last causal records, oldest first; suppressed role changes included
 * @param lastReject the last packet with its vhid that was not believed, or null
 * @param diagnoses what is wrong with it or its segment, and how late the adverts of its masters
 *     are
 * @param observesNeighbours whether this host sees who else claims addresses by ARP and ND
 */
public record CarpExplanation(
    String link,
    int vhid,
    Role role,
    long atNanos,
    String own,
    boolean enabled,
    boolean linkUp,
    @Nullable RoleChange lastChange,
    @Nullable LastHeard lastHeard,
    List<Timer> timers,
    List<DemotionLedger.Entry> demotion,
    List<String> group,
    List<Decision> decisions,
    @Nullable RejectedAdvert lastReject,
    List<CarpDiagnosis> diagnoses,
    boolean observesNeighbours) {

  /** Copies the lists. */
  public CarpExplanation {
    timers = List.copyOf(timers);
    demotion = List.copyOf(demotion);
    group = List.copyOf(group);
    decisions = List.copyOf(decisions);
    diagnoses = List.copyOf(diagnoses);
  }

  /**
   * The last valid advert. Immutable.
   *
   * @param source who sent it
   * @param said such as {@code 1/0}
   * @param ago how long ago it arrived
   */
  public record LastHeard(InetAddress source, String said, Duration ago) {

    @Override
    public String toString() {
      return "%s from %s, %s ago".formatted(said, source.getHostAddress(), seconds(ago.toNanos()));
    }
  }

  /**
   * Something that will happen. Immutable.
   *
   * @param what such as {@code becomes MASTER unless an IPv4 advert arrives}
   * @param in how long from now; negative if it is late
   */
  public record Timer(String what, Duration in) {

    static Timer of(String what, long atNanos, long now) {
      return new Timer(what, Duration.ofNanos(atNanos - now));
    }

    @Override
    public String toString() {
      return "%s in %s".formatted(what, seconds(in.toNanos()));
    }
  }

  /**
   * The decision that matters: the last one whose rule still holds.
   *
   * @return the last causal record, or empty if nothing has happened yet
   */
  public Optional<Decision> lastDecision() {
    return decisions.isEmpty()
        ? Optional.empty()
        : Optional.of(decisions.get(decisions.size() - 1));
  }

  /**
   * All of it for an operator.
   *
   * @return several lines
   */
  public String describe() {
    StringBuilder text = new StringBuilder();
    text.append("%d@%s is %s".formatted(vhid, link, role));
    if (lastChange != null) {
      text.append(
          " since %s: %s".formatted(seconds(atNanos - lastChange.atNanos()), lastChange.reason()));
    }
    if (!enabled) {
      text.append("\n  it is disabled");
    }
    if (!linkUp) {
      text.append("\n  its interface is down");
    }
    lastDecision().ifPresent(last -> text.append("\n  last rule applied: ").append(last.rule()));
    text.append("\n  own: ").append(own);
    text.append("\n  heard: ").append(lastHeard == null ? "nothing" : lastHeard);
    timers.forEach(timer -> text.append("\n  ").append(timer));
    long sum = demotion.stream().mapToLong(DemotionLedger.Entry::amount).sum();
    text.append("\n  demotion ").append(sum);
    demotion.forEach(entry -> text.append("\n    ").append(entry));
    group.forEach(member -> text.append("\n  group: ").append(member));
    if (lastReject != null) {
      text.append("\n  last reject: ").append(lastReject);
    }
    for (CarpDiagnosis diagnosis : diagnoses) {
      text.append("\n  %s: %s".formatted(diagnosis.severity(), diagnosis.text()));
    }
    if (!observesNeighbours) {
      text.append(
          "\n  ARP and neighbour advertisements cannot be seen: who else claims an address");
      text.append(" stays unknown");
    }
    text.append("\n  decisions:");
    decisions.forEach(
        decision ->
            text.append(
                "\n    %s ago %s".formatted(seconds(atNanos - decision.atNanos()), decision)));
    return text.toString();
  }

  private static String seconds(long nanos) {
    return "%d.%03d s".formatted(nanos / 1_000_000_000, Math.abs(nanos / 1_000_000 % 1000));
  }

  /**
   * All of it for a program; times in nanoseconds of the loop's clock, durations in nanoseconds.
   *
   * @return JSON text
   */
  public String toJson() {
    JsonObject json =
        new JsonObject()
            .field("link", link)
            .field("vhid", vhid)
            .field("role", role.name())
            .field("at_ns", atNanos)
            .field("own", own)
            .field("enabled", enabled)
            .field("link_up", linkUp);
    if (lastChange != null) {
      json.field("since_ns", lastChange.atNanos()).field("reason", lastChange.reason().toString());
    }
    if (lastHeard != null) {
      json.field(
          "heard",
          new JsonObject()
              .field("source", lastHeard.source.getHostAddress())
              .field("said", lastHeard.said)
              .field("ago_ns", lastHeard.ago.toNanos()));
    }
    json.list(
        "timers",
        timers,
        timer -> new JsonObject().field("what", timer.what).field("in_ns", timer.in.toNanos()));
    json.list("demotion", demotion, DemotionLedger::json);
    json.list("group", group, member -> new JsonObject().field("member", member));
    json.list("decisions", decisions, CarpExplanation::json);
    if (lastReject != null) {
      json.field("last_reject", lastReject.json());
    }
    json.list("diagnoses", diagnoses, CarpDiagnosis::toJson);
    json.field("observes_neighbours", observesNeighbours);
    return json.toString();
  }

  private static JsonObject json(Decision decision) {
    JsonObject json =
        new JsonObject()
            .field("at_ns", decision.atNanos())
            .field("event", decision.event().name())
            .field("before", decision.before().name())
            .field("after", decision.after().name())
            .field("rule", decision.rule().toString());
    InetAddress source = decision.heardFrom();
    if (source != null) {
      json.field("heard_from", source.getHostAddress());
    }
    return json.field("text", decision.toString());
  }

  /** The same as {@link #describe}. */
  @Override
  public String toString() {
    return describe();
  }
}

package org.pfha.carp.diagnosis;

import java.net.InetAddress;
import org.pfha.carp.json.JsonObject;
import org.pfha.net.MacAddress;

/**
 * Something an operator should know about a virtual router. Immutable.
 *
 * <p>What goes on for a while is told when it is found, when it becomes worse and, unless it is
 * only worth knowing, once a minute; its end is an {@link Ended}.
 */
public sealed interface CarpDiagnosis {

  /** How much it matters. */
  enum Severity {
    /** Worth knowing; nothing has to be done. */
    INFO,
    /** Something is not as it should be. */
    WARNING,
    /** Traffic is being lost, or will be at the next failover. */
    ALARM
  }

  /**
   * How much it matters.
   *
   * @return the severity
   */
  Severity severity();

  /**
   * Where.
   *
   * @return the interface's name, such as {@code em1}
   */
  String link();

  /**
   * Which virtual router.
   *
   * @return 1–255
   */
  int vhid();

  /**
   * When it was found.
   *
   * @return nanoseconds on the node's clock
   */
  long atNanos();

  /**
   * What was found, in one sentence without place and time.
   *
   * @return for people
   */
  String text();

  /**
   * The same for programs.
   *
   * @return a JSON object with kind, severity, link, vhid, atNanos, text and what the kind adds
   */
  String toJson();

  private static JsonObject begun(String kind, CarpDiagnosis diagnosis) {
    return new JsonObject()
        .field("kind", kind)
        .field("severity", diagnosis.severity().name())
        .field("link", diagnosis.link())
        .field("vhid", diagnosis.vhid())
        .field("atNanos", diagnosis.atNanos())
        .field("text", diagnosis.text());
  }

  /**
   * This node is MASTER and somebody else behaves as if he were. Not told of what is normal at a
   * takeover: a slow peer's last advert, an old master's last ARP reply.
   *
   * @param link where
   * @param vhid which
   * @param atNanos when it was found
   * @param rival who
   * @param sinceNanos when he was first noticed
   * @param lastNanos when last
   * @param times how often
   */
  record SplitBrain(
      String link, int vhid, long atNanos, Rival rival, long sinceNanos, long lastNanos, long times)
      implements CarpDiagnosis {

    /**
     * {@inheritDoc} One claim may be a machine that was just switched on and gives way; one for the
     * virtual MAC is a peer's, whose adverts say more.
     */
    @Override
    public Severity severity() {
      boolean weak =
          rival instanceof Rival.AddressClaim claim
              && (times < 2 || claim.mac().equals(MacAddress.virtual(vhid)));
      return weak ? Severity.WARNING : Severity.ALARM;
    }

    @Override
    public String text() {
      return "split brain: this node is MASTER, but %s, %s"
          .formatted(rival, Words.times(times, lastNanos - sinceNanos));
    }

    @Override
    public String toJson() {
      JsonObject json = begun("split-brain", this);
      if (rival instanceof Rival.OtherMaster other) {
        json.field("by", "advert")
            .field("source", other.source().getHostAddress())
            .field("advbase", other.advbase())
            .field("advskew", other.advskew());
      } else if (rival instanceof Rival.AddressClaim claim) {
        json.field("by", claim.by().toString())
            .field("address", claim.address().getHostAddress())
            .field("mac", claim.mac().toString())
            .field("ethernetSource", claim.ethernetSource().toString());
      }
      return json.field("sinceNanos", sinceNanos)
          .field("lastNanos", lastNanos)
          .field("times", times)
          .toString();
    }
  }

  /**
   * The network brings own adverts back: a loop between switches, or a port that mirrors.
   *
   * @param link where
   * @param vhid which
   * @param atNanos when it was found
   * @param sinceNanos when the first came back
   * @param times how many have since
   * @param sent how many were sent since
   */
  record Loop(String link, int vhid, long atNanos, long sinceNanos, long times, long sent)
      implements CarpDiagnosis {

    /** {@inheritDoc} Coming back more often than it was sent, a frame circles. */
    @Override
    public Severity severity() {
      if (times < 3) {
        return Severity.INFO;
      }
      return times > 2 * Math.max(1, sent) ? Severity.ALARM : Severity.WARNING;
    }

    @Override
    public String text() {
      return "loop on %s: own advert came back %s; %d sent meanwhile"
          .formatted(link, Words.times(times, atNanos - sinceNanos), sent);
    }

    @Override
    public String toJson() {
      return begun("loop", this)
          .field("sinceNanos", sinceNanos)
          .field("times", times)
          .field("sent", sent)
          .toString();
    }
  }

  /**
   * Somebody on the segment speaks VRRP with the virtual router's id.
   *
   * @param link where
   * @param vhid which; his VRID
   * @param atNanos when it was found
   * @param source his IP address
   * @param version 2 or 3
   * @param priority announced, 0–255
   * @param addresses how many he announces
   * @param ipv6 his family
   * @param times how often he was heard
   */
  record VrrpHeard(
      String link,
      int vhid,
      long atNanos,
      InetAddress source,
      int version,
      int priority,
      int addresses,
      boolean ipv6,
      long times)
      implements CarpDiagnosis {

    @Override
    public Severity severity() {
      return Severity.WARNING;
    }

    /**
     * Whether his virtual MAC, if he uses it, is ours.
     *
     * @return true for IPv4; VRRP over IPv6 has a range of its own, which FreeBSD's VRRP does not
     *     use
     */
    public boolean virtualMacClashes() {
      return !ipv6;
    }

    @Override
    public String text() {
      String mac = "00:00:5e:00:%s:%02x".formatted(ipv6 ? "02" : "01", vhid);
      return ("VRRP version %d with the same id %d from %s (priority %d, %d addresses); "
              + (virtualMacClashes()
                  ? "its virtual MAC %s is also this virtual router's: switches will send each"
                      + " one's traffic to the other. Give one of them another id"
                  : "its virtual MAC %s differs from this virtual router's, unless FreeBSD sends"
                      + " it; another id is still advisable"))
          .formatted(version, vhid, source.getHostAddress(), priority, addresses, mac);
    }

    @Override
    public String toJson() {
      return begun("vrrp-heard", this)
          .field("source", source.getHostAddress())
          .field("version", version)
          .field("priority", priority)
          .field("addresses", addresses)
          .field("virtualMacClashes", virtualMacClashes())
          .field("times", times)
          .toString();
    }
  }

  /**
   * A valid advert is heard that was already heard more than one master-down time ago.
   *
   * @param link where
   * @param vhid which
   * @param atNanos when it came again
   * @param source the IP address it comes from now
   * @param counter the advert's
   * @param firstNanos when it was first heard or sent
   * @param repeats whether this source has always repeated its counter, as OpenBSD does
   * @param dropped whether it was kept from having an effect
   */
  record ReplaySuspected(
      String link,
      int vhid,
      long atNanos,
      InetAddress source,
      long counter,
      long firstNanos,
      boolean repeats,
      boolean dropped)
      implements CarpDiagnosis {

    @Override
    public Severity severity() {
      return severity(repeats);
    }

    static Severity severity(boolean repeats) {
      return repeats ? Severity.INFO : Severity.ALARM;
    }

    @Override
    public String text() {
      return "advert of %s with counter %016x is %s old%s%s"
          .formatted(
              source.getHostAddress(),
              counter,
              Words.duration(atNanos - firstNanos),
              repeats
                  ? "; it has always repeated its counter, as OpenBSD does, so that a replay"
                      + " cannot be told from it"
                  : ": replay suspected",
              dropped ? ", dropped" : "");
    }

    @Override
    public String toJson() {
      return begun("replay-suspected", this)
          .field("source", source.getHostAddress())
          .field("counter", "%016x".formatted(counter))
          .field("firstNanos", firstNanos)
          .field("repeats", repeats)
          .field("dropped", dropped)
          .toString();
    }
  }

  /**
   * A peer's adverts have another hash than ours would.
   *
   * @param link where
   * @param vhid which
   * @param atNanos when it was looked into
   * @param source the peer's IP address
   * @param advbase announced, in seconds
   * @param advskew announced, in 1/256 s
   * @param explanation which difference explains it, or that none does
   * @param booting the peer may be starting and still adding its addresses
   * @param asMaster this node is MASTER: with a peer it cannot hear, there are two
   * @param times how many such adverts since it began
   */
  record HashMismatch(
      String link,
      int vhid,
      long atNanos,
      InetAddress source,
      int advbase,
      int advskew,
      HmacExplanation explanation,
      boolean booting,
      boolean asMaster,
      long times)
      implements CarpDiagnosis {

    @Override
    public Severity severity() {
      if (booting) {
        return Severity.INFO;
      }
      return asMaster ? Severity.ALARM : Severity.WARNING;
    }

    @Override
    public String text() {
      return "advert of %s (advbase %d, advskew %d) has another hash: %s%s"
          .formatted(
              source.getHostAddress(),
              advbase,
              advskew,
              explanation.text(),
              booting ? "; it may be starting" : "");
    }

    @Override
    public String toJson() {
      return begun("hash-mismatch", this)
          .field("source", source.getHostAddress())
          .field("advbase", advbase)
          .field("advskew", advskew)
          .field("booting", booting)
          .field("asMaster", asMaster)
          .field("times", times)
          .json("explanation", explanation.toJson())
          .toString();
    }
  }

  /**
   * How late a master's adverts are, and which advbase allows for it.
   *
   * @param link where
   * @param vhid which
   * @param atNanos when it was computed
   * @param source the master's IP address
   * @param advbase announced, in seconds
   * @param advskew announced, in 1/256 s
   * @param samples adverts measured
   * @param medianNanos half of them were no later than this
   * @param p999Nanos 99.9 % of them
   * @param worstNanos all of them
   * @param suggestedAdvbase seconds
   */
  record LatencyAdvice(
      String link,
      int vhid,
      long atNanos,
      InetAddress source,
      int advbase,
      int advskew,
      long samples,
      long medianNanos,
      long p999Nanos,
      long worstNanos,
      int suggestedAdvbase)
      implements CarpDiagnosis {

    @Override
    public Severity severity() {
      return suggestedAdvbase > advbase ? Severity.WARNING : Severity.INFO;
    }

    @Override
    public String text() {
      return ("adverts of %s are late by %s (median), %s (99.9 %%), %s (worst of %d); a backup waits"
              + " 3 advbase and the next advert is due after 1 advbase and a skew of %d/256 s, so"
              + " that twice the 99.9 %% and the skew must fit into 2 advbase: %s")
          .formatted(
              source.getHostAddress(),
              Words.duration(medianNanos),
              Words.duration(p999Nanos),
              Words.duration(worstNanos),
              samples,
              advskew,
              suggestedAdvbase > advbase
                  ? "raise advbase from %d to %d".formatted(advbase, suggestedAdvbase)
                  : "advbase %d is enough (it is %d)".formatted(suggestedAdvbase, advbase));
    }

    @Override
    public String toJson() {
      return begun("latency-advice", this)
          .field("source", source.getHostAddress())
          .field("advbase", advbase)
          .field("advskew", advskew)
          .field("samples", samples)
          .field("medianNanos", medianNanos)
          .field("p999Nanos", p999Nanos)
          .field("worstNanos", worstNanos)
          .field("suggestedAdvbase", suggestedAdvbase)
          .toString();
    }
  }

  /**
   * This node took over from a peer that is alive: its adverts do not arrive.
   *
   * @param link where it was silent
   * @param vhid which
   * @param atNanos when it was found
   * @param peer its IP address on the sync link
   * @param syncLink where it was heard
   * @param heardNanos when it was last heard there
   * @param silentSinceNanos since when no advert has arrived
   */
  record MulticastFiltered(
      String link,
      int vhid,
      long atNanos,
      InetAddress peer,
      String syncLink,
      long heardNanos,
      long silentSinceNanos)
      implements CarpDiagnosis {

    /** {@inheritDoc} It may as well have stepped down, which FreeBSD does without a word. */
    @Override
    public Severity severity() {
      return Severity.WARNING;
    }

    @Override
    public String text() {
      return ("the peer %s is alive on the sync link %s but was silent on %s for %s: multicast is"
              + " filtered between the nodes (IGMP snooping without a querier, a firewall rule), or"
              + " its CARP is off there, or it stepped down without a word")
          .formatted(
              peer.getHostAddress(), syncLink, link, Words.duration(atNanos - silentSinceNanos));
    }

    @Override
    public String toJson() {
      return begun("multicast-filtered", this)
          .field("peer", peer.getHostAddress())
          .field("syncLink", syncLink)
          .field("heardNanos", heardNanos)
          .field("silentSinceNanos", silentSinceNanos)
          .toString();
    }
  }

  /**
   * Something that was told of is over.
   *
   * @param what as it was told last
   * @param atNanos when it was over
   * @param because what ended it
   */
  record Ended(CarpDiagnosis what, long atNanos, String because) implements CarpDiagnosis {

    @Override
    public Severity severity() {
      return Severity.INFO;
    }

    @Override
    public String link() {
      return what.link();
    }

    @Override
    public int vhid() {
      return what.vhid();
    }

    @Override
    public String text() {
      return "over, %s: %s".formatted(because, what.text());
    }

    @Override
    public String toJson() {
      return begun("ended", this).field("because", because).json("what", what.toJson()).toString();
    }
  }

  /**
   * Severity, place and text in one line.
   *
   * @return such as {@code ALARM 1@em1: split brain: …}
   */
  default String line() {
    return "%s %d@%s: %s".formatted(severity(), vhid(), link(), text());
  }
}

package org.pfha.pfsync.engine;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pfha.pfsync.wire.PfsyncReader;
import org.pfha.pfsync.wire.StateFormat;

/**
 * What an engine is told about itself. Immutable; made by {@link #builder}.
 *
 * @param profile the release it behaves like when it receives
 * @param format the format it sends
 * @param oneStatePerSection whether every full state gets a section of its own, as receivers of
 *     release 14 want 1301 (spec pfsync 17 pitfall 3)
 * @param hostId its creator id, not 0
 * @param checksum 16 bytes standing for its ruleset; rule numbers count between equal ones only
 * @param ruleCount rules in its main filter ruleset
 * @param rules rule numbers of its own ruleset and of others that it knows
 * @param interfaces what the peers' interface names mean here
 * @param routingTables how many routing tables there are; states of others are refused on 15
 * @param mtu largest IP packet, 428–65535 bytes
 * @param ipHeader what a packet's IP header is taken to need, in bytes
 * @param maxUpdates packets of a queued TCP state that flush its bucket, 0–255
 * @param buckets independent queues to send from, 1–64
 * @param flushDelayNanos how long the first message of a packet waits for others; 1 s in the kernel
 * @param strictMerge whether a stale end never overwrites a newer one; the kernel lets it (spec
 *     9.3)
 * @param removedNames how many removed states are remembered, lest a late message bring one back;
 *     0, as in the kernel, for none
 * @param deferNanos how long a held packet waits for a peer's acknowledgement
 * @param bulkPackets packets that a bulk transfer sends per millisecond
 * @param bulkDeadlineNanos how long a bulk transfer is awaited altogether before this node goes on
 *     without
 * @param peers how many peers packets can be known to come from
 * @param silenceNanos after how long without a word from a peer that was asked for one there is an
 *     alarm; 0 for never
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record PfsyncSettings(
    PfsyncProfile profile,
    StateFormat format,
    boolean oneStatePerSection,
    int hostId,
    byte[] checksum,
    int ruleCount,
    List<RuleMapping> rules,
    InterfaceMapping interfaces,
    int routingTables,
    int mtu,
    int ipHeader,
    int maxUpdates,
    int buckets,
    long flushDelayNanos,
    boolean strictMerge,
    int removedNames,
    long deferNanos,
    int bulkPackets,
    long bulkDeadlineNanos,
    int peers,
    long silenceNanos) {

  /** The smallest MTU: any one message fits into a packet. */
  public static final int MIN_MTU = 428;

  /** The largest MTU. */
  public static final int MAX_MTU = 65_535;

  /** Checks the ranges. */
  public PfsyncSettings {
    checkArgument(hostId != 0, "host id 0 is reserved; choose another creatorId");
    checkArgument(
        format.headerVersion() == profile.newest().headerVersion(),
        "format %s is not understood by peers of %s",
        format,
        profile);
    checkArgument(checksum.length == 16, "checksum of %s bytes, not 16", checksum.length);
    checkArgument(
        mtu >= MIN_MTU && mtu <= MAX_MTU, "MTU %s is not between %s and %s", mtu, MIN_MTU, MAX_MTU);
    checkArgument(
        maxUpdates >= 0 && maxUpdates <= 255, "maxupd %s is not between 0 and 255", maxUpdates);
    checkArgument(buckets >= 1 && buckets <= 64, "%s buckets are not between 1 and 64", buckets);
    checkArgument(flushDelayNanos >= 0, "flush delay of %s ns is negative", flushDelayNanos);
    checkArgument(removedNames >= 0, "%s removed states cannot be remembered", removedNames);
    checkArgument(deferNanos > 0, "defer timeout of %s ns is not positive", deferNanos);
    checkArgument(bulkPackets >= 1, "%s bulk packets per ms are not positive", bulkPackets);
    checkArgument(bulkDeadlineNanos > 0, "deadline of %s ns is not positive", bulkDeadlineNanos);
    checkArgument(peers >= 0, "%s peers", peers);
    checkArgument(silenceNanos >= 0, "silence of %s ns is negative", silenceNanos);
    checksum = checksum.clone();
    rules = List.copyOf(rules);
  }

  /** What the rule numbers of a packet mean here, or null if they mean nothing. */
  @Nullable RuleMapping rulesOf(PfsyncReader packet) {
    for (int i = 0; i < rules.size(); i++) {
      if (rules.get(i).isOfSender(packet)) {
        return rules.get(i);
      }
    }
    return null;
  }

  /**
   * What a packet may weigh without its IP header.
   *
   * @return bytes
   */
  int payload() {
    return mtu - ipHeader;
  }

  /**
   * How many full states go into a packet.
   *
   * @return at least 1
   */
  int statesPerPacket() {
    int room = Math.min(2048, payload() - 28);
    return Math.max(1, room / format.size());
  }

  /**
   * Begins settings with the kernel's defaults.
   *
   * @param hostId the node's creator id, not 0
   * @return a builder
   */
  public static Builder builder(int hostId) {
    return new Builder(hostId);
  }

  /** Settings while they are being made. Confined to one thread. */
  public static final class Builder {

    private static final long SECOND = 1_000_000_000L;
    private static final int IPV6_HEADER = 40;

    private final int hostId;
    private PfsyncProfile profile = PfsyncProfile.FREEBSD_13;
    private StateFormat format = StateFormat.V1301;
    private boolean oneStatePerSection;
    private byte[] checksum = new byte[16];
    private int ruleCount;
    private final List<RuleMapping> otherRules = new ArrayList<>();
    private InterfaceMapping interfaces = name -> name;
    private int routingTables = 1;
    private int mtu = 1500;
    private boolean ipv6;
    private int maxUpdates = 128;
    private int buckets = 1;
    private long flushDelayNanos = SECOND;
    private boolean strictMerge;
    private int removedNames;
    private long deferNanos = SECOND / 50;
    private int bulkPackets = 8;
    private long bulkDeadlineNanos = 300 * SECOND;
    private int peers;
    private long silenceNanos;

    private Builder(int hostId) {
      this.hostId = hostId;
    }

    /**
     * Sets the release to behave like; its newest format is sent unless {@link #format} says
     * otherwise afterwards.
     *
     * @param like a release
     * @return this
     */
    public Builder profile(PfsyncProfile like) {
      profile = like;
      format = like.newest();
      return this;
    }

    /**
     * Sets the format that is sent.
     *
     * @param sent a format
     * @return this
     */
    public Builder format(StateFormat sent) {
      format = sent;
      return this;
    }

    /**
     * Gives every full state a section of its own, for a peer of release 14 that is sent 1301.
     *
     * @return this
     */
    public Builder oneStatePerSection() {
      oneStatePerSection = true;
      return this;
    }

    /**
     * Sets the ruleset.
     *
     * @param md5 16 bytes
     * @param rules how many rules it has
     * @return this
     */
    public Builder ruleset(byte[] md5, int rules) {
      checksum = md5.clone();
      ruleCount = rules;
      return this;
    }

    /**
     * Adds a ruleset of peers whose numbers mean something here.
     *
     * @param mapping none by default: only those of this node's own ruleset do
     * @return this
     */
    public Builder rules(RuleMapping mapping) {
      otherRules.add(mapping);
      return this;
    }

    /**
     * Sets what the peers' interface names mean here.
     *
     * @param mapping by default every name means itself
     * @return this
     */
    public Builder interfaces(InterfaceMapping mapping) {
      interfaces = mapping;
      return this;
    }

    /**
     * Sets how many routing tables there are.
     *
     * @param count 1 by default
     * @return this
     */
    public Builder routingTables(int count) {
      routingTables = count;
      return this;
    }

    /**
     * Sets the largest IP packet.
     *
     * @param bytes 1500 by default
     * @return this
     */
    public Builder mtu(int bytes) {
      mtu = bytes;
      return this;
    }

    /**
     * Makes packets small enough for an IPv6 header, which release 13 does not reckon with.
     *
     * @return this
     */
    public Builder overIpv6() {
      ipv6 = true;
      return this;
    }

    /**
     * Sets how many packets of a queued TCP state flush its bucket.
     *
     * @param packets 128 by default
     * @return this
     */
    public Builder maxUpdates(int packets) {
      maxUpdates = packets;
      return this;
    }

    /**
     * Sets how many queues there are to send from.
     *
     * @param count 1 by default; the kernel has two per CPU
     * @return this
     */
    public Builder buckets(int count) {
      buckets = count;
      return this;
    }

    /**
     * Sets how long the first message of a packet waits for others.
     *
     * @param nanos 1 s by default
     * @return this
     */
    public Builder flushDelayNanos(long nanos) {
      flushDelayNanos = nanos;
      return this;
    }

    /**
     * Never lets a stale end of a connection overwrite a newer one. Both nodes should have it.
     *
     * @param strict false, the kernel's rule, by default
     * @return this
     */
    public Builder strictMerge(boolean strict) {
      strictMerge = strict;
      return this;
    }

    /**
     * Remembers removed states, so that no late message brings one back.
     *
     * @param most how many, 0 by default
     * @return this
     */
    public Builder removedNames(int most) {
      removedNames = most;
      return this;
    }

    /**
     * Sets how long a held packet waits.
     *
     * @param nanos 20 ms by default
     * @return this
     */
    public Builder deferNanos(long nanos) {
      deferNanos = nanos;
      return this;
    }

    /**
     * Sets the pace of a bulk transfer.
     *
     * @param packetsPerMillisecond 8 by default, as a kernel with four CPUs: one per bucket
     * @return this
     */
    public Builder bulkPackets(int packetsPerMillisecond) {
      bulkPackets = packetsPerMillisecond;
      return this;
    }

    /**
     * Sets how long a bulk transfer is awaited altogether.
     *
     * @param nanos 300 s by default
     * @return this
     */
    public Builder bulkDeadlineNanos(long nanos) {
      bulkDeadlineNanos = nanos;
      return this;
    }

    /**
     * Sets how many peers there are.
     *
     * @param count 0 by default
     * @return this
     */
    public Builder peers(int count) {
      peers = count;
      return this;
    }

    /**
     * Asks silent peers for a sign of life, and sounds an alarm if there is none.
     *
     * @param nanos 0, never, by default
     * @return this
     */
    public Builder silenceNanos(long nanos) {
      silenceNanos = nanos;
      return this;
    }

    /**
     * The settings.
     *
     * @return settings
     * @throws IllegalArgumentException if one is out of range
     */
    public PfsyncSettings build() {
      List<RuleMapping> rules = new ArrayList<>();
      rules.add(RuleMapping.of(checksum, number -> number));
      rules.addAll(otherRules);
      return new PfsyncSettings(
          profile,
          format,
          oneStatePerSection,
          hostId,
          checksum,
          ruleCount,
          rules,
          interfaces,
          routingTables,
          mtu,
          ipv6 ? IPV6_HEADER : profile.ipHeader(),
          maxUpdates,
          buckets,
          flushDelayNanos,
          strictMerge,
          removedNames,
          deferNanos,
          bulkPackets,
          bulkDeadlineNanos,
          peers,
          silenceNanos);
    }
  }
}

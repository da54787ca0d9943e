package org.pfha.pf.device;

import static org.pfha.pf.device.Refusal.unless;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Status, limits, timeouts and the other single values of a kernel in memory. */
final class InMemorySettings {

  static final int DEFAULT_STATE_LIMIT = 100_000;

  static final int SEARCHES = 0;
  static final int INSERTS = 1;
  static final int REMOVALS = 2;

  static final List<String> REASONS = and(PfStatus.REASONS, "translate");

  static final List<String> LIMIT_REASONS =
      and(PfStatus.LIMITS, "synfloods detected", "syncookies sent", "syncookies validated");

  private static final int[] TIMEOUTS = {
    120, 30, 86400, 900, 45, 90, 60, 30, 60, 20, 10, 60, 30, 60, 30, 10, 60000, 120000, 0, 30, 120,
    30, 86400, 900, 90
  };
  private static final int FRAGMENTS = 14;
  private static final int INTERVAL = 15;
  private static final int TIMEOUTS_OF_13 = 20;

  private static final int[] LIMITS = {DEFAULT_STATE_LIMIT, 10_000, 5_000, 200_000, 512, 512};
  private static final int LIMITS_UP_TO_14 = 4;

  private static final long BOOT_SECOND = 1_700_000_000;
  private static final long NANOS = 1_000_000_000;
  private static final int RANDOM_HOST_ID = 0x5eed_1d01;
  private static final int LIMIT_COUNTERS = 7;
  private static final int REASSEMBLE = 1;

  private final InMemoryPf.Release release;
  private final long[] reasons;
  private final long[] limitCounters = new long[LIMIT_REASONS.size()];
  private final long[] operations = new long[PfStatus.LOOKUPS.size()];
  private final long[] sourceOperations = new long[PfStatus.LOOKUPS.size()];
  private final long[] packets = new long[8];
  private final long[] bytes = new long[4];
  private final int[] timeouts;
  private final int[] limits;
  private long nowNanos;
  private int requestMaxcount;
  private boolean running;
  private long since = BOOT_SECOND;
  private int debug = 1;
  private int hostId = RANDOM_HOST_ID;
  private int reassemble;
  private String statusInterface = "";
  private NvList syncookies =
      NvList.builder()
          .bool("enabled", false)
          .bool("adaptive", false)
          .number("highwater", 25_000)
          .number("lowwater", 12_500)
          .number("halfopen_states", 0)
          .build();

  private static List<String> and(List<String> names, String... more) {
    return Stream.concat(names.stream(), Stream.of(more)).toList();
  }

  InMemorySettings(InMemoryPf.Release release, int stateLimit) {
    this.release = release;
    reasons = new long[REASONS.size() - (release.major() >= 15 ? 0 : 1)];
    timeouts = Arrays.copyOf(TIMEOUTS, release.major() >= 14 ? TIMEOUTS.length : TIMEOUTS_OF_13);
    if (release.major() >= 15) {
      timeouts[FRAGMENTS] = 60;
    }
    limits = Arrays.copyOf(LIMITS, release.major() >= 15 ? LIMITS.length : LIMITS_UP_TO_14);
    limits[0] = stateLimit;
  }

  long nowNanos() {
    return nowNanos;
  }

  void advance(long nanos) {
    nowNanos += nanos;
  }

  void requestMaxcount(int count) {
    requestMaxcount = count;
  }

  int requestMaxcount() {
    return requestMaxcount;
  }

  int hostId() {
    return hostId;
  }

  void count(int operation) {
    operations[operation]++;
  }

  long uptimeSeconds() {
    return nowNanos / NANOS;
  }

  private long wallClock() {
    return BOOT_SECOND + uptimeSeconds();
  }

  /** The most states; before 15 a limit of 0 means none. */
  long stateLimit() {
    return limits[0] == 0 && release.major() >= 15 ? Long.MAX_VALUE : limits[0];
  }

  void handle(
      PfRequest request, ByteBuffer argument, ByteBuffer pointee, int states, int sourceNodes)
      throws Refusal {
    switch (request) {
      case DIOCSTART -> start();
      case DIOCSTOP -> stop();
      case DIOCCLRSTATUS -> clearStatus();
      case DIOCSETSTATUSIF -> setStatusInterface(Struct.string(argument, 0, Layouts.IFNAME));
      case DIOCSETDEBUG -> setDebug(argument.getInt(0));
      case DIOCSETHOSTID -> setHostId(Struct.netInt(argument, 0));
      case DIOCSETREASS -> setReassembly(argument.getInt(0));
      case DIOCGETTIMEOUT ->
          argument.putInt(Layouts.TM_SECONDS, timeout(argument.getInt(Layouts.TM_TIMEOUT)));
      case DIOCSETTIMEOUT ->
          argument.putInt(
              Layouts.TM_SECONDS,
              setTimeout(argument.getInt(Layouts.TM_TIMEOUT), argument.getInt(Layouts.TM_SECONDS)));
      case DIOCGETLIMIT ->
          argument.putInt(Layouts.LIMIT_LIMIT, limit(argument.getInt(Layouts.LIMIT_INDEX)));
      case DIOCSETLIMIT ->
          argument.putInt(
              Layouts.LIMIT_LIMIT,
              setLimit(argument.getInt(Layouts.LIMIT_INDEX), argument.getInt(Layouts.LIMIT_LIMIT)));
      case DIOCGETSTATUS -> status(argument, states, sourceNodes);
      case DIOCGETSTATUSNV -> InMemoryNv.reply(argument, pointee, nvStatus(states, sourceNodes));
      case DIOCGETSYNCOOKIES -> InMemoryNv.reply(argument, pointee, syncookies);
      case DIOCSETSYNCOOKIES -> setSyncookies(nv(argument, pointee));
      case DIOCKEEPCOUNTERS, DIOCKEEPCOUNTERS_FREEBSD13 ->
          InMemoryNv.bool(nv(argument, pointee), "keep_counters");
      default -> throw new Refusal(Errno.ENODEV);
    }
  }

  private NvList nv(ByteBuffer argument, ByteBuffer pointee) throws Refusal {
    return InMemoryNv.request(argument, pointee, requestMaxcount);
  }

  void start() throws Refusal {
    unless(!running, Errno.EEXIST);
    running = true;
    since = wallClock();
  }

  void stop() throws Refusal {
    unless(running, Errno.ENOENT);
    running = false;
    since = wallClock();
  }

  void clearStatus() {
    Arrays.fill(reasons, 0);
    Arrays.fill(limitCounters, 0);
    Arrays.fill(operations, 0);
    Arrays.fill(sourceOperations, 0);
    Arrays.fill(packets, 0);
    Arrays.fill(bytes, 0);
    since = wallClock();
  }

  void setStatusInterface(String name) {
    statusInterface = name;
  }

  void setDebug(int level) {
    debug = level;
  }

  private void setHostId(int id) {
    hostId = id == 0 ? RANDOM_HOST_ID : id;
  }

  private void setReassembly(int bits) {
    reassemble = (bits & REASSEMBLE) == 0 ? 0 : bits & 3;
  }

  int timeout(int index) throws Refusal {
    unless(index >= 0 && index < timeouts.length, Errno.EINVAL);
    return timeouts[index];
  }

  int timeoutCount() {
    return timeouts.length;
  }

  int setTimeout(int index, int seconds) throws Refusal {
    unless(index >= 0 && index < timeouts.length && seconds >= 0, Errno.EINVAL);
    int before = timeouts[index];
    timeouts[index] = index == INTERVAL && seconds == 0 ? 1 : seconds;
    return before;
  }

  int limit(int index) throws Refusal {
    unless(index >= 0 && index < limits.length, Errno.EINVAL);
    return limits[index];
  }

  int setLimit(int index, int limit) throws Refusal {
    unless(index >= 0 && index < limits.length, Errno.EINVAL);
    int before = limits[index];
    limits[index] = limit;
    return before;
  }

  private void setSyncookies(NvList wanted) throws Refusal {
    long high = wanted.number("highwater").orElse(syncookies.number("highwater").orElse(0));
    long low = wanted.number("lowwater").orElse(syncookies.number("lowwater").orElse(0));
    unless(Long.compareUnsigned(low, high) < 0, Errno.EINVAL);
    syncookies =
        NvList.builder()
            .bool("enabled", InMemoryNv.bool(wanted, "enabled"))
            .bool("adaptive", InMemoryNv.bool(wanted, "adaptive"))
            .number("highwater", high)
            .number("lowwater", low)
            .number("halfopen_states", 0)
            .build();
  }

  private void status(ByteBuffer out, int states, int sourceNodes) {
    putLongs(out, Layouts.STATUS_COUNTERS, reasons);
    putLongs(out, Layouts.STATUS_LCOUNTERS, Arrays.copyOf(limitCounters, LIMIT_COUNTERS));
    putLongs(out, Layouts.STATUS_FCOUNTERS, operations);
    putLongs(out, Layouts.STATUS_SCOUNTERS, sourceOperations);
    for (int i = 0; i < packets.length; i++) {
      // the structure has a third, unused count behind each two
      out.putLong(Layouts.STATUS_PCOUNTERS + Long.BYTES * (i + i / 2), packets[i]);
    }
    putLongs(out, Layouts.STATUS_BCOUNTERS, bytes);
    out.putInt(Layouts.STATUS_RUNNING, running ? 1 : 0);
    out.putInt(Layouts.STATUS_STATES, states);
    out.putInt(Layouts.STATUS_SRC_NODES, sourceNodes);
    out.putInt(Layouts.STATUS_SINCE, (int) since);
    out.putInt(Layouts.STATUS_DEBUG, debug);
    Struct.putNetInt(out, Layouts.STATUS_HOSTID, hostId);
    out.put(Layouts.STATUS_IFNAME, new byte[Layouts.IFNAME]);
    Struct.putString(out, Layouts.STATUS_IFNAME, statusInterface);
    out.put(Layouts.STATUS_CHKSUM, new byte[16]);
  }

  private static void putLongs(ByteBuffer out, int at, long[] values) {
    for (int i = 0; i < values.length; i++) {
      out.putLong(at + Long.BYTES * i, values[i]);
    }
  }

  private NvList nvStatus(int states, int sourceNodes) {
    NvListBuilder status =
        NvList.builder()
            .bool("running", running)
            .number("since", since)
            .number("debug", debug)
            .number("hostid", Struct.rawWord(hostId))
            .number("states", states)
            .number("src_nodes", sourceNodes);
    if (release.major() >= 14) {
      status.number("reass", reassemble);
    }
    return status
        .bool("syncookies_active", syncookies.bool("enabled").orElse(false))
        .number("halfopen_states", 0)
        .list("counters", counters(REASONS.subList(0, reasons.length), reasons))
        .list("lcounters", counters(LIMIT_REASONS, limitCounters))
        .list("fcounters", counters(PfStatus.LOOKUPS, operations))
        .list("scounters", counters(PfStatus.LOOKUPS, sourceOperations))
        .text("ifname", statusInterface)
        .binary("chksum", new byte[16])
        .numbers("pcounters", packets)
        .numbers("bcounters", bytes)
        .build();
  }

  private static NvList counters(List<String> names, long[] values) {
    return NvList.builder()
        .numbers("counters", values)
        .texts("names", names)
        .numbers("ids", LongStream.range(0, values.length).toArray())
        .build();
  }

  /** The status for netlink. */
  PfStatus status(int states, int sourceNodes) {
    return new PfStatus(
        running,
        since,
        debug,
        hostId,
        states,
        sourceNodes,
        reassemble,
        syncookies.bool("enabled").orElse(false),
        0,
        statusInterface,
        "00".repeat(16),
        named(REASONS, reasons),
        named(LIMIT_REASONS, limitCounters),
        named(PfStatus.LOOKUPS, operations),
        named(PfStatus.LOOKUPS, sourceOperations),
        Arrays.stream(packets).boxed().toList(),
        Arrays.stream(bytes).boxed().toList());
  }

  private static Map<String, Long> named(List<String> names, long[] values) {
    Map<String, Long> named = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i++) {
      named.put(names.get(i), values[i]);
    }
    return named;
  }
}

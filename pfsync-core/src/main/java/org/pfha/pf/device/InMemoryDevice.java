package org.pfha.pf.device;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The device {@code /dev/pf} of a kernel in memory: who may ask what, and who answers. */
final class InMemoryDevice {

  private static final Map<Long, PfRequest> BY_WORD = new HashMap<>();

  static {
    for (PfRequest request : PfRequest.values()) {
      BY_WORD.put(request.word(), request);
    }
  }

  private static final int STRICT_SECURELEVEL = 3;

  private final InMemoryPf.Release release;
  private final InMemorySettings settings;
  private final InMemoryStates states;
  private final InMemoryTables tables;
  private final InMemoryRules rules;
  private final InMemoryInterfaces interfaces;
  private final InMemoryPfsync pfsync;
  private boolean compatible = true;

  InMemoryDevice(
      InMemoryPf.Release release,
      InMemorySettings settings,
      InMemoryStates states,
      InMemoryTables tables,
      InMemoryRules rules,
      InMemoryInterfaces interfaces,
      InMemoryPfsync pfsync) {
    this.release = release;
    this.settings = settings;
    this.states = states;
    this.tables = tables;
    this.rules = rules;
    this.interfaces = interfaces;
    this.pfsync = pfsync;
  }

  void compatible(boolean has) {
    compatible = has;
  }

  /** A request's name, or its number if pf has no such request. */
  static String name(long word) {
    PfRequest request = BY_WORD.get(word);
    return request == null ? String.format(Locale.ROOT, "0x%x", word) : request.name();
  }

  /** Answers as the kernel does: first the securelevel, then the access, then the request count. */
  void handle(boolean writable, int securelevel, long word, ByteBuffer argument, ByteBuffer pointee)
      throws Refusal {
    PfRequest request = BY_WORD.get(word);
    checkAllowed(writable, securelevel, request, argument, pointee);
    if (request == null || !InMemoryRelease.knows(release, compatible, request)) {
      throw new Refusal(Errno.ENODEV);
    }
    handle(request, argument, pointee);
  }

  private void checkAllowed(
      boolean writable,
      int securelevel,
      @Nullable PfRequest request,
      ByteBuffer argument,
      ByteBuffer pointee)
      throws Refusal {
    boolean dummy = request != null && InMemoryTables.isDummy(request, argument);
    boolean clears = request != null && InMemoryRules.clearsCounters(request, argument, pointee);
    Refusal.unless(
        securelevel < STRICT_SECURELEVEL
            || dummy
            || (request != null
                && InMemoryRelease.allowedAtSecurelevel3(release, request)
                && !clears),
        Errno.EPERM);
    Refusal.unless(
        writable
            || dummy
            || (request != null
                && InMemoryRelease.reads(request)
                && InMemoryRelease.knows(release, compatible, request)
                && !clears),
        Errno.EACCES);
  }

  private void handle(PfRequest request, ByteBuffer argument, ByteBuffer pointee) throws Refusal {
    switch (request) {
      case DIOCADDSTATE -> {
        Refusal.unless(pfsync.isLoaded(), Errno.EOPNOTSUPP);
        states.handle(request, argument, pointee);
      }
      case DIOCGETSTATE,
          DIOCGETSTATES,
          DIOCGETSTATESV2,
          DIOCKILLSTATES,
          DIOCKILLSTATESNV,
          DIOCCLRSTATES,
          DIOCCLRSTATESNV,
          DIOCNATLOOK ->
          states.handle(request, argument, pointee);
      case DIOCIGETIFACES, DIOCSETIFFLAG, DIOCCLRIFFLAG ->
          interfaces.handle(request, argument, pointee);
      case DIOCGETRULES,
          DIOCGETRULE,
          DIOCGETRULENV,
          DIOCCLRRULECTRS,
          DIOCGETRULESETS,
          DIOCGETRULESET,
          DIOCXBEGIN,
          DIOCXCOMMIT,
          DIOCXROLLBACK,
          DIOCGETSRCNODES,
          DIOCCLRSRCNODES,
          DIOCKILLSRCNODES ->
          rules.handle(request, argument, pointee, settings);
      default -> {
        if (request.size() == Layouts.PFIOC_TABLE.size()) {
          tables.handle(request, argument, pointee);
        } else {
          settings.handle(request, argument, pointee, states.size(), rules.sourceNodes());
        }
      }
    }
  }
}

package org.pfha.pf.device;

import java.util.EnumSet;
import java.util.Set;

/** What the requests of a kernel's release are (spec pf-ioctl 3). */
final class InMemoryRelease {

  private static final Set<PfRequest> FROM_13_1 =
      EnumSet.of(
          PfRequest.DIOCGETRULENV,
          PfRequest.DIOCCLRSTATESNV,
          PfRequest.DIOCGETSTATUSNV,
          PfRequest.DIOCKILLSTATESNV,
          PfRequest.DIOCGETSTATESV2,
          PfRequest.DIOCGETSYNCOOKIES,
          PfRequest.DIOCSETSYNCOOKIES,
          PfRequest.DIOCKEEPCOUNTERS_FREEBSD13);

  private static final Set<PfRequest> FROM_14 =
      EnumSet.of(PfRequest.DIOCKEEPCOUNTERS, PfRequest.DIOCSETREASS);

  private static final Set<PfRequest> UP_TO_14 =
      EnumSet.of(
          PfRequest.DIOCGETSTATUS,
          PfRequest.DIOCGETRULE,
          PfRequest.DIOCCLRSTATES,
          PfRequest.DIOCKILLSTATES);

  /** In 15 only for programs of 14. */
  private static final Set<PfRequest> COMPATIBLE_FROM_15 =
      EnumSet.of(
          PfRequest.DIOCSTART,
          PfRequest.DIOCSTOP,
          PfRequest.DIOCGETSTATES,
          PfRequest.DIOCGETSTATESV2);

  /** Those a descriptor without write access may make. */
  private static final Set<PfRequest> READING =
      EnumSet.of(
          PfRequest.DIOCGETRULES,
          PfRequest.DIOCGETRULE,
          PfRequest.DIOCGETRULENV,
          PfRequest.DIOCGETSTATE,
          PfRequest.DIOCGETSTATUS,
          PfRequest.DIOCGETSTATUSNV,
          PfRequest.DIOCNATLOOK,
          PfRequest.DIOCGETSTATES,
          PfRequest.DIOCGETSTATESV2,
          PfRequest.DIOCGETTIMEOUT,
          PfRequest.DIOCGETLIMIT,
          PfRequest.DIOCGETRULESETS,
          PfRequest.DIOCGETRULESET,
          PfRequest.DIOCRGETTABLES,
          PfRequest.DIOCRGETTSTATS,
          PfRequest.DIOCRGETADDRS,
          PfRequest.DIOCRGETASTATS,
          PfRequest.DIOCRTSTADDRS,
          PfRequest.DIOCGETSRCNODES,
          PfRequest.DIOCIGETIFACES,
          PfRequest.DIOCGETSYNCOOKIES);

  /** Those that change something and are allowed at securelevel 3 all the same. */
  private static final Set<PfRequest> AT_SECURELEVEL_3 =
      EnumSet.of(
          PfRequest.DIOCRCLRADDRS,
          PfRequest.DIOCRADDADDRS,
          PfRequest.DIOCRDELADDRS,
          PfRequest.DIOCRSETADDRS,
          PfRequest.DIOCRCLRASTATS,
          PfRequest.DIOCRCLRTSTATS,
          PfRequest.DIOCCLRSTATUS,
          PfRequest.DIOCCLRRULECTRS,
          PfRequest.DIOCCLRSRCNODES,
          PfRequest.DIOCSETSTATUSIF,
          PfRequest.DIOCSETDEBUG);

  private static final Set<PfRequest> AT_SECURELEVEL_3_UP_TO_14 =
      EnumSet.of(PfRequest.DIOCSETIFFLAG, PfRequest.DIOCCLRIFFLAG);

  private InMemoryRelease() {}

  static boolean knows(InMemoryPf.Release release, boolean compatible, PfRequest request) {
    if (request == PfRequest.DIOCKEEPCOUNTERS_FREEBSD13 && release.major() >= 14) {
      return compatible;
    }
    if (COMPATIBLE_FROM_15.contains(request) && release.major() >= 15) {
      return compatible;
    }
    return (release != InMemoryPf.Release.V13_0 || !FROM_13_1.contains(request))
        && (release.major() >= 14 || !FROM_14.contains(request))
        && (release.major() <= 14 || !UP_TO_14.contains(request));
  }

  static boolean reads(PfRequest request) {
    return READING.contains(request);
  }

  static boolean allowedAtSecurelevel3(InMemoryPf.Release release, PfRequest request) {
    return READING.contains(request)
        || AT_SECURELEVEL_3.contains(request)
        || (release.major() <= 14 && AT_SECURELEVEL_3_UP_TO_14.contains(request));
  }
}

package org.pfha.carp.diagnosis;

import java.util.Optional;
import org.pfha.carp.engine.CarpProfile;

/** What is done with an advert that was first heard more than one master-down time ago. */
public enum ReplayPolicy {
  /** It counts, as with every kernel, and is told of. The default. */
  REPORT,

  /**
   * It is dropped. Not for networks with an OpenBSD node, whose adverts all carry one counter: it
   * would be believed dead while it is alive.
   */
  DROP;

  /**
   * Whether it can be used.
   *
   * @param profile whose rules the virtual router follows
   * @return what is wrong and what to do, or empty
   */
  public Optional<String> problemWith(CarpProfile profile) {
    return this == DROP && profile == CarpProfile.OPENBSD
        ? Optional.of(
            "replays cannot be dropped with the profile OPENBSD, whose nodes repeat one counter for"
                + " ever; use REPORT")
        : Optional.empty();
  }
}

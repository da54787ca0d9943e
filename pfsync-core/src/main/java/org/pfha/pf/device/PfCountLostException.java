package org.pfha.pf.device;

import org.jspecify.annotations.Nullable;

/**
 * The states are gone, but the kernel could not say how many: do not repeat the request. Immutable.
 */
public final class PfCountLostException extends PfException {

  private static final long serialVersionUID = 1L;

  PfCountLostException(PfRequest request, String why, @Nullable PfException cause) {
    super(
        "%s: the states are gone, how many is lost (%s); do not repeat it".formatted(request, why),
        cause == null ? 0 : cause.errno(),
        cause);
  }
}

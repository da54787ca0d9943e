package org.pfha.configsync.dialect;

/**
 * What a secondary says it runs; given to {@code ConfigSecondary.Builder.part}, for a node that
 * must look like a product to its primary. Immutable.
 *
 * @param firmware the product's release
 * @param kernel the kernel's
 * @param base the operating system's
 * @param platform the product
 */
public record PeerRelease(String firmware, String kernel, String base, String platform) {
  /** This library. */
  public static final PeerRelease PFHA = new PeerRelease("pfHA", "pfHA", "pfHA", "pfHA");
}

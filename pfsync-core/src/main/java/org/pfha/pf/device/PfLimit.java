package org.pfha.pf.device;

/** Hard limits, under the kernel's indexes (spec pf-ioctl 4). */
public enum PfLimit {
  /** States. */
  STATES(0),
  /** Source nodes. */
  SOURCE_NODES(1),
  /** Fragments kept for reassembly. */
  FRAGMENTS(2),
  /** Addresses in tables. */
  TABLE_ENTRIES(3),
  /** Anchors; from release 15. */
  ANCHORS(4),
  /** Anchors of Ethernet rules; from release 15. */
  ETHERNET_ANCHORS(5);

  private final int index;

  PfLimit(int index) {
    this.index = index;
  }

  /**
   * The kernel's number of it.
   *
   * @return 0–5
   */
  public int index() {
    return index;
  }
}

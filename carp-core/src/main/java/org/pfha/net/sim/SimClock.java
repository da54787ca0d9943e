package org.pfha.net.sim;

/**
 * A host's clock against the network's. Immutable.
 *
 * @param rate nanoseconds of the host in one of the network
 * @param networkAnchor an instant of the network
 * @param hostAnchor what the host's clock shows then
 */
record SimClock(double rate, long networkAnchor, long hostAnchor) {

  /** What the host's clock shows at an instant of the network; never runs backwards. */
  long at(long network) {
    long passed = network - networkAnchor;
    return hostAnchor + (rate == 1 ? passed : (long) Math.floor(passed * rate));
  }

  /** The first instant of the network at which the host's clock shows so much. */
  long networkTime(long host) {
    long passed = host - hostAnchor;
    if (rate == 1) {
      return networkAnchor + passed;
    }
    long network = networkAnchor + (long) Math.ceil(passed / rate);
    while (at(network) - host < 0) {
      network++;
    }
    return network;
  }

  /** From now on at another rate. */
  SimClock withRate(double changed, long network) {
    return new SimClock(changed, network, at(network));
  }
}

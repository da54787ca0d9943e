package org.pfha.pf.device;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.net.InetAddresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the kernel's pfsync is set up (spec pf-ioctl 8). Immutable.
 *
 * @param syncdev the interface it sends on, up to 15 bytes; empty stops the synchronisation
 * @param peer the other firewall; null for the multicast group 224.0.0.240. A link-local one names
 *     its scope by number
 * @param maxUpdates updates of a state that are collected into one, 0–255
 * @param defer whether the first packet of a connection waits until the peer knows the state
 * @param version of the messages, such as 1301, 1400 or 1500; 0 leaves it to the kernel, and is
 *     what a release 13 says, which has no choice
 * @param bulkDone whether the states of the peer have been taken over since pfsync started; read
 *     only, and always false on a release 13, which does not tell
 */
public record KernelPfsyncConfig(
    String syncdev,
    @Nullable InetAddress peer,
    int maxUpdates,
    boolean defer,
    int version,
    boolean bulkDone) {

  /** Checks everything. */
  public KernelPfsyncConfig {
    List<String> problems = new ArrayList<>();
    if (syncdev.length() >= Layouts.IFNAME || syncdev.indexOf('\0') >= 0) {
      problems.add("interface '%s' is longer than 15 characters".formatted(syncdev));
    }
    if (maxUpdates < 0 || maxUpdates > 255) {
      problems.add("max updates %d is not between 0 and 255".formatted(maxUpdates));
    }
    if (version < 0) {
      problems.add("version %d is negative".formatted(version));
    }
    if (peer instanceof Inet6Address link && link.isLinkLocalAddress() && link.getScopeId() == 0) {
      problems.add(
          "peer %s is link-local; name its interface by number, as in %s%%2"
              .formatted(InetAddresses.toAddrString(link), InetAddresses.toAddrString(link)));
    }
    checkArgument(problems.isEmpty(), "%s", String.join("; ", problems));
  }

  /**
   * The same on another interface.
   *
   * @param name of the interface, empty to stop
   * @return a configuration
   */
  public KernelPfsyncConfig withSyncdev(String name) {
    return new KernelPfsyncConfig(name, peer, maxUpdates, defer, version, bulkDone);
  }

  /**
   * The same with another peer.
   *
   * @param address its, or null for multicast
   * @return a configuration
   */
  public KernelPfsyncConfig withPeer(@Nullable InetAddress address) {
    return new KernelPfsyncConfig(syncdev, address, maxUpdates, defer, version, bulkDone);
  }

  /**
   * The same with other patience.
   *
   * @param count of updates, 0–255
   * @return a configuration
   */
  public KernelPfsyncConfig withMaxUpdates(int count) {
    return new KernelPfsyncConfig(syncdev, peer, count, defer, version, bulkDone);
  }

  /**
   * The same with first packets waiting or not.
   *
   * @param waits whether they do
   * @return a configuration
   */
  public KernelPfsyncConfig withDefer(boolean waits) {
    return new KernelPfsyncConfig(syncdev, peer, maxUpdates, waits, version, bulkDone);
  }

  /**
   * The same with other messages.
   *
   * @param number such as 1400, or 0
   * @return a configuration
   */
  public KernelPfsyncConfig withVersion(int number) {
    return new KernelPfsyncConfig(syncdev, peer, maxUpdates, defer, number, bulkDone);
  }
}

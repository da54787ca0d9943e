package org.pfha.pfsync;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.PfState;
import org.pfha.pfsync.engine.InterfaceMapping;

/**
 * What a peer's interfaces are called here, between nodes that are not built alike: {@code em0}
 * there is {@code igb0} here, several ports there are one {@code lagg0}. A peer's interface without
 * an entry has no name here, and its states are skipped, with an event. Immutable.
 *
 * <p>{@code all}, the name of floating states, needs {@link #floating}: a node that binds its
 * states to interfaces may rather not have them.
 */
public final class InterfaceNames implements InterfaceMapping {

  private final Map<String, String> names;

  private InterfaceNames(Map<String, String> names) {
    this.names = names;
  }

  /**
   * Begins a mapping.
   *
   * @param theirs the peer's name, up to 15 characters
   * @param ours the name here, up to 15 characters
   * @return a mapping of this interface only
   */
  public static InterfaceNames map(String theirs, String ours) {
    return new InterfaceNames(Map.of()).and(theirs, ours);
  }

  /**
   * Adds an interface. Several of the peer's may have the same name here, as the ports of a lagg.
   *
   * @param theirs the peer's name, up to 15 characters
   * @param ours the name here, up to 15 characters; {@code all} makes bound states float
   * @return a mapping of this interface, too
   */
  public InterfaceNames and(String theirs, String ours) {
    checkName(theirs);
    checkName(ours);
    String before = names.get(theirs);
    checkArgument(
        before == null || before.equals(ours),
        "the peer's %s cannot be both %s and %s here",
        theirs,
        before,
        ours);
    Map<String, String> more = new LinkedHashMap<>(names);
    more.put(theirs, ours);
    return new InterfaceNames(more);
  }

  /**
   * Takes floating states as what they are.
   *
   * @return a mapping of {@code all} to itself, too
   */
  public InterfaceNames floating() {
    return and(PfState.ALL, PfState.ALL);
  }

  private static void checkName(String name) {
    checkArgument(
        !name.isEmpty() && name.length() <= PfState.MAX_IFNAME,
        "interface name '%s' does not have 1 to 15 characters",
        name);
  }

  /**
   * What our interfaces are called at the peer.
   *
   * @return the mapping for the other direction
   * @throws IllegalArgumentException if two of the peer's interfaces have one name here: then the
   *     peer's mapping must be given by hand
   */
  public InterfaceNames reversed() {
    InterfaceNames reversed = new InterfaceNames(Map.of());
    for (Map.Entry<String, String> entry : names.entrySet()) {
      reversed = reversed.and(entry.getValue(), entry.getKey());
    }
    return reversed;
  }

  @Override
  public @Nullable String local(String peerName) {
    return names.get(peerName);
  }

  @Override
  public String toString() {
    return names.toString();
  }
}

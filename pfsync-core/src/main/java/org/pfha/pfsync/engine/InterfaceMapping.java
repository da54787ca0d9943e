package org.pfha.pfsync.engine;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a peer's interface names mean here. Called on the engine's thread, once per message. */
@FunctionalInterface
public interface InterfaceMapping {

  /**
   * The interface that a peer's state is bound to here.
   *
   * @param peerName the name in the message
   * @return the local name, or null if there is no such interface; the state is then skipped
   */
  @Nullable String local(String peerName);

  /**
   * Both nodes use the same names.
   *
   * @param known which names there are
   * @return a mapping of each of these to itself
   */
  static InterfaceMapping same(Predicate<String> known) {
    return name -> known.test(name) ? name : null;
  }
}

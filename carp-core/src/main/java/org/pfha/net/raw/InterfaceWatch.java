package org.pfha.net.raw;

import java.util.List;
import java.util.Optional;
import org.pfha.net.sys.SystemCallException;

/**
 * Knows the interfaces of a host, and hears of their changes. Confined to the loop once it runs.
 */
interface InterfaceWatch extends Poller.Source, AutoCloseable {

  /** All interfaces, in the kernel's order. */
  List<Interface> all();

  default Optional<Interface> named(String name) {
    return all().stream().filter(each -> each.link().name().equals(name)).findFirst();
  }

  @Override
  void close() throws SystemCallException;
}

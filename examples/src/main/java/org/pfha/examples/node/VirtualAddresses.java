package org.pfha.examples.node;

import java.io.IOException;

/**
 * Puts the addresses of virtual routers onto this host while it is MASTER of them. Called by one
 * thread at a time.
 */
interface VirtualAddresses extends AutoCloseable {

  /** Nobody's: whoever listens to role changes takes care of the addresses. */
  VirtualAddresses NONE =
      new VirtualAddresses() {
        @Override
        public void acquire(NodeConfig.Router router) {}

        @Override
        public void release(NodeConfig.Router router) {}

        @Override
        public void close() {}
      };

  /**
   * This host answers for the router's addresses from now on. Already having them is no error.
   *
   * @param router has become MASTER
   * @throws IOException if one of them cannot be had
   */
  void acquire(NodeConfig.Router router) throws IOException;

  /**
   * This host does not answer for the router's addresses any more. Not having them is no error.
   *
   * @param router is not MASTER any more
   * @throws IOException if one of them cannot be given back
   */
  void release(NodeConfig.Router router) throws IOException;

  @Override
  void close();
}

package org.pfha.net.sys;

import java.nio.ByteBuffer;

/** Memory outside the heap. Confined to one thread. */
public interface NativeMemory extends AutoCloseable {

  /**
   * The memory. Touching it after {@link #close} ends the process.
   *
   * @return all of it, direct
   */
  ByteBuffer buffer();

  /** Gives the memory back. */
  @Override
  void close();
}

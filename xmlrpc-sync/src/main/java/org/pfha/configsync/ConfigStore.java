package org.pfha.configsync;

import java.io.IOException;

/**
 * Where a secondary keeps its configuration. {@link #save} is atomic: after a failure or a crash
 * the old configuration is still there. Calls are made under the secondary's lock.
 */
public interface ConfigStore {

  /**
   * The stored file.
   *
   * @return its bytes
   * @throws IOException when it cannot be read
   */
  byte[] load() throws IOException;

  /**
   * Replaces the stored file.
   *
   * @param config the bytes of a {@code config.xml} that was read back successfully
   * @throws IOException when it could not be replaced; the old one is intact
   */
  void save(byte[] config) throws IOException;
}

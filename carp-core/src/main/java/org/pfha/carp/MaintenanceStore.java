package org.pfha.carp;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a node keeps the intent to be in maintenance, so that it survives a restart. The node calls
 * one method at a time; each may block.
 */
public interface MaintenanceStore {

  /**
   * What was stored.
   *
   * @return the reason given to {@link #enter}, or empty if the node is not in maintenance
   * @throws IOException if nobody can say; the node then does not start
   */
  Optional<String> load() throws IOException;

  /**
   * Stores that the node is in maintenance. When it returns, the intent survives a loss of power.
   *
   * @param reason one line for those who come later
   * @throws IOException if it is not stored; the node then does not enter maintenance
   */
  void enter(String reason) throws IOException;

  /**
   * Stores that the node is not in maintenance.
   *
   * @throws IOException if it is not stored; the node then stays in maintenance
   */
  void leave() throws IOException;

  /**
   * Keeps the intent in a file that exists while the node is in maintenance and contains the
   * reason. It is replaced atomically and synced to disk, its directory too.
   *
   * @param file in an existing directory, such as {@code /var/db/pfha/maintenance}
   * @return the store
   */
  static MaintenanceStore inFile(Path file) {
    return new FileMaintenanceStore(file);
  }
}

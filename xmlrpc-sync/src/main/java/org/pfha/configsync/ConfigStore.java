package org.pfha.configsync;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;

/**
 * Where a secondary keeps its configuration. {@link #save} is atomic: after a failure or a crash
 * the old configuration is still there. Calls are made under {@link #lock}, one at a time, on any
 * thread.
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
   * Whether the stored file still is what it was: a node asks before every call it answers.
   *
   * @param known what {@link #load} returned, or was saved
   * @return true when every byte is the same
   * @throws IOException when it cannot be read
   */
  default boolean holds(byte[] known) throws IOException {
    return Arrays.equals(load(), known);
  }

  /**
   * Replaces the stored file.
   *
   * @param config the bytes of a configuration that was read back successfully
   * @throws IOException when it could not be replaced; the old one is intact
   */
  void save(byte[] config) throws IOException;

  /**
   * Keeps every other writer of this configuration out (the application's own settings pages) from
   * before it is read until it was applied. A store without a lock loses one of two overlapping
   * changes.
   *
   * @param patience how long to wait
   * @return to be closed
   * @throws IOException when another writer still holds it, or it cannot be locked
   * @throws InterruptedException when the waiting thread is interrupted
   */
  default Hold lock(Duration patience) throws IOException, InterruptedException {
    return () -> {};
  }

  /**
   * What was noted before a change: a note that is still there at the next start tells that a crash
   * came between writing and applying.
   *
   * @return the note, empty when there is none
   * @throws IOException when it cannot be read
   */
  default String note() throws IOException {
    return "";
  }

  /**
   * Notes that a change begins, or ended. Survives a crash in stores that have it.
   *
   * @param note short, without secrets; empty to remove it
   * @throws IOException when it cannot be written
   */
  default void note(String note) throws IOException {}

  /** A held lock. */
  @FunctionalInterface
  interface Hold extends AutoCloseable {
    @Override
    void close() throws IOException;
  }
}

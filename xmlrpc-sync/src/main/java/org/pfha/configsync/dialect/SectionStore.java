package org.pfha.configsync.dialect;

import java.io.IOException;
import java.util.Map;
import java.util.Set;

/**
 * An application's own sections, for {@link Sections#store}. Calls are made under the secondary's
 * lock, one at a time, on any thread.
 */
public interface SectionStore {

  /**
   * All sections.
   *
   * @return name to content
   * @throws IOException when they cannot be read
   */
  Map<String, byte[]> load() throws IOException;

  /**
   * Replaces sections: all of the changed ones, or after an exception none. Called once more with
   * the old content when the change is rolled back.
   *
   * @param sections all sections as they shall be, name to content
   * @param changed the names that differ; those missing in {@code sections} are to be removed
   * @throws IOException when they could not be replaced
   */
  void replace(Map<String, byte[]> sections, Set<String> changed) throws IOException;
}

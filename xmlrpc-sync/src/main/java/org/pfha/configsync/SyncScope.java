package org.pfha.configsync;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.pfha.configsync.config.ConfigTree;

/**
 * What a primary sends, or what a secondary lets itself be told: areas of the products, sections by
 * name (the third dialect's, and paths of packages), and what is left out of them. Immutable.
 *
 * @param areas areas as the products' settings pages name them
 * @param sections exact names of opaque sections
 * @param excluded elements that stay out although their area or section is in
 */
public record SyncScope(Set<SyncArea> areas, Set<String> sections, List<ConfigPath> excluded) {
  /** Nothing at all. */
  public static final SyncScope NOTHING = new SyncScope(Set.of(), Set.of(), List.of());

  /** Copies. */
  public SyncScope {
    Set<SyncArea> ordered = EnumSet.noneOf(SyncArea.class);
    ordered.addAll(areas);
    areas = Collections.unmodifiableSet(ordered);
    sections = Collections.unmodifiableSet(new LinkedHashSet<>(sections));
    excluded = List.copyOf(excluded);
  }

  /**
   * Areas of pfSense or OPNsense.
   *
   * @param areas for example {@link SyncArea#enabledIn(ConfigTree)}
   * @return the scope
   */
  public static SyncScope areas(Set<SyncArea> areas) {
    return new SyncScope(areas, Set.of(), List.of());
  }

  /**
   * Opaque sections.
   *
   * @param names exact names
   * @return the scope
   */
  public static SyncScope sections(String... names) {
    return new SyncScope(Set.of(), new LinkedHashSet<>(List.of(names)), List.of());
  }

  /**
   * Leaves something out.
   *
   * @param paths see {@link ConfigPath}
   * @return the smaller scope
   * @throws IllegalArgumentException when one is no path
   */
  public SyncScope without(String... paths) {
    List<ConfigPath> all = new ArrayList<>(excluded);
    for (String path : paths) {
      all.add(ConfigPath.of(path));
    }
    return new SyncScope(areas, sections, all);
  }

  /**
   * Whether nothing is in it.
   *
   * @return true without areas and sections
   */
  public boolean isEmpty() {
    return areas.isEmpty() && sections.isEmpty();
  }
}

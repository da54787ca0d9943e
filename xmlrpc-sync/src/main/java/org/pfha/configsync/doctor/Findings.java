package org.pfha.configsync.doctor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects findings; what is wrong on both nodes alike is one. Confined to one thread. */
final class Findings {

  private record What(Check check, String path, String detail) {}

  private final Map<What, Side> found = new LinkedHashMap<>();

  void add(Check check, Side side, String path, String detail) {
    found.merge(
        new What(check, path, detail), side, (before, now) -> before == now ? before : Side.BOTH);
  }

  List<Finding> list() {
    List<Finding> list = new ArrayList<>();
    found.forEach((what, side) -> list.add(new Finding(what.check, side, what.path, what.detail)));
    list.sort(Comparator.comparing(Finding::severity));
    return List.copyOf(list);
  }
}

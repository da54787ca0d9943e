package org.pfha.examples.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Links between pages, and to files: where they lead must be something. */
final class Links {

  private static final Pattern DIRECT = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern DEFINITION = Pattern.compile("^\\[([^]]+)\\]: (\\S+)$");
  private static final Pattern NAMED = Pattern.compile("\\[(`[^`\\]]+`)\\](?![(\\[:])");
  private static final Pattern LABELLED = Pattern.compile("\\]\\[([^]]+)\\]");

  private Links() {}

  /** Links of a page that lead nowhere, labels without a link and links without a label. */
  static List<String> complaints(Page page) throws IOException {
    List<String> complaints = new ArrayList<>();
    for (Page.Match link : page.matches(DIRECT)) {
      check(page, link.line(), link.found().group(1), complaints);
    }
    Map<String, Integer> unused = new HashMap<>();
    for (Page.Match definition : page.matches(DEFINITION)) {
      check(page, definition.line(), definition.found().group(2), complaints);
      unused.put(definition.found().group(1), definition.line());
    }
    Set<String> defined = Set.copyOf(unused.keySet());
    for (Pattern uses : List.of(NAMED, LABELLED)) {
      for (Page.Match use : page.matches(uses)) {
        String label = use.found().group(1);
        unused.remove(label);
        if (!defined.contains(label)) {
          complaints.add(page.at(use.line()) + ": [" + label + "] has no link");
        }
      }
    }
    unused.forEach(
        (label, line) -> complaints.add(page.at(line) + ": nobody uses [" + label + "]"));
    return complaints;
  }

  private static void check(Page page, int line, String target, List<String> complaints)
      throws IOException {
    if (target.contains("://")) {
      return;
    }
    int hash = target.indexOf('#');
    String file = hash < 0 ? target : target.substring(0, hash);
    Path path = file.isEmpty() ? page.path() : page.path().resolveSibling(file);
    if (!file.isEmpty() && !Files.exists(path)) {
      complaints.add(page.at(line) + ": there is no " + target);
    } else if (hash >= 0) {
      Page there = file.isEmpty() ? page : Page.read(path);
      if (!there.anchors().contains(target.substring(hash + 1))) {
        complaints.add(page.at(line) + ": there is no heading for " + target);
      }
    }
  }

  /** The pages that nobody finds who begins at one of them. */
  static List<Path> unreachable(Page from, List<Page> all) {
    Map<Path, Page> left = new HashMap<>();
    all.forEach(page -> left.put(page.path().normalize(), page));
    Deque<Page> next = new ArrayDeque<>(List.of(from));
    Set<Path> seen = new HashSet<>();
    while (!next.isEmpty()) {
      Page page = next.remove();
      if (seen.add(page.path().normalize())) {
        left.remove(page.path().normalize());
        for (Pattern pattern : List.of(DIRECT, DEFINITION)) {
          for (Page.Match link : page.matches(pattern)) {
            String target = link.found().group(link.found().groupCount()).replaceFirst("#.*", "");
            Page there = left.get(page.path().resolveSibling(target).normalize());
            if (there != null) {
              next.add(there);
            }
          }
        }
      }
    }
    return left.keySet().stream().sorted().toList();
  }
}

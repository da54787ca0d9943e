package org.pfha.examples.docs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;

/** All that is wrong with pages, each with its file and line. */
public final class Docs {

  private Docs() {}

  /** Of {@code java} blocks, see {@link Samples}. */
  public static List<String> samples(List<Page> pages, Path classes) throws IOException {
    return Samples.complaints(pages, classes);
  }

  /** Of links. */
  public static List<String> links(List<Page> pages) throws IOException {
    List<String> complaints = new ArrayList<>();
    for (Page page : pages) {
      complaints.addAll(Links.complaints(page));
    }
    return complaints;
  }

  /** Pages that no link leads to. */
  public static List<Path> unreachable(Page from, List<Page> pages) {
    return Links.unreachable(from, pages);
  }

  /** Of names in backticks. */
  public static List<String> names(List<Page> pages, Set<String> foreign) throws IOException {
    Names names = new Names(Path.of(".."), foreign);
    return pages.stream().flatMap(page -> names.complaints(page).stream()).toList();
  }

  /** Of calls of {@code pfha}. */
  public static List<String> commands(List<Page> pages, CommandLine pfha) {
    return pages.stream().flatMap(page -> Commands.complaints(page, pfha).stream()).toList();
  }
}

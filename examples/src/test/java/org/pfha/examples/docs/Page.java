package org.pfha.examples.docs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of documentation, as far as tests look at it. Immutable.
 *
 * @param path of the file, which links are relative to
 * @param lines of it
 */
public record Page(Path path, List<String> lines) {

  private static final Path ROOT = Path.of("..");
  private static final Pattern COMMENT = Pattern.compile("<!-- (.*) -->");
  private static final Pattern INLINE = Pattern.compile("`([^`]+)`");

  /**
   * A block of code between fences.
   *
   * @param page it is on
   * @param line of the first of its lines, counted from 1
   * @param language behind the fence, may be empty
   * @param directive the comment in the line above the fence, may be empty
   * @param lines without the fences
   */
  public record Block(Page page, int line, String language, String directive, List<String> lines) {
    /** Its lines as one. */
    public String text() {
      return String.join("\n", lines);
    }
  }

  /**
   * A piece of a line.
   *
   * @param line counted from 1
   * @param text of it
   */
  record Piece(int line, String text) {}

  static Page of(String text) {
    return new Page(ROOT.resolve("docs/sample.md"), text.lines().toList());
  }

  /** Reads a page, by its path from the root of the project. */
  public static Page read(String path) throws IOException {
    return read(ROOT.resolve(path));
  }

  static Page read(Path path) throws IOException {
    return new Page(path, Files.readAllLines(path, StandardCharsets.UTF_8));
  }

  /** All pages of the project: at its root, in docs, and those of modules. */
  public static List<Page> all() throws IOException {
    List<Page> pages = new ArrayList<>();
    for (String directory : List.of(".", "docs", "benchmarks", "pfsync-core")) {
      try (Stream<Path> files = Files.list(ROOT.resolve(directory))) {
        for (Path file : files.sorted().toList()) {
          if (file.toString().endsWith(".md")) {
            pages.add(read(file.normalize()));
          }
        }
      }
    }
    return pages;
  }

  /** Where something is, as editors understand it. */
  String at(int line) {
    return path + ":" + line;
  }

  /** The blocks between fences. */
  public List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String fence = lines.get(i);
      if (fence.startsWith("```")) {
        int begin = i + 1;
        for (i = begin; i < lines.size() && !lines.get(i).startsWith("```"); ) {
          i++;
        }
        String above = begin < 2 ? "" : lines.get(begin - 2);
        blocks.add(
            new Block(
                this,
                begin + 1,
                fence.substring(3).strip(),
                COMMENT.matcher(above).results().map(found -> found.group(1)).findAny().orElse(""),
                lines.subList(begin, i)));
      }
    }
    return blocks;
  }

  /** The lines outside of blocks, with their numbers. */
  List<Piece> prose() {
    List<Piece> prose = new ArrayList<>();
    boolean fenced = false;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith("```")) {
        fenced = !fenced;
      } else if (!fenced) {
        prose.add(new Piece(i + 1, line));
      }
    }
    return prose;
  }

  /** What stands between backticks in the prose. */
  List<Piece> inline() {
    List<Piece> inline = new ArrayList<>();
    for (Piece line : prose()) {
      if (!line.text.startsWith("    ")) {
        INLINE
            .matcher(line.text)
            .results()
            .map(found -> new Piece(line.line, found.group(1)))
            .forEach(inline::add);
      }
    }
    return inline;
  }

  /** Where links within the page can lead, as the web site makes them of headings. */
  List<String> anchors() {
    return prose().stream()
        .map(Piece::text)
        .filter(text -> text.startsWith("#"))
        .map(text -> text.replaceFirst("^#+ *", "").toLowerCase(Locale.ROOT))
        .map(text -> text.replaceAll("[^\\p{L}\\p{N} _-]", "").strip().replace(' ', '-'))
        .toList();
  }

  /** The matches of a pattern in the prose. */
  List<Match> matches(Pattern pattern) {
    List<Match> matches = new ArrayList<>();
    for (Piece line : prose()) {
      pattern
          .matcher(line.text)
          .results()
          .map(found -> new Match(line.line, found))
          .forEach(matches::add);
    }
    return matches;
  }

  /**
   * A match.
   *
   * @param line counted from 1
   * @param found in it
   */
  record Match(int line, MatchResult found) {}
}

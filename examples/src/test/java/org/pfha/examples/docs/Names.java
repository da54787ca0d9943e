package org.pfha.examples.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Names of Java in backticks: the type, the member, the package must be there, in the sources or,
 * for types, in the JDK.
 */
final class Names {

  private static final Pattern TYPE = Pattern.compile("[A-Z]\\w*[a-z]\\w*");
  private static final Pattern MEMBER =
      Pattern.compile("(?:[A-Z]\\w*\\.)*([A-Z]\\w*[a-z]\\w*)[.#](\\w+)(\\(.*\\))?");
  private static final Pattern CALL = Pattern.compile("([a-z]\\w+)\\(.*\\)");
  private static final Pattern CONSTANT = Pattern.compile("[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+");
  private static final Pattern PACKAGE = Pattern.compile("org\\.pfha(\\.[a-z]+)+");
  private static final Pattern DECLARED =
      Pattern.compile("\\b(?:class|interface|record|enum|@interface) ([A-Z]\\w*)");

  private static final List<String> JDK =
      List.of(
          "java.lang.",
          "java.io.",
          "java.net.",
          "java.nio.file.",
          "java.time.",
          "java.util.",
          "java.util.concurrent.",
          "java.util.function.",
          "java.net.http.",
          "com.sun.net.httpserver.");

  private final Map<String, List<String>> sources = new HashMap<>();
  private final Set<String> foreign;

  /**
   * Reads the sources.
   *
   * @param foreign what looks like a name of Java and is none
   */
  Names(Path root, Set<String> foreign) throws IOException {
    this.foreign = foreign;
    for (String module :
        List.of("carp-core", "pfsync-core", "xmlrpc-sync", "examples", "benchmarks")) {
      try (Stream<Path> files = Files.walk(root.resolve(module).resolve("src"))) {
        for (Path file : files.filter(Names::isSource).toList()) {
          String text = Files.readString(file);
          Matcher declared = DECLARED.matcher(text);
          while (declared.find()) {
            sources.computeIfAbsent(declared.group(1), name -> new ArrayList<>()).add(text);
          }
        }
      }
    }
  }

  /** These tests themselves spell names that are none. */
  private static boolean isSource(Path file) {
    return file.toString().endsWith(".java") && !file.getParent().endsWith("examples/docs");
  }

  List<String> complaints(Page page) {
    List<String> complaints = new ArrayList<>();
    for (Page.Piece code : page.inline()) {
      String text = code.text();
      if (!foreign.contains(text) && !isKnown(text)) {
        complaints.add(page.at(code.line()) + ": there is no " + text);
      }
    }
    return complaints;
  }

  private boolean isKnown(String text) {
    Matcher member = MEMBER.matcher(text);
    Matcher call = CALL.matcher(text);
    if (TYPE.matcher(text).matches()) {
      return sources.containsKey(text) || isOfTheJdk(text);
    } else if (member.matches()) {
      String name = member.group(2);
      Pattern use = Pattern.compile("\\b" + name + (member.group(3) == null ? "\\b" : "\\("));
      return isOfTheJdk(member.group(1)) || isIn(member.group(1), use.asPredicate());
    } else if (call.matches()) {
      return isAnywhere(Pattern.compile("\\b" + call.group(1) + "\\("));
    } else if (CONSTANT.matcher(text).matches()) {
      return isAnywhere(Pattern.compile("\\b" + text + "\\b"));
    } else if (PACKAGE.matcher(text).matches()) {
      return isAnywhere(Pattern.compile("package " + Pattern.quote(text) + ";"));
    }
    return true;
  }

  private boolean isAnywhere(Pattern use) {
    return sources.values().stream().flatMap(List::stream).anyMatch(use.asPredicate());
  }

  private boolean isIn(String type, Predicate<String> use) {
    return sources.getOrDefault(type, List.of()).stream().anyMatch(use);
  }

  private static boolean isOfTheJdk(String type) {
    for (String prefix : JDK) {
      try {
        Class.forName(prefix + type, false, ClassLoader.getPlatformClassLoader());
        return true;
      } catch (ClassNotFoundException e) {
        // perhaps in the next one
      }
    }
    return false;
  }
}

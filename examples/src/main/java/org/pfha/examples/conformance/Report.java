package org.pfha.examples.conformance;

import java.io.PrintWriter;

/** Counts vectors, prints each failing one as it is found. Confined to one thread. */
final class Report {

  private static final int SHOWN = 2_000;

  private final PrintWriter out;
  private int passed;
  private int failed;

  Report(PrintWriter out) {
    this.out = out;
  }

  void passed(String vector) {
    passed++;
  }

  void failed(String vector, String expected, String actual) {
    failed++;
    out.println("FAILED " + vector);
    out.println("  expected: " + shorten(expected));
    out.println("  actual:   " + shorten(actual));
  }

  void check(String vector, Object expected, Object actual) {
    if (expected.equals(actual)) {
      passed(vector);
    } else {
      failed(vector, expected.toString(), actual.toString());
    }
  }

  /** A vector whose result a library must not imitate: it refused, and nothing changed. */
  void refusedByPolicy(String vector, String why) {
    passed++;
    out.println("refused by policy: " + vector + ": " + why);
  }

  /** Names a file, or a part of one, whose protocol is not built; it counts as nothing. */
  void notCovered(String file) {
    out.println("not covered: " + file);
  }

  int passed() {
    return passed;
  }

  int failed() {
    return failed;
  }

  void close() {
    out.println(passed + " passed, " + failed + " failed");
    out.flush();
  }

  private static String shorten(String text) {
    return text.length() <= SHOWN
        ? text
        : text.substring(0, SHOWN) + "… (" + text.length() + " characters)";
  }
}

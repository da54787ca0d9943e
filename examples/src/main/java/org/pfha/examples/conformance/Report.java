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
    int from = differsAt(expected, actual);
    out.println("  expected: " + shorten(expected, from));
    out.println("  actual:   " + shorten(actual, from));
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

  /** Where long texts begin to be of interest. */
  private static int differsAt(String a, String b) {
    int at = 0;
    while (at < a.length() && at < b.length() && a.charAt(at) == b.charAt(at)) {
      at++;
    }
    return Math.max(0, at - SHOWN / 4);
  }

  private static String shorten(String text, int from) {
    if (text.length() <= SHOWN) {
      return text;
    }
    String middle = text.substring(from, Math.min(text.length(), from + SHOWN));
    return (from > 0 ? "…" : "") + middle + "… (" + text.length() + " characters)";
  }
}

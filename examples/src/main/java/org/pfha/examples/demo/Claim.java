package org.pfha.examples.demo;

/**
 * Something the demo promises, and whether it came true. Immutable.
 *
 * @param text the promise
 * @param holds whether it was kept
 * @param seen what was measured
 */
record Claim(String text, boolean holds, String seen) {}

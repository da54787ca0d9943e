/** A real browser for tests: headless Chromium, driven over WebDriver. */
@org.jspecify.annotations.NullMarked
package org.pfha.examples.browser;

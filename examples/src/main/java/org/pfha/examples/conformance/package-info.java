/** Runs directories of golden vectors through the library and says what differs. */
@org.jspecify.annotations.NullMarked
package org.pfha.examples.conformance;

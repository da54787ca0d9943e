/** {@code pfha sync}: configuration sync between files and secondaries. */
@org.jspecify.annotations.NullMarked
package org.pfha.examples.sync;

/** Speed: {@code pfha bench}. */
@org.jspecify.annotations.NullMarked
package org.pfha.examples.bench;

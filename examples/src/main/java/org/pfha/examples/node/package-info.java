/** A node on real interfaces: {@code pfha node}. */
@org.jspecify.annotations.NullMarked
package org.pfha.examples.node;

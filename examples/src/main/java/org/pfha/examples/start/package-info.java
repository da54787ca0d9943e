/** Small whole programs, quoted by the pages in docs: what a first embedding looks like. */
@NullMarked
package org.pfha.examples.start;

import org.jspecify.annotations.NullMarked;

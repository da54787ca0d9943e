/** CARP: which node owns the virtual addresses. Start with {@link org.pfha.carp.CarpNode}. */
@NullMarked
package org.pfha.carp;

import org.jspecify.annotations.NullMarked;

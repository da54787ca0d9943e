/** The CARP state machine and receive path: (state, event, now) to actions. */
@NullMarked
package org.pfha.carp.engine;

import org.jspecify.annotations.NullMarked;

/** pfsync as a pure function: (state, event, now) to actions. No socket, thread or clock. */
@org.jspecify.annotations.NullMarked
package org.pfha.pfsync.engine;

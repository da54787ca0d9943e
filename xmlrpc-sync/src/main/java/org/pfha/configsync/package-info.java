/** Configuration sync between a primary and its secondaries. */
@org.jspecify.annotations.NullMarked
package org.pfha.configsync;

/** What a user of pfsync touches: the node, its events and its statistics. */
@org.jspecify.annotations.NullMarked
package org.pfha.pfsync;

/** What a user of pfsync touches: the node that keeps state tables equal. */
@org.jspecify.annotations.NullMarked
package org.pfha.pfsync;

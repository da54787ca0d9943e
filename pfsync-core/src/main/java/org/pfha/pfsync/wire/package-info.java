/** The bytes of pfsync: packets, sections, messages and the state formats. */
@org.jspecify.annotations.NullMarked
package org.pfha.pfsync.wire;

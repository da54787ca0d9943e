/** The state table and pfsync, its replication protocol. */
@org.jspecify.annotations.NullMarked
package org.pfha.pf;

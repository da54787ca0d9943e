/**
 * The one native seam: the few system calls that kernel interfaces are driven with. {@link
 * org.pfha.net.sys.SystemCalls} are this machine's by JNA, which is loaded with the first of them,
 * or those of a kernel in memory; {@link org.pfha.net.sys.SystemCallJournal} records and replays
 * them. Only the kernel bindings and raw transports come here.
 */
@org.jspecify.annotations.NullMarked
package org.pfha.net.sys;

/** pf in a FreeBSD kernel: /dev/pf, its structures, and a kernel in memory. */
@org.jspecify.annotations.NullMarked
package org.pfha.pf.device;

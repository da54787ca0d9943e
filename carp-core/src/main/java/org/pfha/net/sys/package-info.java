/** The one native seam: the few system calls that kernel interfaces are driven with. */
@org.jspecify.annotations.NullMarked
package org.pfha.net.sys;

/** The FreeBSD kernel's pf from Java: its device, its structures, nvlists and netlink. */
@org.jspecify.annotations.NullMarked
package org.pfha.pf.device;

/** The FreeBSD kernel's own carp(4), read and changed. */
@org.jspecify.annotations.NullMarked
package org.pfha.carp.kernel;

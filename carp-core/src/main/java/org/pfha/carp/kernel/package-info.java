/**
 * The FreeBSD kernel's own carp(4), read and changed. {@link org.pfha.carp.kernel.KernelCarp} is
 * the way in, {@link org.pfha.carp.kernel.KernelVhid} what it reads and writes, {@link
 * org.pfha.carp.kernel.InMemoryCarp} a kernel for tests. What a kernel refuses is a subclass of
 * {@link org.pfha.carp.kernel.KernelCarpException} that says what to do.
 */
@org.jspecify.annotations.NullMarked
package org.pfha.carp.kernel;

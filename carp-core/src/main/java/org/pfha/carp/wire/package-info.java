/**
 * Bytes to and from CARP version 2 and VRRPv3 advertisements, and the HMAC of the former.
 *
 * <p>{@link org.pfha.carp.wire.CarpView} and {@link org.pfha.carp.wire.VrrpView} lie over received
 * bytes: {@code wrap}, one {@code check}, then accessors that cannot fail and allocate nothing.
 * {@link org.pfha.carp.wire.CarpAdvert} and {@link org.pfha.carp.wire.VrrpAdvert} are the same as
 * values, to be kept or to be sent. {@link org.pfha.carp.wire.CarpAuthenticator} computes an HMAC,
 * {@link org.pfha.carp.wire.CarpKeyring} knows which ones are believed, {@link
 * org.pfha.carp.wire.CarpReject} names what is wrong in the kernel's words. All numbers on the wire
 * are big-endian.
 */
@NullMarked
package org.pfha.carp.wire;

import org.jspecify.annotations.NullMarked;

/**
 * What is wrong on a segment, and why: split brain, loops, VRRP with the same id, replays, adverts
 * whose hash does not fit, adverts that are late, multicast that does not arrive.
 *
 * <p>{@link org.pfha.carp.diagnosis.CarpWatch} looks at what one virtual router hears and sends and
 * tells of {@link org.pfha.carp.diagnosis.CarpDiagnosis}; {@link
 * org.pfha.carp.diagnosis.HmacExplainer} can be used by itself. Nothing here knows a socket, a
 * thread or a clock, and nothing that arrives can make it keep more than a fixed amount.
 */
@NullMarked
package org.pfha.carp.diagnosis;

import org.jspecify.annotations.NullMarked;

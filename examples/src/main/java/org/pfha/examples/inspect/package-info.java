/**
 * The capture inspector: what a capture tells of CARP, VRRP and pfsync.
 *
 * <p>{@code Datagrams} makes whole IP packets of records, {@code Decoder} reads them, {@code
 * Inspection} keeps what they tell: a {@code RouterTrack} for each virtual router, a {@code
 * SyncTrack} for pfsync. {@code InspectText} and {@code InspectJson} show it.
 */
@org.jspecify.annotations.NullMarked
package org.pfha.examples.inspect;

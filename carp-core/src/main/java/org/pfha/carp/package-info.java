/**
 * CARP and VRRPv3: which node owns the virtual addresses. Start with {@link
 * org.pfha.carp.CarpNode}.
 *
 * <ul>
 *   <li>{@link org.pfha.carp.VirtualRouter} says what a vhid is: addresses, password, profile,
 *       peers, group;
 *   <li>{@link org.pfha.carp.DemotionLedger} says why a node is a worse master than it is
 *       configured to be: pfsync, {@linkplain org.pfha.carp.ProbeSchedule health probes},
 *       {@linkplain org.pfha.carp.MaintenanceStore maintenance}, a link that is down, an operator;
 *   <li>{@link org.pfha.carp.RoleHook} is what the application does when a role changes, {@link
 *       org.pfha.carp.CarpEvent} what it is told;
 *   <li>{@link org.pfha.carp.CarpExplanation} answers "why am I BACKUP?", {@link
 *       org.pfha.carp.CarpStatistics} how often.
 * </ul>
 */
@NullMarked
package org.pfha.carp;

import org.jspecify.annotations.NullMarked;

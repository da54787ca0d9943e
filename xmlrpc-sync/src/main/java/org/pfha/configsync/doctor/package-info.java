/**
 * The HA doctor, which finds in two configurations what will break failover, and the planner, whose
 * pairs it finds nothing wrong with.
 *
 * <p>{@link org.pfha.configsync.doctor.HaDoctor} reads both nodes' {@code config.xml}, and their
 * live status where there is one; each {@link org.pfha.configsync.doctor.Check} is one rule. {@link
 * org.pfha.configsync.doctor.HaPlan} proposes addresses, VHIDs and the fragments of configuration
 * for a new pair. Nothing here knows a file, a socket or a clock.
 */
@org.jspecify.annotations.NullMarked
package org.pfha.configsync.doctor;

/**
 * {@code pfha simulate} and {@code pfha soak}: clusters that break, in virtual and in real time.
 */
@org.jspecify.annotations.NullMarked
package org.pfha.examples.cluster;

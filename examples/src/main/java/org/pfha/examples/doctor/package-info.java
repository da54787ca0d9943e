/** The HA doctor and the address planner, on the command line. */
@org.jspecify.annotations.NullMarked
package org.pfha.examples.doctor;

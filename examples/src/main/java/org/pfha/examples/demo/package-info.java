/** A pair of firewalls in one process, and what an operator wants to see of it. */
@org.jspecify.annotations.NullMarked
package org.pfha.examples.demo;

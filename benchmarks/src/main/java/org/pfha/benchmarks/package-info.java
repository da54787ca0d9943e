/** JMH benchmarks: what the hot paths cost, and that they allocate nothing. */
@org.jspecify.annotations.NullMarked
package org.pfha.benchmarks;

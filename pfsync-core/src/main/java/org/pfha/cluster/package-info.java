/**
 * Whole clusters on a simulated network: what must hold of them, checked after every step while
 * things break.
 *
 * <pre>{@code
 * Outcome outcome = new Simulation().run(Scenario.of(4711));
 * assertThat(outcome.violations()).isEmpty();
 * }</pre>
 *
 * <p>A {@link Scenario} says which nodes there are and what befalls them; {@link Simulation} runs
 * it on a {@link Cluster} of the same classes that run in production; {@link Rule} says what may
 * never be seen. {@link Firmware} is where a user's own software comes in.
 */
@org.jspecify.annotations.NullMarked
package org.pfha.cluster;

/**
 * pfsync as a pure function: (state, event, now) to actions. No socket, thread or clock.
 *
 * <p>A {@link org.pfha.pfsync.engine.PfsyncEngine} changes a table by what it receives and by what
 * the data plane tells it, and hands packets and {@linkplain org.pfha.pfsync.engine.PfsyncEvent
 * events} to a {@link org.pfha.pfsync.engine.PfsyncSink}. What a user meets of it are settings
 * ({@link org.pfha.pfsync.engine.PfsyncProfile}), events and numbers ({@link
 * org.pfha.pfsync.engine.PfsyncStatistics}).
 */
@org.jspecify.annotations.NullMarked
package org.pfha.pfsync.engine;

/**
 * The status of a node, or of a simulated pair: one page for people, JSON and metrics for programs,
 * one small HTTP server.
 */
@org.jspecify.annotations.NullMarked
package org.pfha.examples.status;

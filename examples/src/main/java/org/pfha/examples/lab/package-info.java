/**
 * Hosts on a switch of their own, in network namespaces of Linux: where real nodes meet real peers,
 * and what is measured there.
 */
@org.jspecify.annotations.NullMarked
package org.pfha.examples.lab;

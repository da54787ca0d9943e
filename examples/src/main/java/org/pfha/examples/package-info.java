/** The pfha command line. */
@org.jspecify.annotations.NullMarked
package org.pfha.examples;

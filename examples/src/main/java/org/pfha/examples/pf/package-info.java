/** What a kernel's pf knows, on the command line. */
@org.jspecify.annotations.NullMarked
package org.pfha.examples.pf;

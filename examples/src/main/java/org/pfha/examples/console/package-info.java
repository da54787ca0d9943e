/** What the commands show while something takes long. */
@org.jspecify.annotations.NullMarked
package org.pfha.examples.console;

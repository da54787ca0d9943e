/** How reports are written as JSON: a few lines in place of a dependency. */
@org.jspecify.annotations.NullMarked
package org.pfha.carp.json;

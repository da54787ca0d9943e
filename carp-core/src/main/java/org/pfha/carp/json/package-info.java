/** How the CARP packages write JSON; not exported. */
@org.jspecify.annotations.NullMarked
package org.pfha.carp.json;

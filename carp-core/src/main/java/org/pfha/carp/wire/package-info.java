/** Bytes to and from CARP version 2 advertisements, and their HMAC. */
@NullMarked
package org.pfha.carp.wire;

import org.jspecify.annotations.NullMarked;

/** JSON for programs. Not exported. */
@org.jspecify.annotations.NullMarked
package org.pfha.configsync.json;

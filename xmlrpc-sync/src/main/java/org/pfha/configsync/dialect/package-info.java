/** What pfSense sends, expects and does with it. */
@org.jspecify.annotations.NullMarked
package org.pfha.configsync.dialect;

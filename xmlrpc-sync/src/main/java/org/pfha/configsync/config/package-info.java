/** The tree of config.xml: reader, writer, digests. */
@org.jspecify.annotations.NullMarked
package org.pfha.configsync.config;

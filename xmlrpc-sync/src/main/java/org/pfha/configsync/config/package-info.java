/**
 * The tree of {@code config.xml}.
 *
 * <p>{@link org.pfha.configsync.config.ConfigFormat} reads and writes the file of each product by
 * its own rules, so that a file the product wrote is written again byte for byte; {@link
 * org.pfha.configsync.config.ConfigTree} is what is in it; {@link
 * org.pfha.configsync.config.ConfigDiff} says what differs between two of them, matched by what
 * identifies an entry; {@link org.pfha.configsync.config.Secrets} decides what is never shown.
 *
 * <p>pfSense cannot keep every text: it reads text, entity references and CDATA sections piece by
 * piece and trims each of line breaks, so that a break beside an escaped character is gone after
 * the first read. This reader does the same.
 */
@org.jspecify.annotations.NullMarked
package org.pfha.configsync.config;

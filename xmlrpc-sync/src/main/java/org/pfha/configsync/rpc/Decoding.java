package org.pfha.configsync.rpc;

/**
 * How much a reader forgives. Whatever it forgives, it never loads anything, never goes beyond the
 * limits of {@link XmlRpc}, and keeps members in order. Source: spec section 6.2.
 */
public enum Decoding {
  /**
   * The default: typed, untyped and pretty-printed values; numbers, dates and base64 must be whole;
   * refused are unknown types, two types in one value, text beside a type, duplicate names.
   */
  STRICT,
  /**
   * What pfSense reads: numbers begin with digits or are 0, any boolean but 0 and the empty text is
   * true, the last of duplicate names wins, the root element may have any name.
   */
  LIKE_PFSENSE,
  /**
   * What OPNsense reads: as above, but what it does not know ({@code nil}, {@code i8}, unknown
   * types, untyped empty values) is left out, so that lists get shorter and members vanish.
   */
  LIKE_OPNSENSE
}

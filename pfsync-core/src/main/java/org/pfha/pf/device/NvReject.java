package org.pfha.pf.device;

/** Why bytes are not a packed nvlist (spec pf-ioctl 6). Immutable. */
public enum NvReject {
  /** They are one. */
  NONE,
  /** A header, a pair or its data is cut off, or claims more than there is. */
  TRUNCATED,
  /** The first byte of a header is not 0x6c. */
  BAD_MAGIC,
  /** Another version than 0. */
  BAD_VERSION,
  /** An undefined flag, or a nested list in another byte order. */
  BAD_FLAGS,
  /** The two public flags are not those the caller expects. */
  UNEXPECTED_FLAGS,
  /** File descriptors, which nothing passes along here. */
  DESCRIPTORS,
  /** A header's size is not the number of bytes left. */
  BAD_SIZE,
  /** A pair of an unknown type. */
  BAD_TYPE,
  /** A name that is empty, too long, or not ended by its only NUL. */
  BAD_NAME,
  /** A name twice in a list that is not for it. */
  DUPLICATE_NAME,
  /** Data that its type does not allow, such as a bool of 2. */
  BAD_VALUE,
  /** An item count that does not fit the data. */
  BAD_ITEMS,
  /** A list that is not ended, or ended by the wrong marker, or a marker outside of one. */
  UNBALANCED,
  /** More than 256 lists within each other. */
  TOO_DEEP
}

package org.pfha.net.pcap;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One of the two file formats. */
interface CaptureFile {

  /** The next record; null if the bytes there are do not hold one, or at the {@link #end}. */
  @Nullable PcapRecord next() throws IOException;

  /** {@link PcapReader.End#NOT_YET} unless the file makes no sense any more. */
  PcapReader.End end();
}

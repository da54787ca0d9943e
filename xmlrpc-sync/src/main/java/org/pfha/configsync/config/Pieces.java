package org.pfha.configsync.config;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A file on its way into memory, which is copied once at the end and not at every growth. */
final class Pieces extends OutputStream {
  private static final int PIECE = 1 << 16;

  private final List<byte[]> full = new ArrayList<>();
  private byte[] piece = new byte[PIECE];
  private int used;

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    int done = 0;
    while (done < length) {
      if (used == PIECE) {
        full.add(piece);
        piece = new byte[PIECE];
        used = 0;
      }
      int count = Math.min(length - done, PIECE - used);
      System.arraycopy(bytes, offset + done, piece, used, count);
      used += count;
      done += count;
    }
  }

  byte[] joined() {
    ByteBuffer all =
        ByteBuffer.allocate(Math.addExact(Math.multiplyExact(full.size(), PIECE), used));
    full.forEach(all::put);
    return all.put(piece, 0, used).array();
  }
}

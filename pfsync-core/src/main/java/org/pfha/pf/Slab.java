package org.pfha.pf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Rows of equal size in a few large arrays, without an object per row. Freed rows are used again,
 * the last one first.
 *
 * <p>One thread writes. Others may read a row while it is written: the writer calls {@link
 * #beginWrite}, changes the row, then {@link #endWrite}; a reader takes {@link #beginRead}, copies
 * the row, and believes its copy only if {@link #unchanged} says so. Each stripe of rows has a
 * version, odd while one of them is written. Why that is enough: the odd version is stored before
 * the row changes (store-store fence) and the even one after (release); a reader loads the version
 * before the row (acquire) and again after it (load-load fence). So a copy that saw any byte of a
 * write also sees that write's version, odd or newer, and is thrown away. The arrays are read
 * through a volatile field after the version, so that an outgrown one is noticed like any write.
 */
final class Slab {

  /** Rows per array; one less than a power of two, to leave room for the array's own header. */
  static final int CHUNK_SHIFT = 14;

  private static final int CHUNK_ROWS = (1 << CHUNK_SHIFT) - 1;
  private static final int CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;
  private static final int FIRST_ROWS = 32;

  /** An array's elements begin 16 bytes into it; rows begin at a cache line. */
  private static final int PADDING = 48;

  private static final int STRIPES = 1024;
  private static final VarHandle VERSIONS = MethodHandles.arrayElementVarHandle(int[].class);

  private final int rowSize;
  private final int[] versions = new int[STRIPES];
  private volatile byte[][] chunks = new byte[0][];

  /** The same for the writer, who need not read it anew each time. */
  private byte[][] own = chunks;

  /** Rows ever used are those below. */
  private volatile int end;

  /** Freed rows; not in the rows themselves, which need not be loaded to be written anew. */
  private int[] free = new int[FIRST_ROWS];

  private int freeCount;

  Slab(int rowSize) {
    this.rowSize = rowSize;
  }

  /** The array a row is in, for the writer. */
  byte[] chunk(int row) {
    return own[row >>> CHUNK_SHIFT];
  }

  /** The array a row is in, for a reader, who asks anew after each {@link #beginRead}. */
  byte[] chunkForReader(int row) {
    return chunks[row >>> CHUNK_SHIFT];
  }

  /** Where in its array a row begins. */
  int at(int row) {
    return PADDING + (row & CHUNK_MASK) * rowSize;
  }

  /** The first row number that has never been used. */
  int end() {
    return end;
  }

  /** Whether a row number, possibly torn, can be looked at. */
  boolean holds(int row) {
    byte[][] all = chunks;
    int chunk = row >>> CHUNK_SHIFT;
    return chunk < all.length && at(row) + rowSize <= all[chunk].length;
  }

  /** Whether there can be a row of this number: the last of each array is left out. */
  static boolean isRow(int row) {
    return (row & CHUNK_MASK) != CHUNK_ROWS;
  }

  int allocate() {
    if (freeCount > 0) {
      return free[--freeCount];
    }
    int row = isRow(end) ? end : end + 1;
    makeRoom(row);
    end = row + 1;
    return row;
  }

  void free(int row) {
    if (freeCount == free.length) {
      free = Arrays.copyOf(free, 2 * freeCount);
    }
    free[freeCount++] = row;
  }

  /** The first array grows from next to nothing; the others are whole from the start. */
  private void makeRoom(int row) {
    byte[][] old = own;
    int chunk = row >>> CHUNK_SHIFT;
    if (chunk == old.length) {
      byte[][] more = Arrays.copyOf(old, chunk + 1);
      more[chunk] = new byte[PADDING + (chunk == 0 ? FIRST_ROWS : CHUNK_ROWS) * rowSize];
      publish(more);
    } else if (at(row) + rowSize > old[chunk].length) {
      int rows = Math.min(2 * (row & CHUNK_MASK), CHUNK_ROWS);
      byte[][] more = old.clone();
      more[chunk] = Arrays.copyOf(old[chunk], PADDING + rows * rowSize);
      publish(more);
    }
  }

  private void publish(byte[][] more) {
    own = more;
    chunks = more;
  }

  long bytes() {
    long bytes = Integer.BYTES * (long) free.length;
    for (byte[] chunk : chunks) {
      bytes += chunk.length;
    }
    return bytes;
  }

  void beginWrite(int row) {
    int stripe = row & (STRIPES - 1);
    VERSIONS.setOpaque(versions, stripe, versions[stripe] + 1);
    VarHandle.storeStoreFence();
  }

  void endWrite(int row) {
    int stripe = row & (STRIPES - 1);
    VERSIONS.setRelease(versions, stripe, versions[stripe] + 1);
  }

  /** The version to be given to {@link #unchanged}; waits for a write that is going on. */
  int beginRead(int row) {
    while (true) {
      int version = (int) VERSIONS.getAcquire(versions, row & (STRIPES - 1));
      if ((version & 1) == 0) {
        return version;
      }
      Thread.onSpinWait();
    }
  }

  boolean unchanged(int row, int version) {
    VarHandle.loadLoadFence();
    return (int) VERSIONS.getOpaque(versions, row & (STRIPES - 1)) == version;
  }
}

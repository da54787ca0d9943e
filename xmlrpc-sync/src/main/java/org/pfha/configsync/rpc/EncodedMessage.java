package org.pfha.configsync.rpc;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.IntConsumer;

/**
 * A message in UTF-8, kept in the pieces it was written in: there is one copy of it in memory, and
 * it may be sent as often as needed. Immutable.
 */
public final class EncodedMessage {
  private final List<byte[]> pieces;
  private final int lastLength;

  /** Takes the pieces over; all but the last are full. */
  EncodedMessage(List<byte[]> pieces, int lastLength) {
    this.pieces = List.copyOf(pieces);
    this.lastLength = lastLength;
  }

  private int lengthOf(int piece) {
    return piece == pieces.size() - 1 ? lastLength : pieces.get(piece).length;
  }

  /**
   * How long it is.
   *
   * @return bytes
   */
  public long length() {
    long length = 0;
    for (int i = 0; i < pieces.size(); i++) {
      length += lengthOf(i);
    }
    return length;
  }

  /**
   * Writes all of it.
   *
   * @param out not closed
   * @throws IOException from the stream
   */
  public void writeTo(OutputStream out) throws IOException {
    for (int i = 0; i < pieces.size(); i++) {
      out.write(pieces.get(i), 0, lengthOf(i));
    }
  }

  /**
   * Reads all of it.
   *
   * @return a new stream from the beginning
   */
  public InputStream open() {
    List<InputStream> streams = new ArrayList<>();
    for (int i = 0; i < pieces.size(); i++) {
      streams.add(new ByteArrayInputStream(pieces.get(i), 0, lengthOf(i)));
    }
    return new SequenceInputStream(Collections.enumeration(streams));
  }

  /**
   * A copy in one piece, for short messages.
   *
   * @return a new array
   */
  public byte[] toByteArray() {
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(length()));
    for (int i = 0; i < pieces.size(); i++) {
      all.put(pieces.get(i), 0, lengthOf(i));
    }
    return all.array();
  }

  /** The pieces in turn; tells how long each one taken was. */
  Iterator<byte[]> pieces(IntConsumer taken) {
    return new Iterator<>() {
      private int next;

      @Override
      public boolean hasNext() {
        return next < pieces.size();
      }

      @Override
      public byte[] next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        byte[] piece = pieces.get(next);
        int length = lengthOf(next++);
        taken.accept(length);
        return length == piece.length ? piece : Arrays.copyOf(piece, length);
      }
    };
  }

  /** The length only: messages hold secrets. */
  @Override
  public String toString() {
    return "EncodedMessage[" + length() + " bytes]";
  }
}

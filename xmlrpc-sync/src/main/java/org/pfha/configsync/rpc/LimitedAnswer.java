package org.pfha.configsync.rpc;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongSupplier;
import java.util.zip.GZIPInputStream;
import org.pfha.configsync.rpc.RpcFormatException.Flaw;

/**
 * An answer that ends at a limit, and sooner when it was a few compressed bytes. Counted while it
 * streams: nothing is collected first. Source: spec section 22, attack 6.
 */
final class LimitedAnswer extends FilterInputStream {
  private static final int MAX_RATIO = 100;
  private static final int RATIO_FREE = 1 << 20;

  private final LongSupplier wireBytes;
  private final long limit;
  private long count;

  private LimitedAnswer(InputStream in, LongSupplier wireBytes, long limit) {
    super(in);
    this.wireBytes = wireBytes;
    this.limit = limit;
  }

  static InputStream of(AnswerStream answer, long limit) {
    return new LimitedAnswer(answer, answer::count, limit);
  }

  static InputStream inflating(AnswerStream answer, long limit) throws IOException {
    return new LimitedAnswer(new GZIPInputStream(answer), answer::count, limit);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = in.read(bytes, offset, length);
    count += Math.max(0, read);
    if (count > limit) {
      throw new RpcFormatException(Flaw.REFUSED, "an answer longer than " + limit + " bytes");
    }
    if (count > RATIO_FREE && count > MAX_RATIO * wireBytes.getAsLong()) {
      throw new RpcFormatException(
          Flaw.REFUSED, "an answer that inflates to more than " + MAX_RATIO + " times its size");
    }
    return read;
  }
}

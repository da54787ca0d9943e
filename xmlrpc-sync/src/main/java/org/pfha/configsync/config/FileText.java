package org.pfha.configsync.config;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/** Text on its way into a file in UTF-8, without a lock for each character. */
final class FileText extends Writer {
  private final Writer encoder;
  private final char[] pending = new char[1 << 13];
  private int used;

  FileText(OutputStream file) {
    encoder = new OutputStreamWriter(file, StandardCharsets.UTF_8);
  }

  private void drain() throws IOException {
    encoder.write(pending, 0, used);
    used = 0;
  }

  @Override
  public void write(int c) throws IOException {
    if (used == pending.length) {
      drain();
    }
    pending[used++] = (char) c;
  }

  @Override
  public void write(String text, int from, int length) throws IOException {
    if (length > pending.length - used) {
      drain();
    }
    if (length > pending.length) {
      encoder.write(text, from, length);
    } else {
      text.getChars(from, from + length, pending, used);
      used += length;
    }
  }

  @Override
  public void write(char[] text, int from, int length) throws IOException {
    drain();
    encoder.write(text, from, length);
  }

  @Override
  public void flush() throws IOException {
    drain();
    encoder.flush();
  }

  @Override
  public void close() throws IOException {
    drain();
    encoder.close();
  }
}

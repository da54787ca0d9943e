package org.pfha.configsync.rpc;

import java.io.BufferedReader;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pfha.configsync.rpc.RpcFormatException.Flaw;

/**
 * The characters of a document. UTF-8, or UTF-16 with a byte-order mark; the parser never chooses
 * an encoding itself. PHP declares ISO-8859-1 and then writes ASCII: read as long as it is ASCII.
 * Source: spec section 22, attack 30.
 */
final class XmlText {
  private static final int PROLOG = 256;
  private static final Pattern DECLARATION =
      Pattern.compile(
          "<\\?xml\\s+version\\s*=\\s*[\"']([^\"']*)[\"']"
              + "(?:\\s+encoding\\s*=\\s*[\"']([^\"']*)[\"'])?(?s:.*)");

  private XmlText() {}

  static Reader open(InputStream bytes) throws IOException {
    PushbackInputStream in = new PushbackInputStream(bytes, 3);
    Charset charset = byMark(in);
    BufferedReader text =
        new BufferedReader(
            new InputStreamReader(
                in,
                charset
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)));
    text.mark(PROLOG);
    char[] prolog = new char[PROLOG];
    int length = 0;
    int more;
    while (length < PROLOG && (more = text.read(prolog, length, PROLOG - length)) > 0) {
      length += more;
    }
    text.reset();
    Matcher declaration = DECLARATION.matcher(new String(prolog, 0, length));
    if (!declaration.matches()) {
      return text;
    }
    if (!declaration.group(1).equals("1.0")) {
      throw refused("XML of another version than 1.0");
    }
    String group = declaration.group(2);
    String declared = group == null ? "" : group.toLowerCase(Locale.ROOT);
    boolean utf8 = charset.equals(StandardCharsets.UTF_8);
    if (declared.isEmpty() || declared.matches(utf8 ? "utf-?8" : "utf-16(be|le)?")) {
      return text;
    }
    if (utf8 && declared.matches("(us-)?ascii|iso-8859-\\d{1,2}|windows-125\\d")) {
      return new AsciiOnly(text);
    }
    throw refused("an encoding other than UTF-8");
  }

  private static Charset byMark(PushbackInputStream in) throws IOException {
    byte[] start = in.readNBytes(3);
    int first = start.length < 2 ? 0 : ((start[0] & 0xFF) << 8) | (start[1] & 0xFF);
    if (first == 0xEFBB && start.length == 3 && (start[2] & 0xFF) == 0xBF) {
      return StandardCharsets.UTF_8;
    }
    boolean utf16 = first == 0xFEFF || first == 0xFFFE;
    in.unread(start, utf16 ? 2 : 0, start.length - (utf16 ? 2 : 0));
    return !utf16
        ? StandardCharsets.UTF_8
        : first == 0xFEFF ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_16LE;
  }

  private static RpcFormatException refused(String why) {
    return new RpcFormatException(Flaw.REFUSED, why);
  }

  private static final class AsciiOnly extends FilterReader {
    AsciiOnly(Reader in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      char[] one = new char[1];
      return read(one, 0, 1) < 0 ? -1 : one[0];
    }

    @Override
    public int read(char[] chars, int offset, int length) throws IOException {
      int count = in.read(chars, offset, length);
      for (int i = offset; i < offset + count; i++) {
        if (chars[i] >= 0x80) {
          throw refused("an encoding other than UTF-8");
        }
      }
      return count;
    }
  }
}

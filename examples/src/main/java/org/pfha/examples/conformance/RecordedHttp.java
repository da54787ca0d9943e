package org.pfha.examples.conformance;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A recorded request or answer: raw bytes of a first line, headers, an empty line and a body.
 * Immutable.
 */
final class RecordedHttp {
  private final String first;
  private final Map<String, List<String>> headers;
  private final byte[] body;

  private RecordedHttp(String first, Map<String, List<String>> headers, byte[] body) {
    this.first = first;
    this.headers = headers;
    this.body = body;
  }

  static RecordedHttp parse(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int at = 0;
    RecordedHttp message;
    do {
      int end = find(bytes, "\r\n\r\n", at);
      if (end < 0) {
        throw new IOException(file.getFileName() + ": no empty line after the headers");
      }
      String head = new String(bytes, at, end - at, StandardCharsets.ISO_8859_1);
      at = end + 4;
      message = head(head, Arrays.copyOfRange(bytes, at, bytes.length));
    } while (message.first.startsWith("HTTP/1.1 100"));
    boolean chunked = "chunked".equalsIgnoreCase(message.header("Transfer-encoding"));
    return chunked
        ? new RecordedHttp(message.first, message.headers, joined(message.body))
        : message;
  }

  private static RecordedHttp head(String head, byte[] body) {
    List<String> lines = List.of(head.split("\r\n", -1));
    Map<String, List<String>> headers = new TreeMap<>();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      String name = line.substring(0, 1) + line.substring(1, colon).toLowerCase(Locale.ROOT);
      headers.computeIfAbsent(name, n -> new ArrayList<>()).add(line.substring(colon + 1).trim());
    }
    return new RecordedHttp(lines.get(0), headers, body);
  }

  private static byte[] joined(byte[] chunks) throws IOException {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    int at = 0;
    while (true) {
      int end = find(chunks, "\r\n", at);
      if (end < 0) {
        throw new IOException("a chunk without a length");
      }
      String digits = new String(chunks, at, end - at, StandardCharsets.US_ASCII);
      int length = Integer.parseInt(digits.trim(), 16);
      if (length == 0) {
        return whole.toByteArray();
      }
      whole.write(chunks, end + 2, length);
      at = end + 2 + length + 2;
    }
  }

  private static int find(byte[] bytes, String text, int from) {
    byte[] wanted = text.getBytes(StandardCharsets.US_ASCII);
    for (int i = from; i <= bytes.length - wanted.length; i++) {
      if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    return -1;
  }

  /** By name as the JDK's server spells it: first letter upper case, the rest lower. */
  Map<String, List<String>> headers() {
    return headers;
  }

  /** As it went over the wire, but without chunks. */
  byte[] body() {
    return body;
  }

  @Nullable String header(String name) {
    List<String> values = headers.get(name);
    return values == null ? null : values.get(0);
  }

  /** Of an answer. */
  int status() {
    return Integer.parseInt(first.split(" ", 3)[1]);
  }

  /** Of a request. */
  String method() {
    return first.split(" ", 3)[0];
  }

  /** Of a request. */
  String target() {
    return first.split(" ", 3)[1];
  }

  /** The body as the receiver understands it. */
  byte[] content() throws IOException {
    if (!"gzip".equals(header("Content-encoding"))) {
      return body;
    }
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return in.readAllBytes();
    }
  }
}

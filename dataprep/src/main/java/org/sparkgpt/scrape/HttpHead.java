package org.sparkgpt.scrape;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The status line and the header fields of an answer, as sent.
 *
 * @param raw with the empty line at its end
 */
record HttpHead(int status, List<Field> fields, byte[] raw) {
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.\\d (\\d{3})(?: .*)?");
  private static final Pattern FIELD = Pattern.compile("([!#$%&'*+.^_`|~\\w-]+):(.*)");

  /** What would have readers look for chunks, or for another length. */
  private static final Pattern TRANSFER =
      Pattern.compile(
          "^(?=(?:Transfer-Encoding|Content-Length)[ \\t]*:)",
          Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

  /** A header field: its name in lower case, its value without white space around it. */
  record Field(String name, String value) {}

  /**
   * Reads one head; heads of provisional answers (1xx) before it are skipped.
   *
   * @param maxBytes of all heads together
   * @throws FetchException if what comes is no HTTP/1 or longer
   * @throws EOFException if the answer ends before its head does
   */
  static HttpHead read(InputStream in, int maxBytes) throws IOException {
    int left = maxBytes;
    while (true) {
      byte[] raw = readRaw(in, left);
      HttpHead head = parse(raw);
      if (head.status >= 200) {
        return head;
      }
      left -= raw.length;
    }
  }

  private static byte[] readRaw(InputStream in, int maxBytes) throws IOException {
    ByteArrayOutputStream raw = new ByteArrayOutputStream(1 << 10);
    int lineLength = 0;
    while (true) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException("answer ends in its header");
      }
      if (raw.size() >= maxBytes) {
        throw new FetchException(Outcome.BAD_RESPONSE);
      }
      raw.write(b);
      if (b == '\n') {
        if (lineLength == 0) {
          return raw.toByteArray();
        }
        lineLength = 0;
      } else if (b != '\r') {
        lineLength++;
      }
    }
  }

  private static HttpHead parse(byte[] raw) throws FetchException {
    String[] lines = new String(raw, StandardCharsets.ISO_8859_1).split("\r?\n");
    Matcher status = STATUS.matcher(lines.length == 0 ? "" : lines[0]);
    if (!status.matches()) {
      throw new FetchException(Outcome.BAD_RESPONSE);
    }
    List<Field> fields = new ArrayList<>();
    for (int i = 1; i < lines.length; i++) {
      Matcher field = FIELD.matcher(lines[i]);
      if (field.matches()) {
        fields.add(new Field(field.group(1).toLowerCase(Locale.ROOT), field.group(2).strip()));
      }
    }
    return new HttpHead(Integer.parseInt(status.group(1)), List.copyOf(fields), raw);
  }

  Optional<String> first(String name) {
    return all(name).stream().findFirst();
  }

  List<String> all(String name) {
    return fields.stream().filter(f -> f.name().equals(name)).map(Field::value).toList();
  }

  /** All values of a list-valued field, as one. */
  String joined(String name) {
    return String.join(",", all(name));
  }

  /** As declared, without parameters, in lower case; null if it is not. */
  String mediaType() {
    return first("content-type")
        .map(t -> t.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
        .filter(t -> !t.isEmpty())
        .orElse(null);
  }

  /** A field's value that may be sent back to the server; null if there is none. */
  String validator(String name) {
    return first(name).filter(HttpHead::isPrintable).orElse(null);
  }

  private static boolean isPrintable(String value) {
    return !value.isEmpty()
        && value.length() <= 1024
        && value.chars().allMatch(c -> c >= 32 && c < 127);
  }

  /** The head that fits a body whose chunks are joined. */
  byte[] withoutTransferCoding() {
    if (all("transfer-encoding").isEmpty()) {
      return raw;
    }
    String text = new String(raw, StandardCharsets.ISO_8859_1);
    return TRANSFER.matcher(text).replaceAll("X-Crawl-").getBytes(StandardCharsets.ISO_8859_1);
  }
}

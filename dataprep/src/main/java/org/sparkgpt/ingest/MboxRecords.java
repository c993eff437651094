package org.sparkgpt.ingest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.sparkgpt.corpus.Document;

/**
 * The messages of a mailbox file: each begins with a line {@code From ...} at the file's start or
 * behind a blank line. Lines of a message that would look so are quoted with {@code >} (mboxrd: one
 * more than the line had). A message's source is {@code file#@offset}.
 */
final class MboxRecords implements Records {
  private static final byte[] FROM = "From ".getBytes(StandardCharsets.US_ASCII);

  private final LineInput lines;
  private final String source;
  private final EmailMessage parser;
  private final long maxBytes;
  private final ByteArrayOutputStream message = new ByteArrayOutputStream();

  /** There is a line that is not yet part of a message. */
  private boolean ahead;

  private boolean begun;
  private boolean misplaced;
  private long place;
  private long length;

  MboxRecords(LineInput lines, String source, EmailMessage parser, long maxBytes) {
    this.lines = lines;
    this.source = source;
    this.parser = parser;
    this.maxBytes = maxBytes;
  }

  @Override
  public boolean next() throws IOException {
    if (!begun) {
      begun = true;
      ahead = lines.next();
      while (ahead && lines.isBlank()) {
        ahead = lines.next();
      }
    }
    if (!ahead) {
      return false;
    }
    place = lines.start();
    misplaced = !isFrom(lines.bytes(), 0);
    readMessage();
    return true;
  }

  /** Up to the next message or the end; of a longer one than allowed only the length is kept. */
  private void readMessage() throws IOException {
    message.reset();
    length = 0;
    boolean afterBlank = false;
    ahead = lines.next();
    while (ahead && !(afterBlank && isFrom(lines.bytes(), 0))) {
      length += lines.length() + 1;
      if (length <= maxBytes) {
        append(lines.bytes());
      }
      afterBlank = lines.isBlank();
      ahead = lines.next();
    }
  }

  private void append(byte[] line) {
    int quotes = 0;
    while (quotes < line.length && line[quotes] == '>') {
      quotes++;
    }
    int from = quotes > 0 && isFrom(line, quotes) ? 1 : 0;
    message.write(line, from, line.length - from);
    message.write('\n');
  }

  private static boolean isFrom(byte[] line, int at) {
    for (int i = 0; i < FROM.length; i++) {
      if (at + i >= line.length || line[at + i] != FROM[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Document read() throws IOException {
    if (misplaced) {
      throw RejectedException.damaged(); // what stands before the first message
    }
    if (length > maxBytes) {
      throw RejectedException.tooLarge(length, maxBytes);
    }
    return parser.document(message.toByteArray(), source());
  }

  @Override
  public String source() {
    return source + "#@" + place;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}

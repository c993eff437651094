package org.sparkgpt.generate;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Turns the bytes of tokens into text that may be shown at once. A token may end inside a UTF-8
 * character and a stop text may lie across tokens, so bytes of an unfinished character and text
 * that may begin a stop text wait for the next token. Bytes that are no UTF-8 become U+FFFD.
 *
 * <p>All pieces together are the same however the bytes are cut into tokens: the text up to the
 * stop text that is complete first, the longest of those that end there.
 */
public final class TextStream {
  private final List<String> stops;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private final StringBuilder held = new StringBuilder(); // decoded, may begin a stop text
  private byte[] unfinished = {}; // first bytes of a character
  private boolean stopped;

  /**
   * @param stops none of them empty
   */
  public TextStream(List<String> stops) {
    if (stops.contains("")) {
      throw new IllegalArgumentException("a stop text must not be empty");
    }
    this.stops = List.copyOf(stops);
  }

  /** Takes the next token's bytes and returns the text that is now certain, often empty. */
  public String accept(byte[] token) {
    ByteBuffer bytes = ByteBuffer.allocate(unfinished.length + token.length);
    bytes.put(unfinished).put(token).flip();
    String text = decode(bytes, false);
    unfinished = new byte[bytes.remaining()];
    bytes.get(unfinished);
    return release(text);
  }

  /** Returns what was still held back: no more tokens come. */
  public String finish() {
    String text = release(decode(ByteBuffer.wrap(unfinished), true));
    unfinished = new byte[0];
    if (stopped) {
      return text;
    }
    String rest = held.toString();
    held.setLength(0);
    return text + rest;
  }

  /** Whether a stop text has come: later tokens add nothing. */
  public boolean isStopped() {
    return stopped;
  }

  private String decode(ByteBuffer bytes, boolean end) {
    CharBuffer chars = CharBuffer.allocate(bytes.remaining() + 1); // never more chars than bytes
    decoder.reset();
    decoder.decode(bytes, chars, end);
    return chars.flip().toString();
  }

  /** Character by character, so that the result does not depend on how they came in. */
  private String release(String text) {
    StringBuilder certain = new StringBuilder();
    for (int i = 0; i < text.length() && !stopped; i++) {
      held.append(text.charAt(i));
      int stop = longestStopAtEnd();
      stopped = stop > 0;
      int keep = stopped ? stop : longestBeginningOfStop();
      certain.append(held, 0, held.length() - keep);
      held.delete(0, held.length() - keep);
    }
    return certain.toString();
  }

  private int longestStopAtEnd() {
    int longest = 0;
    for (String stop : stops) {
      if (stop.length() > longest && endsWith(stop, stop.length())) {
        longest = stop.length();
      }
    }
    return longest;
  }

  /** Length of the longest end of the held text that is the beginning of a stop text. */
  private int longestBeginningOfStop() {
    int longest = 0;
    for (String stop : stops) {
      for (int length = stop.length() - 1; length > longest; length--) {
        if (endsWith(stop, length)) {
          longest = length;
        }
      }
    }
    return longest;
  }

  /** Whether the held text ends with the first {@code length} characters of {@code stop}. */
  private boolean endsWith(String stop, int length) {
    int from = held.length() - length;
    if (from < 0) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (held.charAt(from + i) != stop.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}

package org.sparkgpt.quality;

import com.dynatrace.hash4j.hashing.HashStream32;
import com.dynatrace.hash4j.hashing.Hashing;

/**
 * The words of a text as features: what Spark ML's {@code HashingTF} with 2^18 features makes of
 * them. Words are what stands between white space (no-break spaces and control characters count),
 * lower-cased code point by code point; punctuation stays with its word. A word's feature is
 * Murmur3 (32 bits, seed 42) of its UTF-8 bytes, modulo 2^18. A text in a script without spaces has
 * a few very long words: it has a score, but one that says little.
 *
 * <p>Takes memory for a few hundred bytes however long a word is.
 */
final class WordFeatures {
  /** HashingTF's default. */
  static final int COUNT = 1 << 18;

  private static final int SEED = 42; // HashingTF's

  private final HashStream32 hash = Hashing.murmur3_32(SEED).hashStream();
  private final byte[] bytes = new byte[256];
  private int filled;
  private String text = "";
  private int position;

  /** Begins a text. */
  void read(String text) {
    this.text = text;
    position = 0;
  }

  /** The feature of the next word, or -1 if there is none. */
  int next() {
    while (position < text.length() && isWhite(text.charAt(position))) {
      position++;
    }
    if (position == text.length()) {
      text = "";
      position = 0;
      return -1;
    }
    hash.reset();
    filled = 0;
    while (position < text.length() && !isWhite(text.charAt(position))) {
      int codePoint = text.codePointAt(position);
      position += Character.charCount(codePoint);
      add(Character.toLowerCase(codePoint));
    }
    hash.putBytes(bytes, 0, filled);
    return hash.getAsInt() & COUNT - 1; // of a power of two: the remainder, never negative
  }

  /** UTF-8; a lone surrogate as {@code String.getBytes} writes it. */
  private void add(int codePoint) {
    if (filled > bytes.length - 4) {
      hash.putBytes(bytes, 0, filled);
      filled = 0;
    }
    if (codePoint < 0x80) {
      bytes[filled++] = (byte) codePoint;
    } else if (codePoint < 0x800) {
      bytes[filled++] = (byte) (0xc0 | codePoint >> 6);
      bytes[filled++] = (byte) (0x80 | codePoint & 0x3f);
    } else if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
      bytes[filled++] = '?';
    } else if (codePoint < 0x10000) {
      bytes[filled++] = (byte) (0xe0 | codePoint >> 12);
      bytes[filled++] = (byte) (0x80 | codePoint >> 6 & 0x3f);
      bytes[filled++] = (byte) (0x80 | codePoint & 0x3f);
    } else {
      bytes[filled++] = (byte) (0xf0 | codePoint >> 18);
      bytes[filled++] = (byte) (0x80 | codePoint >> 12 & 0x3f);
      bytes[filled++] = (byte) (0x80 | codePoint >> 6 & 0x3f);
      bytes[filled++] = (byte) (0x80 | codePoint & 0x3f);
    }
  }

  private static boolean isWhite(char c) {
    return c <= ' ' || c >= 0x85 && (Character.isWhitespace(c) || Character.isSpaceChar(c));
  }
}

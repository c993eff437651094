package org.sparkgpt.dedup;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.util.Locale;

/**
 * What two documents must share to be exact duplicates: the text in lower case, with every run of
 * white space as one blank and none at the ends.
 */
final class ContentHash {
  private ContentHash() {}

  /** 16 bytes: Murmur3-128 of the simplified text's UTF-16 units. */
  static byte[] of(String text) {
    return exactly(simplify(text));
  }

  /** The same of a text as it is. */
  static byte[] exactly(CharSequence text) {
    HashValue128 hash = Hashing.murmur3_128().hashCharsTo128Bits(text);
    return ByteBuffer.allocate(2 * Long.BYTES)
        .putLong(hash.getMostSignificantBits())
        .putLong(hash.getLeastSignificantBits())
        .array();
  }

  private static CharSequence simplify(String text) {
    char[] simple = text.toLowerCase(Locale.ROOT).toCharArray();
    int length = 0;
    boolean gap = false;
    for (char c : simple) {
      boolean plain = c > ' ' && c < 0x7f; // nearly all: two lookups less
      if (!plain && (Character.isWhitespace(c) || Character.isSpaceChar(c))) {
        gap = length > 0;
      } else {
        if (gap) {
          simple[length++] = ' ';
          gap = false;
        }
        simple[length++] = c;
      }
    }
    return CharBuffer.wrap(simple, 0, length);
  }
}

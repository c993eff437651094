package org.sparkgpt.extract;

/**
 * How far bytes are UTF-8.
 *
 * @param sequences characters of two to four bytes that are well-formed
 * @param malformed stretches that are not; a character cut by the end of the bytes is none
 */
record Utf8Bytes(long sequences, long malformed) {

  static Utf8Bytes count(byte[] bytes) {
    long sequences = 0;
    long malformed = 0;
    int i = 0;
    while (i < bytes.length) {
      if (bytes[i] >= 0) {
        i++;
        continue;
      }
      int length = length(bytes[i] & 0xff);
      int seen = 1;
      while (seen < length && i + seen < bytes.length && continues(bytes, i, seen)) {
        seen++;
      }
      if (length > 0 && seen == length) {
        sequences++;
      } else if (length == 0 || i + seen < bytes.length) {
        malformed++;
      }
      i += seen;
    }
    return new Utf8Bytes(sequences, malformed);
  }

  /** All there is beyond ASCII is well-formed, and there is some. */
  boolean isCertain() {
    return malformed == 0 && sequences > 0;
  }

  /** UTF-8 with damage: text in another charset seldom has a well-formed sequence at all. */
  boolean isLikely() {
    return sequences > 0 && malformed <= sequences;
  }

  /** Bytes of the character that begins so; 0 if none does (Unicode, table 3-7). */
  private static int length(int first) {
    if (first < 0xc2 || first > 0xf4) {
      return 0;
    }
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  }

  private static boolean continues(byte[] bytes, int start, int offset) {
    int b = bytes[start + offset] & 0xff;
    int low = 0x80;
    int high = 0xbf;
    if (offset == 1) {
      switch (bytes[start] & 0xff) {
        case 0xe0 -> low = 0xa0;
        case 0xed -> high = 0x9f;
        case 0xf0 -> low = 0x90;
        case 0xf4 -> high = 0x8f;
        default -> {}
      }
    }
    return b >= low && b <= high;
  }
}

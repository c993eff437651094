package org.sparkgpt.clean;

import java.nio.charset.Charset;
import java.util.Arrays;

/**
 * A charset of one byte a character in which UTF-8 gets read by mistake. Bytes that it does not
 * define have become C1 controls.
 */
enum Misreading {
  /** And latin-1, which is the same but for 0x80 to 0x9F. */
  WINDOWS_1252("windows-1252"),
  WINDOWS_1250("windows-1250"),
  WINDOWS_1251("windows-1251"),
  ISO_8859_2("ISO-8859-2"),
  WINDOWS_1254("windows-1254"),
  WINDOWS_1257("windows-1257"),
  WINDOWS_1253("windows-1253"),
  MAC_ROMAN("x-MacRoman"),
  CP437("IBM437");

  private static final int ALL = 1 << 16;

  /** For each character in which charsets it is the byte of a first or a following one of UTF-8. */
  private static final short[] LEADS = new short[ALL];

  private static final short[] FOLLOWERS = new short[ALL];

  static {
    for (Misreading reading : values()) {
      for (int b = 0x80; b < 0x100; b++) {
        reading.mark(reading.characters[b - 0x80], b);
        if (b < 0xa0 && reading == WINDOWS_1252) {
          reading.mark((char) b, b);
        }
      }
    }
    FOLLOWERS['\ufffd'] = WINDOWS_1252.bit();
  }

  private final String charset;
  private final char[] characters = new char[128];
  private final char[] sorted;
  private final byte[] bytes = new byte[128];

  Misreading(String charset) {
    this.charset = charset;
    byte[] high = new byte[128];
    for (int i = 0; i < high.length; i++) {
      high[i] = (byte) (0x80 + i);
    }
    char[] decoded = new String(high, Charset.forName(charset)).toCharArray();
    for (int i = 0; i < high.length; i++) {
      characters[i] = decoded[i] == '\ufffd' ? (char) (0x80 + i) : decoded[i];
    }
    sorted = characters.clone();
    Arrays.sort(sorted);
    for (int i = 0; i < high.length; i++) {
      bytes[Arrays.binarySearch(sorted, characters[i])] = high[i];
    }
  }

  private void mark(char c, int b) {
    if (b < 0xc0) {
      FOLLOWERS[c] |= bit();
    } else if (b >= 0xc2 && b <= 0xf4) {
      LEADS[c] |= bit();
    }
  }

  private short bit() {
    return (short) (1 << ordinal());
  }

  /** The readings under which the two characters can begin one of UTF-8, as bits; mostly 0. */
  static int readings(char first, char second) {
    return LEADS[first] & FOLLOWERS[second];
  }

  boolean isIn(int readings) {
    return (readings & bit()) != 0;
  }

  /** How the byte, 0x80 to 0xFF, is read. */
  char characterOf(int b) {
    return characters[b - 0x80];
  }

  /** The byte that was read as {@code c}, 0x80 to 0xFF; -1 if none was. */
  int byteOf(char c) {
    if (c >= 0x80 && c < 0xa0 && this == WINDOWS_1252) {
      return c;
    }
    int i = Arrays.binarySearch(sorted, c);
    return i < 0 ? -1 : bytes[i] & 0xff;
  }

  @Override
  public String toString() {
    return charset;
  }
}

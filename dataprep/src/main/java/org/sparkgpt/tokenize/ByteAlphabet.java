package org.sparkgpt.tokenize;

import java.util.Arrays;

/**
 * GPT-2's printable alphabet for bytes ({@code bytes_to_unicode} of its encoder.py): the 188 bytes
 * that Latin-1 prints stand for themselves, the others, in order, for U+0100 and on; so a space is
 * {@code Ġ}. A byte's id is its place in that order.
 */
final class ByteAlphabet {
  static final int SIZE = 256;

  private static final byte[] BYTE_OF_ID = new byte[SIZE];
  private static final int[] ID_OF_BYTE = new int[SIZE];
  private static final char[] LETTER_OF_BYTE = new char[SIZE];
  private static final int[] BYTE_OF_LETTER = new int[2 * SIZE];

  static {
    Arrays.fill(BYTE_OF_LETTER, -1);
    int id = 0;
    for (int b = 0; b < SIZE; b++) {
      if (isPrintable(b)) {
        define(id++, b, (char) b);
      }
    }
    int printable = id;
    for (int b = 0; b < SIZE; b++) {
      if (!isPrintable(b)) {
        define(id, b, (char) (SIZE + id - printable));
        id++;
      }
    }
  }

  private ByteAlphabet() {}

  private static boolean isPrintable(int b) {
    return (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
  }

  private static void define(int id, int b, char letter) {
    BYTE_OF_ID[id] = (byte) b;
    ID_OF_BYTE[b] = id;
    LETTER_OF_BYTE[b] = letter;
    BYTE_OF_LETTER[letter] = b;
  }

  static int idOf(byte b) {
    return ID_OF_BYTE[b & 0xFF];
  }

  static byte byteOf(int id) {
    return BYTE_OF_ID[id];
  }

  /** {@code bytes} in the printable alphabet. */
  static String print(byte[] bytes) {
    StringBuilder letters = new StringBuilder(bytes.length);
    for (byte b : bytes) {
      letters.append(LETTER_OF_BYTE[b & 0xFF]);
    }
    return letters.toString();
  }

  /** The bytes that {@code letters} print, or null if a letter is not of the alphabet. */
  static byte[] parse(String letters) {
    byte[] bytes = new byte[letters.length()];
    for (int i = 0; i < bytes.length; i++) {
      char letter = letters.charAt(i);
      int b = letter < BYTE_OF_LETTER.length ? BYTE_OF_LETTER[letter] : -1;
      if (b < 0) {
        return null;
      }
      bytes[i] = (byte) b;
    }
    return bytes;
  }
}

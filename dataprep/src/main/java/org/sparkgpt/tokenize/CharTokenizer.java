package org.sparkgpt.tokenize;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * One id per character: the code points of the corpus, sorted, as nanoGPT's shakespeare_char has
 * them. There is no end-of-text id.
 */
public final class CharTokenizer implements Tokenizer {
  private final int[] codePoints;
  private final String digest;

  /**
   * @param codePoints strictly ascending
   */
  CharTokenizer(int[] codePoints) {
    for (int i = 0; i < codePoints.length; i++) {
      if (!Character.isValidCodePoint(codePoints[i])
          || (i > 0 && codePoints[i] <= codePoints[i - 1])) {
        throw new IllegalArgumentException(
            "characters must be code points in ascending order, got " + codePoints[i] + " as " + i);
      }
    }
    this.codePoints = codePoints.clone();
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * codePoints.length);
    bytes.asIntBuffer().put(codePoints);
    this.digest = Digests.sha256("char/1\n", bytes.array());
  }

  @Override
  public int[] encode(String text) {
    int[] ids = new int[text.length()];
    int count = 0;
    for (int at = 0; at < text.length(); ) {
      int codePoint = text.codePointAt(at);
      int id = Arrays.binarySearch(codePoints, codePoint);
      if (id < 0) {
        throw new IllegalArgumentException(
            "character '%s' (U+%04X) at position %d is not one of the tokenizer's %d: learn the tokenizer from this text too, or set tokenizer.kind: bpe"
                .formatted(Character.toString(codePoint), codePoint, at, codePoints.length));
      }
      ids[count++] = id;
      at += Character.charCount(codePoint);
    }
    return Arrays.copyOf(ids, count);
  }

  @Override
  public String decode(int... ids) {
    StringBuilder text = new StringBuilder(ids.length);
    for (int id : ids) {
      text.appendCodePoint(codePoint(id));
    }
    return text.toString();
  }

  @Override
  public byte[] bytesOf(int id) {
    return Character.toString(codePoint(id)).getBytes(StandardCharsets.UTF_8);
  }

  private int codePoint(int id) {
    if (id < 0 || id >= codePoints.length) {
      throw new IllegalArgumentException(
          "token id " + id + " is not in the vocabulary of " + codePoints.length);
    }
    return codePoints[id];
  }

  @Override
  public int vocabularySize() {
    return codePoints.length;
  }

  @Override
  public OptionalInt endOfText() {
    return OptionalInt.empty();
  }

  @Override
  public String digest() {
    return digest;
  }
}

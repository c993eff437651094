package org.sparkgpt.tokenize;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** Texts for the tests: real ones and random ones. */
final class Texts {
  private static final String[] PIECES = {
    " ",
    "  ",
    "\n",
    "\t",
    "\r\n",
    "\u00A0",
    "\u2028",
    "\u3000",
    "\u0085",
    "\u001C",
    "'",
    "'s",
    "'t",
    "'re",
    "'ve",
    "'m",
    "'ll",
    "'d",
    "'l",
    "'S",
    "the",
    "an",
    "Hello",
    "ing",
    "x",
    "7",
    "1984",
    "\u00B2",
    "\u2167",
    "\u0660",
    "é",
    "ß",
    "я",
    "語",
    "ก",
    "\u0301",
    "😀",
    "𝒜",
    "\u200D",
    ".",
    "...",
    "<|endoftext|>",
    "\u0000",
    "\uFFFD",
    "_",
    "-"
  };

  private Texts() {}

  /** Some 8 KB: English verse, then code and many scripts. */
  static String sample() {
    try (InputStream in = Texts.class.getResourceAsStream("sample.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Valid UTF-16 of up to {@code pieces} pieces: what splitting finds hard, and anything at all.
   */
  static String random(SplittableRandom random, int pieces) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(pieces + 1); i > 0; i--) {
      switch (random.nextInt(8)) {
        case 0 -> text.appendCodePoint(codePoint(random, Character.MAX_CODE_POINT + 1));
        case 1 -> text.appendCodePoint(codePoint(random, 0x3000));
        case 2 -> text.append((char) ('a' + random.nextInt(26)));
        default -> text.append(PIECES[random.nextInt(PIECES.length)]);
      }
    }
    return text.toString();
  }

  /** The words of a text, counted. */
  static WordList words(String text) {
    WordTable words = new WordTable(WordTable.MAX_WORDS);
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    for (int start = 0; start < utf8.length; ) {
      int end = WordSplitter.wordEnd(utf8, start, utf8.length);
      words.add(utf8, start, end);
      start = end;
    }
    return words.words();
  }

  private static int codePoint(SplittableRandom random, int bound) {
    int codePoint = random.nextInt(bound);
    boolean isSurrogate =
        codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    return isSurrogate ? 'a' : codePoint;
  }
}

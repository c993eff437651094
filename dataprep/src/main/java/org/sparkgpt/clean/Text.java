package org.sparkgpt.clean;

import org.sparkgpt.corpus.Hash64;

/**
 * A normalised document, read once for all rules.
 *
 * <ul>
 *   <li>Lengths are in code points, as Python's {@code len} counts.
 *   <li>Words are what stands between white space. A word is <em>lexical</em> if it is not made of
 *       datatrove's punctuation only.
 *   <li>Lines are what stands between runs of {@code \n}, paragraphs between runs of two or more;
 *       {@link #rows} counts lines with the empty ones among them.
 * </ul>
 */
final class Text {
  /**
   * {@code PUNCTUATION} of datatrove's {@code utils/text.py}; control characters never get here.
   */
  private static final String PUNCTUATION =
      "!/—”:％１〈&(、━\\【#%「」，】；+^]~“《„';’{|∶´[=-`*．（–？！：$～«〉,><》)?）。…@_.\"}►»";

  private static final boolean[] IS_PUNCTUATION = new boolean[1 << 16];

  static {
    PUNCTUATION.chars().forEach(c -> IS_PUNCTUATION[c] = true);
  }

  private final String characters;
  private final String language;
  private final Segments words = new Segments();
  private final Segments lines = new Segments();
  private final Segments paragraphs = new Segments();
  private int length;
  private int lexicalWords;
  private long lexicalLength;
  private int wordsWithLetter;
  private int rows;
  private int bulletRows;
  private int ellipsisRows;
  private int hashes;
  private int ellipses;

  /**
   * @param characters as {@link TextNormalizer} leaves them, not empty
   * @param language ISO 639-3
   */
  Text(String characters, String language) {
    this.characters = characters;
    this.language = language;
    length = characters.codePointCount(0, characters.length());
    readWords();
    readRows();
    readParagraphs();
    countEllipses();
  }

  String language() {
    return language;
  }

  int length() {
    return length;
  }

  Segments words() {
    return words;
  }

  Segments lines() {
    return lines;
  }

  Segments paragraphs() {
    return paragraphs;
  }

  int lexicalWords() {
    return lexicalWords;
  }

  double meanLexicalWordLength() {
    return (double) lexicalLength / lexicalWords;
  }

  int wordsWithLetter() {
    return wordsWithLetter;
  }

  int rows() {
    return rows;
  }

  int bulletRows() {
    return bulletRows;
  }

  int ellipsisRows() {
    return ellipsisRows;
  }

  /** Occurrences of {@code #}. */
  int hashes() {
    return hashes;
  }

  /** Occurrences of {@code ...}, none counted twice, and of {@code …}. */
  int ellipses() {
    return ellipses;
  }

  private void readWords() {
    int i = 0;
    while (i < characters.length()) {
      if (isWhite(characters.charAt(i))) {
        i++;
      } else {
        i = readWord(i);
      }
    }
  }

  private int readWord(int start) {
    long hash = Hash64.START;
    boolean lexical = false;
    boolean letter = false;
    int surrogatePairs = 0;
    int i = start;
    for (; i < characters.length(); i++) {
      char c = characters.charAt(i);
      if (isWhite(c)) {
        break;
      }
      hash = Hash64.append(hash, c);
      lexical |= !IS_PUNCTUATION[c];
      if (c == '#') {
        hashes++;
      } else if (Character.isHighSurrogate(c)) {
        surrogatePairs++;
      }
      letter = letter || isLetterAt(i, c);
    }
    int wordLength = i - start - surrogatePairs;
    words.add(Hash64.mix(hash), wordLength);
    if (lexical) {
      lexicalWords++;
      lexicalLength += wordLength;
    }
    if (letter) {
      wordsWithLetter++;
    }
    return i;
  }

  private boolean isLetterAt(int i, char c) {
    if (c < 0x80) {
      return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    }
    return Character.isLetter(characters.codePointAt(i));
  }

  private void readRows() {
    int start = 0;
    while (start <= characters.length()) {
      int newline = characters.indexOf('\n', start);
      int end = newline < 0 ? characters.length() : newline;
      rows++;
      if (end > start) {
        addSegment(lines, start, end);
        readEnds(start, end);
      }
      start = end + 1;
    }
  }

  private void readEnds(int start, int end) {
    int first = start;
    while (first < end && isWhite(characters.charAt(first))) {
      first++;
    }
    if (first < end && (characters.charAt(first) == '•' || characters.charAt(first) == '-')) {
      bulletRows++;
    }
    boolean dots = end - start >= 3 && characters.startsWith("...", end - 3);
    if (dots || characters.charAt(end - 1) == '…') {
      ellipsisRows++;
    }
  }

  private void readParagraphs() {
    int start = 0;
    while (start < characters.length()) {
      int gap = characters.indexOf("\n\n", start);
      int end = gap < 0 ? characters.length() : gap;
      addSegment(paragraphs, start, end);
      start = end + 2; // normalised text has no longer runs
    }
  }

  private void countEllipses() {
    for (int i = 0; i < characters.length(); i++) {
      char c = characters.charAt(i);
      if (c == '…') {
        ellipses++;
      } else if (c == '.' && characters.startsWith("...", i)) {
        ellipses++;
        i += 2;
      }
    }
  }

  private void addSegment(Segments segments, int start, int end) {
    long hash = Hash64.START;
    int surrogatePairs = 0;
    for (int i = start; i < end; i++) {
      char c = characters.charAt(i);
      hash = Hash64.append(hash, c);
      if (Character.isHighSurrogate(c)) {
        surrogatePairs++;
      }
    }
    segments.add(Hash64.mix(hash), end - start - surrogatePairs);
  }

  /** Normalised text knows no other white space. */
  private static boolean isWhite(char c) {
    return c == ' ' || c == '\n' || c == '\t';
  }
}

package org.sparkgpt.clean;

import java.text.Normalizer;
import java.util.Locale;

/**
 * A document as the rules see it. What they ask for is found once, when the first of them asks; the
 * memory is used again for the next document.
 *
 * <p>Right for any string, not only for what {@link TextNormalizer} leaves. Lengths are in code
 * points, as Python's {@code len} counts.
 */
final class Text {
  private static final String ASCII_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

  private final Words words = new Words();
  private final Words plainWords = new Words();
  private final Segments rows = new Segments();
  private final Segments paragraphs = new Segments();
  private final StringBuilder plain = new StringBuilder();
  private String characters;
  private String language;
  private String url;
  private boolean hasWords;
  private boolean hasPlainWords;
  private boolean hasRows;
  private boolean hasParagraphs;

  /**
   * @param language ISO 639-3
   * @param url null if the document has none
   */
  void read(String characters, String language, String url) {
    this.language = language;
    this.url = url;
    rewrite(characters);
  }

  /** Puts other characters in the place of the document's. */
  void rewrite(String characters) {
    this.characters = characters;
    hasWords = false;
    hasPlainWords = false;
    hasRows = false;
    hasParagraphs = false;
  }

  String characters() {
    return characters;
  }

  String language() {
    return language;
  }

  String url() {
    return url;
  }

  /** In code points. */
  long length() {
    return lengthOfRows() + rows().count() - 1;
  }

  /** Of all but the {@code \n}. */
  long lengthOfRows() {
    long length = 0;
    for (int i = 0; i < rows().count(); i++) {
      length += rows.length(i);
    }
    return length;
  }

  Words words() {
    if (!hasWords) {
      words.read(characters);
      hasWords = true;
    }
    return words;
  }

  /** Of the text without ASCII punctuation, in lower case and NFD: RedPajama's normal form. */
  Words plainWords() {
    if (!hasPlainWords) {
      plainWords.read(plain());
      plain.setLength(0);
      if (plain.capacity() > Segments.MOST_KEPT) {
        plain.trimToSize();
      }
      hasPlainWords = true;
    }
    return plainWords;
  }

  private CharSequence plain() {
    boolean ascii = true;
    for (int i = 0; i < characters.length(); i++) {
      char c = characters.charAt(i);
      if (ASCII_PUNCTUATION.indexOf(c) < 0) {
        ascii &= c < 0x80;
        plain.append(c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c);
      }
    }
    return ascii
        ? plain
        : Normalizer.normalize(plain.toString().toLowerCase(Locale.ROOT), Normalizer.Form.NFD);
  }

  /** What stands between one {@code \n} and the next; empty rows are rows too. */
  Segments rows() {
    if (!hasRows) {
      rows.clear();
      int start = 0;
      for (int end; (end = characters.indexOf('\n', start)) >= 0; start = end + 1) {
        rows.add(characters, start, end);
      }
      rows.add(characters, start, characters.length());
      hasRows = true;
    }
    return rows;
  }

  boolean isBlank(int row) {
    return Characters.skipWhite(characters, rows.start(row), rows.end(row)) == rows.end(row);
  }

  /** What stands between two or more {@code \n}, white space at the text's ends left out. */
  Segments paragraphs() {
    if (!hasParagraphs) {
      paragraphs.clear();
      int end = Characters.trimWhite(characters, 0, characters.length());
      int start = Characters.skipWhite(characters, 0, end);
      for (int gap; (gap = characters.indexOf("\n\n", start)) >= 0 && gap < end; ) {
        paragraphs.add(characters, start, gap);
        start = gap;
        while (characters.charAt(start) == '\n') {
          start++;
        }
      }
      paragraphs.add(characters, start, end);
      hasParagraphs = true;
    }
    return paragraphs;
  }
}

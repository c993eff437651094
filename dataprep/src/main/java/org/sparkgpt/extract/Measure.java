package org.sparkgpt.extract;

/** How much text there is, and how far it looks like prose or like links. */
final class Measure {
  /** Runs of white space count as one; a character of a script without spaces counts twice. */
  int characters;

  /** Of these, how many are in links. */
  int linked;

  /** Commas of all scripts. */
  int commas;

  int sentences;

  void add(Measure part) {
    characters += part.characters;
    linked += part.linked;
    commas += part.commas;
    sentences += part.sentences;
  }

  void clear() {
    characters = 0;
    linked = 0;
    commas = 0;
    sentences = 0;
  }

  void addText(String text, boolean inLink) {
    int counted = 0;
    boolean space = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ') {
        counted += space ? 0 : 1;
        space = true;
      } else {
        space = false;
        counted += c >= FIRST_IDEOGRAPHIC && c <= LAST_IDEOGRAPHIC ? 2 : 1;
        count(c, i + 1 == text.length() || text.charAt(i + 1) <= ' ');
      }
    }
    characters += counted;
    linked += inLink ? counted : 0;
  }

  private static final char FIRST_IDEOGRAPHIC = '\u2e80';
  private static final char LAST_IDEOGRAPHIC = '\ud7ff';

  private void count(char c, boolean last) {
    switch (c) {
      case ',', '\u060c', '\u3001', '\uff0c' -> commas++;
      case '.', '!', '?', '\u061f' -> sentences += last ? 1 : 0;
      case '\u3002', '\uff01', '\uff1f', '\u0964' -> sentences++;
      default -> {}
    }
  }

  double linkDensity() {
    return characters == 0 ? 0 : (double) linked / characters;
  }
}

package org.sparkgpt.extract;

/** How much text there is, and how far it looks like prose or like links. */
final class Measure {
  private static final char FIRST_IDEOGRAPHIC = '\u2e80';
  private static final char LAST_IDEOGRAPHIC = '\ud7ff';

  /** Runs of white space count as one; a character of East Asia, which says more, counts twice. */
  int characters;

  /** Of these, how many are in links. */
  int linked;

  int commas;
  int sentences;

  void clear() {
    characters = 0;
    linked = 0;
    commas = 0;
    sentences = 0;
  }

  void set(Measure other) {
    clear();
    add(other);
  }

  void add(Measure part) {
    characters += part.characters;
    linked += part.linked;
    commas += part.commas;
    sentences += part.sentences;
  }

  void addText(String text, boolean inLink) {
    int counted = 0;
    boolean afterSpace = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean space = c <= ' ';
      if (!space) {
        counted += c >= FIRST_IDEOGRAPHIC && c <= LAST_IDEOGRAPHIC ? 2 : 1;
        addMark(c, i + 1 == text.length() || text.charAt(i + 1) <= ' ');
      } else if (!afterSpace) {
        counted++;
      }
      afterSpace = space;
    }
    characters += counted;
    linked += inLink ? counted : 0;
  }

  private void addMark(char c, boolean ends) {
    switch (c) {
      case ',', '\u060c', '\u3001', '\uff0c' -> commas++; // Arabic, ideographic, fullwidth
      case '.', '!', '?', '\u061f' -> sentences += ends ? 1 : 0;
      case '\u0964', '\u3002', '\uff01', '\uff1f' -> sentences++; // danda, ideographic, fullwidth
      default -> {}
    }
  }

  double linkDensity() {
    return characters == 0 ? 0 : (double) linked / characters;
  }
}

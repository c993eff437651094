package org.sparkgpt.clean;

/**
 * How improbable characters are beside each other in text that was decoded rightly: a letter with
 * an accent before {@code ©}, a capital after a small letter, quotation marks within a word, two
 * alphabets in one. The costs are small whole numbers, 2 for what natural text has next to never;
 * all text of real languages costs about 0. Only differences matter: what a stretch costs as it is,
 * and what it costs repaired.
 */
final class Neighbours {
  private static final byte OTHER = 0; // white space, digits, ASCII punctuation, unknown
  private static final byte LOWER = 1; // ASCII
  private static final byte UPPER = 2;
  private static final byte LATIN_LOWER = 3; // beyond ASCII
  private static final byte LATIN_UPPER = 4;
  private static final byte GREEK_LOWER = 5;
  private static final byte GREEK_UPPER = 6;
  private static final byte CYRILLIC_LOWER = 7;
  private static final byte CYRILLIC_UPPER = 8;
  private static final byte LETTER = 9; // of another script
  private static final byte QUOTE = 10;
  private static final byte JOINT = 11; // dashes, apostrophe, ellipsis, no-break space
  private static final byte SUPERSCRIPT = 12;
  private static final byte SYMBOL = 13;
  private static final byte MATH = 14;
  private static final byte BOX = 15;
  private static final byte CONTROL = 16; // C1
  private static final byte ODD = 17; // phonetic, private, unassigned

  private static final String QUOTES = "«»‘“”„‚‹›";
  private static final String JOINTS = "’–—‐‑…\u00a0";
  private static final String SYMBOLS = "¡¢£¤¥¦§¨©ª¬®¯°±´µ¶·¸º¼½¾¿×÷ˆ˜†‡•‰€™⌐₧₤";
  private static final String SUPERSCRIPTS = "¹²³";
  private static final byte[] CLASSES = classes();

  private Neighbours() {}

  /** What {@code text[from, to)} costs with the characters around it. */
  static int cost(CharSequence text, int from, int to) {
    int cost = 0;
    for (int i = Math.max(1, from); i <= to && i < text.length(); i++) {
      cost += cost(text, i);
    }
    return cost;
  }

  /** Of the character at {@code i} after the one before it. */
  private static int cost(CharSequence text, int i) {
    char a = text.charAt(i - 1);
    char b = text.charAt(i);
    if (a < 0x80 && b < 0x80) {
      return 0;
    }
    byte x = CLASSES[a];
    byte y = CLASSES[b];
    int cost = ofClasses(x, y) + tilde(a, x, b, y);
    if (x == QUOTE && isAlphabetic(y) && isWithinWord(text, i - 1)) {
      cost += 2;
    }
    boolean broken = isTilde(a) && (y == JOINT || y == QUOTE) && i + 1 < text.length();
    if (broken && isAlphabetic(CLASSES[text.charAt(i + 1)])) {
      cost++; // a dash or a quotation mark between Ã and the rest of a word
    }
    if (a == '√' && y == MATH) {
      cost++; // no root of a relation or an integral
    }
    if (b == '™' && x == LATIN_UPPER) {
      cost--; // a brand may end so
    }
    if (a == '‚' && b == 'Ä') {
      cost += 2; // Mac Roman's E2 80, the beginning of typographic signs
    }
    return b == 'Ÿ' && x != UPPER ? cost + 2 : cost;
  }

  private static int ofClasses(byte x, byte y) {
    if (x == CONTROL || y == CONTROL || x == ODD || y == ODD) {
      return 2;
    }
    if (x == BOX || y == BOX) {
      return besideBox(x == BOX ? y : x);
    }
    if (isAlphabetic(x) && isAlphabetic(y)) {
      return ofLetters(x, y);
    }
    if (x == LETTER || y == LETTER) {
      byte beside = x == LETTER ? y : x;
      return isAlphabetic(beside) ? (beside <= UPPER ? 1 : 2) : 0;
    }
    boolean accented = x >= LATIN_LOWER && isAlphabetic(x);
    return switch (y) {
      case SYMBOL -> accented || x == QUOTE || x == MATH ? 2 : x == SYMBOL ? 1 : 0;
      case MATH -> accented ? 2 : x == LOWER || x == UPPER || x == SYMBOL || x == JOINT ? 1 : 0;
      case SUPERSCRIPT ->
          x == LATIN_LOWER || x == CYRILLIC_LOWER || x == QUOTE || x == MATH ? 2 : 0;
      case QUOTE -> x == QUOTE ? 1 : 0;
      default -> before(x, y);
    };
  }

  /** A letter after a sign. */
  private static int before(byte x, byte y) {
    if (!isAlphabetic(y)) {
      return 0;
    }
    boolean accented = y >= LATIN_LOWER;
    return switch (x) {
      case SYMBOL, SUPERSCRIPT -> accented ? 1 : 0;
      case MATH -> y == GREEK_LOWER ? 0 : accented ? 2 : 1;
      default -> 0;
    };
  }

  private static int besideBox(byte beside) {
    if (beside == BOX || beside == OTHER) {
      return 0;
    }
    return beside == LOWER || beside == UPPER ? 1 : 2;
  }

  private static int ofLetters(byte x, byte y) {
    if (script(x) != script(y)) {
      return 2;
    }
    boolean rises = isLower(x) && !isLower(y);
    return !rises ? 0 : y == UPPER ? 1 : 2;
  }

  /**
   * The letters that the bytes C2 and C3 become: they begin most of what UTF-8 has of western
   * letters. Only capitals stand before a natural Ã, and only letters of ASCII after either.
   */
  private static int tilde(char a, byte x, char b, byte y) {
    int cost = 0;
    if (isTilde(b)) {
      cost += x == UPPER || x == LATIN_UPPER ? 0 : 1;
    }
    if (isTilde(a)) {
      cost += b < 0x80 || y == LATIN_UPPER && b != 'Ÿ' ? 0 : 1;
    }
    return cost;
  }

  private static boolean isTilde(char c) {
    return c == 'Ã' || c == 'Â' || c == 'Ă';
  }

  private static boolean isWithinWord(CharSequence text, int quote) {
    int before = quote - 1;
    while (before >= 0 && CLASSES[text.charAt(before)] == QUOTE) {
      before--;
    }
    return before >= 0 && isAlphabetic(CLASSES[text.charAt(before)]);
  }

  private static boolean isAlphabetic(byte c) {
    return c >= LOWER && c <= CYRILLIC_UPPER;
  }

  private static boolean isLower(byte c) {
    return c % 2 == 1;
  }

  /** 0 Latin, 1 Greek, 2 Cyrillic. */
  private static int script(byte c) {
    return c <= LATIN_UPPER ? 0 : c <= GREEK_UPPER ? 1 : 2;
  }

  private static byte[] classes() {
    byte[] classes = new byte[1 << 16];
    for (int c = 0; c < classes.length; c++) {
      classes[c] = classOf((char) c);
    }
    QUOTES.chars().forEach(c -> classes[c] = QUOTE);
    JOINTS.chars().forEach(c -> classes[c] = JOINT);
    SYMBOLS.chars().forEach(c -> classes[c] = SYMBOL);
    classes['ƒ'] = MATH;
    SUPERSCRIPTS.chars().forEach(c -> classes[c] = SUPERSCRIPT);
    return classes;
  }

  private static byte classOf(char c) {
    if (c < 0x80) {
      return c >= 'a' && c <= 'z' ? LOWER : c >= 'A' && c <= 'Z' ? UPPER : OTHER;
    }
    if (c < 0xa0) {
      return CONTROL;
    }
    if (c >= 0x250 && c < 0x2b0) {
      return ODD;
    }
    if (c >= 0x2500 && c < 0x25a0) {
      return BOX;
    }
    return Character.isSurrogate(c) ? OTHER : classOf(c, Character.getType(c));
  }

  private static byte classOf(char c, int type) {
    return switch (type) {
      case Character.UNASSIGNED, Character.PRIVATE_USE -> ODD;
      case Character.MATH_SYMBOL -> MATH;
      case Character.UPPERCASE_LETTER, Character.TITLECASE_LETTER -> cased(c, LATIN_UPPER);
      case Character.LOWERCASE_LETTER -> cased(c, LATIN_LOWER);
      case Character.OTHER_LETTER, Character.COMBINING_SPACING_MARK -> LETTER;
      case Character.NON_SPACING_MARK -> c < 0x370 ? OTHER : LETTER;
      default -> c == '◊' || c == '\uf8ff' ? MATH : OTHER;
    };
  }

  private static byte cased(char c, byte latin) {
    return switch (Character.UnicodeScript.of(c)) {
      case LATIN -> latin;
      case GREEK -> (byte) (latin + 2);
      case CYRILLIC -> (byte) (latin + 4);
      default -> LETTER;
    };
  }
}

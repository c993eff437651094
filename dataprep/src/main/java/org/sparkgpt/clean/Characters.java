package org.sparkgpt.clean;

/**
 * What Python's string methods, and the lists of the published pipelines, hold of a character: one
 * byte of flags for each.
 *
 * <p>Java's own predicates differ: {@code Character.isWhitespace} leaves out U+0085, U+00A0, U+2007
 * and U+202F, which {@code str.split} and {@code str.strip} take.
 */
final class Characters {
  /** {@code str.isspace}. */
  static final int WHITE = 1;

  /** Not in datatrove's {@code PUNCTUATION_SET}. */
  static final int LEXICAL = 2;

  /** {@code str.isalpha}: a letter of any script, general category L. */
  static final int LETTER = 4;

  /** {@code [[:alpha:]]} of Python's {@code regex}: Unicode's property Alphabetic. */
  static final int ALPHABETIC = 8;

  /** {@code str.splitlines} splits here. */
  static final int LINE_END = 16;

  /** In datatrove's {@code TERMINAL_PUNCTUATION}. */
  static final int TERMINAL = 32;

  /** {@code #} or {@code …}. */
  static final int SYMBOL = 64;

  /** {@code PUNCTUATION} of datatrove's {@code utils/text.py}, control characters left out. */
  private static final String PUNCTUATION =
      "!/—”:％１〈&(、━\\【#%「」，】；+^]~“《„';’{|∶´[=-`*．（–？！：$～«〉,><》)?）。…@_.\"}►»";

  /** {@code TERMINAL_PUNCTUATION} of the same file: 159 marks, most of what ends a sentence. */
  private static final String TERMINAL_PUNCTUATION =
      "!.?։\u061d\u061e؟۔܀܁܂߹࠷࠹࠽࠾।॥၊။።፧፨᙮᜵᜶។៕៖៙៚᠃᠉᥄᥅᪨᪩᪪᪫᭚᭛᭞᭟\u1b7d\u1b7e᰻᰼᱾᱿‼‽⁇⁈⁉⸮⸼\u2e53\u2e54"
          + "。꓿꘎꘏꛳꛷꡶꡷꣎꣏꤯꧈꧉꩝꩞꩟꫰꫱꯫﹒﹖﹗！．？｡𐩖𐩗𐽕𐽖𐽗𐽘𐽙\ud803\udf86\ud803\udf87\ud803\udf88"
          + "\ud803\udf89𑁇𑁈𑂾𑂿𑃀𑃁𑅁𑅂𑅃𑇅𑇆𑇍𑇞𑇟𑈸𑈹𑈻𑈼𑊩𑑋𑑌𑗂𑗃𑗉𑗊𑗋𑗌𑗍𑗎𑗏𑗐𑗑𑗒𑗓𑗔𑗕𑗖𑗗𑙁𑙂𑜼𑜽𑜾𑥄𑥆"
          + "𑩂𑩃𑪛𑪜𑱁𑱂𑻷𑻸\ud807\udf43\ud807\udf44𖩮𖩯𖫵𖬷𖬸𖭄𖺘𛲟𝪈";

  private static final byte[] KINDS = kinds();

  private Characters() {}

  private static byte[] kinds() {
    byte[] kinds = new byte[Character.MAX_CODE_POINT + 1];
    for (int c = 0; c < kinds.length; c++) {
      int kind = isControl(c) ? 0 : LEXICAL;
      kind |= Character.isLetter(c) ? LETTER : 0;
      kind |= Character.isAlphabetic(c) ? ALPHABETIC : 0;
      kind |= isWhite(c) ? WHITE : 0;
      kind |= isLineEnd(c) ? LINE_END : 0;
      kinds[c] = (byte) kind;
    }
    PUNCTUATION.codePoints().forEach(c -> kinds[c] &= ~LEXICAL);
    TERMINAL_PUNCTUATION
        .codePoints()
        .forEach(c -> kinds[c] = (byte) (kinds[c] & ~LEXICAL | TERMINAL));
    kinds['#'] |= SYMBOL;
    kinds['…'] |= SYMBOL;
    return kinds;
  }

  private static boolean isControl(int c) {
    return c < 32 && c != '\t' && c != '\n' || c >= 127 && c < 160;
  }

  private static boolean isWhite(int c) {
    return c >= '\t' && c <= '\r' || c >= 0x1c && c <= ' ' || c == 0x85 || Character.isSpaceChar(c);
  }

  private static boolean isLineEnd(int c) {
    return c >= '\n' && c <= '\r'
        || c >= 0x1c && c <= 0x1e
        || c == 0x85
        || c == 0x2028
        || c == 0x2029;
  }

  /** The flags of a code point. */
  static int kind(int codePoint) {
    return KINDS[codePoint];
  }

  static boolean is(int kind, int codePoint) {
    return (KINDS[codePoint] & kind) != 0;
  }

  /** {@code \\w} of Python's {@code re}: a letter, a digit or number of any kind, or {@code _}. */
  static boolean isWord(int codePoint) {
    return Character.isLetter(codePoint)
        || codePoint == '_'
        || switch (Character.getType(codePoint)) {
          case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
              true;
          default -> false;
        };
  }

  /** Where {@code text[start, end)} begins without the white space in front. */
  static int skipWhite(CharSequence text, int start, int end) {
    int i = start;
    while (i < end && is(WHITE, text.charAt(i))) {
      i++;
    }
    return i;
  }

  /** Where {@code text[start, end)} ends without the white space behind. */
  static int trimWhite(CharSequence text, int start, int end) {
    int i = end;
    while (i > start && is(WHITE, text.charAt(i - 1))) {
      i--;
    }
    return i;
  }

  /** Where the line that begins at {@code start} ends, as {@code str.splitlines} has it. */
  static int lineEnd(String text, int start) {
    int i = start;
    while (i < text.length() && !is(LINE_END, text.charAt(i))) {
      i++;
    }
    return i;
  }

  /** Where the line behind the line end at {@code end} begins: CR LF is a single one. */
  static int nextLine(String text, int end) {
    return text.startsWith("\r\n", end) ? end + 2 : end + 1;
  }

  /** Whether {@code text[start, end)} ends with {@code suffix}. */
  static boolean endsWith(CharSequence text, int start, int end, String suffix) {
    int from = end - suffix.length();
    if (from < start) {
      return false;
    }
    for (int i = 0; i < suffix.length(); i++) {
      if (text.charAt(from + i) != suffix.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}

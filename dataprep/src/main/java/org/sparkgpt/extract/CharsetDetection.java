package org.sparkgpt.extract;

import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.List;
import org.mozilla.universalchardet.UniversalDetector;
import org.sparkgpt.corpus.Alphabets;

/**
 * Guesses the charset of bytes that are not UTF-8 and say nothing of themselves: juniversalchardet
 * knows those of East Asia, Cyrillic, Greek and Hebrew. What it takes for windows-1252, or does not
 * know, is read in each charset of {@link #ALPHABETIC}; the first counts in which the fewest
 * characters are strange to their neighbours and to the language that has most of the others. So is
 * text with fewer than {@value #FEWEST_BYTES} bytes beyond ASCII.
 */
final class CharsetDetection {
  private static final int ESCAPE = 0x1b;

  /** With fewer bytes beyond ASCII their frequencies say nothing. */
  private static final int FEWEST_BYTES = 8;

  private static final int SAMPLE = 1 << 16;

  /** The most frequent first. */
  private static final List<Charset> ALPHABETIC =
      List.of(
          Charset.forName("windows-1252"),
          Charset.forName("windows-1250"),
          Charset.forName("ISO-8859-2"),
          Charset.forName("windows-1254"),
          Charset.forName("windows-1257"),
          Charset.forName("x-windows-874"),
          Charset.forName("windows-1256"));

  /** What stands beside the letters of any language. */
  private static final String SIGNS = "\u00a0\u00ad§©«®°·»¡¿‐–—‘’‚“”„•…€™";

  private CharsetDetection() {}

  /** Whether bytes below 0x80 may stand for other characters than ASCII's: ISO-2022-JP. */
  static boolean hasEscapes(byte[] bytes) {
    for (int i = 0; i + 1 < bytes.length; i++) {
      if (bytes[i] == ESCAPE && (bytes[i + 1] == '$' || bytes[i + 1] == '(')) {
        return true;
      }
    }
    return false;
  }

  static Charset detect(byte[] bytes) {
    if (!hasEscapes(bytes) && beyondAscii(bytes) < FEWEST_BYTES) {
      return alphabetic(bytes);
    }
    UniversalDetector detector = new UniversalDetector();
    detector.handleData(bytes);
    detector.dataEnd();
    String name = detector.getDetectedCharset();
    Charset charset = name == null ? null : CharsetLabels.charset(name);
    return charset == null || ALPHABETIC.contains(charset) ? alphabetic(bytes) : charset;
  }

  private static int beyondAscii(byte[] bytes) {
    int count = 0;
    for (byte b : bytes) {
      count += b < 0 ? 1 : 0;
    }
    return count;
  }

  private static Charset alphabetic(byte[] bytes) {
    byte[] sample = Arrays.copyOf(bytes, Math.min(bytes.length, SAMPLE));
    Charset best = null;
    int fewest = Integer.MAX_VALUE;
    for (Charset charset : ALPHABETIC) {
      int strangers = strangers(new String(sample, charset));
      if (strangers < fewest) {
        best = charset;
        fewest = strangers;
      }
    }
    return best;
  }

  private static int strangers(String text) {
    Alphabets alphabets = new Alphabets();
    alphabets.add(text);
    int strangers = alphabets.strangers();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80 && isStrange(text, i, c)) {
        strangers++;
      }
    }
    return strangers;
  }

  /** Signs within words, letters of other scripts beside Latin ones, holes of the charset. */
  private static boolean isStrange(String text, int i, char c) {
    char before = i == 0 ? ' ' : text.charAt(i - 1);
    char after = i + 1 == text.length() ? ' ' : text.charAt(i + 1);
    if (Character.isLetter(c) || Character.getType(c) == Character.NON_SPACING_MARK) {
      return c >= 0x250 && (isAscii(before) || isAscii(after));
    }
    return c < 0xa0 || c == '\ufffd' || SIGNS.indexOf(c) < 0 && !Character.isDigit(c);
  }

  private static boolean isAscii(char c) {
    return c < 0x80 && Character.isLetter(c);
  }
}

package org.sparkgpt.extract;

import java.nio.charset.Charset;
import org.mozilla.universalchardet.UniversalDetector;

/** Guesses the charset of bytes that are not UTF-8 and say nothing of themselves. */
final class CharsetDetection {
  private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");
  private static final int ESCAPE = 0x1b;

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
    UniversalDetector detector = new UniversalDetector();
    detector.handleData(bytes);
    detector.dataEnd();
    String name = detector.getDetectedCharset();
    Charset charset = name == null ? null : CharsetLabels.charset(name);
    return charset == null ? WINDOWS_1252 : charset;
  }
}

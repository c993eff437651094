package org.sparkgpt.extract;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;

/**
 * The charsets of the WHATWG Encoding Standard that Java does not have. They only decode: pages are
 * read, not written.
 */
final class TableCharset extends Charset {
  private static final String LATIN_6 =
      "\u00a0ĄĒĢĪĨĶ§ĻĐŠŦŽ\u00adŪŊ°ąēģīĩķ·ļđšŧž―ūŋĀÁÂÃÄÅÆĮČÉĘËĖÍÎÏÐŅŌÓÔÕÖŨØŲÚÛÜÝÞß"
          + "āáâãäåæįčéęëėíîïðņōóôõöũøųúûüýþĸ";

  private static final String LATIN_8 =
      "\u00a0Ḃḃ£ĊċḊ§Ẁ©ẂḋỲ\u00ad®ŸḞḟĠġṀṁ¶ṖẁṗẃṠỳẄẅṡÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏŴÑÒÓÔÕÖṪØÙÚÛÜÝŶß"
          + "àáâãäåæçèéêëìíîïŵñòóôõöṫøùúûüýŷÿ";

  /** 0x80 to 0xFF as private characters, so that scripts get the bytes back. */
  static final Charset X_USER_DEFINED = new TableCharset("x-user-defined", "", '\uf780');

  /** Celtic; C1 controls as in all of ISO 8859. */
  static final Charset ISO_8859_14 = new TableCharset("ISO-8859-14", LATIN_8, '\u0080');

  /** Nordic. */
  static final Charset ISO_8859_10 = new TableCharset("ISO-8859-10", LATIN_6, '\u0080');

  /**
   * The standard's {@code replacement}, for charsets in which ASCII text can be hidden from
   * filters: the whole page is one U+FFFD.
   */
  static final Charset REPLACEMENT = new TableCharset("replacement", null, '\ufffd');

  private final char[] high; // null: replacement

  /**
   * @param letters of the bytes from the first that has one up to 0xFF
   * @param first what 0x80 stands for, from where it is counted up to the letters
   */
  private TableCharset(String name, String letters, char first) {
    super(name, new String[0]);
    if (letters == null) {
      high = null;
      return;
    }
    high = new char[128];
    int controls = high.length - letters.length();
    for (int i = 0; i < high.length; i++) {
      high[i] = i < controls ? (char) (first + i) : letters.charAt(i - controls);
    }
  }

  @Override
  public boolean contains(Charset other) {
    return false;
  }

  @Override
  public boolean canEncode() {
    return false;
  }

  @Override
  public CharsetEncoder newEncoder() {
    throw new UnsupportedOperationException(name() + " only decodes");
  }

  @Override
  public CharsetDecoder newDecoder() {
    return new CharsetDecoder(this, 1, 1) {
      private boolean any;

      @Override
      protected CoderResult decodeLoop(ByteBuffer in, CharBuffer out) {
        while (in.hasRemaining()) {
          if (!out.hasRemaining()) {
            return CoderResult.OVERFLOW;
          }
          byte b = in.get();
          if (high != null) {
            out.put(b >= 0 ? (char) b : high[b & 0x7f]);
          } else if (!any) {
            out.put('\ufffd');
          }
          any = true;
        }
        return CoderResult.UNDERFLOW;
      }

      @Override
      protected void implReset() {
        any = false;
      }
    };
  }
}

package org.sparkgpt.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.sparkgpt.extract.HtmlCharset;
import org.sparkgpt.extract.HtmlCharset.Decoded;

/** Bytes to text, of a bounded length, whole or not at all. */
final class StrictText {
  private static final char REPLACEMENT = '\ufffd';
  private static final char BYTE_ORDER_MARK = '\ufeff';

  private StrictText() {}

  /** All bytes of a stream, which must not be more than {@code limit}. */
  static byte[] readAll(InputStream in, long limit) throws IOException {
    byte[] bytes = in.readNBytes(Math.toIntExact(limit + 1));
    if (bytes.length > limit) {
      throw RejectedException.tooLarge(bytes.length, limit);
    }
    return bytes;
  }

  /** UTF-8, or UTF-16 where a byte order mark says so; the mark is not part of the text. */
  static String decode(byte[] bytes) throws RejectedException {
    boolean utf16 = startsWith(bytes, 0xfe, 0xff) || startsWith(bytes, 0xff, 0xfe);
    Charset charset = utf16 ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8;
    String text = new String(bytes, charset);
    if (text.indexOf(REPLACEMENT) >= 0) { // rare: either in the bytes or put there by the decoder
      requireValid(bytes, charset.newDecoder());
    }
    boolean marked = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK;
    return marked ? text.substring(1) : text;
  }

  /**
   * The same for a file that may be in any charset, such as an old book. Where detection leads to
   * control characters or to bytes that the charset does not have, the file is no text.
   */
  static String decodeUnknown(byte[] bytes) throws RejectedException {
    Decoded found = HtmlCharset.decodeText(bytes, null);
    boolean unicode = found.charset().name().startsWith("UTF-");
    return unicode || found.text().chars().anyMatch(StrictText::isNoText)
        ? decode(bytes)
        : found.text();
  }

  private static boolean isNoText(int c) {
    return c == REPLACEMENT || Character.isISOControl(c) && !Character.isWhitespace(c);
  }

  private static void requireValid(byte[] bytes, CharsetDecoder decoder) throws RejectedException {
    decoder.onMalformedInput(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(1 << 13);
    while (true) {
      var result = decoder.decode(in, out, true);
      if (result.isError()) {
        throw RejectedException.notUtf8(in.position());
      }
      if (result.isUnderflow()) {
        return;
      }
      out.clear();
    }
  }

  private static boolean startsWith(byte[] bytes, int first, int second) {
    return bytes.length >= 2 && (bytes[0] & 0xff) == first && (bytes[1] & 0xff) == second;
  }
}

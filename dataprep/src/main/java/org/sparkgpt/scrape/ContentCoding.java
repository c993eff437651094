package org.sparkgpt.scrape;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.brotli.dec.BrotliInputStream;

/** Unpacks a body (RFC 9110, 8.4). */
final class ContentCoding {
  /** Nobody packs more often; a bomb might. */
  private static final int MAX_CODINGS = 2;

  private ContentCoding() {}

  /**
   * @param codings the value of Content-Encoding, in the order in which they were applied
   * @param maxBytes of what comes out, at each step
   * @throws FetchException if more comes out, or the body is not packed as it says
   */
  static byte[] decode(byte[] body, String codings, int maxBytes) throws FetchException {
    String[] applied = codings.isBlank() ? new String[0] : codings.split(",");
    if (applied.length > MAX_CODINGS) {
      throw new FetchException(Outcome.CONTENT_CODING);
    }
    byte[] decoded = body;
    for (int i = applied.length - 1; i >= 0; i--) {
      decoded = decodeOne(decoded, applied[i].strip().toLowerCase(Locale.ROOT), maxBytes);
    }
    return decoded;
  }

  private static byte[] decodeOne(byte[] body, String coding, int maxBytes) throws FetchException {
    if (coding.isEmpty() || coding.equals("identity") || coding.equals("none")) {
      return body;
    }
    if (body.length == 0) {
      return body; // an empty page, whatever its header says
    }
    try (InputStream unpacked = unpack(body, coding)) {
      return readAll(unpacked, maxBytes);
    } catch (FetchException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // the brotli decoder throws unchecked, too
      throw new FetchException(Outcome.CONTENT_CODING, e);
    }
  }

  private static InputStream unpack(byte[] body, String coding) throws IOException {
    InputStream packed = new ByteArrayInputStream(body);
    return switch (coding) {
      case "gzip", "x-gzip" -> new GZIPInputStream(packed);
      case "br" -> new BrotliInputStream(packed);
        // Some servers send it without the header that the standard wants.
      case "deflate" ->
          isZlib(body)
              ? new InflaterInputStream(packed)
              : new InflaterInputStream(packed, new Inflater(true));
      default -> throw new FetchException(Outcome.CONTENT_CODING);
    };
  }

  private static boolean isZlib(byte[] body) {
    return body.length > 1
        && (body[0] & 0x0f) == 8
        && ((body[0] & 0xff) << 8 | body[1] & 0xff) % 31 == 0;
  }

  private static byte[] readAll(InputStream in, int maxBytes) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream(1 << 14);
    byte[] buffer = new byte[1 << 13];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      if (n > maxBytes - all.size()) {
        throw new FetchException(Outcome.TOO_LARGE);
      }
      all.write(buffer, 0, n);
    }
    return all.toByteArray();
  }
}

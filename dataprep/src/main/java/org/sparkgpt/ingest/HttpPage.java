package org.sparkgpt.ingest;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.Charset;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import org.brotli.dec.BrotliInputStream;
import org.netpreserve.jwarc.HttpResponse;
import org.netpreserve.jwarc.LengthedBody;
import org.sparkgpt.corpus.Metadata;
import org.sparkgpt.extract.HtmlCharset;
import org.sparkgpt.extract.Page;
import org.sparkgpt.extract.PageReader;

/** The page in an HTTP response as it was recorded. */
final class HttpPage {
  private static final int OK = 200;
  private static final String PLAIN = "text/plain";
  private static final Set<String> HTML = Set.of("text/html", "application/xhtml+xml");
  private static final Pattern CHARSET =
      Pattern.compile("charset\\s*=\\s*[\"']?([^\\s;\"']+)", Pattern.CASE_INSENSITIVE);

  private HttpPage() {}

  static Page read(byte[] message, String url, IngestConfig config, PageReader pages)
      throws IOException {
    HttpResponse http = parse(message);
    if (http.status() != OK) {
      throw RejectedException.httpStatus(http.status());
    }
    String declared = http.headers().first("Content-Type").orElse("");
    String type = declared.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (!type.equals(PLAIN) && !HTML.contains(type)) {
      throw RejectedException.mediaType();
    }
    byte[] payload = decoded(http, config);
    Charset charset = charsetOf(declared);
    if (HTML.contains(type)) {
      return pages.read(payload, charset, url);
    }
    return new Page(HtmlCharset.decodeText(payload, charset).text(), Metadata.NONE);
  }

  private static HttpResponse parse(byte[] message) throws IOException {
    try {
      var channel = Channels.newChannel(new ByteArrayInputStream(message));
      // A body of known length: a page without a Content-Length then reaches to the record's end.
      ByteBuffer nothingRead = ByteBuffer.allocate(1 << 13).flip();
      return HttpResponse.parse(LengthedBody.create(channel, nothingRead, message.length));
    } catch (EOFException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // jwarc throws unchecked on odd header values
      throw RejectedException.damaged();
    }
  }

  /** The payload without its content encoding; archives that stored it unpacked are believed. */
  private static byte[] decoded(HttpResponse http, IngestConfig config) throws IOException {
    byte[] body = readLeniently(http.body().stream());
    String encoding =
        http.headers()
            .first("Content-Encoding")
            .orElse("identity")
            .strip()
            .toLowerCase(Locale.ROOT);
    InputStream bytes = new ByteArrayInputStream(body);
    return switch (encoding) {
      case "", "identity", "none" -> body;
      case "gzip", "x-gzip" -> isGzip(body) ? gunzipped(bytes, config) : body;
      case "deflate" -> inflated(bytes, config);
      case "br" -> unbrotlied(bytes, config);
      case "zstd" -> isZstd(body) ? unzstded(bytes, config) : body;
      default -> throw RejectedException.contentEncoding();
    };
  }

  private static byte[] gunzipped(InputStream bytes, IngestConfig config) throws IOException {
    MemberDecoder gzip = new GzipMember(config.maxCompressionRatio());
    try (InputStream in = new MemberStream(bytes, gzip)) {
      return StrictText.readAll(in, config.maxDocumentBytes());
    }
  }

  private static byte[] unzstded(InputStream bytes, IngestConfig config) throws IOException {
    MemberDecoder zstd = new ZstdFrame(config.maxCompressionRatio(), null);
    try (InputStream in = new MemberStream(bytes, zstd)) {
      return StrictText.readAll(in, config.maxDocumentBytes());
    }
  }

  private static byte[] unbrotlied(InputStream bytes, IngestConfig config) throws IOException {
    try (InputStream in = new BrotliInputStream(bytes)) {
      return StrictText.readAll(in, config.maxDocumentBytes());
    } catch (RejectedException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // on bytes that are no brotli
      throw RejectedException.damaged();
    }
  }

  private static byte[] inflated(InputStream bytes, IngestConfig config) throws IOException {
    try (InputStream in = new InflaterInputStream(bytes)) {
      return StrictText.readAll(in, config.maxDocumentBytes());
    } catch (ZipException e) {
      throw RejectedException.damaged();
    }
  }

  /** What is there of a body: crawlers cut long pages, and servers declare wrong lengths. */
  private static byte[] readLeniently(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] chunk = new byte[1 << 13];
    try {
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        body.write(chunk, 0, n);
      }
    } catch (EOFException e) {
      return body.toByteArray();
    } catch (RuntimeException e) { // jwarc throws unchecked on odd chunk sizes
      throw RejectedException.damaged();
    }
    return body.toByteArray();
  }

  private static boolean isGzip(byte[] body) {
    return body.length > 2 && (body[0] & 0xff) == 0x1f && (body[1] & 0xff) == 0x8b;
  }

  private static boolean isZstd(byte[] body) {
    return body.length > 3 && (body[0] & 0xff) == 0x28 && (body[1] & 0xff) == 0xb5;
  }

  private static Charset charsetOf(String contentType) {
    Matcher charset = CHARSET.matcher(contentType);
    return charset.find() ? HtmlCharset.named(charset.group(1)) : null;
  }
}

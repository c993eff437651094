package org.sparkgpt.scrape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class ContentCodingTest {
  private static final byte[] TEXT = "hello hello hello".getBytes(StandardCharsets.US_ASCII);

  /** RFC 7932's stream for "hello world", by the reference encoder at quality 11. */
  private static final byte[] BROTLI = HexFormat.of().parseHex("0b058068656c6c6f20776f726c6403");

  static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  private static byte[] deflate(byte[] bytes, boolean raw) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, raw);
    try (DeflaterOutputStream out = new DeflaterOutputStream(packed, deflater)) {
      out.write(bytes);
    }
    deflater.end();
    return packed.toByteArray();
  }

  @Test
  void bodiesAreUnpacked() throws IOException {
    assertThat(ContentCoding.decode(TEXT, "", 100)).isEqualTo(TEXT);
    assertThat(ContentCoding.decode(TEXT, "identity", 100)).isEqualTo(TEXT);
    assertThat(ContentCoding.decode(gzip(TEXT), "gzip", 100)).isEqualTo(TEXT);
    assertThat(ContentCoding.decode(gzip(TEXT), " X-GZIP ", 100)).isEqualTo(TEXT);
    assertThat(ContentCoding.decode(deflate(TEXT, false), "deflate", 100)).isEqualTo(TEXT);
    assertThat(ContentCoding.decode(deflate(TEXT, true), "deflate", 100)).isEqualTo(TEXT);
    assertThat(ContentCoding.decode(BROTLI, "br", 100)).asString().isEqualTo("hello world");
    assertThat(ContentCoding.decode(gzip(deflate(TEXT, false)), "deflate, gzip", 100))
        .isEqualTo(TEXT);
    assertThat(ContentCoding.decode(new byte[0], "gzip", 100)).isEmpty();
  }

  @Test
  void bombsAreTooLarge() throws IOException {
    byte[] zeros = new byte[10_000_000];
    assertThat(ContentCoding.decode(gzip(TEXT), "gzip", TEXT.length)).isEqualTo(TEXT);
    assertThatThrownBy(() -> ContentCoding.decode(gzip(TEXT), "gzip", TEXT.length - 1))
        .hasMessage("too-large");
    byte[] twice = gzip(gzip(zeros));
    assertThatThrownBy(() -> ContentCoding.decode(twice, "gzip, gzip", 1 << 20))
        .hasMessage("too-large");
    byte[] deflated = deflate(zeros, false);
    assertThatThrownBy(() -> ContentCoding.decode(deflated, "deflate", 1 << 20))
        .hasMessage("too-large");
    assertThatThrownBy(() -> ContentCoding.decode(twice, "gzip, gzip, gzip", 1 << 20))
        .hasMessage("content-coding");
  }

  @Test
  void whatDoesNotUnpackIsRefused() throws IOException {
    for (String coding : new String[] {"gzip", "deflate", "br", "zstd", "compress"}) {
      assertThatThrownBy(() -> ContentCoding.decode(TEXT, coding, 100))
          .as(coding)
          .hasMessage("content-coding");
    }
    byte[] packed = gzip(TEXT);
    for (int end = 1; end < packed.length; end++) {
      byte[] cut = Arrays.copyOf(packed, end);
      assertThatThrownBy(() -> ContentCoding.decode(cut, "gzip", 100)).hasMessage("content-coding");
    }
    for (int end = 1; end < BROTLI.length - 1; end++) {
      byte[] cut = Arrays.copyOf(BROTLI, end);
      assertThatThrownBy(() -> ContentCoding.decode(cut, "br", 100)).hasMessage("content-coding");
    }
  }
}

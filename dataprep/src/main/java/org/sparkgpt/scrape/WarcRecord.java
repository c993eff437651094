package org.sparkgpt.scrape;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.codec.binary.Base32;

/**
 * A record of a WARC 1.1 file (ISO 28500:2017): {@code WARC/1.1}, named fields, an empty line, the
 * block, two empty lines; packed as a gzip member of its own.
 */
final class WarcRecord {
  static final String TYPE = "WARC-Type";
  static final String ID = "WARC-Record-ID";
  static final String TARGET = "WARC-Target-URI";

  private static final String VERSION = "WARC/1.1";
  private static final String LENGTH = "Content-Length";
  private static final byte[] HEADER_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Map<String, String> fields = new LinkedHashMap<>();
  private final byte[] block;

  private WarcRecord(byte[] block) {
    this.block = block;
  }

  static WarcRecord of(String type, String contentType, byte[] block) {
    WarcRecord record = new WarcRecord(block);
    return record
        .with(TYPE, type)
        .with(ID, "<urn:uuid:" + UUID.randomUUID() + ">")
        .with("Content-Type", contentType)
        .with("WARC-Block-Digest", sha1(block))
        .with(LENGTH, String.valueOf(block.length));
  }

  /** Adds a field; a null value leaves it out. */
  WarcRecord with(String name, String value) {
    if (value != null) {
      fields.put(name, value);
    }
    return this;
  }

  /** The field's value, or null. */
  String field(String name) {
    return fields.get(name);
  }

  byte[] block() {
    return block;
  }

  byte[] toGzip() {
    StringBuilder header = new StringBuilder(VERSION).append("\r\n");
    fields.forEach((name, value) -> header.append(name).append(": ").append(value).append("\r\n"));
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(header.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
      gzip.write(block);
      gzip.write(HEADER_END);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return packed.toByteArray();
  }

  /**
   * Reads what {@link #toGzip} packed.
   *
   * @throws IOException if it is something else
   */
  static WarcRecord parse(byte[] unpacked) throws IOException {
    int end = headerEnd(unpacked);
    String[] lines = new String(unpacked, 0, end, StandardCharsets.UTF_8).split("\r\n");
    int start = end + HEADER_END.length;
    if (!lines[0].equals(VERSION)) {
      throw new IOException("not a WARC 1.1 record: " + lines[0]);
    }
    WarcRecord record =
        new WarcRecord(
            Arrays.copyOfRange(
                unpacked, start, Math.max(start, unpacked.length - HEADER_END.length)));
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(": ");
      if (colon < 0) {
        throw new IOException("not a WARC field: " + lines[i]);
      }
      record.with(lines[i].substring(0, colon), lines[i].substring(colon + 2));
    }
    if (!String.valueOf(record.block.length).equals(record.field(LENGTH))) {
      throw new IOException("a WARC record of another length than it says");
    }
    return record;
  }

  private static int headerEnd(byte[] bytes) throws IOException {
    for (int i = 0; i + HEADER_END.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + HEADER_END.length, HEADER_END, 0, HEADER_END.length)) {
        return i;
      }
    }
    throw new IOException("a WARC record without the end of its header");
  }

  /** As WARC files have it: {@code sha1:} and base32. */
  static String sha1(byte[] bytes) {
    try {
      return "sha1:"
          + new Base32().encodeToString(MessageDigest.getInstance("SHA-1").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}

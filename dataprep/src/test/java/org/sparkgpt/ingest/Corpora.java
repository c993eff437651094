package org.sparkgpt.ingest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.netpreserve.jwarc.HttpResponse;
import org.netpreserve.jwarc.MediaType;
import org.netpreserve.jwarc.WarcCompression;
import org.netpreserve.jwarc.WarcConversion;
import org.netpreserve.jwarc.WarcResponse;
import org.netpreserve.jwarc.WarcWriter;
import org.sparkgpt.extract.ExtractConfig;

/** Files to read, and a way to read one of them without Spark. */
final class Corpora {
  static final long MAX_BYTES = 1 << 20;
  private static final Configuration CONF = new Configuration();
  private static final Instant DATE = Instant.parse("2024-01-02T03:04:05Z");

  private Corpora() {}

  /** What a test asks of a row. */
  record Seen(String source, String text, String url, String reason, Double value) {
    static Seen of(Row row) {
      return new Seen(
          row.getString(2),
          row.getString(1),
          row.getString(3),
          row.getString(6),
          (Double) row.get(7));
    }
  }

  /** A letter, and a byte that is none. */
  static final byte[] DAMAGED_UTF_8 = {(byte) 0xc3, (byte) 0xa9, (byte) 0xff};

  static final ExtractConfig EXTRACT =
      new ExtractConfig(ExtractConfig.Mode.RECALL, MAX_BYTES, 60_000, 500);

  /** A page whose body is said to be packed so. */
  static HttpResponse encoded(String encoding, byte[] body) throws IOException {
    return new HttpResponse.Builder(200, "OK")
        .addHeader("Content-Encoding", encoding)
        .body(MediaType.HTML, body)
        .build();
  }

  static IngestConfig config(IngestInput... inputs) {
    return new IngestConfig(List.of(inputs), MAX_BYTES, 100, 2, 64 * MAX_BYTES);
  }

  static List<Seen> read(Path file) {
    return read(file, 0, 1);
  }

  static List<Seen> read(Path file, int slice, int slices) {
    return read(file, config(), slice, slices);
  }

  static List<Seen> read(Path file, IngestConfig config, int slice, int slices) {
    InputFile found = InputFiles.list(CONF, List.of(IngestInput.of(file.toString()))).get(0);
    FileSlice part = new FileSlice(withSource(found), slice, slices);
    List<Seen> seen = new ArrayList<>();
    try (SliceRows rows =
        new SliceRows(List.of(part).iterator(), new RecordFormats(CONF, config, EXTRACT))) {
      rows.forEachRemaining(row -> seen.add(Seen.of(row)));
    }
    return seen;
  }

  /** Sources in assertions are names, not paths of temporary directories. */
  private static InputFile withSource(InputFile file) {
    String name = file.source().substring(file.source().lastIndexOf('/') + 1);
    return new InputFile(
        file.path(), name, file.length(), file.modified(), file.type(), file.filter());
  }

  static List<String> reasons(List<Seen> rows) {
    return rows.stream().map(Seen::reason).toList();
  }

  static List<String> keptTexts(List<Seen> rows) {
    return rows.stream().filter(row -> row.reason() == null).map(Seen::text).toList();
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  static byte[] zip(Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue());
        zip.closeEntry();
      }
    }
    return out.toByteArray();
  }

  static byte[] tar(Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
        entry.setSize(file.getValue().length);
        tar.putArchiveEntry(entry);
        tar.write(file.getValue());
        tar.closeArchiveEntry();
      }
    }
    return out.toByteArray();
  }

  /** A WARC of pages as they were sent. */
  static byte[] warc(WarcCompression compression, HttpResponse... pages) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (WarcWriter writer = new WarcWriter(Channels.newChannel(out), compression)) {
      for (int i = 0; i < pages.length; i++) {
        writer.write(
            new WarcResponse.Builder(URI.create("http://example.org/" + i))
                .recordId(new UUID(0, i))
                .date(DATE)
                .body(pages[i])
                .build());
      }
    }
    return out.toByteArray();
  }

  static byte[] wet(String... texts) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (WarcWriter writer = new WarcWriter(Channels.newChannel(out), WarcCompression.GZIP)) {
      for (int i = 0; i < texts.length; i++) {
        writer.write(
            new WarcConversion.Builder()
                .setHeader("WARC-Target-URI", "http://example.org/" + i)
                .recordId(new UUID(0, i))
                .date(DATE)
                .body(MediaType.PLAIN_TEXT, utf8(texts[i]))
                .build());
      }
    }
    return out.toByteArray();
  }

  static HttpResponse page(String contentType, byte[] body) throws IOException {
    return new HttpResponse.Builder(200, "OK").body(MediaType.parse(contentType), body).build();
  }

  static HttpResponse page(String text) throws IOException {
    return page("text/html; charset=utf-8", utf8("<html><body><p>" + text + "</p></body></html>"));
  }

  static Path write(Path directory, String name, byte[] bytes) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, bytes);
  }
}

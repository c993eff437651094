package org.sparkgpt.ingest;

import java.io.Serializable;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a file holds, as told by its name.
 *
 * @param format the layout
 * @param gzip whether that layout is wrapped in gzip; WARC files are then gzip record by record
 */
record FileType(Format format, boolean gzip) implements Serializable {

  /** The layouts that ingest reads. */
  enum Format {
    /** One document, UTF-8. */
    TEXT,
    /** One document a line, in the last of its tab-separated columns. */
    TEXT_LINES,
    /** One document a page. */
    HTML,
    /** One JSON object a line: {@code text}, and {@code url} if there is one. */
    JSON_LINES,
    /** Web archive: pages as crawled (WARC), or their text (WET). */
    WARC,
    /** A table with a column {@code text}, and {@code url} if there is one. */
    PARQUET,
    ZIP,
    TAR;

    boolean isArchive() {
      return this == ZIP || this == TAR;
    }

    /** Whether one file holds many documents, which several tasks may share. */
    boolean holdsMany() {
      return this != TEXT && this != HTML && this != PARQUET;
    }
  }

  /** For messages. */
  static final String KNOWN =
      ".txt .text .lines.txt .html .htm .xhtml .jsonl .ndjson .warc .wet .tar (each also .gz), .tgz,"
          + " .zip, .jar, .parquet";

  private static final Map<String, Format> FORMATS =
      Map.ofEntries(
          Map.entry("txt", Format.TEXT),
          Map.entry("text", Format.TEXT),
          Map.entry("html", Format.HTML),
          Map.entry("htm", Format.HTML),
          Map.entry("xhtml", Format.HTML),
          Map.entry("jsonl", Format.JSON_LINES),
          Map.entry("ndjson", Format.JSON_LINES),
          Map.entry("warc", Format.WARC),
          Map.entry("wet", Format.WARC),
          Map.entry("parquet", Format.PARQUET),
          Map.entry("zip", Format.ZIP),
          Map.entry("jar", Format.ZIP),
          Map.entry("tar", Format.TAR));

  /** The type of a file or an archive's entry; empty if ingest does not read such files. */
  static Optional<FileType> of(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".tgz")) {
      return Optional.of(new FileType(Format.TAR, true));
    }
    boolean gzip = lower.endsWith(".gz");
    String plain = gzip ? lower.substring(0, lower.length() - ".gz".length()) : lower;
    if (plain.endsWith(".lines.txt")) {
      return Optional.of(new FileType(Format.TEXT_LINES, gzip));
    }
    Format format = FORMATS.get(plain.substring(plain.lastIndexOf('.') + 1));
    // Zip and Parquet are read at random, from the end: a gzip around them is a mistake.
    boolean wrapped = gzip && (format == Format.ZIP || format == Format.PARQUET);
    return format == null || wrapped || !plain.contains(".")
        ? Optional.empty()
        : Optional.of(new FileType(format, gzip));
  }
}

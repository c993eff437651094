package org.sparkgpt.ingest;

import java.io.Serializable;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a file holds, as told by its name.
 *
 * @param format the layout
 * @param compression what that layout is wrapped in; web archives then are record by record
 */
record FileType(Format format, Compression compression) implements Serializable {

  /** What a file may be wrapped in. */
  enum Compression {
    NONE(""),
    GZIP(".gz"),
    ZSTD(".zst"),
    BZIP2(".bz2");

    private final String suffix;

    Compression(String suffix) {
      this.suffix = suffix;
    }
  }

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
    /** Web archive of the time before WARC. */
    ARC,
    /** A book: a zip with an order in it. */
    EPUB,
    /** Articles of a wiki. */
    MEDIAWIKI,
    /** Mails, one behind the other. */
    MBOX,
    /** One mail. */
    EMAIL,
    /** A table with a column {@code text}, and {@code url} if there is one. */
    PARQUET,
    ZIP,
    TAR;

    boolean isArchive() {
      return this == ZIP || this == TAR;
    }

    /** Whether one file holds many documents, which several tasks may share. */
    boolean holdsMany() {
      return this != TEXT && this != HTML && this != PARQUET && this != EPUB && this != EMAIL;
    }

    /** Whether it is read at random, from the end: compression around it is a mistake. */
    boolean isRandomAccess() {
      return this == ZIP || this == PARQUET || this == EPUB;
    }
  }

  /** Whether a task can begin to read in the middle. */
  boolean isSplittable() {
    return switch (format) {
      case TEXT_LINES, JSON_LINES -> compression == Compression.NONE;
      case WARC, ARC -> compression == Compression.GZIP || compression == Compression.ZSTD;
      default -> false;
    };
  }

  /** For messages. */
  static final String KNOWN =
      ".txt .text .lines.txt .html .htm .xhtml .jsonl .ndjson .warc .wet .arc .xml (MediaWiki) .mbox"
          + " .eml .tar (each also .gz, .zst, .bz2), .tgz, .zip, .jar, .epub, .parquet";

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
          Map.entry("arc", Format.ARC),
          Map.entry("epub", Format.EPUB),
          Map.entry("xml", Format.MEDIAWIKI),
          Map.entry("mbox", Format.MBOX),
          Map.entry("eml", Format.EMAIL),
          Map.entry("parquet", Format.PARQUET),
          Map.entry("zip", Format.ZIP),
          Map.entry("jar", Format.ZIP),
          Map.entry("tar", Format.TAR));

  /** The type of a file or an archive's entry; empty if ingest does not read such files. */
  static Optional<FileType> of(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".tgz")) {
      return Optional.of(new FileType(Format.TAR, Compression.GZIP));
    }
    Compression compression = compressionOf(lower);
    String plain = lower.substring(0, lower.length() - compression.suffix.length());
    if (plain.endsWith(".lines.txt")) {
      return Optional.of(new FileType(Format.TEXT_LINES, compression));
    }
    Format format = FORMATS.get(plain.substring(plain.lastIndexOf('.') + 1));
    boolean known = format != null && plain.contains(".");
    return known && (compression == Compression.NONE || !format.isRandomAccess())
        ? Optional.of(new FileType(format, compression))
        : Optional.empty();
  }

  private static Compression compressionOf(String name) {
    for (Compression compression : Compression.values()) {
      if (compression != Compression.NONE && name.endsWith(compression.suffix)) {
        return compression;
      }
    }
    return Compression.NONE;
  }
}

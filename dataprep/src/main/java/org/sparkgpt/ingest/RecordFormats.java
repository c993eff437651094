package org.sparkgpt.ingest;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.apache.hadoop.conf.Configuration;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.extract.ExtractConfig;
import org.sparkgpt.extract.Page;
import org.sparkgpt.extract.PageReader;
import org.sparkgpt.extract.UnreadablePageException;
import org.sparkgpt.ingest.FileType.Compression;
import org.sparkgpt.ingest.FileType.Format;

/** Opens files and archive entries by their type. */
final class RecordFormats {
  private static final int BUFFER = 1 << 16;

  private final Configuration conf;
  private final IngestConfig config;
  private final PageReader pages;
  private final JsonLine jsonLine;
  private final EmailMessage mail;

  RecordFormats(Configuration conf, IngestConfig config, ExtractConfig extract) {
    this(conf, config, new PageReader(extract));
  }

  RecordFormats(Configuration conf, IngestConfig config, PageReader pages) {
    this.conf = conf;
    this.config = config;
    this.pages = pages;
    this.jsonLine = new JsonLine(config);
    this.mail = new EmailMessage(config.maxDocumentBytes(), pages);
  }

  /**
   * Where something lies.
   *
   * @param filter for the entries of archives
   * @param depth archives around it
   * @param bytes that were counted so far; null if there is at most one archive around it
   * @param maxBytes that may be counted
   */
  record Nest(NameFilter filter, int depth, NestedBytes bytes, long maxBytes) {
    /** An entry of an archive that lies here. */
    Nest inside() {
      return new Nest(
          filter, depth + 1, bytes == null ? new NestedBytes(maxBytes) : bytes, maxBytes);
    }

    void count(long unpacked) throws RejectedException {
      if (bytes != null) {
        bytes.take(unpacked);
      }
    }
  }

  /** The records of a file, or of a range of it. */
  Records open(FileSlice slice) throws IOException {
    InputFile file = slice.file();
    FileType type = file.type();
    String source = file.source();
    if (type.isSplittable()) {
      return type.format() == Format.WARC || type.format() == Format.ARC
          ? webArchive(slice)
          : lines(slice);
    }
    Nest nest = new Nest(file.filter(), 0, null, config.maxNestedBytes());
    if (type.format() == Format.ZIP) {
      var channel = Storage.openChannel(conf, file.path(), file.length());
      Entries entries = new ZipEntries(channel, config.maxCompressionRatio());
      return new ArchiveRecords(entries, source, this, nest);
    }
    return open(type, () -> Storage.open(conf, file.path()), false, source, nest);
  }

  private Records lines(FileSlice slice) {
    ByteRange range = slice.range();
    String path = slice.file().path();
    InputStream in = Storage.open(conf, path, LineInput.firstByte(range));
    boolean json = slice.file().type().format() == Format.JSON_LINES;
    return lines(in, range, slice.file().source(), json ? jsonLine : LineRecords::lastColumn);
  }

  private Records webArchive(FileSlice slice) throws IOException {
    String path = slice.file().path();
    ByteRange range = slice.range();
    byte[] dictionary = null;
    if (slice.file().type().compression() == Compression.ZSTD) {
      try (InputStream head = Storage.open(conf, path)) {
        dictionary = ZstdFrame.dictionaryOf(head, config.maxCompressionRatio());
      }
    }
    InputStream in = Storage.open(conf, path, range.start());
    return webArchive(slice.file().type(), in, range, dictionary, slice.file().source());
  }

  /**
   * The records of an archive's entry, or of a file that is read as a whole.
   *
   * @param inSequence whether the content can only be read now
   */
  Records open(FileType type, Records.Content content, boolean inSequence, String source, Nest nest)
      throws IOException {
    long maxBytes = config.maxDocumentBytes();
    return switch (type.format()) {
      case TEXT -> single(type, content, inSequence, source, SingleRecord::plainText);
      case HTML -> single(type, content, inSequence, source, this::page);
      case EMAIL -> single(type, content, inSequence, source, mail::document);
      case EPUB -> single(type, content, inSequence, source, this::book);
      case TEXT_LINES ->
          lines(unwrap(type, content), ByteRange.WHOLE, source, LineRecords::lastColumn);
      case JSON_LINES -> lines(unwrap(type, content), ByteRange.WHOLE, source, jsonLine);
      case MBOX -> {
        InputStream in = unwrap(type, content);
        LineInput lines = new LineInput(in, maxBytes, ByteRange.WHOLE);
        yield new MboxRecords(lines, source, mail, maxBytes);
      }
      case MEDIAWIKI -> new MediaWikiRecords(unwrap(type, content), source, maxBytes);
      case WARC, ARC -> webArchive(type, content, source);
      case ZIP, TAR -> archive(type, content, source, nest);
      case PARQUET -> throw RejectedException.nestedArchive(nest.depth(), 0);
    };
  }

  /** An archive; one that lies in another is a zip in memory or a tar. */
  private Records archive(FileType type, Records.Content content, String source, Nest nest)
      throws IOException {
    if (nest.depth() > config.maxNesting()) {
      throw RejectedException.nestedArchive(nest.depth(), config.maxNesting());
    }
    if (type.format() == Format.TAR) {
      return new ArchiveRecords(new TarEntries(unwrap(type, content)), source, this, nest);
    }
    byte[] zip;
    try (InputStream in = content.open()) {
      zip = StrictText.readAll(in, config.maxDocumentBytes());
    }
    Entries entries =
        new ZipEntries(new SeekableInMemoryByteChannel(zip), config.maxCompressionRatio());
    return new ArchiveRecords(entries, source, this, nest);
  }

  /** Without gzip or zstd the whole file is one member. */
  private Records webArchive(FileType type, Records.Content content, String source)
      throws IOException {
    boolean members = type.isSplittable();
    InputStream in = members ? content.open() : unwrap(type, content);
    return webArchive(type, in, ByteRange.WHOLE, null, source);
  }

  private Records webArchive(
      FileType type, InputStream in, ByteRange range, byte[] dictionary, String source) {
    double maxRatio = config.maxCompressionRatio();
    MemberDecoder decoder =
        switch (type.compression()) {
          case GZIP -> new GzipMember(maxRatio);
          case ZSTD -> new ZstdFrame(maxRatio, dictionary);
          case BZIP2, NONE -> new StoredMember();
        };
    ArchivedRecord.Format format = type.format() == Format.ARC ? new ArcHeader() : new WarcHeader();
    Members.Start start = type.isSplittable() ? format : Members.ANYTHING;
    Members members = new Members(new MemberInput(in, range.start()), decoder, start, range);
    return new WarcRecords(
        new RecordBytes(members, format, !type.isSplittable()), source, config, pages);
  }

  private Records single(
      FileType type,
      Records.Content content,
      boolean inSequence,
      String source,
      SingleRecord.Parser parser) {
    long maxBytes = config.maxDocumentBytes();
    return new SingleRecord(() -> unwrap(type, content), inSequence, source, maxBytes, parser);
  }

  private Document page(byte[] bytes, String source) throws UnreadablePageException {
    Page page = pages.read(bytes, null, null);
    return Document.of(page.text(), source, null, page.metadata());
  }

  private Document book(byte[] bytes, String source) throws IOException {
    return EpubBook.read(bytes, source, config);
  }

  private Records lines(InputStream in, ByteRange range, String source, LineRecords.Parser parser) {
    long maxBytes = config.maxDocumentBytes();
    return new LineRecords(new LineInput(in, maxBytes, range), source, maxBytes, parser);
  }

  private InputStream unwrap(FileType type, Records.Content content) throws IOException {
    InputStream in = content.open();
    double maxRatio = config.maxCompressionRatio();
    return switch (type.compression()) {
      case NONE -> new BufferedInputStream(in, BUFFER);
      case GZIP -> new MemberStream(in, new GzipMember(maxRatio));
      case ZSTD -> new MemberStream(in, new ZstdFrame(maxRatio, null));
      case BZIP2 -> new Bunzip2Stream(in, maxRatio);
    };
  }
}

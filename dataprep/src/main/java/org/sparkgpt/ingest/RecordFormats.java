package org.sparkgpt.ingest;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.extract.ExtractConfig;
import org.sparkgpt.extract.Page;
import org.sparkgpt.extract.PageReader;
import org.sparkgpt.extract.UnreadablePageException;

/** Opens files and archive entries by their type. */
final class RecordFormats {
  private final Configuration conf;
  private final IngestConfig config;
  private final PageReader pages;
  private final JsonLine jsonLine;

  RecordFormats(Configuration conf, IngestConfig config, ExtractConfig extract) {
    this.conf = conf;
    this.config = config;
    this.pages = new PageReader(extract);
    this.jsonLine = new JsonLine(config);
  }

  /** The records of a file. */
  Records open(InputFile file) throws IOException {
    FileType type = file.type();
    if (type.format() == FileType.Format.ZIP) {
      var channel = Storage.openChannel(conf, file.path(), file.length());
      Entries entries = new ZipEntries(channel, config.maxCompressionRatio());
      return new ArchiveRecords(entries, file.filter(), file.source(), this);
    }
    Records.Content content = () -> Storage.open(conf, file.path());
    if (type.format() == FileType.Format.TAR) {
      Entries entries = new TarEntries(unwrap(type, content));
      return new ArchiveRecords(entries, file.filter(), file.source(), this);
    }
    return open(type, content, false, file.source());
  }

  /**
   * The records of a file that is no archive itself.
   *
   * @param inSequence whether the content can only be read now
   */
  Records open(FileType type, Records.Content content, boolean inSequence, String source)
      throws IOException {
    return switch (type.format()) {
      case TEXT -> single(type, content, inSequence, source, SingleRecord::plainText);
      case HTML -> single(type, content, inSequence, source, this::page);
      case TEXT_LINES -> lines(unwrap(type, content), source, LineRecords::lastColumn);
      case JSON_LINES -> lines(unwrap(type, content), source, jsonLine);
      case WARC -> new WarcRecords(unwrap(type, content), source, config, pages);
      case ZIP, TAR, PARQUET -> throw RejectedException.nestedArchive();
    };
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

  private Records lines(InputStream in, String source, LineRecords.Parser parser) {
    return new LineRecords(in, source, config.maxDocumentBytes(), parser);
  }

  private InputStream unwrap(FileType type, Records.Content content) throws IOException {
    InputStream in = content.open();
    return type.gzip()
        ? new GunzipStream(in, config.maxCompressionRatio())
        : new BufferedInputStream(in, 1 << 16);
  }
}

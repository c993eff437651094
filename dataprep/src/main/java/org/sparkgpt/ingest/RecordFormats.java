package org.sparkgpt.ingest;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;

/** Opens files and archive entries by their type. */
final class RecordFormats {
  private final Configuration conf;
  private final IngestConfig config;
  private final JsonLine jsonLine;

  RecordFormats(Configuration conf, IngestConfig config) {
    this.conf = conf;
    this.config = config;
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
      case TEXT, HTML ->
          new SingleRecord(type.format(), () -> unwrap(type, content), inSequence, source, config);
      case TEXT_LINES -> lines(unwrap(type, content), source, LineRecords::lastColumn);
      case JSON_LINES -> lines(unwrap(type, content), source, jsonLine);
      case WARC -> new WarcRecords(unwrap(type, content), source, config);
      case ZIP, TAR, PARQUET -> throw RejectedException.nestedArchive();
    };
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

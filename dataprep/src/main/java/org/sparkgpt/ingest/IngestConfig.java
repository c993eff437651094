package org.sparkgpt.ingest;

import java.io.Serializable;
import java.util.List;

/**
 * What is read, and how large a single record may become before it is given up.
 *
 * @param inputs files, directories and globs; may be empty until something is ingested
 * @param maxDocumentBytes bytes of one document after decompression: a text or HTML file, a line, a
 *     WARC record, a mail, a book or an article with its markup; a larger one is rejected as {@code
 *     ingest/too-large}
 * @param maxCompressionRatio bytes that come out of one gzip member, zstd frame, bzip2 file or zip
 *     entry for each byte that goes in, looked at after its first MiB; above it the member is
 *     rejected as {@code ingest/expansion}. Text seldom exceeds 20, a bomb comes near deflate's
 *     limit of 1032
 * @param maxNesting archives that may be inside each other in an archive's entry; deeper ones are
 *     rejected as {@code ingest/nested-archive}
 * @param maxNestedBytes that may come out of one entry of an archive with all archives nested in
 *     it; what is behind them is rejected as {@code ingest/nested-size}
 */
public record IngestConfig(
    List<IngestInput> inputs,
    long maxDocumentBytes,
    double maxCompressionRatio,
    int maxNesting,
    long maxNestedBytes)
    implements Serializable {

  /** A document is decoded in memory as UTF-16, in one Java array. */
  private static final long LARGEST_DOCUMENT = 1L << 30;

  public IngestConfig {
    inputs = inputs == null ? List.of() : List.copyOf(inputs);
    if (maxDocumentBytes < 1 || maxDocumentBytes > LARGEST_DOCUMENT) {
      throw new IllegalArgumentException(
          "ingest.maxDocumentBytes must be between 1 and "
              + LARGEST_DOCUMENT
              + ", got "
              + maxDocumentBytes);
    }
    if (!(maxCompressionRatio >= 1)) {
      throw new IllegalArgumentException(
          "ingest.maxCompressionRatio must be at least 1, got " + maxCompressionRatio);
    }
    if (maxNesting < 0) {
      throw new IllegalArgumentException(
          "ingest.maxNesting must not be negative, got " + maxNesting);
    }
    if (maxNestedBytes < 1) {
      throw new IllegalArgumentException(
          "ingest.maxNestedBytes must be positive, got " + maxNestedBytes);
    }
  }
}

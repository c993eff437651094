package org.sparkgpt.ingest;

import java.io.Serializable;
import java.util.List;

/**
 * What is read, and how large a single record may become before it is given up.
 *
 * @param inputs files, directories and globs; may be empty until something is ingested
 * @param maxDocumentBytes bytes of one document after decompression: a text or HTML file, a line, a
 *     WARC record; a larger one is rejected as {@code ingest/too-large}
 * @param maxCompressionRatio bytes that come out of one gzip member or zip entry for each byte that
 *     goes in, looked at after its first MiB; above it the member is rejected as {@code
 *     ingest/expansion}. Text seldom exceeds 20, a bomb comes near deflate's limit of 1032
 */
public record IngestConfig(
    List<IngestInput> inputs, long maxDocumentBytes, double maxCompressionRatio)
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
  }
}

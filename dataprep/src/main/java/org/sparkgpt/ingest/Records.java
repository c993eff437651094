package org.sparkgpt.ingest;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import org.sparkgpt.corpus.Document;

/**
 * The records of one file, in order. Tasks that share a file all walk over the same records, and
 * each reads only its own: so what {@link #next} finds must not depend on which ones were read.
 */
interface Records extends Closeable {
  /**
   * Moves to the next record, false at the end.
   *
   * @throws IOException if nothing from here on can be read
   */
  boolean next() throws IOException;

  /**
   * The record that was moved to; at most once for each.
   *
   * @throws IOException if it cannot become a document; the records after it are not touched
   */
  Document read() throws IOException;

  /** Where the current record, or the damage that ended the reading, lies. */
  String source();

  /** Opens the bytes of a record or of a file of them. */
  @FunctionalInterface
  interface Content {
    InputStream open() throws IOException;
  }
}

package org.sparkgpt.ingest;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/** The files in an archive, in its own order. */
interface Entries extends Closeable {
  /**
   * Moves to the next file and returns its name; null at the end.
   *
   * @throws IOException if nothing from here on can be read
   */
  String next() throws IOException;

  /** The current file's bytes. */
  InputStream open() throws IOException;

  /** How large the current file says it is, in bytes; never less than what {@link #open} gives. */
  long size();

  /** Whether a file can only be opened while it is the current one. */
  boolean inSequence();
}

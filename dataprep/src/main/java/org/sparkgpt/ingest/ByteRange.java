package org.sparkgpt.ingest;

/**
 * Part of a file.
 *
 * @param start the first byte
 * @param end behind the last byte
 */
record ByteRange(long start, long end) {
  static final ByteRange WHOLE = new ByteRange(0, Long.MAX_VALUE);
}

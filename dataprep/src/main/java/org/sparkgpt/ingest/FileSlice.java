package org.sparkgpt.ingest;

import java.io.Serializable;

/**
 * A task's part of a file: the records that begin in a range of its bytes if the file can be split,
 * else of its records, numbered from 0, those with {@code number % slices == slice}.
 */
record FileSlice(InputFile file, int slice, int slices) implements Serializable {
  boolean holds(long number) {
    return file.type().isSplittable() || number % slices == slice;
  }

  /** The bytes to read. */
  ByteRange range() {
    return file.type().isSplittable()
        ? new ByteRange(boundary(slice), slice == slices - 1 ? Long.MAX_VALUE : boundary(slice + 1))
        : ByteRange.WHOLE;
  }

  private long boundary(int before) {
    return (long) ((double) file.length() / slices * before);
  }

  /** What reading it weighs. */
  long bytes() {
    return file.length() / slices;
  }
}

package org.sparkgpt.ingest;

import java.io.Serializable;

/**
 * A task's part of a file: of the records numbered from 0, those with {@code number % slices ==
 * slice}.
 */
record FileSlice(InputFile file, int slice, int slices) implements Serializable {
  boolean holds(long number) {
    return number % slices == slice;
  }

  /** What reading it weighs. */
  long bytes() {
    return file.length() / slices;
  }
}

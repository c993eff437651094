package org.sparkgpt.train;

import java.io.Serializable;

/**
 * The flat parameter vector cut into runs of {@code size} elements, the last one shorter: the unit
 * in which parameters are sent, averaged and stored.
 *
 * @param length elements of the vector
 * @param size elements of a chunk
 */
record Chunks(long length, int size) implements Serializable {
  int count() {
    return Math.toIntExact((length + size - 1) / size);
  }

  long from(int chunk) {
    return (long) chunk * size;
  }

  int length(int chunk) {
    return (int) Math.min(size, length - from(chunk));
  }
}

package org.sparkgpt.train;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.sparkgpt.kernel.FloatBlock;

/** Segments of floats as the little-endian bytes that travel through the shuffle. */
final class ChunkBytes {
  private ChunkBytes() {}

  /** Elements [from, from + count) of each block, one block after the other. */
  static byte[] of(long from, int count, FloatBlock... blocks) {
    byte[] bytes = new byte[blocks.length * count * Float.BYTES];
    FloatBuffer out = floats(bytes);
    for (FloatBlock block : blocks) {
      out.put(block.toArray(from, count));
    }
    return bytes;
  }

  /** Segments of equal length, one after the other. */
  static byte[] of(float[]... segments) {
    byte[] bytes = new byte[segments.length * segments[0].length * Float.BYTES];
    FloatBuffer out = floats(bytes);
    for (float[] segment : segments) {
      out.put(segment);
    }
    return bytes;
  }

  /** Segment {@code index} of a record whose segments have {@code count} elements. */
  static float[] segment(byte[] bytes, int index, int count) {
    float[] values = new float[count];
    floats(bytes).position(index * count).get(values);
    return values;
  }

  /** Segment {@code index}, or zeros where the record has none. */
  static float[] segmentOrZeros(byte[] bytes, int index, int count) {
    boolean present = bytes.length >= (index + 1) * count * Float.BYTES;
    return present ? segment(bytes, index, count) : new float[count];
  }

  static FloatBuffer floats(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }
}

package org.sparkgpt.train;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.sparkgpt.kernel.FloatBlock;

/**
 * A message of a round, or a record of its state, as one array: its {@link MessageKey} and then a
 * payload, mostly segments of floats of equal length; all little-endian. An array of bytes is
 * written and read as it is. Objects around it would have to go through Java's serialization, which
 * holds on to the last hundred it has written or read: megabytes each.
 */
final class Message {
  static final int HEADER = Long.BYTES;

  private Message() {}

  /** A message with this payload. */
  static byte[] of(long key, byte[] payload) {
    byte[] message = empty(key, payload.length);
    System.arraycopy(payload, 0, message, HEADER, payload.length);
    return message;
  }

  /** Elements [from, from + count) of each block, one block after the other. */
  static byte[] of(long key, long from, int count, FloatBlock... blocks) {
    int segment = count * Float.BYTES;
    byte[] message = empty(key, blocks.length * segment);
    for (int i = 0; i < blocks.length; i++) {
      blocks[i].copyTo(from, count, message, HEADER + i * segment);
    }
    return message;
  }

  /** Segments of equal length, one after the other. */
  static byte[] of(long key, float[]... segments) {
    byte[] message = empty(key, segments.length * segments[0].length * Float.BYTES);
    FloatBuffer out = floats(message);
    for (float[] segment : segments) {
      out.put(segment);
    }
    return message;
  }

  /** A message whose payload of {@code bytes} is to be filled in. */
  static byte[] empty(long key, int bytes) {
    byte[] message = new byte[HEADER + bytes];
    ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).putLong(key);
    return message;
  }

  static long key(byte[] message) {
    return ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  /** A copy of what follows the key. */
  static byte[] payload(byte[] message) {
    return Arrays.copyOfRange(message, HEADER, message.length);
  }

  /** Segment {@code index} of a message whose segments have {@code count} elements. */
  static float[] segment(byte[] message, int index, int count) {
    float[] values = new float[count];
    floats(message).position(index * count).get(values);
    return values;
  }

  /** Segment {@code index}, or zeros where the message has none. */
  static float[] segmentOrZeros(byte[] message, int index, int count) {
    boolean present = message.length >= HEADER + (index + 1) * count * Float.BYTES;
    return present ? segment(message, index, count) : new float[count];
  }

  /** Copies segment {@code index} to elements [from, from + count) of {@code block}. */
  static void copySegment(byte[] message, int index, FloatBlock block, long from, int count) {
    block.copyFrom(from, count, message, HEADER + index * count * Float.BYTES);
  }

  /** The payload, to be read and written in place. */
  static ByteBuffer body(byte[] message) {
    return ByteBuffer.wrap(message, HEADER, message.length - HEADER)
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  private static FloatBuffer floats(byte[] message) {
    return body(message).asFloatBuffer();
  }
}

package org.sparkgpt.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.FloatBuffer;
import java.util.Locale;
import org.sparkgpt.kernel.Dtype;

/**
 * What workers send to the chunk owners at the end of a round: {@code train.deltas}. The lossy
 * formats carry the change of the round, and {@link ErrorFeedback} keeps what they could not say
 * for the next one; owners decode to binary32 and sum in binary64. The new parameters travel back
 * as binary32 whatever is set here.
 */
public enum DeltaEncoding {
  /**
   * The worker's parameters themselves, 4 bytes each: adding a rounded change to the old parameters
   * would not give the same bits.
   */
  @JsonProperty("fp32")
  FP32 {
    @Override
    int bytes(int count) {
      return count * Float.BYTES;
    }

    @Override
    byte[] encode(long key, float[] values) {
      return Message.of(key, values);
    }

    @Override
    float[] decode(byte[] message, int count) {
      return Message.segment(message, 0, count);
    }
  },

  /** The change as bfloat16, rounded to nearest, ties to even: 2 bytes each, little-endian. */
  @JsonProperty("bf16")
  BF16 {
    @Override
    int bytes(int count) {
      return count * Short.BYTES;
    }

    @Override
    byte[] encode(long key, float[] values) {
      short[] rounded = new short[values.length];
      for (int i = 0; i < values.length; i++) {
        rounded[i] = Dtype.toBf16(values[i]);
      }
      byte[] message = Message.empty(key, bytes(values.length));
      Message.body(message).asShortBuffer().put(rounded);
      return message;
    }

    @Override
    float[] decode(byte[] message, int count) {
      short[] rounded = new short[count];
      Message.body(message).asShortBuffer().get(rounded);
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = Dtype.fromBf16(rounded[i]);
      }
      return values;
    }
  },

  /**
   * The change as multiples of a scale that {@value #BLOCK} neighbours share, the last block being
   * shorter: scale = max|x| / 127, q = x / scale rounded to nearest, ties to even. First a
   * little-endian binary32 scale for each block, then a signed byte for each element.
   *
   * <p>A block without an element of {@link #SMALLEST} or more is sent as zeros; one with an
   * element that is not finite gets the scale NaN, so that it decodes to NaN throughout.
   */
  @JsonProperty("int8")
  INT8 {
    @Override
    int bytes(int count) {
      return blocks(count) * Float.BYTES + count;
    }

    @Override
    byte[] encode(long key, float[] values) {
      byte[] message = Message.empty(key, bytes(values.length));
      FloatBuffer scales = Message.body(message).asFloatBuffer();
      int blocks = blocks(values.length);
      for (int block = 0; block < blocks; block++) {
        int from = block * BLOCK;
        int to = Math.min(from + BLOCK, values.length);
        float largest = largest(values, from, to);
        scales.put(block, scale(largest));
        quantize(values, from, to, inverse(largest), message, quantized(blocks));
      }
      return message;
    }

    @Override
    float[] decode(byte[] message, int count) {
      FloatBuffer scales = Message.body(message).asFloatBuffer();
      int blocks = blocks(count);
      float[] values = new float[count];
      for (int block = 0; block < blocks; block++) {
        int from = block * BLOCK;
        int to = Math.min(from + BLOCK, count);
        scale(message, quantized(blocks), from, to, scales.get(block), values);
      }
      return values;
    }
  };

  /** Elements that share a scale: 1.6 % more bytes, one outlier spoils no more than these. */
  static final int BLOCK = 256;

  /** Largest change that is sent: beyond it, rounding up could make an infinity. */
  static final float LARGEST = 1e38f;

  /** Below it, 127 / max|x| would come near the largest float. */
  static final float SMALLEST = 1e-30f;

  private static final int LEVELS = 127; // on either side of 0

  /** Adding it to a small float leaves that number, rounded to nearest even, in the low bits. */
  private static final float ROUNDING = 3 << 22;

  /** Length of the payload for {@code count} elements. */
  abstract int bytes(int count);

  /**
   * A message with a payload of {@link #bytes}. Numbers that are not finite do not decode to finite
   * ones.
   */
  abstract byte[] encode(long key, float[] values);

  /** The {@code count} elements of a message. */
  abstract float[] decode(byte[] message, int count);

  /** Whether messages hold the change of the round, rounded, and not the parameters. */
  boolean lossy() {
    return this != FP32;
  }

  /** The word a run file uses. */
  public String yaml() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static int blocks(int count) {
    return (count + BLOCK - 1) / BLOCK;
  }

  /** Where in a message the quantized elements begin, behind the scales. */
  private static int quantized(int blocks) {
    return Message.HEADER + blocks * Float.BYTES;
  }

  /** NaN if any element is. */
  private static float largest(float[] values, int from, int to) {
    float largest = 0;
    for (int i = from; i < to; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    return largest;
  }

  private static float scale(float largest) {
    if (!Float.isFinite(largest)) {
      return Float.NaN;
    }
    return largest < SMALLEST ? 0 : largest / LEVELS;
  }

  private static float inverse(float largest) {
    return largest < SMALLEST ? 0 : LEVELS / largest;
  }

  private static void quantize(
      float[] values, int from, int to, float inverse, byte[] message, int offset) {
    for (int i = from; i < to; i++) {
      message[offset + i] = (byte) Float.floatToRawIntBits(values[i] * inverse + ROUNDING);
    }
  }

  private static void scale(
      byte[] message, int offset, int from, int to, float scale, float[] values) {
    for (int i = from; i < to; i++) {
      values[i] = message[offset + i] * scale;
    }
  }
}

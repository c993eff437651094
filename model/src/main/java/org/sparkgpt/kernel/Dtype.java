package org.sparkgpt.kernel;

/** The number formats that kernels compute in. */
public enum Dtype {
  /** IEEE 754 binary32. */
  F32(4),

  /** bfloat16: the upper half of a binary32; its range, but eight significant bits. */
  BF16(2);

  private final int bytes;

  Dtype(int bytes) {
    this.bytes = bytes;
  }

  /** Size of one number. */
  public int bytes() {
    return bytes;
  }

  /** The nearest bfloat16, ties to even, as its 16 bits. */
  public static short toBf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | 0x40); // quiet, and not rounded to infinity
    }
    return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
  }

  /** The number that 16 bits stand for. */
  public static float fromBf16(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }
}

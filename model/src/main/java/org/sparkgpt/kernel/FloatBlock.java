package org.sparkgpt.kernel;

import java.util.Objects;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A run of floating-point numbers in the host's memory outside the Java heap: what kernels read and
 * write. They are 32 or 16 bits wide, see {@link Dtype}; Java code always sees {@code float}.
 * Slices share memory with the block they were cut from and keep it alive.
 */
public final class FloatBlock {
  private final Object owner; // keeps the memory from being freed while a slice is in use
  private final Pointer pointer; // a FloatPointer or a ShortPointer, by dtype
  private final Dtype dtype;
  private final long length;

  private FloatBlock(Object owner, Pointer pointer, Dtype dtype, long length) {
    this.owner = owner;
    this.pointer = pointer;
    this.dtype = dtype;
    this.length = length;
  }

  /** {@code length} numbers of 32 bits, all zero. */
  public static FloatBlock allocate(long length) {
    return allocate(length, Dtype.F32);
  }

  /** {@code length} numbers, all zero. */
  public static FloatBlock allocate(long length, Dtype dtype) {
    Pointer pointer =
        switch (dtype) {
          case F32 -> new FloatPointer(length);
          case BF16 -> new ShortPointer(length);
        };
    HugePages.adviseFor(pointer.address(), length * dtype.bytes());
    pointer.zero();
    return new FloatBlock(pointer, pointer, dtype, length);
  }

  /**
   * The memory of an ND4J array, shared. The array must be FLOAT, without gaps and in 'c' order (a
   * vector has no other), or its elements would not be where kernels look for them.
   */
  public static FloatBlock of(INDArray array) {
    boolean contiguous = array.isVector() || array.ordering() == 'c';
    if (array.dataType() != DataType.FLOAT || !contiguous || array.isView() && !array.isVector()) {
      throw new IllegalArgumentException(
          "expected a FLOAT array in 'c' order without gaps, got " + array.shapeInfoToString());
    }
    FloatPointer base = new FloatPointer(array.data().addressPointer());
    FloatPointer pointer = base.getPointer(FloatPointer.class, 0);
    HugePages.adviseFor(pointer.address(), array.length() * Float.BYTES);
    return new FloatBlock(array, pointer, Dtype.F32, array.length());
  }

  public FloatBlock slice(long from, long count) {
    Objects.checkFromIndexSize(from, count, length);
    return new FloatBlock(owner, at(from), dtype, count);
  }

  private Pointer at(long from) {
    return pointer.getPointer(pointer.getClass(), from);
  }

  public Dtype dtype() {
    return dtype;
  }

  /** How many numbers. */
  public long length() {
    return length;
  }

  public long bytes() {
    return length * dtype.bytes();
  }

  public long address() {
    return pointer.address();
  }

  public float get(long index) {
    Objects.checkIndex(index, length);
    return switch (dtype) {
      case F32 -> ((FloatPointer) pointer).get(index);
      case BF16 -> Dtype.fromBf16(((ShortPointer) pointer).get(index));
    };
  }

  public void set(long index, float value) {
    Objects.checkIndex(index, length);
    switch (dtype) {
      case F32 -> ((FloatPointer) pointer).put(index, value);
      case BF16 -> ((ShortPointer) pointer).put(index, Dtype.toBf16(value));
    }
  }

  /** Copies out {@code count} numbers from {@code from}. */
  public float[] toArray(long from, int count) {
    float[] values = new float[count];
    slice(from, count).copyTo(values, count);
    return values;
  }

  public float[] toArray() {
    return toArray(0, Math.toIntExact(length));
  }

  /** Fills the first {@code count} elements of {@code values} with this block's first. */
  public void copyTo(float[] values, int count) {
    Objects.checkIndex((long) count, length + 1);
    switch (dtype) {
      case F32 -> ((FloatPointer) pointer).get(values, 0, count);
      case BF16 -> {
        short[] bits = new short[count];
        ((ShortPointer) pointer).get(bits);
        for (int i = 0; i < count; i++) {
          values[i] = Dtype.fromBf16(bits[i]);
        }
      }
    }
  }

  /** Copies {@code values} in, the first to {@code at}, rounded if they don't fit. */
  public void put(long at, float... values) {
    Objects.checkFromIndexSize(at, values.length, length);
    switch (dtype) {
      case F32 -> ((FloatPointer) at(at)).put(values);
      case BF16 -> {
        short[] bits = new short[values.length];
        for (int i = 0; i < bits.length; i++) {
          bits[i] = Dtype.toBf16(values[i]);
        }
        ((ShortPointer) at(at)).put(bits);
      }
    }
  }

  /**
   * Copies {@code count} numbers of 32 bits from {@code from} into {@code bytes}, little-endian,
   * the first to {@code offset}.
   */
  public void copyTo(long from, int count, byte[] bytes, int offset) {
    Objects.checkFromIndexSize(offset, count * Float.BYTES, bytes.length);
    raw(from, count).get(bytes, offset, count * Float.BYTES);
  }

  /** Copies {@code count} numbers in, as {@link #copyTo} gave them, the first to {@code at}. */
  public void copyFrom(long at, int count, byte[] bytes, int offset) {
    Objects.checkFromIndexSize(offset, count * Float.BYTES, bytes.length);
    raw(at, count).put(bytes, offset, count * Float.BYTES);
  }

  /** Bytes of elements of 32 bits. x86 and ARM keep them in the order that files have. */
  private BytePointer raw(long from, int count) {
    Objects.checkFromIndexSize(from, count, length);
    if (dtype != Dtype.F32) {
      throw new IllegalStateException("expected a block of F32, this is one of " + dtype);
    }
    return new BytePointer(at(from));
  }

  public void copyFrom(FloatBlock source) {
    if (source.length != length) {
      throw new IllegalArgumentException("copy of " + source.length + " floats into " + length);
    }
    copyFrom(source, length);
  }

  /** The first {@code count} numbers of {@code source}, of the same type, over this block's. */
  public void copyFrom(FloatBlock source, long count) {
    if (count > length || count > source.length) {
      throw new IllegalArgumentException(
          "copy of " + count + " floats between blocks of " + source.length + " and " + length);
    }
    if (source.dtype != dtype) {
      throw new IllegalArgumentException("copy of " + source.dtype + " into " + dtype);
    }
    BytePointer.memcpy(pointer, source.pointer, count * dtype.bytes());
  }

  public void zero() {
    zero(length);
  }

  public void zero(long count) {
    BytePointer.memset(pointer, 0, Objects.checkIndex(count, length + 1) * dtype.bytes());
  }
}

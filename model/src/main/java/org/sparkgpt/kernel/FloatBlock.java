package org.sparkgpt.kernel;

import java.util.Objects;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A run of 32-bit floats in the host's memory outside the Java heap: what kernels read and write.
 * Slices share memory with the block they were cut from and keep it alive.
 */
public final class FloatBlock {
  private final Object owner; // keeps the memory from being freed while a slice is in use
  private final FloatPointer pointer;
  private final long length;

  private FloatBlock(Object owner, FloatPointer pointer, long length) {
    this.owner = owner;
    this.pointer = pointer;
    this.length = length;
  }

  /** {@code length} floats, all zero. */
  public static FloatBlock allocate(long length) {
    FloatPointer pointer = new FloatPointer(length);
    pointer.zero();
    return new FloatBlock(pointer, pointer, length);
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
    return new FloatBlock(array, pointer, array.length());
  }

  public FloatBlock slice(long from, long count) {
    Objects.checkFromIndexSize(from, count, length);
    return new FloatBlock(owner, pointer.getPointer(FloatPointer.class, from), count);
  }

  public long length() {
    return length;
  }

  public long address() {
    return pointer.address();
  }

  /** For native calls; valid as long as this block is reachable. */
  public FloatPointer pointer() {
    return pointer;
  }

  public float get(long index) {
    return pointer.get(Objects.checkIndex(index, length));
  }

  public void set(long index, float value) {
    pointer.put(Objects.checkIndex(index, length), value);
  }

  /** Copies out {@code count} floats from {@code from}. */
  public float[] toArray(long from, int count) {
    float[] values = new float[count];
    slice(from, count).pointer.get(values);
    return values;
  }

  public float[] toArray() {
    return toArray(0, Math.toIntExact(length));
  }

  /** Fills the first {@code count} elements of {@code values} with this block's first. */
  public void copyTo(float[] values, int count) {
    pointer.get(values, 0, (int) Objects.checkIndex((long) count, length + 1));
  }

  /** Copies {@code values} in, the first to {@code at}. */
  public void put(long at, float... values) {
    slice(at, values.length).pointer.put(values);
  }

  public void copyFrom(FloatBlock source) {
    if (source.length != length) {
      throw new IllegalArgumentException("copy of " + source.length + " floats into " + length);
    }
    FloatPointer.memcpy(pointer, source.pointer, length * Float.BYTES);
  }

  /** The first {@code count} floats of {@code source} over the first of this block. */
  public void copyFrom(FloatBlock source, long count) {
    if (count > length || count > source.length) {
      throw new IllegalArgumentException(
          "copy of " + count + " floats between blocks of " + source.length + " and " + length);
    }
    FloatPointer.memcpy(pointer, source.pointer, count * Float.BYTES);
  }

  public void zero() {
    zero(length);
  }

  public void zero(long count) {
    FloatPointer.memset(pointer, 0, Objects.checkIndex(count, length + 1) * Float.BYTES);
  }
}

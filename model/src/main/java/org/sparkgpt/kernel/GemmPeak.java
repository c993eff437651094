package org.sparkgpt.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The fastest matrix products of this machine: {@link Kernels#linear} without bias on shapes large
 * enough that nothing but the product counts. What a training step reaches is told as a share of
 * {@link #gflopPerSecond}, measured in the same process with the same kernels, format and threads.
 *
 * @param speeds one for each shape
 */
public record GemmPeak(List<Speed> speeds) {
  private static final int WARM_UP_STEPS = 3; // the primitives and the caches

  /** Y (rows,out) = X (rows,in) W (in,out). */
  public record Shape(int rows, int in, int out) {
    double flop() {
      return 2.0 * rows * in * out;
    }

    @Override
    public String toString() {
      return rows + "x" + in + "x" + out;
    }
  }

  /** How fast the repetitions of one shape were, in 10⁹ floating-point operations a second. */
  public record Speed(Shape shape, double bestGflopPerSecond, double medianGflopPerSecond) {}

  public GemmPeak {
    speeds = List.copyOf(speeds);
  }

  /** GPT-2 124M's MLP, up and down, on {@code rows} tokens, and a large square. */
  public static List<Shape> shapes(int rows) {
    return List.of(
        new Shape(rows, 768, 3072), new Shape(rows, 3072, 768), new Shape(2048, 2048, 2048));
  }

  /**
   * Computes every shape {@code steps} times, in turns, on random numbers.
   *
   * @param threads that the kernels may use
   */
  public static GemmPeak measure(
      KernelChoice kernels, Dtype dtype, int threads, List<Shape> shapes, int steps) {
    FloatBlock x = random(shapes.stream().mapToLong(s -> (long) s.rows * s.in), dtype);
    FloatBlock w = random(shapes.stream().mapToLong(s -> (long) s.in * s.out), dtype);
    FloatBlock y = random(shapes.stream().mapToLong(s -> (long) s.rows * s.out), dtype);
    double[][] seconds = new double[shapes.size()][steps];
    try (Kernels running = kernels.create(threads)) {
      for (int step = -WARM_UP_STEPS; step < steps; step++) {
        for (int i = 0; i < seconds.length; i++) {
          Shape shape = shapes.get(i);
          long start = System.nanoTime();
          running.linear(y, x, w, null, shape.rows, shape.in, shape.out);
          if (step >= 0) {
            seconds[i][step] = (System.nanoTime() - start) / 1e9;
          }
        }
      }
    }
    return new GemmPeak(
        IntStream.range(0, seconds.length)
            .mapToObj(i -> speed(shapes.get(i), seconds[i]))
            .toList());
  }

  private static Speed speed(Shape shape, double[] seconds) {
    Arrays.sort(seconds);
    double gflop = shape.flop() / 1e9;
    return new Speed(shape, gflop / seconds[0], gflop / seconds[seconds.length / 2]);
  }

  /** Room for the longest of {@code lengths}; not zeros, which take less power to multiply. */
  private static FloatBlock random(LongStream lengths, Dtype dtype) {
    int length = Math.toIntExact(lengths.max().orElseThrow());
    SplittableRandom random = new SplittableRandom(1);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    FloatBlock block = FloatBlock.allocate(length, dtype);
    block.put(0, values);
    return block;
  }

  /** The best of all repetitions of all shapes. */
  public double gflopPerSecond() {
    return speeds.stream().mapToDouble(Speed::bestGflopPerSecond).max().orElseThrow();
  }
}

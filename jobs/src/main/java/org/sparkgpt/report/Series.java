package org.sparkgpt.report;

import java.util.Arrays;
import java.util.TreeSet;

/** Points of one line of a chart, x rising; y that is not finite is a gap. */
final class Series {
  private final String name;
  private double[] x = new double[64];
  private double[] y = new double[64];
  private int size;

  Series(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  void add(double atX, double atY) {
    if (size == x.length) {
      x = Arrays.copyOf(x, 2 * size);
      y = Arrays.copyOf(y, 2 * size);
    }
    x[size] = atX;
    y[size++] = atY;
  }

  int size() {
    return size;
  }

  double x(int i) {
    return x[i];
  }

  double y(int i) {
    return y[i];
  }

  /**
   * The same picture in few points: of each of {@code columns} equal pieces of the x axis the
   * first, lowest, highest and last point, so that no peak is lost, and each gap's begin.
   */
  Series thinned(int columns) {
    if (size <= 4 * columns) {
      return this;
    }
    Series thin = new Series(name);
    double width = (x[size - 1] - x[0]) / columns;
    int from = 0;
    while (from < size) {
      int column = (int) ((x[from] - x[0]) / width);
      int to = from + 1;
      while (to < size && (int) ((x[to] - x[0]) / width) == column) {
        to++;
      }
      for (int i : extremes(from, to)) {
        thin.add(x[i], y[i]);
      }
      from = to;
    }
    return thin;
  }

  private TreeSet<Integer> extremes(int from, int to) {
    TreeSet<Integer> kept = new TreeSet<>();
    kept.add(from);
    kept.add(to - 1);
    int low = -1;
    int high = -1;
    int gap = -1;
    for (int i = from; i < to; i++) {
      if (!Double.isFinite(y[i])) {
        gap = gap < 0 ? i : gap;
      } else {
        low = low < 0 || y[i] < y[low] ? i : low;
        high = high < 0 || y[i] > y[high] ? i : high;
      }
    }
    for (int i : new int[] {low, high, gap}) {
      if (i >= 0) {
        kept.add(i);
      }
    }
    return kept;
  }
}

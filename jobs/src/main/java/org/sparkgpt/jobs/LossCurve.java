package org.sparkgpt.jobs;

import java.util.List;
import java.util.Locale;

/** Draws the training loss over the steps in characters, for a terminal or a log. */
final class LossCurve {
  private static final int WIDTH = 64;
  private static final int HEIGHT = 12;

  /** Mean loss over the steps up to and including {@code step}. */
  record Point(long step, double loss) {}

  private LossCurve() {}

  /** The curve, or nothing without points. */
  static String draw(List<Point> points) {
    if (points.isEmpty()) {
      return "";
    }
    double[] columns = columns(points);
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double loss : columns) {
      low = Math.min(low, loss);
      high = Math.max(high, loss);
    }
    double unit = Math.max(high - low, 1e-9) / (HEIGHT - 1);
    StringBuilder plot = new StringBuilder("training loss over steps\n");
    for (int row = HEIGHT - 1; row >= 0; row--) {
      plot.append(String.format(Locale.ROOT, "%8.3f |", low + row * unit));
      for (double loss : columns) {
        plot.append(Math.round((loss - low) / unit) == row ? '*' : ' ');
      }
      plot.append('\n');
    }
    long last = points.get(points.size() - 1).step();
    String steps = Long.toString(last);
    return plot
        + " ".repeat(9)
        + "+"
        + "-".repeat(columns.length)
        + "\n"
        + " ".repeat(10)
        + "0"
        + " ".repeat(Math.max(1, columns.length - 1 - steps.length()))
        + steps;
  }

  /** Points averaged into at most {@link #WIDTH} columns of equally many points. */
  private static double[] columns(List<Point> points) {
    int count = Math.min(WIDTH, points.size());
    double[] columns = new double[count];
    for (int c = 0; c < count; c++) {
      int from = (int) ((long) c * points.size() / count);
      int to = (int) ((long) (c + 1) * points.size() / count);
      columns[c] =
          points.subList(from, to).stream().mapToDouble(Point::loss).average().orElseThrow();
    }
    return columns;
  }
}

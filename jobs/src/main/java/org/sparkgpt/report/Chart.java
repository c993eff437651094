package org.sparkgpt.report;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;

/**
 * A line chart over steps as inline SVG, coloured by the page's style sheet.
 *
 * @param title above it, the unit included
 * @param lines drawn in this order
 */
record Chart(String title, List<Series> lines) {
  private static final int WIDTH = 560;
  private static final int HEIGHT = 250;
  private static final int LEFT = 58;
  private static final int RIGHT = 14;
  private static final int TOP = 34;
  private static final int BOTTOM = 38;
  private static final int PLOT_WIDTH = WIDTH - LEFT - RIGHT;
  private static final int PLOT_HEIGHT = HEIGHT - TOP - BOTTOM;

  String svg() {
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">%n"
                + "<title>%s</title>%n<text class=\"name\" x=\"%d\" y=\"18\">%s</text>%n",
            WIDTH,
            HEIGHT,
            Text.escape(title),
            LEFT,
            Text.escape(title)));
    Bounds bounds = bounds();
    if (bounds == null) {
      svg.append(text("empty", LEFT + PLOT_WIDTH / 2.0, TOP + PLOT_HEIGHT / 2.0, "no values"));
    } else {
      axes(svg, bounds);
      for (int i = 0; i < lines.size(); i++) {
        line(svg, lines.get(i).thinned(PLOT_WIDTH), bounds, "line" + i);
      }
      legend(svg);
    }
    return svg.append("</svg>\n").toString();
  }

  private record Bounds(Ticks horizontal, Ticks vertical) {
    double x(double value) {
      return LEFT + PLOT_WIDTH * fraction(value, horizontal);
    }

    double y(double value) {
      return TOP + PLOT_HEIGHT * (1 - fraction(value, vertical));
    }

    private static double fraction(double value, Ticks axis) {
      return (value - axis.low()) / (axis.high() - axis.low());
    }
  }

  /** Of all finite points; null: there is none. */
  private Bounds bounds() {
    double left = Double.POSITIVE_INFINITY;
    double right = Double.NEGATIVE_INFINITY;
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (Series line : lines) {
      for (int i = 0; i < line.size(); i++) {
        if (Double.isFinite(line.y(i))) {
          left = Math.min(left, line.x(i));
          right = Math.max(right, line.x(i));
          low = Math.min(low, line.y(i));
          high = Math.max(high, line.y(i));
        }
      }
    }
    return left > right ? null : new Bounds(Ticks.of(left, right, 6), Ticks.of(low, high, 5));
  }

  private static void axes(StringBuilder svg, Bounds bounds) {
    int bottom = TOP + PLOT_HEIGHT;
    for (BigDecimal tick : bounds.vertical().values()) {
      double y = bounds.y(tick.doubleValue());
      svg.append(
          String.format(
              Locale.ROOT,
              "<path class=\"grid\" d=\"M%d %.1fH%d\"/>%n",
              LEFT,
              y,
              LEFT + PLOT_WIDTH));
      svg.append(text("y", LEFT - 6, y + 4, Ticks.label(tick)));
    }
    for (BigDecimal tick : bounds.horizontal().values()) {
      double x = bounds.x(tick.doubleValue());
      svg.append(
          String.format(Locale.ROOT, "<path class=\"axis\" d=\"M%.1f %dv4\"/>%n", x, bottom));
      svg.append(text("x", x, bottom + 16, Ticks.label(tick)));
    }
    svg.append(
        String.format(
            Locale.ROOT, "<path class=\"axis\" d=\"M%d %dh%d\"/>%n", LEFT, bottom, PLOT_WIDTH));
    svg.append(text("x", LEFT + PLOT_WIDTH / 2.0, bottom + 32, "step"));
  }

  /** A point without neighbours would be invisible as a line: it becomes a dot. */
  private static void line(StringBuilder svg, Series line, Bounds bounds, String style) {
    StringBuilder path = new StringBuilder();
    StringBuilder dots = new StringBuilder();
    for (int i = 0; i < line.size(); i++) {
      if (Double.isFinite(line.y(i))) {
        boolean first = i == 0 || !Double.isFinite(line.y(i - 1));
        boolean last = i + 1 == line.size() || !Double.isFinite(line.y(i + 1));
        double x = bounds.x(line.x(i));
        double y = bounds.y(line.y(i));
        if (first && last) {
          dots.append(
              String.format(
                  Locale.ROOT,
                  "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>%n",
                  style,
                  x,
                  y));
        } else {
          path.append(String.format(Locale.ROOT, "%s%.1f %.1f", first ? "M" : "L", x, y));
        }
      }
    }
    if (!path.isEmpty()) {
      svg.append(String.format("<path class=\"%s\" d=\"%s\"/>%n", style, path));
    }
    svg.append(dots);
  }

  private void legend(StringBuilder svg) {
    if (lines.size() < 2) {
      return;
    }
    for (int i = 0; i < lines.size(); i++) {
      int x = WIDTH - RIGHT - 90 * (lines.size() - i);
      svg.append(String.format(Locale.ROOT, "<path class=\"line%d\" d=\"M%d 14h18\"/>%n", i, x));
      svg.append(text("legend", x + 24, 18, lines.get(i).name()));
    }
  }

  private static String text(String style, double x, double y, String text) {
    return String.format(
        Locale.ROOT,
        "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>%n",
        style,
        x,
        y,
        Text.escape(text));
  }
}

package org.sparkgpt.report;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A histogram as inline SVG coloured by the page's style sheet: columns side by side, the lower
 * bound of each below it. A column may have a second part above the first.
 */
public final class Columns {
  private static final int WIDTH = 760;
  private static final int HEIGHT = 240;
  private static final int LEFT = 58;
  private static final int RIGHT = 14;
  private static final int TOP = 34;
  private static final int BOTTOM = 40;
  private static final int PLOT_WIDTH = WIDTH - LEFT - RIGHT;
  private static final int PLOT_HEIGHT = HEIGHT - TOP - BOTTOM;

  private final String title;
  private final String axis;
  private final List<Column> columns = new ArrayList<>();

  private record Column(String from, long first, long second) {}

  /**
   * @param title above, the unit of the heights included
   * @param axis what the bounds are of
   */
  public Columns(String title, String axis) {
    this.title = title;
    this.axis = axis;
  }

  /**
   * In rising order.
   *
   * @param from the lower bound, in few characters
   */
  public void column(String from, long first, long second) {
    columns.add(new Column(from, first, second));
  }

  public String svg() {
    long highest = columns.stream().mapToLong(c -> c.first + c.second).max().orElse(0);
    Ticks heights = Ticks.of(0, Math.max(1, highest), 4);
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">%n"
                + "<title>%s</title>%n<text class=\"name\" x=\"0\" y=\"18\">%s</text>%n",
            WIDTH,
            HEIGHT,
            Text.escape(title),
            Text.escape(title)));
    for (BigDecimal tick : heights.values()) {
      double y = TOP + PLOT_HEIGHT * (1 - tick.doubleValue() / heights.high());
      svg.append(
          String.format(
              Locale.ROOT, "<path class=\"grid\" d=\"M%d %.1fh%d\"/>%n", LEFT, y, PLOT_WIDTH));
      text(svg, "y", LEFT - 6, y + 4, Ticks.label(tick));
    }
    double pitch = (double) PLOT_WIDTH / Math.max(1, columns.size());
    for (int i = 0; i < columns.size(); i++) {
      column(svg, columns.get(i), LEFT + pitch * i, pitch, PLOT_HEIGHT / heights.high());
    }
    text(svg, "x", LEFT + PLOT_WIDTH / 2.0, HEIGHT - 6, axis);
    return svg.append("</svg>\n").toString();
  }

  private static void column(
      StringBuilder svg, Column column, double x, double pitch, double scale) {
    double middle = TOP + PLOT_HEIGHT - column.first * scale;
    part(svg, "part0", x + 1, pitch - 2, middle, TOP + PLOT_HEIGHT);
    part(svg, "part1", x + 1, pitch - 2, middle - column.second * scale, middle);
    text(svg, "x", x + 2, TOP + PLOT_HEIGHT + 15, column.from);
  }

  private static void part(
      StringBuilder svg, String style, double x, double width, double top, double bottom) {
    if (bottom > top) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>%n",
              style,
              x,
              top,
              width,
              bottom - top));
    }
  }

  private static void text(StringBuilder svg, String style, double x, double y, String text) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>%n",
            style,
            x,
            y,
            Text.escape(text)));
  }
}

package org.sparkgpt.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Horizontal bars, one below the other, as inline SVG coloured by the page's style sheet. A bar may
 * have a second part behind the first.
 */
public final class Bars {
  private static final int WIDTH = 760;
  private static final int LEFT = 225;
  private static final int RIGHT = 165;
  private static final int TOP = 34;
  private static final int PITCH = 22;
  private static final int THICK = 15;
  private static final int LABEL = 33;

  private final String title;
  private final List<Bar> bars = new ArrayList<>();

  private record Bar(String label, long first, long second, String note) {}

  /**
   * @param title above them, the unit included
   */
  public Bars(String title) {
    this.title = title;
  }

  /**
   * @param first length of the bar's first part, not negative
   * @param second length of the part behind it, in another colour
   * @param note at the bar's end
   */
  public void bar(String label, long first, long second, String note) {
    bars.add(new Bar(label, first, second, note));
  }

  public String svg() {
    long longest = bars.stream().mapToLong(bar -> bar.first + bar.second).max().orElse(0);
    double scale = (double) (WIDTH - LEFT - RIGHT) / Math.max(1, longest);
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">%n"
                + "<title>%s</title>%n<text class=\"name\" x=\"0\" y=\"18\">%s</text>%n",
            WIDTH,
            TOP + PITCH * bars.size() + 4,
            Text.escape(title),
            Text.escape(title)));
    for (int i = 0; i < bars.size(); i++) {
      bar(svg, bars.get(i), TOP + PITCH * i, scale);
    }
    return svg.append("</svg>\n").toString();
  }

  private static void bar(StringBuilder svg, Bar bar, int y, double scale) {
    double middle = LEFT + bar.first * scale;
    double end = middle + bar.second * scale;
    int line = y + THICK - 3;
    text(svg, "label", LEFT - 10, line, Text.line(bar.label, LABEL));
    part(svg, "part0", LEFT, middle, y);
    part(svg, "part1", middle, end, y);
    text(svg, "note", end + 8, line, bar.note);
  }

  private static void part(StringBuilder svg, String style, double from, double to, int y) {
    if (to > from) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"1.5\"/>%n",
              style,
              from,
              y,
              Math.max(to - from, 0.7), // a thing that is there can be seen
              THICK));
    }
  }

  private static void text(StringBuilder svg, String style, double x, int y, String text) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text class=\"%s\" x=\"%.1f\" y=\"%d\">%s</text>%n",
            style,
            x,
            y,
            Text.escape(text)));
  }
}

package org.sparkgpt.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A table of a page, HTML or Markdown; numbers are grouped and stand to the right. */
public final class Table {
  private final String title;
  private final List<String> columns;
  private final List<Object[]> rows = new ArrayList<>();

  /** A part of a whole, from 0 to 1, shown in percent; NaN, of nothing, is shown as nothing. */
  public record Share(double fraction) {
    /** What would be rounded to nothing, and its complement to all. */
    private static final double LEAST = 0.0005;

    /** How much of {@code whole} a part is. */
    public static Share of(long part, long whole) {
      return new Share(whole == 0 ? Double.NaN : (double) part / whole);
    }

    @Override
    public String toString() {
      if (Double.isNaN(fraction)) {
        return "";
      }
      if (fraction > 0 && fraction < LEAST) {
        return "< 0.1 %";
      }
      return fraction < 1 && fraction > 1 - LEAST
          ? "> 99.9 %"
          : String.format(Locale.ROOT, "%.1f %%", 100 * fraction);
    }
  }

  public Table(String title, String... columns) {
    this.title = title;
    this.columns = List.of(columns);
  }

  /**
   * @param cells one for each column; {@link Share}s, numbers, and anything else as its text
   */
  public void row(Object... cells) {
    rows.add(cells);
  }

  public boolean isEmpty() {
    return rows.isEmpty();
  }

  public String title() {
    return title;
  }

  /** With its title as a heading; nothing where there are no rows. */
  String html() {
    return rows.isEmpty() ? "" : "<h2>" + Text.escape(title) + "</h2>\n" + grid();
  }

  /** HTML without a title. */
  public String grid() {
    StringBuilder html = new StringBuilder("<table>\n<tr>");
    for (int i = 0; i < columns.size(); i++) {
      cell(html, "th", isNumber(i), columns.get(i));
    }
    html.append("</tr>\n");
    for (Object[] row : rows) {
      html.append("<tr>");
      for (int i = 0; i < row.length; i++) {
        cell(html, "td", isNumber(i), text(row[i]));
      }
      html.append("</tr>\n");
    }
    return html.append("</table>\n").toString();
  }

  /** Markdown as GitHub reads it, without a title. */
  public String markdown() {
    StringBuilder lines = new StringBuilder("|");
    columns.forEach(column -> lines.append(' ').append(Text.markdown(column)).append(" |"));
    lines.append("\n|");
    for (int i = 0; i < columns.size(); i++) {
      lines.append(isNumber(i) ? "---:|" : "---|");
    }
    for (Object[] row : rows) {
      lines.append("\n|");
      for (Object cell : row) {
        lines.append(' ').append(Text.markdown(text(cell))).append(" |");
      }
    }
    return lines.append('\n').toString();
  }

  /** Whether a column's first value, and so its values, are numbers. */
  private boolean isNumber(int column) {
    Object first = rows.isEmpty() ? "" : rows.get(0)[column];
    return first instanceof Number || first instanceof Share;
  }

  private static void cell(StringBuilder html, String tag, boolean number, String text) {
    html.append('<').append(tag).append(number ? " class=\"number\">" : " dir=\"auto\">");
    html.append(Text.escape(text)).append("</").append(tag).append('>');
  }

  private static String text(Object value) {
    return value instanceof Double number
        ? String.format(Locale.ROOT, "%,.3f", number)
        : value instanceof Number whole
            ? String.format(Locale.ROOT, "%,d", whole.longValue())
            : value.toString();
  }
}

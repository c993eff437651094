package org.sparkgpt.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A table of a page; numbers are grouped and stand to the right. */
final class Table {
  private final String title;
  private final List<String> columns;
  private final List<Object[]> rows = new ArrayList<>();

  Table(String title, String... columns) {
    this.title = title;
    this.columns = List.of(columns);
  }

  void row(Object... cells) {
    rows.add(cells);
  }

  /** Nothing where there are no rows. */
  String html() {
    if (rows.isEmpty()) {
      return "";
    }
    StringBuilder html = new StringBuilder();
    html.append("<h2>").append(Text.escape(title)).append("</h2>\n<table>\n<tr>");
    for (int i = 0; i < columns.size(); i++) {
      cell(html, "th", rows.get(0)[i] instanceof Number, columns.get(i));
    }
    html.append("</tr>\n");
    for (Object[] row : rows) {
      html.append("<tr>");
      for (Object value : row) {
        cell(html, "td", value instanceof Number, text(value));
      }
      html.append("</tr>\n");
    }
    return html.append("</table>\n").toString();
  }

  private static void cell(StringBuilder html, String tag, boolean number, String text) {
    html.append('<').append(tag).append(number ? " class=\"number\">" : ">");
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

package org.sparkgpt.card;

import java.util.ArrayList;
import java.util.List;
import org.sparkgpt.report.Table;

/**
 * A section of a card.
 *
 * @param parts in their order; tables without rows are left out
 */
record Section(String title, List<Part> parts) {
  Section(String title) {
    this(title, new ArrayList<>());
  }

  Section say(String text) {
    parts.add(new Part.Said(text));
    return this;
  }

  Section draw(String svg) {
    parts.add(new Part.Drawn(svg));
    return this;
  }

  Section table(Table table) {
    return numbers(table, false);
  }

  /**
   * A table of what something beside it may say as well.
   *
   * @param folded whether a page may hide it
   */
  Section numbers(Table table, boolean folded) {
    if (!table.isEmpty()) {
      parts.add(new Part.Tabled(table, folded));
    }
    return this;
  }
}

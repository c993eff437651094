package org.sparkgpt.card;

import org.sparkgpt.report.Text;

/** A card as Markdown: without the pictures, whose numbers are in its tables. */
final class MarkdownCard {
  private MarkdownCard() {}

  static String of(DataCard card) {
    StringBuilder lines = new StringBuilder();
    lines.append("# ").append(Text.markdown(card.title())).append('\n');
    for (Section section : card.sections()) {
      lines.append("\n## ").append(Text.markdown(section.title())).append('\n');
      for (Part part : section.parts()) {
        if (part instanceof Part.Said said) {
          lines.append('\n').append(Text.markdown(said.text())).append('\n');
        } else if (part instanceof Part.Tabled tabled) {
          lines.append("\n### ").append(Text.markdown(tabled.table().title())).append("\n\n");
          lines.append(tabled.table().markdown());
        }
      }
    }
    return lines.toString();
  }
}

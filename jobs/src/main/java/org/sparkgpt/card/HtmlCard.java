package org.sparkgpt.card;

import org.sparkgpt.report.Page;
import org.sparkgpt.report.Text;

/** A card as a page. */
final class HtmlCard {
  private HtmlCard() {}

  static String of(DataCard card) {
    StringBuilder body = new StringBuilder();
    body.append("<h1>").append(Text.escape(card.title())).append("</h1>\n<div class=\"tiles\">\n");
    for (DataCard.Tile tile : card.tiles()) {
      body.append("<div class=\"tile\"><b>").append(Text.escape(tile.number()));
      body.append("</b> <span>").append(Text.escape(tile.what())).append("</span></div>\n");
    }
    body.append("</div>\n");
    for (Section section : card.sections()) {
      body.append("<section>\n<h2>").append(Text.escape(section.title())).append("</h2>\n");
      section.parts().forEach(part -> body.append(html(part)));
      body.append("</section>\n");
    }
    return Page.of(card.title(), body.toString());
  }

  private static String html(Part part) {
    if (part instanceof Part.Said said) {
      return "<p>" + Text.escape(said.text()) + "</p>\n";
    }
    if (part instanceof Part.Drawn drawn) {
      return drawn.svg();
    }
    Part.Tabled tabled = (Part.Tabled) part;
    String title = Text.escape(tabled.table().title());
    String grid = "<div class=\"wide\">" + tabled.table().grid() + "</div>\n";
    return tabled.folded()
        ? "<details><summary>" + title + "</summary>\n" + grid + "</details>\n"
        : "<h3>" + title + "</h3>\n" + grid;
  }
}

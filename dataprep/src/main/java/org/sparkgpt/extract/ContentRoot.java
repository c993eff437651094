package org.sparkgpt.extract;

/**
 * Finds the element that holds the article. Each block of text scores as prose; the article is in
 * the innermost element with most of the page's score. What lies outside is what little prose
 * teasers and footers have.
 */
final class ContentRoot {
  /** Shorter texts are captions and labels. */
  private static final int MIN_CHARACTERS = 25;

  /** Beyond it a block scores by its commas and sentences only. */
  private static final int LONG_CHARACTERS = 300;

  /** What three paragraphs of a few sentences have. */
  private static final double MIN_SCORE = 15;

  /** Share of an article's text that is in blocks of prose; the rest are headings, lists, code. */
  private static final double MIN_PROSE = 0.3;

  private ContentRoot() {}

  /**
   * @param share of the page's score that the element must have, in (0.5, 1]
   */
  static Part find(PageTree tree, double share) {
    score(tree);
    Part best = tree.get(0);
    double needed = share * best.score;
    for (int i = 1; i < tree.size(); i++) {
      Part part = tree.get(i);
      boolean division = part.is(Tags.BLOCK) && !part.is(Tags.PROSE);
      if (division && part.score >= needed && best.contains(part)) {
        best = part;
      }
    }
    return best;
  }

  /** Whether {@code root} reads like an article, and not like an index, a form or a table. */
  static boolean isArticle(PageTree tree, Part root) {
    int prose = 0;
    for (int i = root.index; i < root.end; i++) {
      Part part = tree.get(i);
      prose += part.isParagraph() ? part.own.characters : 0;
    }
    return root.score >= MIN_SCORE && prose >= MIN_PROSE * root.whole.characters;
  }

  private static void score(PageTree tree) {
    for (int i = tree.size() - 1; i >= 0; i--) {
      Part part = tree.get(i);
      part.score += score(part);
      if (part.parent != null) {
        part.parent.score += part.score;
      }
    }
  }

  /** Long text with few links is prose, the more so the more commas and sentences it has. */
  private static double score(Part part) {
    Measure own = part.own;
    if (!part.is(Tags.BLOCK) || own.characters < MIN_CHARACTERS) {
      return 0;
    }
    double unlinked = 1 - own.linkDensity();
    double length = Math.min(own.characters, LONG_CHARACTERS) / 100.0;
    return (1 + length + own.commas + own.sentences) * unlinked * unlinked;
  }
}

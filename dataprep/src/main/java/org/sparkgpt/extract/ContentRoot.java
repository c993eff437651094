package org.sparkgpt.extract;

/** Finds the element that holds the article: the innermost one with most of the page's prose. */
final class ContentRoot {
  private static final int MIN_CHARACTERS = 25;

  private ContentRoot() {}

  static Part find(PageTree tree, double share) {
    for (int i = 0; i < tree.size(); i++) {
      tree.get(i).score = 0;
    }
    for (int i = tree.size() - 1; i >= 0; i--) {
      Part part = tree.get(i);
      if (part.dropped) {
        part.score = 0;
        continue;
      }
      part.score += prose(part);
      if (part.parent != null) {
        part.parent.score += part.score;
      }
    }
    Part best = tree.get(0);
    double needed = share * best.score;
    for (int i = 1; i < tree.size(); i++) {
      Part part = tree.get(i);
      if (part.score >= needed && best.contains(part) && part.is(Tags.BLOCK)
        && !part.is(Tags.PROSE)) {
        best = part;
      }
    }
    return best;
  }

  /** Long text with few links is prose, the more so the more commas and sentences it has. */
  static double prose(Part part) {
    Measure own = part.own;
    if (own.characters < MIN_CHARACTERS || !part.is(Tags.BLOCK)) {
      return 0;
    }
    double free = 1 - own.linkDensity();
    double score = 1 + own.commas + own.sentences + Math.min(own.characters / 100.0, 3);
    return score * free * free;
  }
}

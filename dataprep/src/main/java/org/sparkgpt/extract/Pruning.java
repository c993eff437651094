package org.sparkgpt.extract;

/** Drops what looks like links, forms or teasers inside the article. */
final class Pruning {
  private Pruning() {}

  static void prune(PageTree tree, Part root) {
    for (int i = root.index + 1; i < root.end; i++) {
      Part part = tree.get(i);
      if (part.dropped || isDoubtful(part)) {
        part.dropped = true;
        i = part.end - 1;
      }
    }
  }

  private static boolean isDoubtful(Part part) {
    if (!part.is(Tags.LIST | Tags.TABLE | Tags.DIVISION)) {
      return false;
    }
    Measure whole = part.whole;
    if (whole.commas >= 10) {
      return false;
    }
    double limit = part.hint == Hints.Hint.CONTENT ? 0.5 : 0.25;
    return whole.linkDensity() > limit;
  }
}

package org.sparkgpt.extract;

/** Drops what is mostly links inside an article: related pages, tags, tables of contents. */
final class Pruning {
  private Pruning() {}

  /**
   * @param maxLinkDensity share of its characters that may be in links
   */
  static void dropLinkLists(PageTree tree, Part root, double maxLinkDensity) {
    for (int i = root.index + 1; i < root.end; i++) {
      Part part = tree.get(i);
      boolean group = part.is(Tags.LIST | Tags.TABLE | Tags.DIVISION);
      if (part.dropped || group && part.whole.linkDensity() > maxLinkDensity) {
        part.dropped = true;
        i = part.end - 1;
      }
    }
  }
}

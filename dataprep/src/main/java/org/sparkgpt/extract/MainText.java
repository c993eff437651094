package org.sparkgpt.extract;

import org.jsoup.nodes.Document;

/**
 * The main text of a page. In one pass its elements are measured: text, links, commas, sentences.
 * What is hidden or on every page of a site is dropped, first by tags and roles, then by what
 * classes and ids say. The innermost element with most of the prose is the article; lists and
 * divisions in it that are mostly links go, and the rest is written as text.
 */
final class MainText {
  /** What the two modes differ in. */
  private record Strictness(double share, double maxLinkDensity) {
    static Strictness of(ExtractConfig.Mode mode) {
      return switch (mode) {
        case PRECISION -> new Strictness(0.8, 0.33);
        case RECALL -> new Strictness(0.9, 0.5);
      };
    }
  }

  private final PageTree tree;
  private final Limits limits;

  MainText(Document page, Hints hints, Limits limits) throws UnreadablePageException {
    this.limits = limits;
    tree = PageTree.of(page, hints);
    limits.checkDepth(tree.depth());
    Clutter.dropTemplate(tree);
    tree.measure();
    limits.checkTime();
  }

  /** All text but that of navigation, headers and footers, asides and hidden elements. */
  String visible() {
    tree.restore();
    return write(tree.get(0));
  }

  String main(ExtractConfig.Mode mode) throws UnreadablePageException {
    Clutter.dropNamed(tree);
    tree.measure();
    limits.checkTime();
    Strictness strictness = Strictness.of(mode);
    Part root = ContentRoot.find(tree, strictness.share);
    if (ContentRoot.isArticle(tree, root)) {
      Pruning.dropLinkLists(tree, root, strictness.maxLinkDensity);
      return write(root);
    }
    return switch (mode) {
      case PRECISION -> paragraphs();
      case RECALL -> visible();
    };
  }

  /** Of a page without an article: the blocks that are prose by themselves. */
  private String paragraphs() {
    TextWalk walk = new TextWalk(tree);
    for (int i = 0; i < tree.size(); i++) {
      Part part = tree.get(i);
      if (part.dropped) {
        i = part.end - 1;
      } else if (part.isParagraph()) {
        walk.write(part);
        i = part.end - 1;
      }
    }
    return walk.toString();
  }

  private String write(Part root) {
    TextWalk walk = new TextWalk(tree);
    walk.write(root);
    return walk.toString();
  }
}

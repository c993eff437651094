package org.sparkgpt.extract;

import org.jsoup.nodes.Document;

final class MainText {
  private MainText() {}

  static String of(Document page, Hints hints, double share) {
    PageTree tree = PageTree.of(page, hints);
    Clutter.dropTemplate(tree);
    tree.measure();
    Clutter.dropNamed(tree);
    tree.measure();
    Part root = ContentRoot.find(tree, share);
    Pruning.prune(tree, root);
    TextWalk walk = new TextWalk(tree);
    walk.write(root);
    return walk.toString();
  }
}

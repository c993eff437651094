package org.sparkgpt.extract;

import org.jsoup.nodes.Element;

/** An element of a page, with what was measured of it. */
final class Part {
  final Element element;

  /** Null for the outermost. */
  final Part parent;

  /** Position in document order; the parts below it are those from here to {@link #end}. */
  final int index;

  final int tags;
  final Hints.Hint hint;
  int end;

  /** Of the text nodes that are its children. */
  final Measure direct = new Measure();

  /** Of all text in it that is not dropped. */
  final Measure whole = new Measure();

  /** Of the text of which it is the innermost block. */
  final Measure own = new Measure();

  /** Text is not taken from here. */
  boolean dropped;

  double score;

  Part(Element element, Part parent, int index, int tags, Hints.Hint hint) {
    this.element = element;
    this.parent = parent;
    this.index = index;
    this.tags = tags;
    this.hint = hint;
  }

  boolean is(int tag) {
    return (tags & tag) != 0;
  }

  boolean contains(Part other) {
    return index <= other.index && other.index < end;
  }
}

package org.sparkgpt.extract;

import org.jsoup.nodes.Element;

/** An element of a page, with what was measured of it. */
final class Part {
  /** Shorter blocks are as often labels as they are sentences. */
  private static final int MIN_PARAGRAPH = 80;

  private static final double MAX_PARAGRAPH_LINKS = 0.25;

  final Element element;

  /** Null for the outermost. */
  final Part parent;

  /** Position in document order; the parts below it follow, up to {@link #end}. */
  final int index;

  /** Of {@link Tags}. */
  final int tags;

  final Hints.Hint hint;
  int end;

  /** Of the text nodes that are its children. */
  final Measure direct = new Measure();

  /** Of the text in it that is not dropped. */
  final Measure whole = new Measure();

  /** Of that, the text of which it is the innermost block. */
  final Measure own = new Measure();

  /** Text is not taken from here. */
  boolean dropped;

  /** Dropped because it is no text of this page, whatever its content. */
  boolean template;

  /** Of the prose in it. */
  double score;

  Part(Element element, Part parent, int index, int tags, Hints.Hint hint) {
    this.element = element;
    this.parent = parent;
    this.index = index;
    this.tags = tags;
    this.hint = hint;
    this.end = index + 1;
  }

  boolean is(int tag) {
    return (tags & tag) != 0;
  }

  boolean contains(Part other) {
    return index <= other.index && other.index < end;
  }

  /** A long text with few links and at least one sentence, or preformatted. */
  boolean isParagraph() {
    boolean sentences = own.characters >= MIN_PARAGRAPH && own.sentences > 0;
    return is(Tags.BLOCK)
        && (sentences || is(Tags.PREFORMATTED))
        && own.linkDensity() <= MAX_PARAGRAPH_LINKS;
  }
}

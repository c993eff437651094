package org.sparkgpt.dedup;

import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;

/** What a function makes of each element, one after the other, then something at the end. */
final class Flattened<A, B> implements Iterator<B> {
  private final Iterator<A> from;
  private final Function<A, Iterator<B>> function;
  private final Runnable atEnd;
  private Iterator<B> current = Collections.emptyIterator();
  private boolean ended;

  Flattened(Iterator<A> from, Function<A, Iterator<B>> function, Runnable atEnd) {
    this.from = from;
    this.function = function;
    this.atEnd = atEnd;
  }

  @Override
  public boolean hasNext() {
    while (!current.hasNext() && from.hasNext()) {
      current = function.apply(from.next());
    }
    if (!current.hasNext() && !ended) {
      ended = true;
      atEnd.run();
    }
    return current.hasNext();
  }

  @Override
  public B next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return current.next();
  }
}

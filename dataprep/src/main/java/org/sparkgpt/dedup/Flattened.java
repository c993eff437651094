package org.sparkgpt.dedup;

import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.function.Supplier;

/** What a function makes of each element, one after the other, then what comes at the end. */
final class Flattened<A, B> implements Iterator<B> {
  private final Iterator<A> from;
  private final Function<A, Iterator<B>> function;
  private final Supplier<Iterator<B>> end;
  private Iterator<B> current = Collections.emptyIterator();
  private boolean ended;

  Flattened(Iterator<A> from, Function<A, Iterator<B>> function, Supplier<Iterator<B>> end) {
    this.from = from;
    this.function = function;
    this.end = end;
  }

  @Override
  public boolean hasNext() {
    while (!current.hasNext() && !ended) {
      ended = !from.hasNext();
      current = ended ? end.get() : function.apply(from.next());
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

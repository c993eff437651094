package org.sparkgpt.train;

import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** One record at a time through a Spark partition. */
final class Iterators {
  private Iterators() {}

  static <T> Iterator<T> filter(Iterator<T> items, Predicate<T> condition) {
    return stream(items).filter(condition).iterator();
  }

  static <T, R> Iterator<R> map(Iterator<T> items, Function<T, R> function) {
    return stream(items).map(function).iterator();
  }

  static <T, R> Iterator<R> flatMap(Iterator<T> items, Function<T, Stream<R>> function) {
    return stream(items).flatMap(function).iterator();
  }

  private static <T> Stream<T> stream(Iterator<T> items) {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(items, Spliterator.ORDERED), false);
  }
}

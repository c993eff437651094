package org.sparkgpt.train;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.Partitioner;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.FlatMapFunction2;
import org.apache.spark.rdd.RDD;
import org.apache.spark.rdd.ShuffledRDD;
import scala.Tuple2;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;
import scala.runtime.AbstractFunction2;

/**
 * Operations on whole partitions through Spark's Scala interface, with functions that are named
 * classes. The Java interface makes a lambda of every function, and each time one is used Spark
 * parses the class files around it, {@code SparkContext}'s and {@code RDD}'s among them; {@code
 * collect}'s lambda also has it serialize the whole lineage. Together that was the larger part of
 * what a round costs the driver.
 */
final class Partitions {
  /** Of elements with this tag Spark knows that Kryo can write them, whatever it is set to use. */
  private static final ClassTag<byte[]> BYTES = ClassTag$.MODULE$.apply(byte[].class);

  private Partitions() {}

  /** Each partition through {@code function}. */
  static <T, U> RDD<U> map(RDD<T> rdd, FlatMapFunction<Iterator<T>, U> function) {
    return rdd.mapPartitions(new Mapping<>(function), false, tag());
  }

  /** Each partition through {@code function}, which gives messages. */
  static <T> RDD<byte[]> messages(RDD<T> rdd, FlatMapFunction<Iterator<T>, byte[]> function) {
    return rdd.mapPartitions(new Mapping<>(function), false, BYTES);
  }

  /** Each partition, with the one of the same number of {@code other}, through {@code function}. */
  static RDD<byte[]> zip(
      RDD<byte[]> rdd,
      RDD<byte[]> other,
      FlatMapFunction2<Iterator<byte[]>, Iterator<byte[]>, byte[]> function) {
    return rdd.zipPartitions(other, new Zipping<>(function), BYTES, BYTES);
  }

  /**
   * Messages to the partitions that their addresses have.
   *
   * @param sorted whether they are to be in the order of their addresses afterwards
   */
  static RDD<byte[]> exchange(
      RDD<Tuple2<Long, byte[]>> addressed, Partitioner partitioner, boolean sorted) {
    @SuppressWarnings({"unchecked", "rawtypes"}) // Scala's Long is an Object to Java
    ShuffledRDD<Object, byte[], byte[]> shuffled =
        new ShuffledRDD(addressed, partitioner, ClassTag$.MODULE$.Long(), BYTES, BYTES);
    if (sorted) {
      shuffled.setKeyOrdering(scala.math.Ordering.Long$.MODULE$);
    }
    return messages(shuffled, new Contents());
  }

  /** Runs a job; what {@code function} makes of the partitions comes to the driver, in order. */
  static <T, U> List<U> collect(RDD<T> rdd, FlatMapFunction<Iterator<T>, U> function) {
    Object results =
        rdd.sparkContext().runJob(rdd, new Collecting<>(function), Partitions.<List<U>>tag());
    List<U> all = new ArrayList<>();
    for (Object result : (Object[]) results) {
      @SuppressWarnings("unchecked") // what Collecting returns
      List<U> records = (List<U>) result;
      all.addAll(records);
    }
    return all;
  }

  private static <T> ClassTag<T> tag() {
    return ClassTag$.MODULE$.apply(Object.class);
  }

  private static final class Contents
      implements FlatMapFunction<Iterator<Tuple2<Object, byte[]>>, byte[]> {
    @Override
    public Iterator<byte[]> call(Iterator<Tuple2<Object, byte[]>> addressed) {
      return Iterators.map(addressed, Tuple2::_2);
    }
  }

  private static final class Mapping<T, U>
      extends AbstractFunction1<scala.collection.Iterator<T>, scala.collection.Iterator<U>>
      implements Serializable {
    private final FlatMapFunction<Iterator<T>, U> function;

    Mapping(FlatMapFunction<Iterator<T>, U> function) {
      this.function = function;
    }

    @Override
    public scala.collection.Iterator<U> apply(scala.collection.Iterator<T> records) {
      return JavaConverters.asScalaIterator(call(function, records));
    }
  }

  private static final class Zipping<T, U, V>
      extends AbstractFunction2<
          scala.collection.Iterator<T>, scala.collection.Iterator<U>, scala.collection.Iterator<V>>
      implements Serializable {
    private final FlatMapFunction2<Iterator<T>, Iterator<U>, V> function;

    Zipping(FlatMapFunction2<Iterator<T>, Iterator<U>, V> function) {
      this.function = function;
    }

    @Override
    public scala.collection.Iterator<V> apply(
        scala.collection.Iterator<T> records, scala.collection.Iterator<U> others) {
      try {
        return JavaConverters.asScalaIterator(
            function.call(
                JavaConverters.asJavaIterator(records), JavaConverters.asJavaIterator(others)));
      } catch (Exception e) {
        throw unchecked(e);
      }
    }
  }

  private static final class Collecting<T, U>
      extends AbstractFunction2<TaskContext, scala.collection.Iterator<T>, List<U>>
      implements Serializable {
    private final FlatMapFunction<Iterator<T>, U> function;

    Collecting(FlatMapFunction<Iterator<T>, U> function) {
      this.function = function;
    }

    @Override
    public List<U> apply(TaskContext task, scala.collection.Iterator<T> records) {
      List<U> results = new ArrayList<>();
      call(function, records).forEachRemaining(results::add);
      return results;
    }
  }

  private static <T, U> Iterator<U> call(
      FlatMapFunction<Iterator<T>, U> function, scala.collection.Iterator<T> records) {
    try {
      return function.call(JavaConverters.asJavaIterator(records));
    } catch (Exception e) {
      throw unchecked(e);
    }
  }

  /** Scala's functions declare no exceptions. */
  private static RuntimeException unchecked(Exception e) {
    return e instanceof RuntimeException already ? already : new IllegalStateException(e);
  }
}

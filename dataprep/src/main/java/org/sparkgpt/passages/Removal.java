package org.sparkgpt.passages;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import java.io.Serializable;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.FlatMapFunction2;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/** One method, applied to documents that are {@link Laid} out. */
final class Removal implements Serializable {
  /** Sentences of a span (Raffel et al. 2020). */
  private static final int SPAN_SENTENCES = 3;

  private final PassagesConfig config;
  private final Method method;
  private final Laid laid;
  private final int partitions;

  Removal(PassagesConfig config, Method method, Laid laid, int partitions) {
    this.config = config;
    this.method = method;
    this.laid = laid;
    this.partitions = partitions;
  }

  /** The documents in the same order, without what is repeated in them. */
  JavaRDD<Row> from(SparkSession spark, JavaRDD<Row> documents) {
    spark.sparkContext().setJobDescription("passages: look for repeats, by " + method.key());
    JavaRDD<Row> places = documents.mapPartitions(new Look(this));
    // Read twice; its shuffle is made once.
    JavaRDD<Row> found = repeats(spark, places, minOccurrences()).toJavaRDD();
    Dataset<Row> table = spark.createDataFrame(found, Repeats.FOUND);
    Dataset<Row> repeated = table.where(not(col(Repeats.COMPARE)));
    if (method == Method.SUBSTRING) {
      JavaRDD<Row> compared = beside(spark, table.where(col(Repeats.COMPARE)));
      JavaRDD<Row> windows = documents.zipPartitions(compared, new Compare(this));
      repeated = repeated.unionAll(repeats(spark, windows, 2));
    }
    JavaRDD<Row> rest = documents.zipPartitions(beside(spark, repeated), new Remove(this));
    spark.sparkContext().setJobDescription(null);
    return rest;
  }

  private Dataset<Row> repeats(SparkSession spark, JavaRDD<Row> places, int minOccurrences) {
    return spark
        .createDataFrame(places, Repeats.PLACES)
        .repartition(partitions, col(Repeats.HASH))
        .sortWithinPartitions(Repeats.HASH, Repeats.CONTEXT, Repeats.DOCUMENT, Repeats.PLACE)
        .mapPartitions(new FindRepeats(keep(), minOccurrences), Encoders.row(Repeats.FOUND));
  }

  /** What was found, partitioned and sorted as the documents are. */
  private JavaRDD<Row> beside(SparkSession spark, Dataset<Row> found) {
    // Of a table that turns out to be empty, adaptive execution leaves no partitions. This row's
    // document is before all others.
    Row nowhere = RowFactory.create(-1L, 0L, 0, false);
    return found
        .unionAll(spark.createDataFrame(List.of(nowhere), Repeats.FOUND))
        .repartition(partitions, col(Repeats.DOCUMENT))
        .sortWithinPartitions(Repeats.DOCUMENT, Repeats.PLACE)
        .toJavaRDD();
  }

  private Keep keep() {
    return switch (method) {
      case PARAGRAPH -> config.paragraph().keep();
      case SUBSTRING -> config.substring().keep();
      case LINE, SPAN -> Keep.FIRST;
    };
  }

  private int minOccurrences() {
    return switch (method) {
      case PARAGRAPH -> config.paragraph().minOccurrences();
      case LINE -> config.line().minOccurrences();
      case SPAN, SUBSTRING -> 2;
    };
  }

  /** Units of a window. */
  private int width() {
    return switch (method) {
      case PARAGRAPH, LINE -> 1;
      case SPAN -> SPAN_SENTENCES;
      case SUBSTRING -> config.substring().minWords();
    };
  }

  private Units units(String text) {
    return switch (method) {
      case PARAGRAPH -> new LineUnits(text, true);
      case LINE -> new LineUnits(text, false);
      case SPAN -> new SentenceUnits(text);
      case SUBSTRING -> new WordUnits(text);
    };
  }

  private Places places(String text) {
    return switch (method) {
      case PARAGRAPH -> paragraphs(text);
      case LINE -> longEnough(text, config.line().minCharacters());
      case SPAN -> longEnough(text, config.span().minCharacters());
      case SUBSTRING -> new Anchors(units(text), width());
    };
  }

  private Places paragraphs(String text) {
    int least = config.paragraph().minDocumentCharacters();
    boolean takesPart = text.codePointCount(0, text.length()) >= least;
    return longEnough(takesPart ? text : "", config.paragraph().minCharacters());
  }

  private Places longEnough(String text, int minCharacters) {
    Windows windows = new Windows(units(text), width());
    return Places.of(windows, w -> w.characters() >= minCharacters);
  }

  private Places chosen(String text, BitSet chosen) {
    Windows windows = new Windows(units(chosen.isEmpty() ? "" : text), width());
    return Places.of(windows, w -> chosen.get(w.position()));
  }

  private Row without(Row row, BitSet removed) {
    if (removed.isEmpty()) {
      return row;
    }
    String text = laid.text(row);
    return laid.withText(row, method, Cut.without(text, units(text), removed));
  }

  /** The places of each document. */
  private static final class Look implements FlatMapFunction<Iterator<Row>, Row> {
    private final Removal removal;

    Look(Removal removal) {
      this.removal = removal;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> documents) {
      return new PlaceRows(documents, removal.laid, (text, key, copy) -> removal.places(text));
    }
  }

  private static final class FindRepeats implements MapPartitionsFunction<Row, Row> {
    private final Keep keep;
    private final int minOccurrences;

    FindRepeats(Keep keep, int minOccurrences) {
      this.keep = keep;
      this.minOccurrences = minOccurrences;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> places) {
      return new Repeats(places, keep, minOccurrences);
    }
  }

  /** The windows of the places that are to be compared, each a place by itself. */
  private static final class Compare
      implements FlatMapFunction2<Iterator<Row>, Iterator<Row>, Row> {
    private final Removal removal;

    Compare(Removal removal) {
      this.removal = removal;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> documents, Iterator<Row> compared) {
      Marks marks = new Marks(compared);
      return new PlaceRows(
          documents,
          removal.laid,
          (text, key, copy) -> removal.chosen(text, marks.of(key, copy, 1)));
    }
  }

  private static final class Remove implements FlatMapFunction2<Iterator<Row>, Iterator<Row>, Row> {
    private final Removal removal;

    Remove(Removal removal) {
      this.removal = removal;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> documents, Iterator<Row> repeated) {
      Marks marks = new Marks(repeated);
      Laid.Copies copies = new Laid.Copies();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return documents.hasNext();
        }

        @Override
        public Row next() {
          Row row = documents.next();
          long key = removal.laid.key(row);
          return removal.without(row, marks.of(key, copies.next(key), removal.width()));
        }
      };
    }
  }
}

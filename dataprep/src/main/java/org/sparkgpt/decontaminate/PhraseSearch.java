package org.sparkgpt.decontaminate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkgpt.corpus.Document;

/** Searches documents for exact strings. */
public final class PhraseSearch {
  private static final String PHRASE = "phrase";
  private static final String TIMES = "times";
  private static final String START = "start";
  private static final String CONTEXT = "context";

  private static final StructType HIT =
      new StructType()
          .add(PHRASE, DataTypes.IntegerType, false)
          .add(Document.ID, DataTypes.StringType, false)
          .add(Document.SOURCE, DataTypes.StringType, false)
          .add(TIMES, DataTypes.LongType, false)
          .add(START, DataTypes.IntegerType, false)
          .add(CONTEXT, DataTypes.StringType, false);

  private PhraseSearch() {}

  /** How often a phrase is there, in how many documents. */
  public record Total(long documents, long times) {}

  /**
   * A phrase in a document.
   *
   * @param times it is there
   * @param start UTF-16 offset of the first time
   * @param context of the first time: the phrase with some characters on each side
   */
  public record Hit(int phrase, String id, String source, long times, int start, String context) {}

  /**
   * The hits: (phrase, id, source, times, start, context), one row for each phrase of each
   * document. Lazy.
   *
   * @param contextCharacters UTF-16 units on each side
   */
  public static Dataset<Row> find(Dataset<Row> documents, Phrases phrases, int contextCharacters) {
    Broadcast<Phrases> shared =
        JavaSparkContext.fromSparkContext(documents.sparkSession().sparkContext())
            .broadcast(phrases);
    return documents
        .select(Document.ID, Document.SOURCE, Document.TEXT)
        .mapPartitions(new Find(shared, contextCharacters), Encoders.row(HIT));
  }

  /** Counts by phrase; phrases that were not found are not there. */
  public static SortedMap<Integer, Total> totals(Dataset<Row> hits) {
    SortedMap<Integer, Total> totals = new TreeMap<>();
    List<Row> rows = // as many as there are phrases at most
        hits.groupBy(PHRASE).agg(count(lit(1)), sum(col(TIMES))).collectAsList();
    rows.forEach(r -> totals.put(r.getInt(0), new Total(r.getLong(1), r.getLong(2))));
    return totals;
  }

  /** The first hits by phrase, document and source. */
  public static List<Hit> first(Dataset<Row> hits, int limit) {
    return hits
        .orderBy(PHRASE, Document.ID, Document.SOURCE, START)
        .limit(limit)
        .collectAsList()
        .stream()
        .map(
            r ->
                new Hit(
                    r.getInt(0),
                    r.getString(1),
                    r.getString(2),
                    r.getLong(3),
                    r.getInt(4),
                    r.getString(5)))
        .toList();
  }

  private static final class Find implements MapPartitionsFunction<Row, Row> {
    private final Broadcast<Phrases> phrases;
    private final int context;

    Find(Broadcast<Phrases> phrases, int context) {
      this.phrases = phrases;
      this.context = context;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> documents) {
      return new Iterator<>() {
        private Iterator<Row> hits = List.<Row>of().iterator();

        @Override
        public boolean hasNext() {
          while (!hits.hasNext() && documents.hasNext()) {
            hits = hits(documents.next());
          }
          return hits.hasNext();
        }

        @Override
        public Row next() {
          return hits.next();
        }
      };
    }

    private Iterator<Row> hits(Row document) {
      String text = document.getString(2);
      SortedMap<Integer, long[]> found = new TreeMap<>(); // times, start, end
      phrases
          .value()
          .find(
              text,
              (phrase, start, end) ->
                  found.computeIfAbsent(phrase, p -> new long[] {0, start, end})[0]++);
      return found.entrySet().stream()
          .map(
              hit ->
                  RowFactory.create(
                      hit.getKey(),
                      document.getString(0),
                      document.getString(1),
                      hit.getValue()[0],
                      (int) hit.getValue()[1],
                      around(text, (int) hit.getValue()[1], (int) hit.getValue()[2])))
          .iterator();
    }

    private String around(String text, int start, int end) {
      int from = Math.max(0, start - context);
      int to = Math.min(text.length(), end + context);
      boolean splitsPair =
          from > 0
              && Character.isLowSurrogate(text.charAt(from))
              && Character.isHighSurrogate(text.charAt(from - 1));
      from += splitsPair ? 1 : 0;
      boolean splitsLast =
          to < text.length()
              && Character.isLowSurrogate(text.charAt(to))
              && Character.isHighSurrogate(text.charAt(to - 1));
      to -= splitsLast ? 1 : 0;
      return text.substring(from, to);
    }
  }
}

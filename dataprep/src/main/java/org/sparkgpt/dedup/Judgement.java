package org.sparkgpt.dedup;

import static org.sparkgpt.dedup.Corpus.TIE;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.apache.spark.api.java.function.FlatMapFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Verdict;

/**
 * Puts verdicts beside the documents they are about. The verdicts on a partition's documents are in
 * memory together; documents that are alone in their cluster need none.
 */
final class Judgement {
  /**
   * What is decided of a document: partition, id, {@link Corpus#TIE} where that tells rows of one
   * id apart, reason (null: kept), value, id of the kept document, size of the cluster.
   */
  static final StructType DECISIONS =
      new StructType()
          .add(Routing.PLACE, DataTypes.IntegerType, false)
          .add(Document.ID, DataTypes.StringType, false)
          .add(TIE, DataTypes.LongType, true)
          .add(Verdict.REASON, DataTypes.StringType, true)
          .add(Verdict.VALUE, DataTypes.DoubleType, true)
          .add(Deduplication.CLUSTER, DataTypes.StringType, false)
          .add(Deduplication.CLUSTER_SIZE, DataTypes.LongType, false);

  private Judgement() {}

  /** The documents with cluster, size and verdict. */
  static Dataset<Row> pass(Corpus corpus, Dataset<Row> decisions, double threshold) {
    StructType schema =
        Verdict.appendTo(
            corpus
                .schema()
                .add(Deduplication.CLUSTER, DataTypes.StringType, false)
                .add(Deduplication.CLUSTER_SIZE, DataTypes.LongType, false));
    Append append =
        new Append(
            corpus.schema().length(), corpus.index(Document.ID), corpus.index(TIE), threshold);
    return corpus
        .table()
        .sparkSession()
        .createDataFrame(
            corpus.rows().zipPartitions(Routing.route(decisions, corpus.partitions()), append),
            schema);
  }

  /** Every decision and every request must have found its document. */
  static void requireNone(int left) {
    if (left > 0) {
      throw new IllegalStateException(
          "dedup: "
              + left
              + " documents of a partition are not there any more: its input changed while it was"
              + " read, or has other partitions each time");
    }
  }

  /**
   * @param tie null: the row that no other decision is about
   */
  private record Key(String id, Long tie) {}

  /** A decision on so many equal rows. */
  private static final class Decision {
    private final Row row;
    private int count;

    Decision(Row row) {
      this.row = row;
    }
  }

  private static final class Append implements FlatMapFunction2<Iterator<Row>, Iterator<Row>, Row> {
    private final int columns;
    private final int id;
    private final int tie;
    private final double threshold;

    Append(int columns, int id, int tie, double threshold) {
      this.columns = columns;
      this.id = id;
      this.tie = tie;
      this.threshold = threshold;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> documents, Iterator<Row> routed) {
      Map<Key, Decision> decisions = new HashMap<>();
      routed.forEachRemaining(
          row ->
              decisions.computeIfAbsent(
                      new Key(row.getString(1), row.getAs(2)), key -> new Decision(row))
                  .count++);
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          if (!documents.hasNext()) {
            requireNone(decisions.size());
            return false;
          }
          return true;
        }

        @Override
        public Row next() {
          Row document = documents.next();
          String name = document.getString(id);
          Row decision = take(decisions, new Key(name, document.getLong(tie)));
          return judged(
              document, decision == null ? take(decisions, new Key(name, null)) : decision);
        }
      };
    }

    private static Row take(Map<Key, Decision> decisions, Key key) {
      Decision decision = decisions.get(key);
      if (decision == null) {
        return null;
      }
      if (--decision.count == 0) {
        decisions.remove(key);
      }
      return decision.row;
    }

    private Row judged(Row document, Row decision) {
      Object[] values = new Object[columns + 5];
      for (int i = 0; i < columns; i++) {
        values[i] = document.get(i);
      }
      String reason = decision == null ? null : decision.getString(3);
      values[columns] = decision == null ? document.get(id) : decision.get(5);
      values[columns + 1] = decision == null ? 1L : decision.get(6);
      values[columns + 2] = reason;
      if (reason != null) {
        values[columns + 3] = decision.get(4);
        values[columns + 4] = reason.equals(Deduplication.NEAR) ? threshold : Double.NaN;
      }
      return RowFactory.create(values);
    }
  }
}

package org.sparkgpt.dedup;

import static org.apache.spark.sql.functions.col;

import com.github.luben.zstd.Zstd;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.FlatMapFunction2;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkgpt.corpus.Document;

/**
 * Compares documents with their hubs by the Jaccard similarity of their shingle sets. Only the
 * texts of pairs move, compressed, each to where its hub is; a hub's set and one other are in
 * memory at a time.
 */
final class Verification {
  static final String HUB = "hub";
  static final String SIMILARITY = "similarity";

  private static final int ZSTD_LEVEL = 3;
  private static final StructType SHIPPED =
      new StructType()
          .add(HUB, DataTypes.BinaryType, false)
          .add(Node.NODE, DataTypes.BinaryType, false)
          .add(Document.TEXT, DataTypes.BinaryType, false);
  private static final StructType JUDGED =
      new StructType()
          .add(HUB, DataTypes.BinaryType, false)
          .add(Node.NODE, DataTypes.BinaryType, false)
          .add(SIMILARITY, DataTypes.DoubleType, false);

  private final Corpus corpus;
  private final Dataset<Row> earlier;
  private final MinHashConfig config;

  /**
   * @param earlier ids and texts of earlier runs' documents; null if there are none
   */
  Verification(Corpus corpus, Dataset<Row> earlier, MinHashConfig config) {
    this.corpus = corpus;
    this.earlier = earlier;
    this.config = config;
  }

  /**
   * (hub, node, similarity) of each pair.
   *
   * @param pairs (node, hub), each once; the node is greater than its hub
   */
  Dataset<Row> judge(Dataset<Row> pairs) {
    Dataset<Row> hubs = pairs.select(col(HUB).as(Node.NODE), col(HUB)).distinct();
    Dataset<Row> wanted = pairs.select(Node.NODE, HUB).unionAll(hubs);
    return shipped(wanted)
        .repartition(col(HUB))
        .sortWithinPartitions(HUB, Node.NODE) // the hub's own text before the others'
        .mapPartitions(new Compare(config), Encoders.row(JUDGED))
        .where(col(Node.NODE).notEqual(col(HUB)));
  }

  private Dataset<Row> shipped(Dataset<Row> wanted) {
    Dataset<Row> own =
        wanted
            .where(Node.isOwn(col(Node.NODE)))
            .withColumn(Routing.PLACE, Node.place(col(Node.NODE)));
    Ship ship = new Ship(corpus.index(Document.ID), corpus.index(Document.TEXT));
    Dataset<Row> texts =
        corpus
            .table()
            .sparkSession()
            .createDataFrame(
                corpus.rows().zipPartitions(Routing.route(own, corpus.partitions()), ship),
                SHIPPED);
    return earlier == null ? texts : texts.unionAll(shippedEarlier(wanted));
  }

  private Dataset<Row> shippedEarlier(Dataset<Row> wanted) {
    Dataset<Row> old =
        wanted
            .where(Node.isOwn(col(Node.NODE)).unary_$bang())
            .withColumn(Document.ID, Node.id(col(Node.NODE)));
    return earlier
        .select(Document.ID, Document.TEXT)
        .join(old, Document.ID)
        .select(HUB, Node.NODE, Document.TEXT)
        .map((MapFunction<Row, Row>) Verification::packed, Encoders.row(SHIPPED));
  }

  private static Row packed(Row row) {
    return RowFactory.create(row.get(0), row.get(1), packed(row.getString(2)));
  }

  private static byte[] packed(String text) {
    return Zstd.compress(text.getBytes(StandardCharsets.UTF_8), ZSTD_LEVEL);
  }

  private static String unpacked(byte[] packed) {
    int size = Math.toIntExact(Zstd.decompressedSize(packed));
    return new String(Zstd.decompress(packed, size), StandardCharsets.UTF_8);
  }

  /** Takes the wanted texts out of a partition. */
  private static final class Ship implements FlatMapFunction2<Iterator<Row>, Iterator<Row>, Row> {
    private final int id;
    private final int text;

    Ship(int id, int text) {
      this.id = id;
      this.text = text;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> documents, Iterator<Row> wanted) {
      Map<String, List<Row>> requests = new HashMap<>();
      wanted.forEachRemaining(
          row ->
              requests
                  .computeIfAbsent(Node.id(row.<byte[]>getAs(0)), key -> new ArrayList<>())
                  .add(row));
      if (requests.isEmpty()) {
        return Collections.emptyIterator();
      }
      return new Flattened<>(
          documents,
          document -> ship(document, requests),
          () -> Judgement.requireNone(requests.size()));
    }

    private Iterator<Row> ship(Row document, Map<String, List<Row>> requests) {
      List<Row> requested = requests.remove(document.getString(id));
      if (requested == null) {
        return Collections.emptyIterator();
      }
      byte[] packed = packed(document.getString(text));
      return requested.stream()
          .map(row -> RowFactory.create(row.get(1), row.get(0), packed))
          .iterator();
    }
  }

  /** Compares the texts of a hub's group, which begins with the hub's own. */
  private static final class Compare implements MapPartitionsFunction<Row, Row> {
    private final MinHashConfig config;

    Compare(MinHashConfig config) {
      this.config = config;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> texts) {
      Shingles shingles = new Shingles(config);
      return new Iterator<>() {
        private int[] hub;

        @Override
        public boolean hasNext() {
          return texts.hasNext();
        }

        @Override
        public Row next() {
          Row row = texts.next();
          int[] set = shingles.distinct(unpacked(row.getAs(2)));
          if (Arrays.equals(row.<byte[]>getAs(0), row.<byte[]>getAs(1))) {
            hub = set;
          }
          return RowFactory.create(row.get(0), row.get(1), Shingles.jaccard(hub, set));
        }
      };
    }
  }
}

package org.sparkgpt.dedup;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.function.FlatMapFunction2;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.sparkgpt.corpus.Document;

/**
 * Compares the documents of buckets by the Jaccard similarity of their shingle sets. Each text
 * moves once to each hub that it shares a bucket with, compressed, together with what it needs to
 * know of these buckets; the comparisons are {@link HubGroups}'s.
 */
final class Verification {
  static final String KEY = "key";
  static final String SIZE = "size";

  private static final String RANK = "rank";

  private final Corpus corpus;
  private final Dataset<Row> earlier;
  private final DedupConfig config;

  /**
   * @param earlier ids and texts of earlier runs' documents; null if there are none
   */
  Verification(Corpus corpus, Dataset<Row> earlier, DedupConfig config) {
    this.corpus = corpus;
    this.earlier = earlier;
    this.config = config;
  }

  /**
   * {@link HubGroups#JUDGED} on all buckets.
   *
   * @param buckets (key, node, hub, size): their members, the hub among them, which has the
   *     smallest node
   */
  Dataset<Row> judge(Snapshot buckets) {
    return shipped(buckets)
        .repartition(col(HubGroups.HUB))
        .sortWithinPartitions(HubGroups.HUB, Node.NODE)
        .mapPartitions(new HubGroups(config), Encoders.row(HubGroups.JUDGED));
  }

  private Dataset<Row> shipped(Snapshot buckets) {
    Dataset<Row> own =
        buckets
            .rows()
            .where(Node.isOwn(col(Node.NODE)))
            .withColumn(Routing.PLACE, Node.place(col(Node.NODE)));
    Ship ship = new Ship(corpus.index(Document.ID), corpus.index(Document.TEXT));
    Dataset<Row> texts =
        corpus
            .table()
            .sparkSession()
            .createDataFrame(
                corpus.rows().zipPartitions(Routing.route(own, corpus.partitions()), ship),
                HubGroups.MEMBERS);
    return earlier == null ? texts : texts.unionAll(shippedEarlier(buckets.forJoin()));
  }

  /** Only of those that can be hubs, the smallest nodes of their buckets. */
  private Dataset<Row> shippedEarlier(Dataset<Row> members) {
    WindowSpec bucket = Window.partitionBy(KEY).orderBy(Node.NODE);
    Dataset<Row> hubs =
        members
            .where(Node.isOwn(col(Node.NODE)).unary_$bang())
            .withColumn(RANK, row_number().over(bucket))
            .where(col(RANK).leq(config.maxHubs()))
            .withColumn(Document.ID, Node.id(col(Node.NODE)));
    return earlier
        .select(Document.ID, Document.TEXT)
        .join(hubs, Document.ID)
        .select(HubGroups.HUB, Node.NODE, KEY, SIZE, Document.TEXT)
        .map((MapFunction<Row, Row>) Verification::member, Encoders.row(HubGroups.MEMBERS));
  }

  private static Row member(Row row) {
    byte[] bucket = HubGroups.bucket(row.getLong(2), row.getInt(3));
    return RowFactory.create(row.get(0), row.get(1), bucket, HubGroups.packed(row.getString(4)));
  }

  /**
   * What is wanted of one text: for each hub the buckets that it shares with it.
   *
   * @param buckets by hub; keys and sizes one after the other
   */
  private record Request(byte[] node, Map<ByteBuffer, byte[]> buckets) {
    void add(byte[] hub, byte[] bucket) {
      buckets.merge(
          ByteBuffer.wrap(hub),
          bucket,
          (a, b) -> ByteBuffer.allocate(a.length + b.length).put(a).put(b).array());
    }
  }

  /** Takes the wanted texts out of a partition. */
  private static final class Ship implements FlatMapFunction2<Iterator<Row>, Iterator<Row>, Row> {
    private final int id;
    private final int text;

    Ship(int id, int text) {
      this.id = id;
      this.text = text;
    }

    /**
     * @param members (key, node, hub, size, place) of this partition's documents
     */
    @Override
    public Iterator<Row> call(Iterator<Row> documents, Iterator<Row> members) {
      Map<ByteBuffer, Request> requests = new HashMap<>();
      members.forEachRemaining(
          row -> {
            byte[] node = row.getAs(1);
            requests
                .computeIfAbsent(Node.idOf(node), id -> new Request(node, new TreeMap<>()))
                .add(row.getAs(2), HubGroups.bucket(row.getLong(0), row.getInt(3)));
          });
      if (requests.isEmpty()) {
        return Collections.emptyIterator();
      }
      return new Flattened<>(
          documents,
          document -> ship(document, requests),
          () -> {
            Judgement.requireNone(requests.size());
            return Collections.emptyIterator();
          });
    }

    private Iterator<Row> ship(Row document, Map<ByteBuffer, Request> requests) {
      Request request = requests.remove(Node.idOf(document.getString(id)));
      if (request == null) {
        return Collections.emptyIterator();
      }
      byte[] packed = HubGroups.packed(document.getString(text));
      return request.buckets().entrySet().stream()
          .map(of -> RowFactory.create(of.getKey().array(), request.node(), of.getValue(), packed))
          .iterator();
    }
  }
}

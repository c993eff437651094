package org.sparkgpt.dedup;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.sparkgpt.dedup.HubGroups.HUB;
import static org.sparkgpt.dedup.HubGroups.LEFT;
import static org.sparkgpt.dedup.HubGroups.SIMILARITY;
import static org.sparkgpt.dedup.Node.NODE;
import static org.sparkgpt.dedup.Verification.KEY;
import static org.sparkgpt.dedup.Verification.SIZE;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.StatCounter;

/**
 * Clusters of near-duplicates.
 *
 * <p>Documents that share a band key are a bucket. Each is compared with the bucket's smallest
 * node, its hub: n - 1 comparisons of true Jaccard similarity for n documents, never n², so a
 * bucket that holds the whole corpus costs no more than its share. Pairs that reach the threshold
 * become edges, and the connected components of all edges are the clusters.
 *
 * <p>A document may be unlike the hub and yet like another one in the bucket. So the first that is
 * unlike becomes a hub too, and those that follow are compared with one hub after the other, up to
 * {@code dedup.maxHubs}. What is then still unlike every hub it met counts as no duplicate,
 * whatever it may share with another such document: nothing below the threshold is ever merged, and
 * a bucket of more different families than hubs is hot: it may keep duplicates, and is counted with
 * its documents.
 *
 * <p>Without verification every member of a bucket is joined to its first hub, as upstream tools
 * do.
 *
 * <p>Buckets of earlier runs' documents alone are left as they are, and those documents are
 * compared with none, though they are the first to be hubs.
 */
final class NearDuplicates {
  static final String KEYS = "keys";

  private static final String LAST = "last";
  private static final StructType MEMBERS =
      new StructType().add(KEY, DataTypes.LongType, false).add(NODE, DataTypes.BinaryType, false);

  private NearDuplicates() {}

  /**
   * Finds the clusters of two documents and more.
   *
   * @param signed (node, keys): nodes of different contents, band keys as big-endian 64-bit numbers
   * @param figures what is counted is put in here
   * @return (node, root, similarity) of all documents in clusters: the smallest node of the
   *     cluster, and the greatest Jaccard similarity among the document's edges (NaN if not
   *     verified)
   */
  static Snapshot find(
      Dataset<Row> signed,
      Verification verification,
      DedupConfig config,
      Map<String, Object> figures) {
    try (Snapshot buckets = Snapshot.take(buckets(signed), "dedup: LSH buckets")) {
      StatCounter sizes = buckets.statistics(SIZE, col(NODE).equalTo(col(HUB)));
      figures.put("buckets", sizes.count());
      figures.put("documents of the largest bucket", largest(sizes));
      Dataset<Row> edges = config.verify() ? verification.judge(buckets) : merged(buckets);
      try (Snapshot judged = Snapshot.take(edges, "dedup: verification")) {
        if (config.verify()) {
          StatCounter hot = judged.statistics(LEFT, col(LEFT).isNotNull());
          figures.put("pairs compared", judged.count() - hot.count());
          figures.put("hot buckets", hot.count());
          figures.put("documents of the largest hot bucket", largest(hot));
        }
        Dataset<Row> like =
            config.verify()
                ? judged.rows().where(col(SIMILARITY).geq(config.threshold()))
                : judged.rows();
        Snapshot clusters = clusters(like, judged.count());
        Column isRoot = col(NODE).equalTo(col(ConnectedComponents.ROOT));
        figures.put("near clusters", clusters.rows().where(isRoot).javaRDD().count());
        return clusters;
      }
    }
  }

  private static long largest(StatCounter sizes) {
    return sizes.count() == 0 ? 0 : (long) sizes.max();
  }

  private static Snapshot clusters(Dataset<Row> edges, long atMost) {
    try (Snapshot components = ConnectedComponents.of(edges.select(NODE, HUB), atMost)) {
      Dataset<Row> ends =
          edges
              .select(col(NODE), col(SIMILARITY))
              .unionAll(edges.select(col(HUB).as(NODE), col(SIMILARITY)));
      Dataset<Row> clusters =
          ends.join(components.forJoin(), NODE)
              .groupBy(NODE, ConnectedComponents.ROOT)
              .agg(max(SIMILARITY).as(SIMILARITY));
      return Snapshot.take(clusters, "dedup: clusters");
    }
  }

  private static Dataset<Row> merged(Snapshot buckets) {
    return buckets
        .rows()
        .where(col(NODE).notEqual(col(HUB)).and(Node.isOwn(col(NODE))))
        .select(NODE, HUB)
        .distinct()
        .withColumn(SIMILARITY, lit(Double.NaN));
  }

  /** (key, node, hub, size): the members of buckets, the hub among them. */
  private static Dataset<Row> buckets(Dataset<Row> signed) {
    WindowSpec bucket = Window.partitionBy(KEY);
    return signed
        .select(NODE, KEYS)
        .flatMap(new Explode(), Encoders.row(MEMBERS))
        .select(
            col(KEY),
            col(NODE),
            min(NODE).over(bucket).as(HUB),
            count(lit(1)).over(bucket).cast("int").as(SIZE),
            max(NODE).over(bucket).as(LAST))
        .where(col(SIZE).gt(1).and(Node.isOwn(col(LAST))))
        .drop(LAST);
  }

  private static final class Explode implements FlatMapFunction<Row, Row> {
    @Override
    public Iterator<Row> call(Row row) {
      ByteBuffer keys = ByteBuffer.wrap(row.getAs(1));
      return IntStream.range(0, keys.capacity() / Long.BYTES)
          .mapToObj(b -> RowFactory.create(keys.getLong(b * Long.BYTES), row.get(0)))
          .iterator();
    }
  }
}

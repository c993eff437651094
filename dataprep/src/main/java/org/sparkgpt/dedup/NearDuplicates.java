package org.sparkgpt.dedup;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.sparkgpt.dedup.Node.NODE;
import static org.sparkgpt.dedup.Verification.HUB;
import static org.sparkgpt.dedup.Verification.SIMILARITY;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Clusters of near-duplicates.
 *
 * <p>Documents that share a band key are a bucket. Each is compared with the bucket's smallest
 * node, its hub: n - 1 comparisons of true Jaccard similarity for n documents, never n², so a
 * bucket that holds the whole corpus costs no more than its share. Pairs that reach the threshold
 * become edges, and the connected components of all edges are the clusters.
 *
 * <p>A document may be unlike the hub and yet like another one in the bucket. So those that fail
 * form a bucket again, with a new hub, up to {@code dedup.maxHubs} times. What is then still unlike
 * every hub it met counts as no duplicate, whatever it may share with another such document:
 * nothing below the threshold is ever merged, and a bucket of more different families than hubs is
 * hot: it may keep duplicates, and is counted with its documents.
 *
 * <p>Without verification every member of a bucket is joined to its hub, as upstream tools do.
 *
 * <p>Buckets of earlier runs' documents alone are left as they are.
 */
final class NearDuplicates {
  static final String KEYS = "keys";

  private static final String KEY = "key";
  private static final String LAST = "last";
  private static final StructType MEMBERS =
      new StructType().add(KEY, DataTypes.LongType, false).add(NODE, DataTypes.BinaryType, false);

  private final Deque<Snapshot> open = new ArrayDeque<>();
  private final DedupConfig config;
  private final Map<String, Object> figures;

  private NearDuplicates(DedupConfig config, Map<String, Object> figures) {
    this.config = config;
    this.figures = figures;
  }

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
    NearDuplicates search = new NearDuplicates(config, figures);
    try {
      Snapshot stars = search.keep(stars(members(signed)), "dedup: LSH buckets");
      search.buckets(stars, "buckets", "documents of the largest bucket");
      Dataset<Row> edges =
          config.verify() ? search.verified(stars, verification) : unverified(stars);
      Snapshot clusters = search.clusters(edges);
      Dataset<Row> roots = clusters.rows().where(col(NODE).equalTo(col(ConnectedComponents.ROOT)));
      figures.put("near clusters", clusters.count() == 0 ? 0L : roots.count());
      return clusters;
    } finally {
      search.open.forEach(Snapshot::close);
    }
  }

  private Snapshot clusters(Dataset<Row> edges) {
    Snapshot components = ConnectedComponents.of(edges.select(NODE, HUB));
    open.add(components);
    return Snapshot.take(components.rows().join(similarities(edges), NODE), "dedup: clusters");
  }

  /** (node, hub, similarity) of all pairs that reach the threshold. */
  private Dataset<Row> verified(Snapshot first, Verification verification) {
    Snapshot stars = first;
    Dataset<Row> edges = unverified(first).limit(0);
    long compared = 0;
    for (int round = 1; stars.count() > 0 && round <= config.maxHubs(); round++) {
      Dataset<Row> pairs = stars.rows().where(Node.isOwn(col(NODE))).select(NODE, HUB).distinct();
      Snapshot judged = keep(verification.judge(pairs), "dedup: verification " + round);
      compared += judged.count();
      edges = edges.unionAll(like(judged.rows(), true));
      Dataset<Row> unlike = like(judged.rows(), false).select(NODE, HUB);
      Dataset<Row> left =
          stars
              .rows()
              .join(unlike, new String[] {NODE, HUB}, "left_semi")
              .unionAll(
                  stars.rows().where(functions.not(Node.isOwn(col(NODE)))).select(NODE, HUB, KEY));
      stars = keep(stars(left.select(KEY, NODE)), "dedup: buckets of what failed");
    }
    figures.put("pairs compared", compared);
    buckets(stars, "hot buckets", "documents of the largest hot bucket");
    return edges;
  }

  private Dataset<Row> like(Dataset<Row> judged, boolean enough) {
    Dataset<Row> rows = judged.select(NODE, HUB, SIMILARITY);
    return enough
        ? rows.where(col(SIMILARITY).geq(config.threshold()))
        : rows.where(col(SIMILARITY).lt(config.threshold()));
  }

  private static Dataset<Row> unverified(Snapshot stars) {
    return stars.rows().select(NODE, HUB).distinct().withColumn(SIMILARITY, lit(Double.NaN));
  }

  private Snapshot keep(Dataset<Row> table, String job) {
    Snapshot snapshot = Snapshot.take(table, job);
    open.add(snapshot);
    return snapshot;
  }

  private void buckets(Snapshot stars, String count, String largest) {
    Row counted =
        stars.rows().groupBy(KEY).count().agg(functions.count(lit(1)), max("count")).first();
    figures.put(count, counted.getLong(0));
    figures.put(largest, counted.getLong(0) == 0 ? 0 : counted.getLong(1) + 1); // and the hub
  }

  /** (key, node): each document once for each band. */
  private static Dataset<Row> members(Dataset<Row> signed) {
    return signed.select(NODE, KEYS).flatMap(new Explode(), Encoders.row(MEMBERS));
  }

  /** (key, node, hub): every member of a bucket but the hub, beside the hub. */
  private static Dataset<Row> stars(Dataset<Row> members) {
    WindowSpec bucket = Window.partitionBy(KEY);
    return members
        .select(
            col(KEY), col(NODE), min(NODE).over(bucket).as(HUB), max(NODE).over(bucket).as(LAST))
        .where(col(NODE).notEqual(col(HUB)).and(Node.isOwn(col(LAST))))
        .drop(LAST);
  }

  /** (node, similarity): of each document the greatest of its edges. */
  private static Dataset<Row> similarities(Dataset<Row> edges) {
    return edges
        .select(col(NODE), col(SIMILARITY))
        .unionAll(edges.select(col(HUB).as(NODE), col(SIMILARITY)))
        .groupBy(NODE)
        .agg(max(SIMILARITY).as(SIMILARITY));
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

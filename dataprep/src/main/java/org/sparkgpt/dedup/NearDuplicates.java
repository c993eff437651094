package org.sparkgpt.dedup;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.udf;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkgpt.corpus.Document;

/**
 * Clusters of near-duplicates.
 *
 * <p>Documents that share a band key are a bucket. Each is compared with the bucket's smallest id,
 * its hub: n - 1 comparisons of true Jaccard similarity for n documents, never n², so a bucket that
 * holds the whole corpus costs no more than its share. Pairs that reach the threshold become edges,
 * and the connected components of all edges are the clusters.
 *
 * <p>A document may be unlike the hub and yet like another one in the bucket. So those that fail
 * form a bucket again, with a new hub, up to {@value #ROUNDS} times. What is then still unlike
 * every hub it met, in every bucket, counts as no duplicate, whatever it may share with another
 * such document: nothing below the threshold is ever merged, and a bucket of more than {@value
 * #ROUNDS} different families may keep a duplicate.
 */
final class NearDuplicates {
  static final String CLUSTER = "cluster";
  static final String SIMILARITY = "similarity";
  static final int ROUNDS = 3;

  private static final String KEY = "key";
  private static final String HUB = "hub";
  private static final String SHINGLES = "shingles";
  private static final StructType MEMBERS =
      new StructType()
          .add(KEY, DataTypes.LongType, false)
          .add(Document.ID, DataTypes.StringType, false);

  private final Deque<Snapshot> open = new ArrayDeque<>();
  private final DedupConfig config;

  private NearDuplicates(DedupConfig config) {
    this.config = config;
  }

  /**
   * Finds the clusters of two documents and more.
   *
   * @param signed unique ids, in column {@code keysColumn} the band keys as big-endian 64-bit
   *     numbers, and other columns
   * @param documents ids and texts; ids may repeat
   * @return of all documents in clusters: the columns of {@code signed} but the keys, {@link
   *     #CLUSTER}: the smallest id of the cluster, and {@link #SIMILARITY}: the greatest Jaccard
   *     similarity among the document's edges
   */
  static Snapshot find(
      Dataset<Row> signed, String keysColumn, Dataset<Row> documents, DedupConfig config) {
    NearDuplicates search = new NearDuplicates(config);
    try {
      Dataset<Row> edges = search.edges(members(signed, keysColumn), documents);
      Dataset<Row> components = search.keep(ConnectedComponents.of(edges.select(Document.ID, HUB)));
      Dataset<Row> clustered =
          signed
              .drop(keysColumn)
              .join(components.toDF(Document.ID, CLUSTER), Document.ID)
              .join(similarities(edges), Document.ID);
      return Snapshot.take(clustered, "dedup: clusters");
    } finally {
      search.open.forEach(Snapshot::close);
    }
  }

  /** (id, hub, similarity) of all pairs that reach the threshold. */
  private Dataset<Row> edges(Dataset<Row> members, Dataset<Row> documents) {
    Snapshot stars = Snapshot.take(stars(members), "dedup: LSH buckets");
    keep(stars);
    Dataset<Row> shingles =
        keep(Snapshot.take(shingles(stars.rows(), documents), "dedup: shingles of the candidates"));
    Dataset<Row> edges = null;
    for (int round = 1; ; round++) {
      Dataset<Row> judged =
          keep(Snapshot.take(judge(stars.rows(), shingles), "dedup: verification " + round));
      Dataset<Row> like = judged.where(col(SIMILARITY).geq(config.minJaccard()));
      edges = edges == null ? like : edges.unionAll(like);
      if (round == ROUNDS || stars.count() == 0) {
        return edges;
      }
      Dataset<Row> unlike =
          judged.where(col(SIMILARITY).lt(config.minJaccard())).select(Document.ID, HUB);
      Dataset<Row> unresolved =
          stars.rows().join(unlike, new String[] {Document.ID, HUB}).select(KEY, Document.ID);
      stars = Snapshot.take(stars(unresolved), "dedup: buckets of what failed");
      keep(stars);
    }
  }

  private Dataset<Row> keep(Snapshot snapshot) {
    open.add(snapshot);
    return snapshot.rows();
  }

  /** (key, id): each document once for each band. */
  private static Dataset<Row> members(Dataset<Row> signed, String keysColumn) {
    return signed
        .where(col(keysColumn).isNotNull())
        .select(Document.ID, keysColumn)
        .flatMap(new Explode(), Encoders.row(MEMBERS));
  }

  /** (key, id, hub): every member of a bucket but the hub, beside the hub. */
  private static Dataset<Row> stars(Dataset<Row> members) {
    return members
        .withColumn(HUB, min(Document.ID).over(Window.partitionBy(KEY)))
        .where(col(Document.ID).notEqual(col(HUB)));
  }

  /** (id, shingles) of the documents that share some bucket, each once. */
  private Dataset<Row> shingles(Dataset<Row> stars, Dataset<Row> documents) {
    UserDefinedFunction shingles =
        udf(new ShingleBytes(config.shingleWords()), DataTypes.BinaryType);
    Dataset<Row> candidates = stars.select(Document.ID).unionAll(stars.select(HUB)).distinct();
    return documents
        .select(Document.ID, Document.TEXT)
        .join(candidates, new String[] {Document.ID}, "left_semi")
        .dropDuplicates(Document.ID)
        .select(col(Document.ID), shingles.apply(col(Document.TEXT)).as(SHINGLES));
  }

  /** (id, hub, similarity) of each pair once. */
  private static Dataset<Row> judge(Dataset<Row> stars, Dataset<Row> shingles) {
    UserDefinedFunction jaccard =
        udf((UDF2<byte[], byte[], Double>) NearDuplicates::jaccard, DataTypes.DoubleType);
    return stars
        .select(Document.ID, HUB)
        .distinct()
        .join(shingles.withColumnRenamed(SHINGLES, "own"), Document.ID)
        .join(shingles.toDF(HUB, "other"), HUB)
        .select(col(Document.ID), col(HUB), jaccard.apply(col("own"), col("other")).as(SIMILARITY));
  }

  /** (id, similarity): of each document the greatest of its edges. */
  private static Dataset<Row> similarities(Dataset<Row> edges) {
    return edges
        .select(col(Document.ID), col(SIMILARITY))
        .unionAll(edges.select(col(HUB).as(Document.ID), col(SIMILARITY)))
        .groupBy(Document.ID)
        .agg(max(SIMILARITY).as(SIMILARITY));
  }

  /** Jaccard similarity of two sets, each as ascending big-endian 32-bit numbers. */
  static double jaccard(byte[] a, byte[] b) {
    ByteBuffer left = ByteBuffer.wrap(a);
    ByteBuffer right = ByteBuffer.wrap(b);
    int common = 0;
    int i = 0;
    int j = 0;
    while (i < a.length && j < b.length) {
      int x = left.getInt(i);
      int y = right.getInt(j);
      if (x == y) {
        common++;
      }
      i += x <= y ? Integer.BYTES : 0;
      j += y <= x ? Integer.BYTES : 0;
    }
    int all = (a.length + b.length) / Integer.BYTES - common;
    return (double) common / all;
  }

  private static final class Explode implements FlatMapFunction<Row, Row> {
    @Override
    public Iterator<Row> call(Row row) {
      String id = row.getString(0);
      ByteBuffer keys = ByteBuffer.wrap(row.getAs(1));
      return IntStream.range(0, keys.capacity() / Long.BYTES)
          .mapToObj(b -> RowFactory.create(keys.getLong(b * Long.BYTES), id))
          .iterator();
    }
  }

  /** The set of a text's shingles, as {@link #jaccard} reads it. */
  static final class ShingleBytes implements UDF1<String, byte[]> {
    private final int shingleWords;

    ShingleBytes(int shingleWords) {
      this.shingleWords = shingleWords;
    }

    @Override
    public byte[] call(String text) {
      Shingles shingles = new Shingles(shingleWords);
      shingles.read(text);
      int[] distinct = shingles.distinct();
      ByteBuffer bytes = ByteBuffer.allocate(distinct.length * Integer.BYTES);
      bytes.asIntBuffer().put(distinct);
      return bytes.array();
    }
  }
}

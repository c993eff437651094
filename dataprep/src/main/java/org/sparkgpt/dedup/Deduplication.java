package org.sparkgpt.dedup;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Verdict;

/**
 * Finds documents that are in the corpus more than once, and keeps one of each.
 *
 * <ul>
 *   <li>{@code dedup/exact}: another document has the same text but for capitals and white space,
 *       and a smaller (id, source). Nothing is measured, so value and threshold are NaN. Of rows
 *       that are equal in every column one is kept.
 *   <li>{@code dedup/near}: the document is in a cluster of {@link NearDuplicates} with a smaller
 *       id. The value is its greatest true Jaccard similarity to a document of the cluster it was
 *       compared with, the threshold {@code dedup.minJaccard}. Clusters are closed under chains, so
 *       the similarity to the kept document may be less.
 * </ul>
 *
 * <p>Documents shorter than one shingle have no signature; only {@code dedup/exact} applies to
 * them.
 */
public final class Deduplication {
  /** Id of the document that is kept for this one: its own id if it is kept itself. */
  public static final String CLUSTER = NearDuplicates.CLUSTER;

  public static final String EXACT = "dedup/exact";
  public static final String NEAR = "dedup/near";

  private static final String CONTENT = "_content";
  private static final String KEYS = "_keys";
  private static final String RANK = "_rank";
  private static final String TIE = "_tie";
  private static final String KEEPER = "_keeper";
  private static final String NEAREST = "_cluster";
  private static final String SIMILARITY = "_similarity";

  private static final StructType FINGERPRINTS =
      new StructType()
          .add(CONTENT, DataTypes.StringType, false)
          .add(Document.ID, DataTypes.StringType, false)
          .add(KEYS, DataTypes.BinaryType, true);

  private Deduplication() {}

  /**
   * All rows of {@code documents}, their columns untouched, with {@link #CLUSTER} and a {@link
   * Verdict} appended. Runs the search at once; the result is as lazy as {@code documents}, which
   * is read three times and should come from files.
   *
   * @param seed selects the MinHash permutations
   */
  public static Dataset<Row> annotate(Dataset<Row> documents, DedupConfig config, long seed) {
    try (Snapshot distinct =
        Snapshot.take(distinct(documents, config, seed), "dedup: signatures")) {
      // Stays stored as long as the returned plan needs it; see Snapshot.
      Snapshot near = NearDuplicates.find(distinct.rows(), KEYS, documents, config);
      return judge(documents, near.rows(), config);
    }
  }

  /** (content, id, keys) of each content once, with its smallest id. */
  private static Dataset<Row> distinct(Dataset<Row> documents, DedupConfig config, long seed) {
    return documents
        .select(Document.ID, Document.TEXT)
        .mapPartitions(
            new Fingerprint(config, new MinHash(config, seed)), Encoders.row(FINGERPRINTS))
        .groupBy(CONTENT)
        .agg(min(Document.ID).as(Document.ID), first(KEYS).as(KEYS)); // keys follow from content
  }

  private static Dataset<Row> judge(Dataset<Row> documents, Dataset<Row> near, DedupConfig config) {
    Column[] rest =
        Arrays.stream(documents.columns())
            .filter(name -> !name.equals(Document.TEXT)) // says no more than the id
            .map(functions::col)
            .toArray(Column[]::new);
    Column content =
        udf((UDF1<String, String>) ContentHash::of, DataTypes.StringType).apply(col(Document.TEXT));
    WindowSpec copies =
        Window.partitionBy(CONTENT).orderBy(col(Document.ID), col(Document.SOURCE), col(TIE));
    Column isExact = col(RANK).gt(1);
    Column isNear = col(NEAREST).isNotNull().and(col(NEAREST).notEqual(col(KEEPER)));
    List<Column> columns =
        new ArrayList<>(Arrays.stream(documents.columns()).map(functions::col).toList());
    columns.add(coalesce(col(NEAREST), col(KEEPER)).as(CLUSTER));
    columns.add(when(isExact, EXACT).when(isNear, NEAR).as(Verdict.REASON));
    columns.add(when(isExact, lit(Double.NaN)).when(isNear, col(SIMILARITY)).as(Verdict.VALUE));
    columns.add(
        when(isExact, lit(Double.NaN))
            .when(isNear, lit(config.minJaccard()))
            .as(Verdict.THRESHOLD));
    Dataset<Row> clusters =
        near.select(
            col(CONTENT),
            col(NearDuplicates.CLUSTER).as(NEAREST),
            col(NearDuplicates.SIMILARITY).as(SIMILARITY));
    // One shuffle carries the texts, by content: the window and the join both want it that way.
    return documents
        .withColumn(CONTENT, content)
        .withColumn(TIE, xxhash64(rest))
        .withColumn(RANK, row_number().over(copies))
        .withColumn(KEEPER, first(col(Document.ID)).over(copies))
        .join(clusters, new String[] {CONTENT}, "left_outer")
        .select(columns.toArray(Column[]::new));
  }

  /** Content hash, id and band keys of each document; no keys if it is shorter than a shingle. */
  private static final class Fingerprint implements MapPartitionsFunction<Row, Row> {
    private final DedupConfig config;
    private final MinHash minHash;

    Fingerprint(DedupConfig config, MinHash minHash) {
      this.config = config;
      this.minHash = minHash;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
      Shingles shingles = new Shingles(config.shingleWords());
      int[] signature = new int[config.hashes()];
      long[] keys = new long[config.bands()];
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return rows.hasNext();
        }

        @Override
        public Row next() {
          Row row = rows.next();
          String text = row.getString(1);
          shingles.read(text);
          byte[] bytes = null;
          if (shingles.count() > 0) {
            minHash.sign(signature, shingles);
            minHash.bandKeys(keys, signature);
            ByteBuffer buffer = ByteBuffer.allocate(keys.length * Long.BYTES);
            buffer.asLongBuffer().put(keys);
            bytes = buffer.array();
          }
          return RowFactory.create(ContentHash.of(text), row.getString(0), bytes);
        }
      };
    }
  }
}

package org.sparkgpt.dedup;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.sparkgpt.dedup.Contents.TARGET;
import static org.sparkgpt.dedup.Corpus.TIE;
import static org.sparkgpt.dedup.HubGroups.SIMILARITY;
import static org.sparkgpt.dedup.Node.NODE;
import static org.sparkgpt.dedup.PageVersions.NEWEST;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.util.StatCounter;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Verdict;

/**
 * Finds documents that are in the corpus more than once, and keeps one of each: that with the
 * smallest id, or with the best {@code quality_score} (see {@link Keep}).
 *
 * <ul>
 *   <li>{@code dedup/url}: the same page was fetched again later (see {@link PageVersions}). What
 *       is dropped so takes no part in what follows.
 *   <li>{@code dedup/exact}: another document has the same text but for capitals and white space.
 *       Of rows of one id that with the smallest hash of its other columns is kept; of rows that
 *       are equal in every column, one.
 *   <li>{@code dedup/near}: the document is in a cluster of {@link NearDuplicates}. The value is
 *       its greatest true Jaccard similarity to a document of the cluster it was compared with, the
 *       threshold {@code dedup.minJaccard}; the value is NaN if nothing was compared. Clusters are
 *       closed under chains, so the similarity to the kept document may be less.
 * </ul>
 *
 * <p>The first two measure nothing, so value and threshold are NaN. Documents shorter than one
 * shingle have no signature; {@code dedup/near} does not apply to them.
 *
 * <p>Documents of earlier runs stay as they are, and whatever equals or is near to one is dropped
 * for it. A newer version of an earlier run's page is kept, unless it says the same; an older one
 * is dropped.
 */
public final class Deduplication {
  /** Id of the document that is kept for this one: its own id if it is kept itself. */
  public static final String CLUSTER = "cluster";

  /** How many of this run's documents are in the cluster, this one included. */
  public static final String CLUSTER_SIZE = "cluster_size";

  /** What {@link Keep#QUALITY} goes by: a double, greater is better. */
  public static final String QUALITY_SCORE = "quality_score";

  public static final String URL = "dedup/url";
  public static final String EXACT = "dedup/exact";
  public static final String NEAR = "dedup/near";

  private static final Column NOTHING = lit(Double.NaN); // measured

  private static final String KEEPER = "keeper";
  private static final String ROOT = ConnectedComponents.ROOT;

  private final Corpus corpus;
  private final Earlier earlier;
  private final DedupConfig config;
  private final long seed;
  private final Map<String, Object> figures = new LinkedHashMap<>();

  private Deduplication(Dataset<Row> documents, Earlier earlier, DedupConfig config, long seed) {
    this.corpus = new Corpus(documents);
    this.earlier = earlier;
    this.config = config;
    this.seed = seed;
  }

  /**
   * {@link #find} without earlier runs: all rows of {@code documents}, their columns untouched,
   * with {@link #CLUSTER}, {@link #CLUSTER_SIZE} and a {@link Verdict} appended.
   */
  public static Dataset<Row> annotate(Dataset<Row> documents, DedupConfig config, long seed) {
    try (Deduplicated found = find(documents, null, config, seed)) {
      return found.documents();
    }
  }

  /**
   * Runs the search at once; the documents of the result are as lazy as {@code documents}, which
   * are read several times, should come from files and must have the same rows in the same
   * partitions each time.
   *
   * @param earlier what is not to be taken again; null if there is none
   * @param seed selects the MinHash permutations
   * @throws IllegalArgumentException if the best quality is to be kept and is not known
   */
  public static Deduplicated find(
      Dataset<Row> documents, Earlier earlier, DedupConfig config, long seed) {
    if (config.keep() == Keep.QUALITY && !List.of(documents.columns()).contains(QUALITY_SCORE)) {
      throw new IllegalArgumentException(
          "dedup.keep: quality needs the column "
              + QUALITY_SCORE
              + "; add the stage 'quality' before dedup, or keep: id");
    }
    SparkContext context = documents.sparkSession().sparkContext();
    context.setJobDescription("dedup: look at what was found");
    try {
      return new Deduplication(documents, earlier, config, seed).find();
    } finally {
      context.setJobDescription(null);
    }
  }

  private Deduplicated find() {
    Contents contents = contents();
    Dataset<Row> signed = contents.speaking().where(col(NearDuplicates.KEYS).isNotNull());
    figures.put(
        "too short for a signature",
        contents
            .speaking()
            .where(col(NearDuplicates.KEYS).isNull().and(Node.isOwn(col(NODE))))
            .javaRDD()
            .count());
    Verification verification =
        new Verification(corpus, earlier == null ? null : earlier.texts(), config);
    Snapshot near = NearDuplicates.find(signed, verification, config, figures);
    // Stays stored as long as the returned plan needs it; see Snapshot.
    Snapshot decisions = Snapshot.take(decisions(dropped(contents, near)), "dedup: verdicts");
    StatCounter sizes = decisions.statistics(CLUSTER_SIZE, lit(true));
    figures.put("documents of the largest cluster", Math.max(1, (long) sizes.max()));
    double threshold = config.verify() ? config.threshold() : Double.NaN;
    return new Deduplicated(
        Judgement.pass(corpus, decisions.rows(), threshold),
        signatures(contents, near),
        figures,
        List.of(contents, near));
  }

  private Contents contents() {
    Dataset<Row> fingerprints = Fingerprints.of(corpus, config, seed);
    if (earlier != null) {
      fingerprints = fingerprints.unionAll(Fingerprints.of(earlier));
    }
    if (!config.url() || !corpus.has(Document.FETCHED)) {
      return Contents.of(fingerprints, null);
    }
    try (Snapshot outdated =
        Snapshot.take(PageVersions.outdated(corpus, earlier), "dedup: versions of pages")) {
      return Contents.of(fingerprints, outdated.count() == 0 ? null : outdated);
    }
  }

  /** (node, tie, keeper, reason, value) of what is dropped. */
  private static Dataset<Row> dropped(Contents contents, Snapshot near) {
    Dataset<Row> roots = near.forJoin().select(col(NODE).as(TARGET), col(ROOT));
    Dataset<Row> exact =
        contents
            .copies()
            .select(NODE, TIE, TARGET)
            .join(roots, new String[] {TARGET}, "left_outer")
            .select(col(NODE), col(TIE), coalesce(col(ROOT), col(TARGET)), lit(EXACT), NOTHING);
    Dataset<Row> similar =
        near.rows()
            .where(col(NODE).notEqual(col(ROOT)).and(Node.isOwn(col(NODE))))
            .select(col(NODE), lit(null).cast("long"), col(ROOT), lit(NEAR), col(SIMILARITY));
    Dataset<Row> dropped = exact.unionAll(similar);
    return (contents.haveOutdated() ? dropped.unionAll(outdated(contents, roots)) : dropped)
        .toDF(NODE, TIE, KEEPER, Verdict.REASON, Verdict.VALUE);
  }

  private static Dataset<Row> outdated(Contents contents, Dataset<Row> roots) {
    Dataset<Row> newest = contents.outdated().select(NEWEST).distinct();
    Dataset<Row> keepers =
        contents
            .rows()
            .rows()
            .where(col(NEWEST).isNull())
            .select(Node.id(col(NODE)).as(NEWEST), coalesce(col(TARGET), col(NODE)).as(TARGET))
            .join(newest, new String[] {NEWEST}, "left_semi")
            .join(roots, new String[] {TARGET}, "left_outer")
            .select(col(NEWEST), coalesce(col(ROOT), col(TARGET)).as(KEEPER))
            .dropDuplicates(NEWEST); // rows of one text have one keeper
    return contents
        .outdated()
        .join(keepers, NEWEST)
        .select(col(NODE), col(TIE), col(KEEPER), lit(URL), NOTHING);
  }

  /** {@link Judgement#DECISIONS} on all documents in clusters. */
  private static Dataset<Row> decisions(Dataset<Row> dropped) {
    WindowSpec cluster = Window.partitionBy(KEEPER);
    return dropped
        .select(
            col(NODE),
            col(TIE),
            col(Verdict.REASON),
            col(Verdict.VALUE),
            col(KEEPER),
            count(lit(1)).over(cluster),
            row_number().over(cluster.orderBy(NODE, TIE)))
        .flatMap(
            (FlatMapFunction<Row, Row>) Deduplication::decisions,
            Encoders.row(Judgement.DECISIONS));
  }

  /**
   * @param row (node, tie, reason, value, keeper, documents dropped for it, number among these)
   */
  private static Iterator<Row> decisions(Row row) {
    byte[] node = row.getAs(0);
    byte[] keeper = row.getAs(4);
    String kept = Node.id(keeper);
    long size = row.getLong(5) + (Node.isOwn(keeper) ? 1 : 0);
    Row dropped =
        RowFactory.create(
            Node.place(node), Node.id(node), row.get(1), row.get(2), row.get(3), kept, size);
    if (row.getInt(6) > 1 || !Node.isOwn(keeper)) {
      return List.of(dropped).iterator();
    }
    return List.of(
            dropped, RowFactory.create(Node.place(keeper), kept, null, null, null, kept, size))
        .iterator();
  }

  private static Dataset<Row> signatures(Contents contents, Snapshot near) {
    Dataset<Row> dropped = near.forJoin().where(col(NODE).notEqual(col(ROOT))).select(NODE);
    return contents
        .speaking()
        .where(Node.isOwn(col(NODE)))
        .join(dropped, new String[] {NODE}, "left_anti")
        .select(
            Node.id(col(NODE)).as(Document.ID),
            col(Signatures.CONTENT),
            col(Signatures.PAGE),
            col(Document.FETCHED),
            col(NearDuplicates.KEYS));
  }
}

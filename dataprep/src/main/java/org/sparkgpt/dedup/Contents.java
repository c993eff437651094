package org.sparkgpt.dedup;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;
import static org.sparkgpt.dedup.Corpus.TIE;
import static org.sparkgpt.dedup.Node.NODE;
import static org.sparkgpt.dedup.PageVersions.NEWEST;
import static org.sparkgpt.dedup.Signatures.CONTENT;
import static org.sparkgpt.dedup.Signatures.PAGE;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.sparkgpt.corpus.Document;

/**
 * Fingerprints by content: of each content one document speaks for all, the one with the smallest
 * node, and the others are its exact copies. Outdated documents are not among them.
 *
 * @param rows (node, tie, newest, target, content, page, fetched, keys) of each document: {@code
 *     newest} is null but for outdated documents; {@code target}, the node that speaks for it, but
 *     for copies; the last four but for those that speak
 * @param haveOutdated whether there are outdated documents
 */
record Contents(Snapshot rows, boolean haveOutdated) implements AutoCloseable {
  /** The node that speaks for a copy. */
  static final String TARGET = "target";

  private static final String NUMBER = "number";

  /**
   * @param outdated null if there is none
   */
  static Contents of(Dataset<Row> fingerprints, Snapshot outdated) {
    Dataset<Row> marked =
        outdated == null
            ? fingerprints.withColumn(NEWEST, lit(null).cast("string"))
            : fingerprints.join(outdated.forJoin(), new String[] {Document.ID, TIE}, "left_outer");
    WindowSpec copies =
        Window.partitionBy(CONTENT)
            .orderBy(col(NEWEST).isNotNull(), Node.rank(col(NODE)), col(TIE), col(NODE));
    Column speaks = col(NUMBER).equalTo(1).and(col(NEWEST).isNull());
    Dataset<Row> rows =
        marked
            .withColumn(NUMBER, row_number().over(copies))
            .withColumn(TARGET, first(NODE).over(copies))
            .select(
                col(NODE),
                col(TIE),
                col(NEWEST),
                when(col(NUMBER).gt(1).and(col(NEWEST).isNull()), col(TARGET)).as(TARGET),
                when(speaks, col(CONTENT)).as(CONTENT),
                when(speaks, col(PAGE)).as(PAGE),
                when(speaks, col(Document.FETCHED)).as(Document.FETCHED),
                when(speaks, col(NearDuplicates.KEYS)).as(NearDuplicates.KEYS));
    return new Contents(Snapshot.take(rows, "dedup: signatures"), outdated != null);
  }

  /** One document of each content, earlier runs' among them. */
  Dataset<Row> speaking() {
    return rows.rows().where(col(CONTENT).isNotNull());
  }

  /** This run's documents that say what another one says, with that one's node. */
  Dataset<Row> copies() {
    return rows.rows().where(col(TARGET).isNotNull().and(Node.isOwn(col(NODE))));
  }

  Dataset<Row> outdated() {
    return rows.rows().where(col(NEWEST).isNotNull());
  }

  @Override
  public void close() {
    rows.close();
  }
}

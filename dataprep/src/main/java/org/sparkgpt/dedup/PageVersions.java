package org.sparkgpt.dedup;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;
import static org.sparkgpt.dedup.Corpus.TIE;
import static org.sparkgpt.dedup.Signatures.PAGE;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.DataTypes;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.scrape.CrawlUrl;

/**
 * Documents of which a later version is there: another document of the same page that was fetched
 * later, in this run or in an earlier one. Pages are told apart by {@link CrawlUrl#normalize}; a
 * URL that it does not take stands for itself.
 *
 * <p>Nothing is said of documents without a URL or a time: several pieces of one page, as lines of
 * JSON often are, all stay. So do all of those fetched at the same moment.
 */
final class PageVersions {
  /** Id of the newest version of the page. */
  static final String NEWEST = "newest";

  private static final String LATEST = "latest";
  private static final String OWN = "own";

  private PageVersions() {}

  /** 16 bytes that are the same for all spellings of a page's address. */
  static byte[] pageOf(String url) {
    return ContentHash.exactly(CrawlUrl.normalize(url).orElse(url.strip()));
  }

  /**
   * (id, tie, newest) of the outdated documents, each once.
   *
   * @param earlier null if there are no earlier runs
   */
  static Dataset<Row> outdated(Corpus corpus, Earlier earlier) {
    Column page =
        udf((UDF1<String, byte[]>) PageVersions::pageOf, DataTypes.BinaryType)
            .apply(col(Document.URL));
    Dataset<Row> versions =
        corpus
            .datedPages()
            .select(
                page.as(PAGE),
                col(Document.FETCHED),
                col(Document.ID),
                col(TIE),
                lit(true).as(OWN));
    if (earlier != null) {
      versions =
          versions.unionAll(
              earlier
                  .signatures()
                  .where(col(PAGE).isNotNull())
                  .select(col(PAGE), col(Document.FETCHED), col(Document.ID), lit(0L), lit(false)));
    }
    WindowSpec newestFirst =
        Window.partitionBy(PAGE).orderBy(col(Document.FETCHED).desc(), col(Document.ID).asc());
    return versions
        .withColumn(LATEST, first(Document.FETCHED).over(newestFirst))
        .withColumn(NEWEST, first(Document.ID).over(newestFirst))
        .where(col(OWN).and(col(Document.FETCHED).lt(col(LATEST))))
        .select(Document.ID, TIE, NEWEST)
        .distinct();
  }
}

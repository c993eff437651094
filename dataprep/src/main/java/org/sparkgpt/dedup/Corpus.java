package org.sparkgpt.dedup;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.Arrays;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.sparkgpt.corpus.Document;

/**
 * The documents of a run, read again and again from where they are: signatures, comparisons and
 * verdicts come to the partition that has the text. Its partitions must hold the same rows each
 * time, as those of files do.
 */
final class Corpus {
  /** A hash of all columns but the text, which tells rows of one id apart. */
  static final String TIE = "tie";

  private final Dataset<Row> table;
  private final StructType schema;
  private final JavaRDD<Row> rows;

  Corpus(Dataset<Row> documents) {
    Column[] rest =
        Arrays.stream(documents.columns())
            .filter(name -> !name.equals(Document.TEXT)) // says no more than the id
            .map(functions::col)
            .toArray(Column[]::new);
    schema = documents.schema();
    table = documents.withColumn(TIE, xxhash64(rest));
    rows = table.javaRDD();
  }

  /**
   * The documents with {@link #TIE}: where only some columns are wanted, the others stay unread.
   */
  Dataset<Row> table() {
    return table;
  }

  /** The rows of {@link #table}, always in the same partitions. */
  JavaRDD<Row> rows() {
    return rows;
  }

  int partitions() {
    return rows.getNumPartitions();
  }

  /** Of the documents, without {@link #TIE}, which comes behind. */
  StructType schema() {
    return schema;
  }

  int index(String column) {
    return table.schema().fieldIndex(column);
  }

  boolean has(String column) {
    return Arrays.asList(schema.fieldNames()).contains(column);
  }

  /** Those documents whose page and time of fetching are known. */
  Dataset<Row> datedPages() {
    return table.where(col(Document.URL).isNotNull().and(col(Document.FETCHED).isNotNull()));
  }
}

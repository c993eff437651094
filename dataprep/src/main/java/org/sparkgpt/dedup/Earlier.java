package org.sparkgpt.dedup;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What earlier runs kept.
 *
 * @param documents ids and texts, among other columns
 * @param signatures of these, as {@link Signatures#read} gives them
 */
public record Earlier(Dataset<Row> documents, Dataset<Row> signatures) {
  /** Both together; a document may be in both. */
  public Earlier and(Earlier other) {
    return new Earlier(texts().unionAll(other.texts()), signatures.unionAll(other.signatures));
  }

  Dataset<Row> texts() {
    return documents.select("id", "text");
  }
}

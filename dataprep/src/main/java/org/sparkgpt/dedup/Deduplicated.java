package org.sparkgpt.dedup;

import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What {@link Deduplication#find} found. To be closed when the signatures have been written. */
public final class Deduplicated implements AutoCloseable {
  private final Dataset<Row> documents;
  private final Dataset<Row> signatures;
  private final Map<String, Object> figures;
  private final List<AutoCloseable> tables;

  Deduplicated(
      Dataset<Row> documents,
      Dataset<Row> signatures,
      Map<String, Object> figures,
      List<AutoCloseable> tables) {
    this.documents = documents;
    this.signatures = signatures;
    this.figures = figures;
    this.tables = tables;
  }

  /** All documents with cluster and verdict, as lazy as they came in. */
  public Dataset<Row> documents() {
    return documents;
  }

  /** Of what was kept, for {@link Signatures#write}. */
  public Dataset<Row> signatures() {
    return signatures;
  }

  /** What was counted, by name. */
  public Map<String, Object> figures() {
    return figures;
  }

  @Override
  public void close() {
    for (AutoCloseable table : tables) {
      try {
        table.close();
      } catch (Exception e) {
        throw new IllegalStateException(e); // snapshots throw none
      }
    }
  }
}

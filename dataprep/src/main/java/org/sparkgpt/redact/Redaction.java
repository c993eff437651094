package org.sparkgpt.redact;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;

import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Verdict;
import scala.collection.JavaConverters;

/**
 * Replaces personal data by placeholders, one for each class: see {@link Pii}.
 *
 * <ul>
 *   <li>{@code redact/too-many}: more hits than {@code redact.maxPerDocument}, the threshold; the
 *       value is how many.
 *   <li>{@code redact/found}: {@code redact.action} is drop and there is at least one hit; the
 *       value is how many, the threshold 0.
 * </ul>
 *
 * A dropped row keeps its text as it was; elsewhere hits are counted but never written. Names,
 * postal addresses, user names and whatever else has no form of its own are not found. Each row is
 * judged alone, so the result does not depend on how rows are spread.
 */
public final class Redaction {
  /** Hits by class, in kept rows those that were replaced; classes without any are left out. */
  public static final String REDACTIONS = "redactions";

  static final String TOO_MANY = "redact/too-many";
  static final String FOUND = "redact/found";

  private Redaction() {}

  /**
   * All rows of {@code documents} with {@link Document#TEXT} redacted and {@link #REDACTIONS} and a
   * {@link Verdict} appended. Ids stay those of the ingested text.
   */
  public static Dataset<Row> annotate(Dataset<Row> documents, RedactConfig config) {
    StructType schema = documents.schema();
    StructType judged =
        Verdict.appendTo(
            schema.add(
                REDACTIONS,
                DataTypes.createMapType(DataTypes.StringType, DataTypes.IntegerType, false),
                false));
    return documents.mapPartitions(
        new Annotate(config, schema.fieldIndex(Document.TEXT)), Encoders.row(judged));
  }

  /**
   * What was replaced in the documents that were kept: "redacted email" and so on by class, and
   * "documents with redactions".
   *
   * @param redacted rows of {@link #annotate}
   */
  public static Map<String, Object> figures(Dataset<Row> redacted, RedactConfig config) {
    Dataset<Row> kept = redacted.where(col(Verdict.REASON).isNull()).select(REDACTIONS);
    Map<String, Object> figures = new LinkedHashMap<>();
    config.classes().forEach(pii -> figures.put("redacted " + pii, 0L));
    kept.select(explode(col(REDACTIONS)))
        .groupBy("key")
        .agg(sum("value"))
        .collectAsList() // a row for each class
        .forEach(row -> figures.put("redacted " + row.getString(0), row.getLong(1)));
    figures.put("documents with redactions", kept.where(size(col(REDACTIONS)).gt(0)).count());
    return figures;
  }

  private static final class Annotate implements MapPartitionsFunction<Row, Row> {
    private final RedactConfig config;
    private final int textColumn;

    Annotate(RedactConfig config, int textColumn) {
      this.config = config;
      this.textColumn = textColumn;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
      PiiScanner scanner = new PiiScanner(EnumSet.copyOf(config.classes()));
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return rows.hasNext();
        }

        @Override
        public Row next() {
          return annotate(rows.next(), scanner);
        }
      };
    }

    private Row annotate(Row row, PiiScanner scanner) {
      Redacted redacted = scanner.redact(row.getString(textColumn));
      Verdict verdict = judge(redacted.hits(), config);
      int width = row.size();
      Object[] values = new Object[width + 4];
      for (int i = 0; i < width; i++) {
        values[i] = row.get(i);
      }
      Map<String, Integer> counts = new LinkedHashMap<>();
      redacted.counts().forEach((pii, count) -> counts.put(pii.label(), count));
      values[width] = JavaConverters.mapAsScalaMap(counts);
      if (verdict == null) {
        values[textColumn] = redacted.text();
      } else {
        values[width + 1] = verdict.reason();
        values[width + 2] = verdict.value();
        values[width + 3] = verdict.threshold();
      }
      return RowFactory.create(values);
    }
  }

  /** Why a document is dropped, or null if it is kept. */
  private static Verdict judge(int hits, RedactConfig config) {
    if (config.action() == RedactAction.DROP) {
      return hits > 0 ? new Verdict(FOUND, hits, 0) : null;
    }
    Integer most = config.maxPerDocument();
    return most != null && hits > most ? new Verdict(TOO_MANY, hits, most) : null;
  }
}

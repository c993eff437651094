package org.sparkgpt.redact;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.DocumentJudge;
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
    StructType own =
        new StructType()
            .add(
                REDACTIONS,
                DataTypes.createMapType(DataTypes.StringType, DataTypes.IntegerType, false),
                false);
    int text = documents.schema().fieldIndex(Document.TEXT);
    return DocumentJudge.judgeAll(
        documents,
        own,
        () -> {
          PiiScanner scanner = new PiiScanner(EnumSet.copyOf(config.classes()));
          return row -> judge(row.getString(text), scanner, config);
        });
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

  private static DocumentJudge.Judged judge(String text, PiiScanner scanner, RedactConfig config) {
    Redacted redacted = scanner.redact(text);
    Verdict verdict = judge(redacted.hits(), config);
    Map<String, Integer> counts = new LinkedHashMap<>();
    redacted.counts().forEach((pii, count) -> counts.put(pii.label(), count));
    return new DocumentJudge.Judged(
        verdict == null ? redacted.text() : text, verdict, JavaConverters.mapAsScalaMap(counts));
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

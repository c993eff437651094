package org.sparkgpt.passages;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Verdict;

/**
 * Removes passages that are in the corpus more than once, in several documents or several times in
 * one. This finds what a comparison of whole documents cannot: a chapter beside its book, a
 * quotation, a notice under every page.
 *
 * <p>A document that loses something is judged by what is left: {@code passages/too-little-left}
 * (fewer than {@code passages.minCharacters} UTF-16 units) and, if it lost lines, {@code
 * passages/too-few-sentences} (fewer than {@code passages.line.minSentences}). The value is what is
 * left. A document that loses nothing is kept, however short.
 */
public final class Passages {
  /** UTF-16 units by which the text became shorter. */
  public static final String REMOVED_CHARACTERS = "removed_characters";

  /** The same by {@link Method}: a struct with a field for each, named as in the run file. */
  public static final String REMOVED_BY = "removed_by";

  public static final String TOO_LITTLE_LEFT = "passages/too-little-left";
  public static final String TOO_FEW_SENTENCES = "passages/too-few-sentences";

  private Passages() {}

  /**
   * All rows of {@code documents}, the repeated passages removed from {@link Document#TEXT}, with
   * {@link #REMOVED_CHARACTERS}, {@link #REMOVED_BY} and a {@link Verdict} appended. Ids stay those
   * of the ingested text. The result is as lazy as {@code documents}, unless Spark executes
   * adaptively: then the search runs at once.
   */
  public static Dataset<Row> annotate(Dataset<Row> documents, PassagesConfig config) {
    SparkSession spark = documents.sparkSession();
    StructType schema = documents.schema();
    Laid laid = new Laid(schema);
    spark.sparkContext().setJobDescription("passages: lay out the documents");
    JavaRDD<Row> rows = laid.rows(documents);
    spark.sparkContext().setJobDescription(null);
    int partitions = rows.getNumPartitions();
    if (partitions > 0) { // else there are no documents
      for (Method method : config.methods()) {
        rows = new Removal(config, method, laid, partitions).from(spark, rows);
      }
    }
    return spark.createDataFrame(rows.map(new Judge(config, laid)), judged(schema));
  }

  /**
   * What was removed from documents that {@link #annotate} judged, by name: characters, documents.
   */
  public static Map<String, Object> figures(Dataset<Row> judged, PassagesConfig config) {
    List<Column> sums = new ArrayList<>();
    for (Method method : config.methods()) {
      Column removed = col(REMOVED_BY).getField(method.key()).cast(DataTypes.LongType);
      sums.add(coalesce(sum(removed), lit(0L)).as("removed characters by " + method.key()));
    }
    Column changed = count(when(col(REMOVED_CHARACTERS).gt(0), 1)).as("documents changed");
    judged.sparkSession().sparkContext().setJobDescription("passages: add up what was removed");
    Row row = judged.agg(changed, sums.toArray(Column[]::new)).head();
    judged.sparkSession().sparkContext().setJobDescription(null);
    Map<String, Object> figures = new LinkedHashMap<>();
    for (int i = 1; i < row.size(); i++) {
      figures.put(row.schema().fieldNames()[i], row.getLong(i));
    }
    figures.put("documents changed", row.getLong(0));
    return figures;
  }

  private static StructType judged(StructType schema) {
    StructType methods = new StructType();
    for (Method method : Method.values()) {
      methods = methods.add(method.key(), DataTypes.IntegerType, false);
    }
    return Verdict.appendTo(
        schema
            .add(REMOVED_CHARACTERS, DataTypes.IntegerType, false)
            .add(REMOVED_BY, methods, false));
  }

  private static final class Judge implements Function<Row, Row> {
    private final PassagesConfig config;
    private final Laid laid;

    Judge(PassagesConfig config, Laid laid) {
      this.config = config;
      this.laid = laid;
    }

    @Override
    public Row call(Row row) {
      Object[] removed = new Object[Method.values().length];
      int all = 0;
      for (Method method : Method.values()) {
        int characters = laid.removed(row, method);
        removed[method.ordinal()] = characters;
        all += characters;
      }
      Verdict verdict = all == 0 ? null : judge(row);
      return laid.own(
          row,
          all,
          RowFactory.create(removed),
          verdict == null ? null : verdict.reason(),
          verdict == null ? null : verdict.value(),
          verdict == null ? null : verdict.threshold());
    }

    private Verdict judge(Row row) {
      String text = laid.text(row);
      if (text.length() < config.minCharacters()) {
        return new Verdict(TOO_LITTLE_LEFT, text.length(), config.minCharacters());
      }
      int least = config.line().minSentences();
      if (laid.removed(row, Method.LINE) > 0) {
        int sentences = SentenceUnits.count(text, least);
        return sentences < least ? new Verdict(TOO_FEW_SENTENCES, sentences, least) : null;
      }
      return null;
    }
  }
}

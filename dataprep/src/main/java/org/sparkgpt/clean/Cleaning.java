package org.sparkgpt.clean;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import opennlp.tools.langdetect.Language;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Verdict;

/**
 * Normalises every text, finds its language, and judges it by the rules of the run file.
 *
 * <p>Each row is judged alone, so the result does not depend on how rows are spread. Reasons, in
 * the order they are tried: {@code empty} (nothing left after normalisation), {@code language} (not
 * one of {@code clean.languages}), {@code language-confidence}, then those of the rules.
 */
public final class Cleaning {
  /** ISO 639-3 code of the text's language; {@code und} if the text is empty. */
  public static final String LANGUAGE = "language";

  /** The detector's probability of that language, 0 to 1. */
  public static final String LANGUAGE_CONFIDENCE = "language_confidence";

  private static final Language UNDETERMINED = new Language("und", 0);

  private Cleaning() {}

  /**
   * All rows of {@code documents} with {@link Document#TEXT} normalised and {@link #LANGUAGE},
   * {@link #LANGUAGE_CONFIDENCE} and a {@link Verdict} appended. Ids stay those of the ingested
   * text.
   */
  public static Dataset<Row> annotate(Dataset<Row> documents, CleanConfig config) {
    StructType schema = documents.schema();
    StructType judged =
        Verdict.appendTo(
            schema
                .add(LANGUAGE, DataTypes.StringType, false)
                .add(LANGUAGE_CONFIDENCE, DataTypes.DoubleType, false));
    return documents.mapPartitions(
        new Annotate(config, schema.fieldIndex(Document.TEXT)), Encoders.row(judged));
  }

  private static final class Annotate implements MapPartitionsFunction<Row, Row> {
    private final CleanConfig config;
    private final int textColumn;

    Annotate(CleanConfig config, int textColumn) {
      this.config = config;
      this.textColumn = textColumn;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
      Judge judge = new Judge(config);
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return rows.hasNext();
        }

        @Override
        public Row next() {
          return annotate(rows.next(), judge);
        }
      };
    }

    private Row annotate(Row row, Judge judge) {
      String text = TextNormalizer.normalize(row.getString(textColumn));
      Language language = judge.languageOf(text);
      Optional<Verdict> verdict = judge.reject(text, language);
      int width = row.size();
      Object[] values = new Object[width + 5];
      for (int i = 0; i < width; i++) {
        values[i] = i == textColumn ? text : row.get(i);
      }
      values[width] = language.getLang();
      values[width + 1] = language.getConfidence();
      verdict.ifPresent(
          v -> {
            values[width + 2] = v.reason();
            values[width + 3] = v.value();
            values[width + 4] = v.threshold();
          });
      return RowFactory.create(values);
    }
  }

  /** What one partition needs to judge its texts. */
  static final class Judge {
    private final CleanConfig config;
    private final LanguageDetection detection;
    private final List<Rule> rules;

    Judge(CleanConfig config) {
      this.config = config;
      detection = new LanguageDetection(config.languageCharacters());
      rules = Rules.of(config);
    }

    Language languageOf(String text) {
      return text.isEmpty() ? UNDETERMINED : detection.detect(text);
    }

    Optional<Verdict> reject(String text, Language language) {
      if (text.isEmpty()) {
        return Optional.of(new Verdict("empty"));
      }
      Optional<Verdict> foreign = rejectLanguage(language);
      if (foreign.isPresent()) {
        return foreign;
      }
      Text read = new Text(text, language.getLang());
      for (Rule rule : rules) {
        Optional<Verdict> verdict = rule.reject(read);
        if (verdict.isPresent()) {
          return verdict;
        }
      }
      return Optional.empty();
    }

    private Optional<Verdict> rejectLanguage(Language language) {
      if (config.languages().isEmpty()) {
        return Optional.empty();
      }
      if (!config.languages().contains(language.getLang())) {
        return Optional.of(new Verdict("language"));
      }
      double confidence = language.getConfidence();
      if (confidence < config.minLanguageConfidence()) {
        return Optional.of(
            new Verdict("language-confidence", confidence, config.minLanguageConfidence()));
      }
      return Optional.empty();
    }
  }
}

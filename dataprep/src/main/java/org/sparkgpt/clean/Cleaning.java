package org.sparkgpt.clean;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * Repairs and normalises every text, finds its languages, and judges it by the rules of the run
 * file.
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

  /**
   * The text's languages as (language, share of its characters), the largest share first: of the
   * text before foreign paragraphs were removed.
   */
  public static final String LANGUAGES = "languages";

  /** How many paragraphs were removed because of their language. */
  public static final String REMOVED_PARAGRAPHS = "removed_paragraphs";

  private static final StructType SHARE =
      new StructType()
          .add("language", DataTypes.StringType, false)
          .add("share", DataTypes.DoubleType, false);

  private static final int COLUMNS = 7;

  private Cleaning() {}

  /**
   * All rows of {@code documents} with {@link Document#TEXT} repaired and normalised and {@link
   * #LANGUAGE}, {@link #LANGUAGE_CONFIDENCE}, {@link #LANGUAGES}, {@link #REMOVED_PARAGRAPHS} and a
   * {@link Verdict} appended. Ids stay those of the ingested text.
   */
  public static Dataset<Row> annotate(Dataset<Row> documents, CleanConfig config) {
    StructType schema = documents.schema();
    StructType judged =
        Verdict.appendTo(
            schema
                .add(LANGUAGE, DataTypes.StringType, false)
                .add(LANGUAGE_CONFIDENCE, DataTypes.DoubleType, false)
                .add(LANGUAGES, DataTypes.createArrayType(SHARE, false), false)
                .add(REMOVED_PARAGRAPHS, DataTypes.IntegerType, false));
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
      Cleaned cleaned = judge.clean(row.getString(textColumn));
      int width = row.size();
      Object[] values = new Object[width + COLUMNS];
      for (int i = 0; i < width; i++) {
        values[i] = i == textColumn ? cleaned.text() : row.get(i);
      }
      values[width] = cleaned.language();
      values[width + 1] = cleaned.confidence();
      values[width + 2] =
          cleaned.shares().stream()
              .map(share -> RowFactory.create(share.language(), share.share()))
              .toArray();
      values[width + 3] = cleaned.removedParagraphs();
      judge
          .reject(cleaned)
          .ifPresent(
              v -> {
                values[width + 4] = v.reason();
                values[width + 5] = v.value();
                values[width + 6] = v.threshold();
              });
      return RowFactory.create(values);
    }
  }

  /** How {@code text} would be cleaned, for a look at a single document. */
  public static Cleaned clean(String text, CleanConfig config) {
    return new Judge(config).clean(text);
  }

  /**
   * What each check says of a document, for a look at a single one, in the order in which they are
   * asked: by its name, empty if it has nothing against the document.
   */
  public static Map<String, Optional<Verdict>> verdicts(Cleaned cleaned, CleanConfig config) {
    Judge judge = new Judge(config);
    Map<String, Optional<Verdict>> verdicts = new LinkedHashMap<>();
    boolean empty = cleaned.text().isEmpty();
    verdicts.put("empty", empty ? Optional.of(new Verdict("empty")) : Optional.empty());
    verdicts.put("language", judge.rejectLanguage(cleaned.language(), cleaned.confidence()));
    Text read = new Text(cleaned.text(), cleaned.language());
    for (int i = 0; i < judge.rules.size() && !empty; i++) {
      verdicts.put(config.rules().get(i), judge.rules.get(i).reject(read));
    }
    return verdicts;
  }

  /** What one partition needs to judge its texts. */
  static final class Judge {
    private final CleanConfig config;
    private final LanguageMix mix;
    private final List<Rule> rules;

    Judge(CleanConfig config) {
      this.config = config;
      mix = new LanguageMix(config.languageCharacters());
      rules = Rules.of(config);
    }

    Cleaned clean(String raw) {
      TextRepair.Repaired repaired =
          config.repairText() ? TextRepair.repair(raw) : new TextRepair.Repaired(raw, List.of());
      String text = TextNormalizer.normalize(repaired.text());
      if (text.isEmpty()) {
        return Cleaned.empty(repaired.fixes());
      }
      DocumentLanguages languages = mix.of(text);
      boolean drop =
          config.foreignParagraphs() == ForeignParagraphs.DROP
              && languages.paragraphs().stream().anyMatch(p -> isWanted(p.language()));
      return drop
          ? Cleaned.without(text, languages, p -> !isWanted(p), repaired.fixes())
          : Cleaned.of(text, languages, repaired.fixes());
    }

    private boolean isWanted(String language) {
      return config.languages().isEmpty() || config.languages().contains(language);
    }

    Optional<Verdict> reject(Cleaned cleaned) {
      if (cleaned.text().isEmpty()) {
        return Optional.of(new Verdict("empty"));
      }
      Optional<Verdict> foreign = rejectLanguage(cleaned.language(), cleaned.confidence());
      if (foreign.isPresent()) {
        return foreign;
      }
      Text read = new Text(cleaned.text(), cleaned.language());
      for (Rule rule : rules) {
        Optional<Verdict> verdict = rule.reject(read);
        if (verdict.isPresent()) {
          return verdict;
        }
      }
      return Optional.empty();
    }

    private Optional<Verdict> rejectLanguage(String language, double confidence) {
      if (config.languages().isEmpty()) {
        return Optional.empty();
      }
      if (!config.languages().contains(language)) {
        return Optional.of(new Verdict("language"));
      }
      if (confidence < config.minLanguageConfidence()) {
        return Optional.of(
            new Verdict("language-confidence", confidence, config.minLanguageConfidence()));
      }
      return Optional.empty();
    }
  }
}

package org.sparkgpt.clean;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.DocumentJudge;
import org.sparkgpt.corpus.Verdict;

/**
 * Repairs and normalises every text, finds its languages, and judges it by the rules of the run
 * file.
 *
 * <p>Each row is judged alone, so the result does not depend on how rows are spread. Reasons, in
 * the order they are tried: {@code empty} (nothing left after normalisation), {@code language} (not
 * one of {@code clean.languages}), {@code language-confidence}, then those of the rules. A rule
 * that changes the text, as C4's do, changes what later rules judge and what is kept; a rejected
 * document has the text that was judged.
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

  private static final StructType OWN =
      new StructType()
          .add(LANGUAGE, DataTypes.StringType, false)
          .add(LANGUAGE_CONFIDENCE, DataTypes.DoubleType, false)
          .add(LANGUAGES, DataTypes.createArrayType(SHARE, false), false)
          .add(REMOVED_PARAGRAPHS, DataTypes.IntegerType, false);

  private Cleaning() {}

  /**
   * All rows of {@code documents} with {@link Document#TEXT} repaired and normalised and {@link
   * #LANGUAGE}, {@link #LANGUAGE_CONFIDENCE}, {@link #LANGUAGES}, {@link #REMOVED_PARAGRAPHS} and a
   * {@link Verdict} appended. Ids stay those of the ingested text.
   */
  public static Dataset<Row> annotate(Dataset<Row> documents, CleanConfig config) {
    StructType schema = documents.schema();
    int text = schema.fieldIndex(Document.TEXT);
    int url = schema.fieldIndex(Document.URL);
    SparkContext spark = documents.sparkSession().sparkContext();
    Broadcast<Blocklists> lists =
        JavaSparkContext.fromSparkContext(spark)
            .broadcast(blocklists(spark.hadoopConfiguration(), config));
    return DocumentJudge.judgeAll(
        documents,
        OWN,
        () -> {
          Judge judge = new Judge(config, lists.value());
          return row -> judged(judge, row.getString(text), row.getString(url));
        });
  }

  private static DocumentJudge.Judged judged(Judge judge, String text, String url) {
    Cleaned cleaned = judge.clean(text);
    RuleSet.Judged judged = judge.judge(cleaned, url);
    Object[] shares =
        cleaned.shares().stream()
            .map(share -> RowFactory.create(share.language(), share.share()))
            .toArray();
    return new DocumentJudge.Judged(
        judged.text(),
        judged.verdict().orElse(null),
        cleaned.language(),
        cleaned.confidence(),
        shares,
        cleaned.removedParagraphs());
  }

  private static Blocklists blocklists(Configuration hadoop, CleanConfig config) {
    try {
      return Blocklists.read(hadoop, config);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read a list of clean.blocklists", e);
    }
  }

  /** How {@code text} would be cleaned, for a look at a single document. */
  public static Cleaned clean(String text, CleanConfig config) {
    return new Cleaner(config).clean(text);
  }

  /**
   * What each check says of a document, for a look at a single one, in the order in which they are
   * asked.
   *
   * @param url null if it has none
   */
  public static List<RuleSet.Check> checks(
      Cleaned cleaned, String url, CleanConfig config, Blocklists lists) {
    List<RuleSet.Check> checks = new ArrayList<>();
    boolean empty = cleaned.text().isEmpty();
    Optional<Verdict> nothing = empty ? Optional.of(new Verdict("empty")) : Optional.empty();
    checks.add(new RuleSet.Check("empty", nothing, cleaned.text()));
    Cleaner cleaner = new Cleaner(config);
    checks.add(new RuleSet.Check("language", cleaner.rejectLanguage(cleaned), cleaned.text()));
    if (!empty) {
      checks.addAll(new RuleSet(config, lists).checks(cleaned.text(), cleaned.language(), url));
    }
    return checks;
  }

  /** What one partition needs to judge its texts. */
  static final class Judge {
    private final Cleaner cleaner;
    private final RuleSet rules;

    Judge(CleanConfig config, Blocklists lists) {
      cleaner = new Cleaner(config);
      rules = new RuleSet(config, lists);
    }

    Cleaned clean(String raw) {
      return cleaner.clean(raw);
    }

    RuleSet.Judged judge(Cleaned cleaned, String url) {
      if (cleaned.text().isEmpty()) {
        return new RuleSet.Judged("", Optional.of(new Verdict("empty")));
      }
      Optional<Verdict> foreign = cleaner.rejectLanguage(cleaned);
      return foreign.isPresent()
          ? new RuleSet.Judged(cleaned.text(), foreign)
          : rules.judge(cleaned.text(), cleaned.language(), url);
    }
  }

  /** Repairs and normalises texts and finds their languages; one per thread. */
  private static final class Cleaner {
    private final CleanConfig config;
    private final LanguageMix mix;

    Cleaner(CleanConfig config) {
      this.config = config;
      mix = new LanguageMix(config.languageCharacters());
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

    Optional<Verdict> rejectLanguage(Cleaned cleaned) {
      if (config.languages().isEmpty()) {
        return Optional.empty();
      }
      if (!config.languages().contains(cleaned.language())) {
        return Optional.of(new Verdict("language"));
      }
      if (cleaned.confidence() < config.minLanguageConfidence()) {
        return Optional.of(
            new Verdict(
                "language-confidence", cleaned.confidence(), config.minLanguageConfidence()));
      }
      return Optional.empty();
    }
  }
}

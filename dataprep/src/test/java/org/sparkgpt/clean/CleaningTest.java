package org.sparkgpt.clean;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Verdict;

class CleaningTest {
  private static final String ENGLISH = LanguageDetectionTest.ARTICLES.get("eng");

  private static SparkSession spark;

  @BeforeAll
  static void openSpark() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.sql.shuffle.partitions", 4)
            .config("spark.ui.enabled", false)
            .getOrCreate();
  }

  @AfterAll
  static void closeSpark() {
    spark.stop();
  }

  @Test
  void goodEnglishIsKeptAndNormalised() {
    Row row =
        only(CleanConfigs.english(), "\ufeff" + ENGLISH.replace(" and", " \u00a0and") + "\r\n");
    assertThat(row.<String>getAs(Document.TEXT)).isEqualTo(ENGLISH);
    assertThat(row.<String>getAs(Cleaning.LANGUAGE)).isEqualTo("eng");
    assertThat(row.<Double>getAs(Cleaning.LANGUAGE_CONFIDENCE)).isBetween(0.2, 1.0);
    assertThat(row.isNullAt(row.fieldIndex(Verdict.REASON))).isTrue();
    assertThat(row.isNullAt(row.fieldIndex(Verdict.VALUE))).isTrue();
  }

  @Test
  void everyReasonIsGiven() {
    CleanConfig config = CleanConfigs.english();
    assertThat(reason(config, " \r\n\u200b")).isEqualTo("empty");
    LanguageDetectionTest.ARTICLES.forEach(
        (language, article) -> {
          if (!language.equals("eng")) {
            assertThat(reason(config, article)).as(language).isEqualTo("language");
          }
        });
    assertThat(reason(config, ENGLISH.substring(0, 100))).isEqualTo("language-confidence");
    assertThat(reason(config, (ENGLISH + "\n").repeat(3)))
        .isEqualTo("gopher-repetition@datatrove/duplicate-lines");
    assertThat(reason(config, ENGLISH.substring(0, 200))).isEqualTo("gopher@datatrove/words");
  }

  @Test
  void withoutLanguagesAndRulesOnlyEmptyTextsAreDropped() {
    CleanConfig config = CleanConfigs.of(List.of(), List.of());
    assertThat(reason(config, "x")).isNull();
    assertThat(reason(config, "\t")).isEqualTo("empty");
  }

  @Test
  void rulesAreAskedInTheOrderOfTheList() {
    String bad = ("# # " + ENGLISH + "\n").repeat(3);
    assertThat(reason(CleanConfigs.of(List.of(), CleanConfigs.GOPHER), bad))
        .startsWith("gopher-repetition@");
    String few = "a b\n".repeat(10);
    assertThat(
            reason(
                CleanConfigs.of(
                    List.of(), List.of("gopher@datatrove", "gopher-repetition@datatrove")),
                few))
        .startsWith("gopher@");
  }

  @Test
  void theResultDoesNotDependOnPartitionsAndOtherColumnsPass() {
    List<String> texts = new ArrayList<>(LanguageDetectionTest.ARTICLES.values());
    IntStream.range(0, 40)
        .forEach(i -> texts.add(ENGLISH.substring(i) + " \uD83D\uDE00 " + "x ".repeat(i * i)));
    texts.add("");
    Dataset<Row> documents =
        documents(texts).withColumn("length", functions.length(functions.col(Document.TEXT)));
    List<String> rules = new ArrayList<>(CleanConfigs.GOPHER);
    rules.addAll(List.of("c4@paper", "fineweb@paper"));
    CleanConfig config = CleanConfigs.of(List.of("eng"), rules);
    List<String> expected = null;
    for (int partitions : new int[] {1, 7, 64}) {
      Dataset<Row> judged = Cleaning.annotate(documents.repartition(partitions), config);
      assertThat(judged.columns())
          .containsExactly(
              "id",
              "text",
              "source",
              "url",
              "metadata",
              "fetched",
              "length",
              "language",
              "language_confidence",
              "languages",
              "removed_paragraphs",
              "reason",
              "value",
              "threshold");
      List<String> rows = judged.collectAsList().stream().map(Row::toString).sorted().toList();
      assertThat(rows).hasSameSizeAs(texts);
      expected = expected == null ? rows : expected;
      assertThat(rows).isEqualTo(expected);
    }
  }

  @Test
  void aHugeLineTakesLinearTime() {
    CleanConfig config = CleanConfigs.of(List.of(), CleanConfigs.GOPHER);
    StringBuilder words = new StringBuilder();
    for (int i = 0; words.length() < 5_000_000; i++) {
      words.append("word").append(i % 50_021).append(' ');
    }
    String oneWord = "\uD83D\uDE00x".repeat(1_700_000);
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          Cleaning.Judge judge = new Cleaning.Judge(config, Blocklists.NONE);
          for (String huge : List.of(words.toString(), oneWord)) {
            String text = TextNormalizer.normalize(huge);
            assertThat(judge.judge(judge.clean(text), null).verdict()).isPresent();
          }
        });
  }

  private static String reason(CleanConfig config, String text) {
    return only(config, text).getAs(Verdict.REASON);
  }

  private static Row only(CleanConfig config, String text) {
    return Cleaning.annotate(documents(List.of(text)), config).collectAsList().get(0);
  }

  private static Dataset<Row> documents(List<String> texts) {
    List<Row> rows = texts.stream().map(text -> Document.of(text, "memory", null).toRow()).toList();
    return spark.createDataFrame(rows, Document.SCHEMA);
  }
}

package org.sparkgpt.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.ml.feature.HashingTF;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Verdict;

class QualityTest {
  private static final long SEED = 7;
  private static final int PER_CLASS = 150;
  private static final String[] GOOD =
      "Call me Ishmael. Some years ago, never mind how long precisely, having little or no money"
          .split(" ");
  private static final String[] RAW =
      "buy cheap now click here best price login cart free shipping subscribe cookies share tweet"
          .split(" ");
  private static final String[] BOTH = "the of and to in a is that it was for on are as".split(" ");

  private static SparkSession spark;
  private static Dataset<Row> documents;
  private static QualityTraining.Result trained;

  @TempDir private Path folder;

  @BeforeAll
  static void openSparkAndTrain() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.sql.shuffle.partitions", 2)
            .config("spark.sql.adaptive.enabled", false)
            .config("spark.sql.codegen.wholeStage", false)
            .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
            .config("spark.ui.enabled", false)
            .getOrCreate();
    documents = spark.createDataFrame(corpus(), Document.SCHEMA);
    trained = train(documents);
  }

  @AfterAll
  static void closeSpark() {
    spark.stop();
  }

  private static List<Row> corpus() {
    SplittableRandom random = new SplittableRandom(3);
    List<Row> rows = new ArrayList<>();
    for (int d = 0; d < PER_CLASS; d++) {
      rows.add(Document.of(text(random, GOOD), "books/" + d + ".txt", null).toRow());
      rows.add(Document.of(text(random, RAW), "crawl.warc", "https://x.org/" + d).toRow());
    }
    return rows;
  }

  /** Words of the class among four times as many that both have. */
  private static String text(SplittableRandom random, String[] own) {
    StringBuilder text = new StringBuilder();
    for (int w = 0; w < 60; w++) {
      String[] from = random.nextInt(5) == 0 ? own : BOTH;
      text.append(from[random.nextInt(from.length)]).append(w % 10 == 9 ? "\n" : " ");
    }
    return text.toString();
  }

  private static QualityConfig config(Selection select, double minScore) {
    return new QualityConfig(List.of("books/*"), List.of(), List.of(), 100, null, select, minScore);
  }

  private static QualityTraining.Result train(Dataset<Row> from) {
    QualityConfig config = config(Selection.NONE, 0);
    return QualityTraining.train(
        Quality.matching(from, config, true), Quality.matching(from, config, false), 100, SEED);
  }

  private static double score(String text) {
    return trained.model().score(text, new WordFeatures());
  }

  private FileSystem files() throws Exception {
    return FileSystem.getLocal(new Configuration());
  }

  private org.apache.hadoop.fs.Path directory() {
    return new org.apache.hadoop.fs.Path(folder.toUri());
  }

  @Test
  void classifierTellsGoodFromRawText() {
    assertThat(trained.positives()).isEqualTo(90);
    assertThat(trained.negatives()).isEqualTo(90);
    assertThat(trained.heldOut()).isEqualTo(20);
    assertThat(trained.accuracy()).isGreaterThan(0.9);
    assertThat(trained.auc()).isGreaterThan(0.95);
    assertThat(score("Some years ago, never mind how long")).isGreaterThan(0.9);
    assertThat(score("CLICK here: best price, buy now")).isLessThan(0.1);
  }

  @Test
  void modelAndVerdictsAreTheSameForAnyPartitionsAndOrder() {
    List<List<String>> results = new ArrayList<>();
    for (int partitions : new int[] {1, 7, 64}) {
      Dataset<Row> spread = documents.orderBy(Document.TEXT).repartition(partitions);
      if (partitions > 1) {
        assertThat(train(spread).model()).isEqualTo(trained.model());
      }
      results.add(
          Quality.annotate(spread, config(Selection.PARETO, 0), trained.model(), SEED)
              .collectAsList()
              .stream()
              .map(Row::toString)
              .sorted()
              .toList());
    }
    assertThat(results.get(0)).hasSize(2 * PER_CLASS);
    assertThat(results).containsOnly(results.get(0));
  }

  @Test
  void positivesAreKeptAndTheOthersByTheirScore() {
    List<Row> rows =
        Quality.annotate(documents, config(Selection.THRESHOLD, 1), trained.model(), SEED)
            .collectAsList();
    for (Row row : rows) {
      boolean positive = row.<String>getAs(Document.SOURCE).startsWith("books/");
      double score = row.<Double>getAs(Quality.SCORE);
      boolean dropped = !positive && score < 1;
      assertThat(row.<String>getAs(Verdict.REASON)).isEqualTo(dropped ? "quality/score" : null);
      if (dropped) {
        assertThat(row.<Double>getAs(Verdict.VALUE)).isEqualTo(score);
        assertThat(row.<Double>getAs(Verdict.THRESHOLD)).isEqualTo(1);
      }
    }
    Dataset<Row> all =
        Quality.annotate(documents, config(Selection.NONE, 0), trained.model(), SEED);
    assertThat(Verdict.kept(all).count()).isEqualTo(2 * PER_CLASS);
  }

  @Test
  void paretoKeepsByNumpysLaw() {
    QualityConfig config = config(Selection.PARETO, 0);
    int ids = 200_000;
    for (double score : new double[] {0, 0.5, 0.9, 0.99, 1}) {
      double law = Math.pow(2 - score, -9);
      int kept = 0;
      for (int i = 0; i < ids; i++) {
        String id = Document.idOf("document " + i);
        Verdict verdict = Quality.judge(id, score, config, SEED);
        kept += verdict == null ? 1 : 0;
        if (verdict != null) {
          assertThat(verdict.reason()).isEqualTo("quality/pareto");
          assertThat(verdict.threshold()).isGreaterThan(score).isLessThanOrEqualTo(1);
        }
      }
      double sigma = Math.sqrt(law * (1 - law) / ids);
      assertThat((double) kept / ids).as("kept at %s", score).isCloseTo(law, within(4 * sigma));
    }
  }

  @Test
  void drawDependsOnSeedAndId() {
    Set<Double> bounds = new HashSet<>();
    for (long seed = 0; seed < 10; seed++) {
      for (int i = 0; i < 10; i++) {
        bounds.add(Pareto.leastScore(seed, "id" + i));
      }
    }
    assertThat(bounds).hasSize(100);
    assertThat(Pareto.leastScore(1337, Document.idOf("one document")))
        .as("golden: a change makes runs differ from earlier ones")
        .isEqualTo(GOLDEN_BOUND);
  }

  private static final double GOLDEN_BOUND = 0.8283703505626754;

  @Test
  void featuresAreSparksHashingTf() {
    HashingTF spark = new HashingTF();
    assertThat(spark.getNumFeatures()).isEqualTo(WordFeatures.COUNT);
    WordFeatures words = new WordFeatures();
    List<String> texts =
        List.of(
            "a",
            "word,",
            "élève",
            "слово",
            "中文没有空格",
            "\ud83d\ude00",
            "שלום",
            "x".repeat(300),
            "é".repeat(253),
            "\ud83d\ude00".repeat(99),
            "ab\ud83d");
    for (String text : texts) {
      words.read(" \t" + text + "\u00a0\n");
      assertThat(words.next()).as(text).isEqualTo(spark.indexOf(text));
      assertThat(words.next()).isEqualTo(-1);
    }
    words.read("Ab AB\u3000ab");
    assertThat(List.of(words.next(), words.next(), words.next(), words.next()))
        .containsExactly(spark.indexOf("ab"), spark.indexOf("ab"), spark.indexOf("ab"), -1);
  }

  @Test
  void oddTextsHaveAScore() {
    double empty = score("");
    assertThat(empty).isBetween(0.0, 1.0);
    assertThat(score(" \n ")).isEqualTo(empty);
    assertThat(score("unseenword")).as("weight 0").isEqualTo(empty);
    assertThat(score("click ".repeat(1_000_000))).isEqualTo(0);
    assertThat(score("Ishmael. ".repeat(1_000_000))).isEqualTo(1);
    assertThat(score("x".repeat(50_000_000))).as("one word of 50 MB").isBetween(0.0, 1.0);
  }

  @Test
  void aFewRepeatedDocumentsAreEnough() {
    List<Row> rows = new ArrayList<>();
    for (int copy = 0; copy < 20; copy++) {
      rows.add(Document.of("a good text", "books/" + copy, null).toRow());
      rows.add(Document.of("a raw text", "crawl", "https://x.org/" + copy).toRow());
    }
    QualityTraining.Result result = train(spark.createDataFrame(rows, Document.SCHEMA));
    assertThat(result.positives()).as("equal texts once").isEqualTo(1);
    assertThat(result.negatives()).isEqualTo(1);
    assertThat(result.heldOut()).isZero();
    assertThat(result.auc()).isNaN();
    assertThat(result.model().score("a good text", new WordFeatures())).isGreaterThan(0.5);
  }

  @Test
  void trainingNeedsBothClasses() {
    Dataset<Row> none = documents.limit(0);
    assertThatThrownBy(() -> QualityTraining.train(none, documents, 10, SEED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no document's source or URL matches quality.positives");
    assertThatThrownBy(() -> QualityTraining.train(documents, none, 10, SEED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name quality.negativeTables");
  }

  @Test
  void areaUnderTheCurveCountsPairs() {
    assertThat(QualityTraining.auc(new double[] {0.5, 0.9}, new double[] {0.1, 0.5}))
        .isEqualTo(3.5 / 4);
    assertThat(QualityTraining.auc(new double[] {1}, new double[] {})).isNaN();
  }

  @Test
  void savedModelIsTheSameToTheBit() throws Exception {
    trained.model().save(files(), directory());
    assertThat(QualityModel.load(files(), directory())).isEqualTo(trained.model());
  }

  @Test
  void missingDamagedAndOtherModelsAreRefused() throws Exception {
    assertThatThrownBy(() -> QualityModel.load(files(), directory()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no quality model here (_model/model.json)");
    trained.model().save(files(), directory());
    Path file = folder.resolve("_model/model.json");
    String good = Files.readString(file);
    Files.delete(file.resolveSibling(".model.json.crc"));
    for (String[] change :
        new String[][] {
          {"\"formatVersion\":1", "\"formatVersion\":2", "format 2 with features"},
          {"murmur3-32 seed 42", "md5", "features 'lower-cased words, md5'"},
          {"\"indices\":[", "\"indices\":[-1,", "damaged ("},
          {"\"indices\":[", "\"indices\":[oops,", "damaged ("},
          {"\"intercept\":", "\"interrupted\":", "damaged ("},
        }) {
      Files.writeString(file, good.replace(change[0], change[1]));
      assertThatThrownBy(() -> QualityModel.load(files(), directory()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(change[2])
          .hasMessageContaining("train it again");
    }
  }

  @Test
  void patternsMatchTheWholeSourceOrUrl() {
    Patterns patterns = new Patterns(List.of("*/sotu/*.txt", "https://*.example.org/*"));
    assertThat(patterns.match("file:/c.tgz!/sotu/data/1.txt", null)).isTrue();
    assertThat(patterns.match("file:/c.tgz!/sotu/data/1.txt.gz", null)).isFalse();
    assertThat(patterns.match("a.warc", "https://en.example.org/x?y")).isTrue();
    assertThat(patterns.match("a.warc", "http://en.example.org/")).isFalse();
    assertThat(patterns.match("xsotu.txt", "https://enXexampleXorg/")).isFalse();
  }

  @Test
  void settingsNameWhatIsWrong() {
    List<String> none = List.of();
    assertThatThrownBy(() -> new QualityConfig(null, none, none, 1, null, Selection.NONE, 0))
        .hasMessageContaining("quality.positives must be a list");
    assertThatThrownBy(() -> new QualityConfig(none, none, none, 0, null, Selection.NONE, 0))
        .hasMessageContaining("quality.examples must be positive, got 0");
    assertThat(new QualityConfig(none, none, none, 1, " ", Selection.NONE, 0).model()).isNull();
    assertThatThrownBy(() -> new QualityConfig(none, List.of("x"), none, 1, "m", Selection.NONE, 0))
        .hasMessageContaining("quality.model is trained already");
    assertThatThrownBy(() -> new QualityConfig(none, none, none, 1, null, null, 0))
        .hasMessageContaining("quality.select must be none, pareto or threshold");
    assertThatThrownBy(
            () -> new QualityConfig(none, none, none, 1, null, Selection.NONE, Double.NaN))
        .hasMessageContaining("quality.minScore must be between 0 and 1, got NaN");
    assertThatThrownBy(
            () -> new QualityConfig(none, none, none, 1, null, Selection.NONE, 0).requireRunnable())
        .hasMessageContaining("quality needs good text: name quality.positives");
  }
}

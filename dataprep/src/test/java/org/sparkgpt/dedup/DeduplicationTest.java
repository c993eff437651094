package org.sparkgpt.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Verdict;

class DeduplicationTest {
  private static final DedupConfig CONFIG = new DedupConfig(5, 14, 8, 0.75);
  private static final long SEED = 42;

  private static SparkSession spark;

  private final SplittableRandom random = new SplittableRandom(11);

  @BeforeAll
  static void openSpark() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.sql.shuffle.partitions", 4)
            .config("spark.sql.adaptive.enabled", false) // tiny data: half the jobs
            .config("spark.ui.enabled", false)
            .getOrCreate();
  }

  @AfterAll
  static void closeSpark() {
    spark.stop();
  }

  @Test
  void copiesOfATextAreDroppedButForTheSmallestIdAndSource() {
    List<Row> judged =
        judge(
            row("2", "One short text", "b"),
            row("1", "one  short\nTEXT ", "d"),
            row("1", "one  short\nTEXT ", "c"),
            row("1", "one  short\nTEXT ", "c"),
            row("3", "another", "a"));
    assertThat(judged)
        .extracting(r -> r.getString(0) + r.getString(2) + " " + cluster(r) + " " + reason(r))
        .containsExactlyInAnyOrder(
            "1c 1 null", "1c 1 dedup/exact", "1d 1 dedup/exact", "2b 1 dedup/exact", "3a 3 null");
  }

  @Test
  void emptyAndShortDocumentsHaveNoNearDuplicates() {
    List<Row> judged =
        judge(
            row("1", "", "a"),
            row("2", "word", "a"),
            row("3", "a b c d", "a"),
            row("4", "a b c d!", "a"));
    assertThat(judged).extracting(DeduplicationTest::reason).containsOnlyNulls();
  }

  @Test
  void noDocumentsNoVerdicts() {
    assertThat(judge()).isEmpty();
  }

  @Test
  void plantedDuplicatesAreFoundAsOftenAsTheSCurveSaysAndNoneBelowTheThreshold() {
    int pairs = 150;
    List<Double> similarities = List.of(0.7, 0.8, 0.9); // most pairs at .7 are candidates
    List<Row> documents = new ArrayList<>();
    for (double jaccard : similarities) {
      for (int p = 0; p < pairs; p++) {
        String[] texts = pair(jaccard);
        documents.add(row(jaccard + "-" + p + "a", texts[0], "s"));
        documents.add(row(jaccard + "-" + p + "b", texts[1], "s"));
      }
    }
    List<Row> dropped =
        judge(documents.toArray(Row[]::new)).stream().filter(r -> reason(r) != null).toList();
    for (double jaccard : similarities) {
      List<Row> found =
          dropped.stream().filter(r -> r.getString(0).startsWith(jaccard + "-")).toList();
      double expected = jaccard < 0.75 ? 0 : CONFIG.candidateProbability(jaccard);
      double margin = 4 * Math.sqrt(expected * (1 - expected) / pairs);
      assertThat((double) found.size() / pairs)
          .as("found at %s", jaccard)
          .isCloseTo(expected, within(margin + 1e-9));
      for (Row row : found) {
        assertThat(cluster(row)).isEqualTo(row.getString(0).replace('b', 'a'));
        assertThat(reason(row)).isEqualTo("dedup/near");
        assertThat(row.<Double>getAs(Verdict.VALUE)).isCloseTo(jaccard, within(0.01));
        assertThat(row.<Double>getAs(Verdict.THRESHOLD)).isEqualTo(0.75);
      }
    }
  }

  @Test
  void aChainOfNearDuplicatesIsOneCluster() {
    String[] words = words(460);
    Function<Integer, String> window = // 400 of 460 words: neighbours share 375 of 416 shingles
        start -> String.join(" ", Arrays.copyOfRange(words, start, start + 400));
    List<Row> judged =
        judge(
            row("3", window.apply(0), "s"),
            row("1", window.apply(20), "s"),
            row("4", window.apply(40), "s"),
            row("2", window.apply(60), "s"));
    assertThat(judged).extracting(DeduplicationTest::cluster).containsOnly("1");
    assertThat(judged.stream().filter(r -> reason(r) == null).map(r -> r.getString(0)))
        .containsExactly("1");
    double neighbours = 376 / 416.0;
    assertThat(
            judged.stream()
                .filter(r -> r.getString(0).equals("4"))
                .findFirst()
                .orElseThrow()
                .<Double>getAs(Verdict.VALUE))
        .isCloseTo(neighbours, within(1e-12));
  }

  @Test
  void familiesThatShareABucketAreToldApart() {
    // One band of one row over one word: everything with that word as its minimum shares a bucket.
    DedupConfig coarse = new DedupConfig(1, 1, 1, 0.75);
    String word = "the";
    List<Row> documents = new ArrayList<>();
    for (String id : new String[] {"1", "2", "3"}) { // the hub's likes must not hide the others'
      String family = String.join(" ", words(9));
      documents.add(row(id + "a", word + " " + family, "s"));
      documents.add(row(id + "b", word + " " + family + " " + words(1)[0], "s"));
    }
    long seed = seedWithSmallest(word, documents, coarse);
    Dataset<Row> judged =
        Deduplication.annotate(spark.createDataFrame(documents, Document.SCHEMA), coarse, seed);
    Map<String, String> clusters =
        judged.collectAsList().stream()
            .collect(Collectors.toMap(r -> r.getString(0), DeduplicationTest::cluster));
    assertThat(clusters)
        .isEqualTo(Map.of("1a", "1a", "1b", "1a", "2a", "2a", "2b", "2a", "3a", "3a", "3b", "3a"));
  }

  @Test
  void aCorpusOfAlmostEqualDocumentsKeepsOne() {
    String common = String.join(" ", words(200));
    Row[] documents =
        IntStream.range(0, 600)
            .mapToObj(
                i ->
                    row(
                        String.format("%04d", i),
                        common + " w" + (char) ('a' + i % 26) + (char) ('a' + i / 26),
                        "s"))
            .toArray(Row[]::new);
    List<Row> judged = judge(documents);
    assertThat(judged).extracting(DeduplicationTest::cluster).containsOnly("0000");
    assertThat(judged.stream().filter(r -> reason(r) == null)).hasSize(1);
  }

  @Test
  void exactCopiesOfANearDuplicateJoinItsCluster() {
    String[] texts = pair(0.95);
    List<Row> judged =
        judge(
            row("1", texts[0], "s"),
            row("2", texts[1], "s"),
            row("3", texts[1].toUpperCase(), "s"));
    assertThat(judged).extracting(DeduplicationTest::cluster).containsOnly("1");
    assertThat(judged)
        .extracting(DeduplicationTest::reason)
        .containsExactlyInAnyOrder(null, "dedup/near", "dedup/exact");
  }

  @Test
  void theResultDoesNotDependOnPartitionsAndOtherColumnsPass() {
    List<Row> documents = new ArrayList<>();
    for (int p = 0; p < 40; p++) {
      String[] texts = pair(0.7 + 0.3 * p / 40);
      documents.add(Document.of(texts[0], "s" + p, null).toRow());
      documents.add(Document.of(texts[1], "t" + p, "http://t/").toRow());
      if (p % 4 == 0) {
        documents.add(Document.of(texts[1], "u" + p, null).toRow());
        documents.add(Document.of(texts[0] + "\n", "v" + p, null).toRow());
      }
    }
    Dataset<Row> input =
        spark
            .createDataFrame(documents, Document.SCHEMA)
            .withColumn("length", functions.length(functions.col(Document.TEXT)));
    List<String> expected = null;
    for (int partitions : new int[] {1, 7, 64}) {
      Dataset<Row> judged = Deduplication.annotate(input.repartition(partitions), CONFIG, SEED);
      assertThat(judged.columns())
          .containsExactly(
              "id",
              "text",
              "source",
              "url",
              "metadata",
              "length",
              "cluster",
              "reason",
              "value",
              "threshold");
      List<String> rows = judged.collectAsList().stream().map(Row::toString).sorted().toList();
      assertThat(rows).hasSameSizeAs(documents);
      expected = expected == null ? rows : expected;
      assertThat(rows).isEqualTo(expected);
    }
    assertThat(expected.stream().filter(r -> r.contains("dedup/near"))).hasSizeGreaterThan(20);
  }

  /** Texts of distinct words whose 5-word shingle sets have this similarity, to about .003. */
  private String[] pair(double jaccard) {
    int union = 1000; // the second text replaces the end of the first
    int own = (int) Math.round((1 - jaccard) * union / 2);
    String[] words = words(union + 4);
    int length = words.length - own;
    String first = String.join(" ", Arrays.copyOfRange(words, 0, length));
    String[] second = Arrays.copyOfRange(words, 0, length);
    String[] fresh = words(own);
    System.arraycopy(fresh, 0, second, length - own, own);
    return new String[] {first, String.join(" ", second)};
  }

  private String[] words(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                random
                    .ints(10, 'a', 'z' + 1)
                    .mapToObj(Character::toString)
                    .collect(Collectors.joining()))
        .toArray(String[]::new);
  }

  /** A seed under which {@code word} has the smallest hash of all words of all documents. */
  private static long seedWithSmallest(String word, List<Row> documents, DedupConfig config) {
    Shingles shingles = new Shingles(1);
    int[] signature = new int[1];
    for (long seed = 0; ; seed++) {
      MinHash minHash = new MinHash(config, seed);
      shingles.read(word);
      minHash.sign(signature, shingles);
      int smallest = signature[0];
      boolean everywhere = true;
      for (Row document : documents) {
        shingles.read(document.getString(1));
        minHash.sign(signature, shingles);
        everywhere &= signature[0] == smallest;
      }
      if (everywhere) {
        return seed;
      }
    }
  }

  private static List<Row> judge(Row... documents) {
    Dataset<Row> input = spark.createDataFrame(Arrays.asList(documents), Document.SCHEMA);
    return Deduplication.annotate(input, CONFIG, SEED).collectAsList();
  }

  private static Row row(String id, String text, String source) {
    return RowFactory.create(id, text, source, null, null);
  }

  private static String cluster(Row row) {
    return row.getAs(Deduplication.CLUSTER);
  }

  private static String reason(Row row) {
    return row.getAs(Verdict.REASON);
  }
}

package org.sparkgpt.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Metadata;
import org.sparkgpt.corpus.Verdict;
import org.sparkgpt.scrape.TinySpark;

class DeduplicationTest {
  private static final DedupConfig CONFIG = config(3, true, Keep.ID);
  private static final long SEED = 42;

  private static SparkSession spark;

  private final SplittableRandom random = new SplittableRandom(11);

  @BeforeAll
  static void openSpark() {
    spark = TinySpark.open("local[2,3]"); // a task is tried three times
  }

  @AfterAll
  static void closeSpark() {
    spark.stop();
  }

  private static DedupConfig config(int maxHubs, boolean verify, Keep keep) {
    return new DedupConfig(
        true, MinHashProfile.FINEWEB, null, null, null, verify, null, maxHubs, keep, List.of());
  }

  @Test
  void copiesChainsAndTheirCopiesAreOneClusterEach() {
    String[] words = words(230);
    List<Row> judged =
        judge(
            row("12", "One short text", "b"),
            row("11", "one  short\nTEXT ", "d"),
            row("11", "one  short\nTEXT ", "c"),
            row("11", "one  short\nTEXT ", "c"),
            row("13", "another", "a"),
            row("23", window(words, 0), "s"), // neighbours share 186 of 206 shingles
            row("21", window(words, 10), "s"),
            row("24", window(words, 20), "s"),
            row("22", window(words, 30), "s"),
            row("25", window(words, 30).toUpperCase(), "s"));
    assertThat(judged)
        .extracting(r -> id(r) + " " + cluster(r) + " " + reason(r) + " " + size(r))
        .containsExactlyInAnyOrder(
            "11 11 null 4",
            "11 11 dedup/exact 4",
            "11 11 dedup/exact 4",
            "12 11 dedup/exact 4",
            "13 13 null 1",
            "21 21 null 5",
            "22 21 dedup/near 5",
            "23 21 dedup/near 5",
            "24 21 dedup/near 5",
            "25 21 dedup/exact 5");
    Row chained = judged.stream().filter(r -> id(r).equals("24")).findFirst().orElseThrow();
    assertThat(chained.<Double>getAs(Verdict.VALUE)).isCloseTo(186 / 206.0, within(1e-12));
    assertThat(chained.<Double>getAs(Verdict.THRESHOLD)).isEqualTo(0.75);
  }

  @Test
  void oddTextsHaveResults() {
    String line = String.join(" ", words(1 << 15));
    List<Row> documents =
        List.of(
            row("01", "", "a"),
            row("02", "word", "a"),
            row("03", "a b c d", "a"),
            row("04", "a b c d!", "a"),
            row("05", "same ".repeat(5000), "a"),
            row("06", "same ".repeat(7000), "a"), // one shingle, the same
            row("07", "人人生而自由,在尊严和权利上一律平等", "a"),
            row("08", "人人生而自由、在尊严和权利上一律平等。", "a"),
            row("09", "وُلِدَ جميع الناس أحراراً متساوين في الكرامة والحقوق", "a"),
            row("0a", "ولد جميع الناس أحرارا متساوين في الكرامة والحقوق", "a"), // without marks
            row("0b", "\uD835\uDC00\uD835\uDC01 𠮷 𠮷 𠮷 𠮷 𠮷", "a"),
            row("0c", line, "long"));
    Dataset<Row> table = table(documents);
    Dataset<Row> input =
        table.map((MapFunction<Row, Row>) DeduplicationTest::lengthened, table.encoder());
    try (Deduplicated found = Deduplication.find(input, null, CONFIG, SEED)) {
      assertThat(found.figures())
          .containsEntry("too short for a signature", 4L)
          .containsEntry("near clusters", 3L)
          .containsEntry("hot buckets", 0L);
      assertThat(
              found.documents().drop(Document.TEXT).collectAsList().stream()
                  .filter(r -> reason(r) != null)
                  .map(r -> id(r) + " " + cluster(r) + " " + reason(r)))
          .containsExactlyInAnyOrder("06 05 dedup/near", "08 07 dedup/near", "0a 09 dedup/near");
    }
    assertThat(judge()).isEmpty();
  }

  /** A line of 50 MB, made where it is read. */
  private static Row lengthened(Row row) {
    if (!row.getString(2).equals("long")) {
      return row;
    }
    String line = row.getString(1);
    return RowFactory.create(
        row.get(0), line.repeat(50_000_000 / line.length()), row.get(2), null, null, null);
  }

  @Test
  void plantedDuplicatesAreFoundAsOftenAsTheSCurveSaysAndNoneBelowTheThreshold() {
    int pairs = 100;
    List<Double> similarities = List.of(0.7, 0.8, 0.9); // most pairs at .7 are candidates
    List<Row> documents = new ArrayList<>();
    for (int s = 0; s < similarities.size(); s++) {
      for (int p = 0; p < pairs; p++) {
        String[] texts = pair(similarities.get(s));
        documents.add(row("%d%03da".formatted(s, p), texts[0], "s"));
        documents.add(row("%d%03db".formatted(s, p), texts[1], "s"));
      }
    }
    List<Row> dropped =
        judge(documents.toArray(Row[]::new)).stream().filter(r -> reason(r) != null).toList();
    for (int s = 0; s < similarities.size(); s++) {
      double jaccard = similarities.get(s);
      String prefix = "" + s;
      List<Row> found = dropped.stream().filter(r -> id(r).startsWith(prefix)).toList();
      double expected = jaccard < 0.75 ? 0 : CONFIG.minHash().candidateProbability(jaccard);
      double margin = 4 * Math.sqrt(expected * (1 - expected) / pairs);
      assertThat((double) found.size() / pairs)
          .as("found at %s", jaccard)
          .isCloseTo(expected, within(margin + 1e-9));
      for (Row row : found) {
        assertThat(cluster(row)).isEqualTo(id(row).replace('b', 'a'));
        assertThat(row.<Double>getAs(Verdict.VALUE)).isCloseTo(jaccard, within(0.02));
      }
    }
  }

  @Test
  void familiesThatShareABucketAreToldApartOrCounted() {
    List<Row> documents = new ArrayList<>();
    String opening = String.join(" ", words(5)); // one shingle that all families share
    for (String id : new String[] {"1", "2", "3"}) { // the hub's likes must not hide the others'
      String family = opening + " " + String.join(" ", words(36));
      documents.add(row(id + "a", family, "s"));
      documents.add(row(id + "b", family + " " + words(1)[0], "s"));
    }
    DedupConfig coarse = coarse(3);
    long seed = seedWithOneBucket(documents, coarse);
    try (Deduplicated found = Deduplication.find(table(documents), null, coarse, seed)) {
      assertThat(found.figures())
          .containsEntry("near clusters", 3L)
          .containsEntry("documents of the largest bucket", 6L)
          .containsEntry("hot buckets", 0L);
      assertThat(clusters(found.documents()))
          .isEqualTo(
              Map.of("1a", "1a", "1b", "1a", "2a", "2a", "2b", "2a", "3a", "3a", "3b", "3a"));
    }
    try (Deduplicated found = Deduplication.find(table(documents), null, coarse(1), seed)) {
      assertThat(found.figures())
          .containsEntry("near clusters", 1L)
          .containsEntry("hot buckets", 1L)
          .containsEntry("documents of the largest hot bucket", 4L);
    }
    DedupConfig unverified =
        new DedupConfig(true, coarse.profile(), null, 1, 1, false, null, 3, Keep.ID, List.of());
    assertThat(clusters(Deduplication.annotate(table(documents), unverified, seed)).values())
        .as("without verification a bucket is a cluster")
        .containsOnly("1a");
  }

  @Test
  void aCorpusOfAlmostEqualDocumentsKeepsOne() {
    String common = String.join(" ", words(200));
    Row[] documents =
        IntStream.range(0, 600)
            .mapToObj(
                i ->
                    row(
                        "%04d".formatted(i),
                        common + " w" + (char) ('a' + i % 26) + (char) ('a' + i / 26),
                        "s"))
            .toArray(Row[]::new);
    List<Row> judged = judge(documents);
    assertThat(judged).extracting(DeduplicationTest::cluster).containsOnly("0000");
    assertThat(judged).extracting(DeduplicationTest::size).containsOnly(600L);
    assertThat(judged.stream().filter(r -> reason(r) == null)).hasSize(1);
  }

  @Test
  void theNewestVersionOfAPageStaysAndWhatHasNoTimeStays() {
    String[] near = pair(0.95);
    List<Row> judged =
        judge(
            page("1", "first version", "http://example.org/a", 1000L),
            page("2", "second version", "HTTP://example.org:80/a#top", 2000L),
            page("3", "third version", "http://example.org/a?utm_source=x", 2000L),
            page("4", "piece of a page", "http://example.org/a", null),
            page("5", "another piece", "http://example.org/a", null),
            page("6", "first version", "http://example.org/b", 500L),
            page("7", near[0], "http://example.org/c", 1L),
            page("8", near[1], "http://example.org/c", 2L),
            page("9", near[1] + "!", "no url", 2L),
            page("a", "an older one", "no url", 1L));
    assertThat(judged)
        .extracting(r -> id(r) + " " + cluster(r) + " " + reason(r) + " " + size(r))
        .containsExactlyInAnyOrder(
            "1 2 dedup/url 2",
            "2 2 null 2",
            "3 3 null 1",
            "4 4 null 1",
            "5 5 null 1",
            "6 6 null 1", // 1 says the same, but takes no part any more
            "7 8 dedup/url 4",
            "8 8 null 4",
            "9 8 dedup/near 4",
            "a 8 dedup/url 4"); // its newest is 9, for which 8 is kept
  }

  @Test
  void theBestQualityIsKept() {
    String[] near = pair(0.97);
    Dataset<Row> scored =
        table(
                List.of(
                    row("1", near[0], "s"),
                    row("2", near[1], "s"),
                    row("3", near[1].toUpperCase(), "s"),
                    row("4", near[1] + " ", "s")))
            .withColumn(
                Deduplication.QUALITY_SCORE,
                functions.expr(
                    "CASE substring(id, -1) WHEN '1' THEN 0.5D WHEN '2' THEN 0.25D"
                        + " WHEN '3' THEN 0.75D END"));
    DedupConfig best = config(3, true, Keep.QUALITY);
    assertThat(clusters(Deduplication.annotate(scored, best, SEED)).values()).containsOnly("3");
    assertThatThrownBy(() -> Deduplication.annotate(table(List.of()), best, SEED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("dedup.keep: quality needs the column quality_score");
  }

  @Test
  void theResultDependsNeitherOnPartitionsNorOnFailedTasksAndOtherColumnsPass() {
    List<Row> documents = new ArrayList<>();
    for (int p = 0; p < 24; p++) {
      String[] texts = pair(0.7 + 0.3 * p / 24);
      documents.add(Document.of(texts[0], "s" + p, null).toRow());
      documents.add(Document.of(texts[1], "t" + p, "http://t/").toRow());
      if (p % 4 == 0) {
        documents.add(Document.of(texts[1], "u" + p, null).toRow());
        documents.add(Document.of(texts[1], "u" + p, null).toRow());
        String copy = texts[0] + "\n";
        documents.add(Document.of(copy, "v", "http://v/" + p % 8, Metadata.NONE, (long) p).toRow());
      }
    }
    Dataset<Row> input =
        table(documents).withColumn("length", functions.length(functions.col(Document.TEXT)));
    List<String> expected = null;
    for (int partitions : new int[] {1, 7, 64}) {
      Dataset<Row> dealt = input.repartition(partitions);
      if (partitions == 7) { // the first attempt at a task fails, in every job
        dealt = dealt.map((MapFunction<Row, Row>) DeduplicationTest::failing, dealt.encoder());
      }
      Dataset<Row> judged = Deduplication.annotate(dealt, CONFIG, SEED);
      List<String> rows = judged.collectAsList().stream().map(Row::toString).sorted().toList();
      expected = expected == null ? rows : expected;
      assertThat(rows).isEqualTo(expected).hasSameSizeAs(documents);
      assertThat(String.join(" ", judged.columns()))
          .isEqualTo(
              "id text source url metadata fetched length cluster cluster_size reason value"
                  + " threshold");
    }
    for (String reason : List.of("dedup/near", "dedup/exact", "dedup/url")) {
      assertThat(expected.stream().filter(r -> r.contains(reason))).hasSizeGreaterThan(2);
    }
  }

  private static Row failing(Row row) {
    TaskContext task = TaskContext.get();
    if (task.partitionId() == 3 && task.attemptNumber() == 0) {
      throw new IllegalStateException("killed");
    }
    return row;
  }

  @Test
  void whatEarlierRunsKeptIsNotTakenAgain(@TempDir Path directory) {
    String[] near = pair(0.95);
    Dataset<Row> first =
        table(
            List.of(
                page("91", near[0], "http://example.org/a", 1000L),
                row("92", near[0].toUpperCase(), "s"),
                row("93", "short one", "s"),
                page("94", "of yesterday", "http://example.org/b", 1000L)));
    Dataset<Row> kept;
    org.apache.hadoop.fs.Path target = new org.apache.hadoop.fs.Path(directory.toString());
    try (Deduplicated found = Deduplication.find(first, null, CONFIG, SEED)) {
      kept = Verdict.kept(found.documents());
      Signatures.write(found.signatures(), CONFIG.minHash(), SEED, target);
    }
    Dataset<Row> signatures = Signatures.read(spark, CONFIG.minHash(), SEED, target);
    assertThat(signatures.select(Document.ID).as(Encoders.STRING()).collectAsList())
        .extracting(DeduplicationTest::bare)
        .containsExactlyInAnyOrder("91", "93", "94");
    Dataset<Row> second =
        table(
            List.of(
                row("01", near[1], "s"), // near to 91
                row("02", near[1] + " end", "s"),
                row("03", "Short One", "s"),
                page("04", "of tomorrow", "http://example.org/b", 2000L),
                page("05", "of the day before", "http://example.org/b", 500L),
                row("06", "all new", "s")));
    Earlier earlier = new Earlier(kept, signatures);
    try (Deduplicated found = Deduplication.find(second, earlier.and(earlier), CONFIG, SEED)) {
      assertThat(found.documents().collectAsList())
          .extracting(r -> id(r) + " " + cluster(r) + " " + reason(r) + " " + size(r))
          .containsExactlyInAnyOrder(
              "01 91 dedup/near 2",
              "02 91 dedup/near 2",
              "03 93 dedup/exact 1",
              "04 04 null 2",
              "05 04 dedup/url 2",
              "06 06 null 1");
      assertThat(found.signatures().select(Document.ID).as(Encoders.STRING()).collectAsList())
          .extracting(DeduplicationTest::bare)
          .containsExactlyInAnyOrder("04", "06");
    }
    assertThatThrownBy(() -> Signatures.read(spark, CONFIG.minHash(), SEED + 1, target))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bands=14, rowsPerBand=8, seed=42")
        .hasMessageContaining("this run has")
        .hasMessageContaining("leave it out of dedup.against");
  }

  /** Texts of distinct words whose 5-word shingle sets have this similarity, to about .01. */
  private String[] pair(double jaccard) {
    int union = 200; // the second text replaces the end of the first
    int own = (int) Math.round((1 - jaccard) * union / 2);
    String[] words = words(union + 4);
    int length = words.length - own;
    String[] second = Arrays.copyOfRange(words, 0, length);
    System.arraycopy(words(own), 0, second, length - own, own);
    return new String[] {
      String.join(" ", Arrays.copyOfRange(words, 0, length)), String.join(" ", second)
    };
  }

  private static String window(String[] words, int start) {
    return String.join(" ", Arrays.copyOfRange(words, start, start + 200));
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

  /** One band of one row: what shares its smallest shingle shares a bucket. */
  private static DedupConfig coarse(int maxHubs) {
    return new DedupConfig(
        true, MinHashProfile.FINEWEB, null, 1, 1, true, null, maxHubs, Keep.ID, List.of());
  }

  private static long seedWithOneBucket(List<Row> documents, DedupConfig config) {
    Shingles shingles = new Shingles(config.minHash());
    int[] signature = new int[1];
    for (long seed = 0; ; seed++) {
      MinHash minHash = new MinHash(config.minHash(), seed);
      Set<Integer> smallest =
          documents.stream()
              .map(
                  document -> {
                    minHash.sign(signature, shingles, document.getString(1));
                    return signature[0];
                  })
              .collect(Collectors.toSet());
      if (smallest.size() == 1) {
        return seed;
      }
    }
  }

  private static List<Row> judge(Row... documents) {
    return Deduplication.annotate(table(Arrays.asList(documents)), CONFIG, SEED).collectAsList();
  }

  private static Dataset<Row> table(List<Row> documents) {
    return spark.createDataFrame(documents, Document.SCHEMA);
  }

  private static Map<String, String> clusters(Dataset<Row> judged) {
    Map<String, String> clusters = new TreeMap<>();
    judged.collectAsList().forEach(row -> clusters.put(id(row), cluster(row)));
    return clusters;
  }

  private static Row row(String id, String text, String source) {
    return RowFactory.create(filled(id), text, source, null, null, null);
  }

  private static Row page(String id, String text, String url, Long fetched) {
    return RowFactory.create(filled(id), text, "s", url, null, fetched);
  }

  /** Ids have 32 hex digits; here only the last few say anything. */
  private static String filled(String id) {
    return "f".repeat(32 - id.length()) + id;
  }

  private static String bare(String id) {
    return id.replaceFirst("^f+", "");
  }

  private static String id(Row row) {
    return bare(row.getAs(Document.ID));
  }

  private static String cluster(Row row) {
    return bare(row.getAs(Deduplication.CLUSTER));
  }

  private static long size(Row row) {
    return row.getAs(Deduplication.CLUSTER_SIZE);
  }

  private static String reason(Row row) {
    return row.getAs(Verdict.REASON);
  }
}

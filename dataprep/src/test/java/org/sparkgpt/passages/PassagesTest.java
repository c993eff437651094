package org.sparkgpt.passages;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Verdict;

class PassagesTest {
  private static SparkSession spark;

  private final SplittableRandom random = new SplittableRandom(3);

  @BeforeAll
  static void openSpark() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.sql.shuffle.partitions", 3)
            .config("spark.sql.adaptive.enabled", false) // tiny data: half the jobs
            .config("spark.ui.enabled", false)
            .getOrCreate();
  }

  @AfterAll
  static void closeSpark() {
    spark.stop();
  }

  // --- paragraphs, lines, spans

  @Test
  void firstParagraphStaysOrNone() {
    String shared = "Cookies: you may visit 3 of our pages, or 4, each month.";
    String like = "COOKIES; you may visit 5 of our pages or 6 each month";
    List<Row> documents =
        List.of(
            row("a", prose(5) + "\n\n" + shared + "\n\n" + prose(5)),
            row("b", like + "\n" + prose(9)),
            row("c", shared + "\n" + "too short to take part"));
    Map<String, String> before = texts(documents);

    Map<String, String> first =
        texts(judge(PassagesConfigs.of(Keep.FIRST, Method.PARAGRAPH), documents));
    assertThat(first.get("a")).isEqualTo(before.get("a"));
    assertThat(first.get("b")).isEqualTo(before.get("b").substring(like.length() + 1));
    assertThat(first.get("c")).isEqualTo(before.get("c"));

    Map<String, String> none =
        texts(judge(PassagesConfigs.of(Keep.NONE, Method.PARAGRAPH), documents));
    assertThat(none.get("a")).isEqualTo(before.get("a").replace(shared + "\n\n", ""));
    assertThat(none.get("b")).isEqualTo(first.get("b"));
  }

  @Test
  void shortLinesMayRepeat() {
    String talk = "\"Yes.\"\n\"No.\"\n* * *\nCHAPTER II\n";
    List<Row> documents = List.of(row("a", talk + prose(5)), row("b", talk + talk + prose(5)));
    for (Method method : Method.values()) {
      assertThat(texts(judge(PassagesConfigs.of(Keep.NONE, method), documents)))
          .isEqualTo(texts(documents));
    }
  }

  @Test
  void aLineStaysOnceInTheCorpus() {
    String line = "This line of the page is in more pages than one.";
    String[] own = {prose(3), prose(1), prose(3)};
    List<Row> judged =
        judge(
            PassagesConfigs.of(Keep.NONE, 20, 50, Method.LINE),
            List.of(
                row("1", line + "\n" + own[0] + "\n  " + line.toUpperCase() + "\n" + line),
                row("2", line + "\n" + own[1]),
                row("3", own[2] + "\n" + line)));
    assertThat(texts(judged))
        .isEqualTo(Map.of("1", line + "\n" + own[0], "2", own[1], "3", own[2]));
    Row dropped = judged.stream().filter(r -> r.getString(0).equals("2")).findFirst().orElseThrow();
    assertThat(dropped.<String>getAs(Verdict.REASON)).isEqualTo("passages/too-few-sentences");
    assertThat(dropped.<Double>getAs(Verdict.VALUE)).isEqualTo(1);
    assertThat(dropped.<Double>getAs(Verdict.THRESHOLD)).isEqualTo(3);
    assertThat(judged.stream().filter(r -> r.getAs(Verdict.REASON) != null)).hasSize(1);
  }

  @Test
  void minOccurrencesCountsCopies() {
    String twice = "A paragraph that is in the corpus two times only.";
    String thrice = "A paragraph that is in the corpus even three times.";
    String own = prose(9);
    PassagesConfig defaults = PassagesConfigs.of(Keep.NONE, Method.PARAGRAPH);
    PassagesConfig config =
        new PassagesConfig(
            defaults.methods(),
            200,
            new PassagesConfig.Paragraph(Keep.NONE, 0, 40, 3),
            defaults.line(),
            defaults.span(),
            defaults.substring());
    List<Row> documents =
        List.of(
            row("1", own + "\n" + twice + "\n" + thrice + "\n" + twice),
            row("2", thrice),
            row("3", thrice));
    assertThat(texts(judge(config, documents)))
        .isEqualTo(Map.of("1", own + "\n" + twice + "\n" + twice, "2", "", "3", ""));
  }

  @Test
  void threeSentencesInARowAreASpan() {
    String span =
        "The first of three is a sentence. The second is longer than it. Third of them, the last!";
    String pair = "Two sentences together are no span. Even though they are of some length.";
    String[] own = {prose(4), prose(4), prose(4)};
    List<Row> documents =
        List.of(
            row("1", own[0] + " " + span + " " + pair),
            row("2", own[1] + "\n\n" + span.replace(" ", "\n") + "\n" + own[2] + " " + pair));
    assertThat(texts(judge(PassagesConfigs.of(Keep.FIRST, Method.SPAN), documents)))
        .isEqualTo(
            Map.of(
                "1", own[0] + " " + span + " " + pair,
                "2", own[1] + "\n\n" + own[2] + " " + pair));
  }

  // --- substrings

  /** The definition, by looking at all pairs of windows. */
  private static Map<String, String> byDefinition(List<Row> documents, int n, Keep keep) {
    List<Row> sorted =
        documents.stream()
            .sorted(
                (a, b) ->
                    (a.getString(0) + a.getString(2)).compareTo(b.getString(0) + b.getString(2)))
            .toList();
    Map<String, Integer> occurrences = new HashMap<>();
    for (Row row : sorted) {
      String[] words = row.getString(1).split(" ");
      for (int w = 0; w + n <= words.length; w++) {
        occurrences.merge(window(words, w, n), 1, Integer::sum);
      }
    }
    Set<String> seen = new HashSet<>();
    Map<String, String> rest = new HashMap<>();
    for (Row row : sorted) {
      String[] words = row.getString(1).split(" ");
      boolean[] gone = new boolean[words.length];
      for (int w = 0; w + n <= words.length; w++) {
        String window = window(words, w, n);
        if (occurrences.get(window) > 1 && (!seen.add(window) || keep == Keep.NONE)) {
          Arrays.fill(gone, w, w + n, true);
        }
      }
      rest.put(
          row.getString(0) + row.getString(2),
          IntStream.range(0, words.length)
              .filter(w -> !gone[w])
              .mapToObj(w -> words[w])
              .collect(Collectors.joining(" ")));
    }
    return rest;
  }

  private static String window(String[] words, int from, int n) {
    return String.join(" ", Arrays.copyOfRange(words, from, from + n));
  }

  /** Short and long repeats, periods, documents inside each other, copies. */
  private List<Row> tangle() {
    List<Row> documents = new ArrayList<>();
    List<String> spans = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      spans.add(words(5 + i, 1000));
    }
    for (int i = 0; i < 120; i++) {
      StringBuilder text = new StringBuilder(words(1 + random.nextInt(12), i % 4 == 0 ? 3 : 1000));
      for (int s = random.nextInt(4); s > 0; s--) {
        text.append(' ').append(spans.get(random.nextInt(spans.size())));
        text.append(' ').append(words(random.nextInt(9), i % 4 == 0 ? 3 : 1000));
      }
      if (i % 10 == 0) {
        String cycle = words(1 + i / 10, 1000);
        text.append(' ')
            .append(String.join(" ", Collections.nCopies(2 + random.nextInt(30), cycle)));
      }
      documents.add(document(text.toString().strip().replaceAll(" +", " "), "s"));
      if (i % 15 == 0) {
        documents.add(document(text.toString().strip().replaceAll(" +", " "), "t"));
      }
    }
    return documents;
  }

  @ParameterizedTest
  @EnumSource
  void substringsAreThoseOfTheDefinitionForAnyPartitions(Keep keep) {
    int n = 8;
    List<Row> documents = tangle();
    Map<String, String> expected = byDefinition(documents, n, keep);
    PassagesConfig config = PassagesConfigs.of(keep, 1, n, Method.SUBSTRING);
    List<String> rows = null;
    for (int partitions : new int[] {1, 7, 64}) {
      spark.conf().set("spark.sql.shuffle.partitions", Math.min(partitions, 9));
      Collections.shuffle(documents, new Random(partitions));
      Dataset<Row> input =
          spark.createDataFrame(documents, Document.SCHEMA).repartition(partitions);
      List<Row> judged = Passages.annotate(input, config).collectAsList();
      assertThat(
              judged.stream()
                  .collect(
                      Collectors.toMap(r -> r.getString(0) + r.getString(2), r -> r.getString(1))))
          .isEqualTo(expected);
      List<String> sorted = judged.stream().map(Row::toString).sorted().toList();
      rows = rows == null ? sorted : rows;
      assertThat(sorted).isEqualTo(rows);
    }
    spark.conf().set("spark.sql.shuffle.partitions", 3);
    assertThat(expected.values().stream().filter(String::isEmpty)).hasSizeGreaterThan(5);
  }

  @Test
  void oneWordLessThanTheLeastIsNoRepeat() {
    String words = words(30, 1000);
    List<Row> documents = List.of(row("1", "a " + words + " b"), row("2", "c " + words + " d"));
    assertThat(texts(judge(PassagesConfigs.of(Keep.NONE, 1, 31, Method.SUBSTRING), documents)))
        .isEqualTo(texts(documents));
    assertThat(texts(judge(PassagesConfigs.of(Keep.NONE, 1, 30, Method.SUBSTRING), documents)))
        .isEqualTo(Map.of("1", "a b", "2", "c d"));
  }

  // --- all methods

  @Test
  void chaptersOfABookAreFoundThoughTheDocumentsAreUnlike() {
    List<String> chapters =
        IntStream.range(0, 8)
            .mapToObj(
                c ->
                    IntStream.range(0, 12)
                        .mapToObj(p -> prose(4))
                        .collect(Collectors.joining("\n\n")))
            .toList();
    String book = String.join("\n\n", chapters);
    double similarity = (double) chapters.get(0).length() / book.length(); // Jaccard, about
    assertThat(1 - Math.pow(1 - Math.pow(similarity, 8), 14))
        .as("chance of a chapter to meet its book in 14 bands of 8 rows")
        .isLessThan(1e-5);
    List<Row> documents = new ArrayList<>(List.of(document(book, "book")));
    chapters.forEach(chapter -> documents.add(document(chapter, "chapter")));
    for (Method method : Method.values()) {
      List<Row> judged = judge(PassagesConfigs.of(Keep.FIRST, method), documents);
      long left = judged.stream().mapToLong(r -> r.getString(1).length()).sum();
      assertThat((double) left)
          .as("left of two books, by %s", method)
          .isBetween(0.98 * book.length(), 1.02 * book.length());
      for (Row row : judged) {
        int removed = row.getAs(Passages.REMOVED_CHARACTERS);
        assertThat(row.<Row>getAs(Passages.REMOVED_BY).<Integer>getAs(method.key()))
            .isEqualTo(removed);
        assertThat(row.<String>getAs(Verdict.REASON))
            .isEqualTo(row.getString(1).length() < 200 ? Passages.TOO_LITTLE_LEFT : null);
      }
    }
  }

  @Test
  void eachMethodReadsWhatTheOneBeforeLeft() {
    String paragraph = prose(20);
    String words = words(60, 1000);
    List<Row> documents =
        List.of(
            row("1", paragraph + "\nOne " + words + " one"),
            row("2", paragraph + "\nTwo " + words + " two " + prose(3)));
    List<Row> judged =
        judge(PassagesConfigs.of(Keep.FIRST, 1, 50, Method.PARAGRAPH, Method.SUBSTRING), documents);
    Row second = judged.get(judged.get(0).getString(0).equals("2") ? 0 : 1);
    Row by = second.getAs(Passages.REMOVED_BY);
    assertThat(by).isEqualTo(RowFactory.create(paragraph.length() + 1, 0, 0, words.length() + 1));
    assertThat(second.<Integer>getAs(Passages.REMOVED_CHARACTERS))
        .isEqualTo(paragraph.length() + words.length() + 2);
    assertThat(second.getString(1)).startsWith("Two two ");
    PassagesConfig config =
        PassagesConfigs.of(Keep.FIRST, 1, 50, Method.PARAGRAPH, Method.SUBSTRING);
    Dataset<Row> table = spark.createDataFrame(judged, judged.get(0).schema());
    assertThat(Passages.figures(table, config))
        .isEqualTo(
            Map.of(
                "removed characters by paragraph", paragraph.length() + 1L,
                "removed characters by substring", words.length() + 1L,
                "documents changed", 1L));
  }

  @ParameterizedTest
  @EnumSource
  void aCorpusOfCopiesKeepsOneOrNone(Method method) {
    String text = prose(12) + "\n\n" + prose(12);
    List<Row> documents = Collections.nCopies(300, document(text, "s"));
    List<Row> kept = kept(judge(PassagesConfigs.of(Keep.FIRST, method), documents));
    assertThat(kept).hasSize(1);
    assertThat(kept.get(0).getString(1)).isEqualTo(text);
    if (method == Method.PARAGRAPH || method == Method.SUBSTRING) {
      assertThat(kept(judge(PassagesConfigs.of(Keep.NONE, method), documents))).isEmpty();
    }
  }

  @Test
  void emptyAndOneWordDocumentsAreLeftAlone() {
    List<Row> documents =
        List.of(row("1", ""), row("2", ""), row("3", "word"), row("4", "word"), row("5", " \n "));
    for (Method method : Method.values()) {
      List<Row> judged = judge(PassagesConfigs.of(Keep.NONE, method), documents);
      assertThat(texts(judged)).isEqualTo(texts(documents));
      assertThat(kept(judged)).hasSize(5);
    }
    assertThat(judge(PassagesConfigs.of(Keep.NONE, Method.SUBSTRING), List.of())).isEmpty();
  }

  @Test
  void adaptiveExecutionFindsTheSame() {
    PassagesConfig config =
        PassagesConfigs.of(Keep.FIRST, 1, 8, Method.PARAGRAPH, Method.LINE, Method.SUBSTRING);
    List<Row> tangle = tangle();
    List<Row> apart = List.of(row("1", prose(9)), row("2", prose(9)));
    Map<String, String> plain = texts(judge(config, distinct(tangle)));
    spark.conf().set("spark.sql.adaptive.enabled", true);
    try {
      assertThat(texts(judge(config, distinct(tangle)))).isEqualTo(plain);
      assertThat(texts(judge(config, apart))).as("nothing found").isEqualTo(texts(apart));
      assertThat(judge(config, List.of())).isEmpty();
    } finally {
      spark.conf().set("spark.sql.adaptive.enabled", false);
    }
  }

  @Test
  void everyScriptIsCutBetweenCodePoints() {
    String chinese = codePoints(80, 0x4e00, 0x9fff);
    String rare = codePoints(80, 0x20000, 0x2a6df); // surrogate pairs
    String hebrew =
        IntStream.range(0, 80)
            .mapToObj(i -> codePoints(5, 0x5d0, 0x5ea))
            .collect(Collectors.joining(" "));
    List<Row> documents =
        List.of(
            row("1", "甲" + chinese + "乙 " + rare + " 丙 א " + hebrew + " ב"),
            row("2", "丁" + chinese + "戊 𠮷" + rare + "𠮷 己 ג " + hebrew + " ד"));
    List<Row> judged = judge(PassagesConfigs.of(Keep.NONE, 1, 50, Method.SUBSTRING), documents);
    assertThat(texts(judged)).isEqualTo(Map.of("1", "甲\n乙 丙 א ב", "2", "丁\n戊 𠮷\n𠮷 己 ג ד"));
    for (Row row : judged) {
      String text = row.getString(1);
      assertThat(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
          .isEqualTo(text);
    }
  }

  @Test
  void fiftyMegabytesInALineCostNoMoreThanTheirShare() {
    int size = 50_000_000;
    List<Row> documents =
        List.of(row("1", "word ".repeat(size / 5)), row("2", "x".repeat(size)), row("3", prose(9)));
    List<Row> judged =
        judge(
            PassagesConfigs.of(Keep.FIRST, Method.PARAGRAPH, Method.SPAN, Method.SUBSTRING),
            documents);
    Map<String, Integer> lengths =
        judged.stream()
            .collect(Collectors.toMap(r -> r.getString(0), r -> r.getString(1).length()));
    assertThat(lengths.get("1")).as("one period is left").isEqualTo("word".length());
    assertThat(lengths.get("2")).isEqualTo(size);
    assertThat(kept(judged)).hasSize(2);
  }

  // --- texts and rows

  private List<Row> distinct(List<Row> documents) {
    return documents.stream().filter(r -> r.getString(2).equals("s")).distinct().toList();
  }

  private String words(int count, int vocabulary) {
    return IntStream.range(0, count)
        .mapToObj(i -> "w" + random.nextInt(vocabulary))
        .collect(Collectors.joining(" "));
  }

  private String codePoints(int count, int from, int to) {
    return random
        .ints(count, from, to + 1)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** A line of sentences that are nowhere else. */
  private String prose(int sentences) {
    return IntStream.range(0, sentences)
        .mapToObj(s -> "The " + words(14, 1_000_000) + ".")
        .collect(Collectors.joining(" "));
  }

  private static List<Row> judge(PassagesConfig config, List<Row> documents) {
    return Passages.annotate(spark.createDataFrame(documents, Document.SCHEMA), config)
        .collectAsList();
  }

  private static List<Row> kept(List<Row> judged) {
    return judged.stream().filter(r -> r.getAs(Verdict.REASON) == null).toList();
  }

  private static Map<String, String> texts(List<Row> rows) {
    return rows.stream().collect(Collectors.toMap(r -> r.getString(0), r -> r.getString(1)));
  }

  private static Row row(String id, String text) {
    return RowFactory.create(id, text, "s", null, null, null);
  }

  private static Row document(String text, String source) {
    return Document.of(text, source, null).toRow();
  }
}

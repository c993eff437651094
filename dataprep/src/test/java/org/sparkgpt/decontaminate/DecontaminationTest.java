package org.sparkgpt.decontaminate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Verdict;

class DecontaminationTest {
  private static SparkSession spark;

  @TempDir private Path temp;

  @BeforeAll
  static void openSpark() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.sql.shuffle.partitions", 3)
            .config("spark.sql.adaptive.enabled", false) // tiny data: half the jobs
            .config("spark.sql.codegen.wholeStage", false)
            .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
            .config("spark.ui.enabled", false)
            .getOrCreate();
  }

  @AfterAll
  static void closeSpark() {
    spark.stop();
  }

  private DecontaminateConfig config(String... examples) throws IOException {
    Path file = Files.writeString(temp.resolve("exam.txt"), String.join("\n\n", examples));
    return Texts.config(Map.of("exam", EvaluationSet.of(file.toString())));
  }

  private static Row row(String id, String text) {
    return RowFactory.create(id, text, "s", null, null, null);
  }

  private static Dataset<Row> table(List<Row> documents) {
    return spark.createDataFrame(documents, Document.SCHEMA);
  }

  private static List<Row> judge(Dataset<Row> documents, DecontaminateConfig config) {
    return Decontamination.annotate(documents, Overlap.find(documents, config)).collectAsList();
  }

  /** A text with a phrase in its middle, of which 300 characters are left on each side. */
  private static String around(String phrase) {
    return Texts.dots(500) + phrase + Texts.dots(500);
  }

  private static boolean isCut(Row row) {
    return !row.getList(row.fieldIndex(Decontamination.REMOVED_SPANS)).isEmpty();
  }

  @Test
  void nGramsOfTenDocumentsAreCutAndOfElevenIgnored() throws IOException {
    String rare = Texts.words("r", 13);
    String frequent = Texts.words("f", 13);
    List<Row> documents = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      String text = around(frequent + "; " + frequent) + (i < 10 ? around(rare) : "");
      documents.add(row("d" + i, text));
      documents.add(row("d" + i, text)); // a copy with the same id is the same document
    }
    DecontaminateConfig config = config(rare, frequent);
    List<Row> judged = judge(table(documents).repartition(5), config);
    assertThat(judged).hasSize(22);
    for (Row row : judged) {
      assertThat(isCut(row)).as(row.getString(0)).isEqualTo(!row.getString(0).equals("d10"));
      assertThat(row.getString(1)).contains(frequent).doesNotContain(rare);
    }
    Contamination table = tableOf(table(documents), config).rows().get(0);
    assertThat(table.ngramLength()).isEqualTo(13);
    assertThat(table.ngrams()).isEqualTo(2);
    assertThat(table.ngramsFound()).isEqualTo(2);
    assertThat(table.ngramsIgnored()).isEqualTo(1);
    assertThat(table.examplesFound()).isEqualTo(2);
    assertThat(table.documents()).isEqualTo(20);
  }

  private static ContaminationTable tableOf(Dataset<Row> documents, DecontaminateConfig config) {
    Overlap overlap = Overlap.find(documents, config);
    return ContaminationTable.of(overlap, Decontamination.annotate(documents, overlap));
  }

  @Test
  void theTableSaysWhatWasFoundBySet() throws IOException {
    String phrase = Texts.words("p", 14); // 55 characters, 2 n-grams
    Path a = Files.writeString(temp.resolve("a.txt"), phrase + "\n\n" + Texts.words("n", 20));
    Path b =
        Files.writeString(
            temp.resolve("b.jsonl"),
            "{\"t\": \"no\"}\n{\"t\": \""
                + Texts.words("o", 13)
                + "\"}\n{\"t\": \""
                + phrase
                + "\"}\n");
    DecontaminateConfig config =
        Texts.config(
            Map.of("a", EvaluationSet.of(a.toString()), "b", EvaluationSet.of(b.toString())));
    Dataset<Row> documents =
        table(
            List.of(
                row("1", around(phrase)), // 1055, of which 455 are cut
                row("2", phrase), // nothing left: 55
                row("3", Texts.words("z", 50)),
                row("4", around(Texts.words("o", 8))))); // 8-gram of b: 31 + 400
    ContaminationTable table = tableOf(documents, config);
    assertThat(table.rows())
        .containsExactly(
            new Contamination("a", 2, 13, 10, 2, 0, 1, 1, 0, 2, 1, 1, 455 + 55),
            new Contamination("b", 3, 8, 13, 8, 0, 2, 1, 1, 3, 2, 1, 455 + 55 + 431));
    assertThat(table.figures())
        .containsEntry("cut documents", 2L)
        .containsEntry("removed characters", 455L + 55 + 431)
        .containsEntry("b examples found", 2L)
        .containsEntry("a 13-grams", 10L);
    FileSystem fs = FileSystem.getLocal(new Configuration());
    org.apache.hadoop.fs.Path out = new org.apache.hadoop.fs.Path(temp.toString(), "out");
    table.write(fs, out);
    assertThat(temp.resolve("out/_contamination.json"))
        .content()
        .contains("\"set\" : \"a\"", "\"examplesFound\" : 1", "\"charactersRemoved\" : 510");
    assertThat(Files.readAllLines(temp.resolve("out/_dirty/b.jsonl")))
        .containsExactly(
            "{\"index\":1,\"file\":\"file:"
                + b
                + "\",\"line\":2,\"ngramsFound\":1,\"ngramsIgnored\":0}",
            "{\"index\":2,\"file\":\"file:"
                + b
                + "\",\"line\":3,\"ngramsFound\":7,\"ngramsIgnored\":0}");
  }

  @Test
  void aTokenisedExampleIsFoundInOrdinaryTextAndAParaphraseIsNot() throws IOException {
    DecontaminateConfig config =
        config(
            "He had a guest @-@ starring role on the television series The Bill in 2000 . This was"
                + " followed by Teddy 's Story , a 1 @,@ 000 @-@ page play .");
    Row told =
        row(
            "1",
            around(
                "“He had a guest-starring role on the television series ‘The Bill’ in 2000. This"
                    + " was followed by Teddy’s Story”."));
    Row retold =
        row(
            "2",
            around(
                "He starred as a guest in a role on The Bill, the television series, in 2000. Then"
                    + " Teddy’s Story followed, a play of 1,000 pages."));
    assertThat(judge(table(List.of(told, retold)), config))
        .extracting(DecontaminationTest::isCut)
        .containsExactly(true, false);
  }

  @Test
  void shortExamplesLowerNAndTheShortestAreLeftOut() throws IOException {
    String[] examples = new String[20];
    for (int i = 0; i < 20; i++) {
      examples[i] = Texts.words("e" + (char) ('a' + i), i < 2 ? 3 + 6 * i : 30);
    }
    DecontaminateConfig config = config(examples); // 3, 9 and 30 words: the 5th percentile is 3
    Dataset<Row> documents =
        table(List.of(row("1", around(Texts.words("eb", 8))), row("2", around(examples[0]))));
    assertThat(judge(documents, config))
        .extracting(DecontaminationTest::isCut)
        .containsExactly(true, false);
    Contamination table = tableOf(documents, config).rows().get(0);
    assertThat(table.ngramLength()).isEqualTo(8);
    assertThat(table.examplesTooShort()).isEqualTo(1);
    DecontaminateConfig tooShort = config("only four words here", "and two");
    assertThatThrownBy(() -> Overlap.find(documents, tooShort))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "decontaminate.sets.exam: none of its 2 examples has the 8 words of an n-gram");
  }

  /** Against the definition, written down without rolling hashes, tables or Spark. */
  @Test
  void theResultIsThatOfThePlainDefinitionForAnyPartitions() throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    List<String> examples = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      examples.add(sentence(random, 8 + random.nextInt(30)));
    }
    List<Row> documents = new ArrayList<>();
    for (int d = 0; d < 120; d++) {
      StringBuilder text = new StringBuilder();
      for (int part = 0; part < 1 + random.nextInt(6); part++) {
        text.append(sentence(random, random.nextInt(150))).append(".\n");
        String[] quoted = examples.get((int) Math.pow(40, random.nextDouble()) - 1).split(" ");
        int from = random.nextInt(3);
        text.append(String.join(", ", List.of(quoted).subList(from, quoted.length))).append("! ");
      }
      documents.add(row(String.format("%03d", d), text.toString()));
    }
    DecontaminateConfig config = config(examples.toArray(String[]::new));
    List<String> expected = PlainDecontamination.of(documents, examples, 8, 10);
    Collections.shuffle(documents, new Random(1));
    Dataset<Row> input = table(documents).withColumn("more", functions.lit(1L));
    for (int partitions : new int[] {1, 7, 64}) {
      Dataset<Row> split = input.repartition(partitions);
      Dataset<Row> judged = Decontamination.annotate(split, Overlap.find(split, config));
      assertThat(judged.columns())
          .containsExactly(
              "id",
              "text",
              "source",
              "url",
              "metadata",
              "fetched",
              "more",
              "removed_spans",
              "reason",
              "value",
              "threshold");
      List<String> rows =
          judged.drop("source", "url", "metadata", "fetched", "more").collectAsList().stream()
              .map(
                  r ->
                      PlainDecontamination.line(
                          r.getString(0), r.getString(1), r.getList(2), r.getAs(Verdict.REASON)))
              .sorted()
              .toList();
      assertThat(rows).isEqualTo(expected);
    }
    assertThat(expected).anyMatch(r -> r.endsWith("too-many-pieces") || r.endsWith("nothing-left"));
    assertThat(expected).anyMatch(r -> r.endsWith("] null") && !r.contains("[]"));
    assertThat(expected).anyMatch(r -> r.endsWith("[] null"));
  }

  private static String sentence(SplittableRandom random, int words) {
    StringBuilder sentence = new StringBuilder();
    for (int i = 0; i < words; i++) {
      sentence.append(i == 0 ? "" : " ").append("word").append(random.nextInt(300));
    }
    return sentence.toString();
  }

  @Test
  void phrasesAreCountedByDocumentForAnyPartitions() {
    List<Row> documents = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      documents.add(
          row(String.format("%02d", i), i % 3 == 0 ? "😀 what is 2 + 2 = 4, 2 + 2 =" : "2 plus"));
    }
    Phrases phrases = new Phrases(List.of("2 + 2 =", "plus", "minus"), false);
    for (int partitions : new int[] {1, 7}) {
      Dataset<Row> hits = PhraseSearch.find(table(documents).repartition(partitions), phrases, 9);
      assertThat(PhraseSearch.totals(hits))
          .isEqualTo(Map.of(0, new PhraseSearch.Total(10, 20), 1, new PhraseSearch.Total(20, 20)));
      assertThat(PhraseSearch.first(hits, 2))
          .containsExactly(
              new PhraseSearch.Hit(0, "00", "s", 2, 11, " what is 2 + 2 = 4, 2 + 2"),
              new PhraseSearch.Hit(0, "03", "s", 2, 11, " what is 2 + 2 = 4, 2 + 2"));
    }
  }
}

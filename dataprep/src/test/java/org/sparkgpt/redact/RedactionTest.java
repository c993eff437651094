package org.sparkgpt.redact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Verdict;

class RedactionTest {
  private static final List<Pii> ALL = List.of(Pii.values());
  private static final RedactConfig REDACT = new RedactConfig(ALL, RedactAction.REDACT, null);

  private static SparkSession spark;

  @BeforeAll
  static void openSpark() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.sql.shuffle.partitions", 2)
            .config("spark.sql.adaptive.enabled", false)
            .config("spark.sql.codegen.wholeStage", false)
            .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
            .config("spark.ui.enabled", false)
            .getOrCreate();
  }

  @AfterAll
  static void closeSpark() {
    spark.stop();
  }

  private static Dataset<Row> documents(String... texts) {
    List<Row> rows = new ArrayList<>();
    for (String text : texts) {
      rows.add(Document.of(text, "s", null).toRow());
    }
    return spark.createDataFrame(rows, Document.SCHEMA);
  }

  private static List<Row> judge(RedactConfig config, String... texts) {
    return Redaction.annotate(documents(texts).repartition(1), config)
        .orderBy(Document.TEXT)
        .collectAsList();
  }

  private static String reason(Row row) {
    return row.getAs(Verdict.REASON);
  }

  private static Map<String, Integer> counts(Row row) {
    return row.getJavaMap(row.fieldIndex(Redaction.REDACTIONS));
  }

  @Test
  void hitsAreReplacedAndCountedByClass() {
    List<Row> rows = judge(REDACT, "a jane@example.com joe@example.com (212) 555-0123", "b");

    assertThat(rows.get(0).<String>getAs(Document.TEXT))
        .isEqualTo("a |||EMAIL_ADDRESS||| |||EMAIL_ADDRESS||| |||PHONE_NUMBER|||");
    assertThat(counts(rows.get(0))).isEqualTo(Map.of("email", 2, "phone", 1));
    assertThat(rows.get(0).<String>getAs(Document.ID))
        .as("id of the text as ingested")
        .isEqualTo(Document.idOf("a jane@example.com joe@example.com (212) 555-0123"));
    assertThat(counts(rows.get(1))).isEmpty();
    assertThat(rows).extracting(RedactionTest::reason).containsOnlyNulls();
  }

  @Test
  void documentsWithTooManyHitsGoAsTheyWere() {
    String two = "a jane@example.com joe@example.com";
    String three = "b jane@example.com joe@example.com jim@example.com";
    List<Row> rows = judge(new RedactConfig(ALL, RedactAction.REDACT, 2), two, three);

    assertThat(rows).extracting(RedactionTest::reason).containsExactly(null, "redact/too-many");
    assertThat(rows.get(1).<String>getAs(Document.TEXT)).isEqualTo(three);
    assertThat(rows.get(1).<Double>getAs(Verdict.VALUE)).isEqualTo(3);
    assertThat(rows.get(1).<Double>getAs(Verdict.THRESHOLD)).isEqualTo(2);
    assertThat(counts(rows.get(1))).isEqualTo(Map.of("email", 3));
  }

  @Test
  void dropTakesEveryDocumentWithAHit() {
    RedactConfig drop = new RedactConfig(ALL, RedactAction.DROP, null);
    List<Row> rows = judge(drop, "a clean one", "b jane@example.com", "");

    assertThat(rows).extracting(RedactionTest::reason).containsExactly(null, null, "redact/found");
    assertThat(rows.get(2).<String>getAs(Document.TEXT)).isEqualTo("b jane@example.com");
    assertThat(rows.get(2).<Double>getAs(Verdict.VALUE)).isEqualTo(1);
  }

  @Test
  void figuresCountWhatWasReplacedInKeptDocuments() {
    RedactConfig config = new RedactConfig(List.of(Pii.EMAIL, Pii.CARD), RedactAction.REDACT, 2);
    Dataset<Row> judged =
        Redaction.annotate(
            documents("jane@example.com joe@example.com", "b", "1@a.org 2@a.org 3@a.org"), config);

    assertThat(Redaction.figures(judged, config))
        .isEqualTo(
            Map.of("redacted email", 2L, "redacted card", 0L, "documents with redactions", 1L));
  }

  @Test
  void resultDoesNotDependOnPartitions() {
    String[] texts = new String[200];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = "n" + i + " user" + i + "@example.com, +1 212 555 " + (1000 + i) + " x".repeat(i);
    }
    List<List<String>> results = new ArrayList<>();
    for (int partitions : new int[] {1, 7, 64}) {
      results.add(
          Redaction.annotate(documents(texts).repartition(partitions), REDACT)
              .collectAsList()
              .stream()
              .map(Row::toString)
              .sorted()
              .toList());
    }
    assertThat(results.get(0)).hasSize(200).doesNotHaveDuplicates();
    assertThat(results).containsOnly(results.get(0));
  }

  @Test
  void settingsNameWhatIsWrong() {
    assertThatThrownBy(() -> new RedactConfig(List.of(), RedactAction.REDACT, null))
        .hasMessageContaining("redact.classes must name at least one of [email, iban, card");
    assertThatThrownBy(() -> new RedactConfig(List.of(Pii.IP, Pii.IP), RedactAction.REDACT, null))
        .hasMessageContaining("names a class twice");
    assertThatThrownBy(() -> new RedactConfig(ALL, null, null))
        .hasMessageContaining("redact.action must be redact or drop");
    assertThatThrownBy(() -> new RedactConfig(ALL, RedactAction.REDACT, -1))
        .hasMessageContaining("redact.maxPerDocument must be 0 or more");
    assertThatThrownBy(() -> new RedactConfig(ALL, RedactAction.DROP, 5))
        .hasMessageContaining("goes without redact.maxPerDocument");
  }
}

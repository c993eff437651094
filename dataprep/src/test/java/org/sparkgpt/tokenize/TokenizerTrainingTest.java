package org.sparkgpt.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.tokenize.TokenizerConfig.Kind;

class TokenizerTrainingTest {
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.sql.shuffle.partitions", 4)
            .config("spark.ui.enabled", false)
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static Dataset<Row> documents(List<String> texts) {
    List<Row> rows = new ArrayList<>();
    texts.forEach(text -> rows.add(Document.of(text, "test", null).toRow()));
    return spark.createDataFrame(rows, Document.SCHEMA);
  }

  private static Dataset<Row> sampleLines() {
    return documents(Texts.sample().lines().filter(line -> !line.isEmpty()).toList());
  }

  @Test
  void theVocabularyDoesNotDependOnPartitions() {
    TokenizerConfig config = new TokenizerConfig(Kind.BPE, 600);
    Tokenizer one = TokenizerTraining.learn(sampleLines().repartition(1), config);
    assertThat(one.vocabularySize()).isEqualTo(600);
    assertThat(one.endOfText()).hasValue(599);
    assertThat(one.encode(" the")).hasSize(1);
    for (int partitions : new int[] {7, 64}) {
      Tokenizer other = TokenizerTraining.learn(sampleLines().repartition(partitions), config);
      assertThat(other.digest()).isEqualTo(one.digest());
    }
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 1000; i++) {
      String text = Texts.random(random, 20);
      assertThat(one.decode(one.encode(text))).isEqualTo(text);
    }
  }

  @Test
  void everyLearntTokenEncodesToItself() {
    Tokenizer tokenizer =
        TokenizerTraining.learn(sampleLines(), new TokenizerConfig(Kind.BPE, 1000));
    for (int id = 256; id < tokenizer.vocabularySize() - 1; id++) {
      byte[] bytes = tokenizer.bytesOf(id);
      String text = tokenizer.decode(id);
      if (!text.contains("\uFFFD")) { // a token may end inside a character
        assertThat(tokenizer.encode(text)).as(text).containsExactly(id);
      }
      assertThat(bytes).hasSizeGreaterThan(1);
    }
  }

  @Test
  void aSmallCorpusGivesASmallerVocabulary() {
    Tokenizer tokenizer =
        TokenizerTraining.learn(
            documents(List.of("aaabdaaabac")), new TokenizerConfig(Kind.BPE, 5000));
    assertThat(tokenizer.vocabularySize()).isEqualTo(260);
  }

  @Test
  void wordCountsKeepOnlyTheMostFrequentWhenBounded() {
    Dataset<Row> texts = documents(List.of("a a a b b c", "a d", "x".repeat(300)));
    assertThat(words(texts, 100, 1000))
        .containsExactly(
            entry(" a", 2L), entry(" b", 2L), entry(" c", 1L), entry(" d", 1L), entry("a", 2L));
    assertThat(words(texts, 4, 1000)).as("words").containsOnlyKeys(" a", " b", "a");
    assertThat(words(texts, 100, 8)).as("bytes").containsOnlyKeys(" a", " b", "a");
    assertThat(words(texts, 100, 4)).as("fewer than the commonest have").isEmpty();
  }

  @Test
  void aFullTableIsPassedOnAndNothingIsLost() {
    List<Row> rows = Texts.sample().lines().map(RowFactory::create).toList();
    Map<String, Long> whole = sum(new WordCounting.CountWords(1_000_000).call(rows.iterator()));
    assertThat(whole).hasSizeGreaterThan(500);
    assertThat(sum(new WordCounting.CountWords(3).call(rows.iterator()))).isEqualTo(whole);
  }

  private static Map<String, Long> sum(Iterator<Row> counts) {
    Map<String, Long> sum = new TreeMap<>();
    counts.forEachRemaining(
        row -> {
          byte[] word = row.getAs(0);
          sum.merge(new String(word, StandardCharsets.UTF_8), row.getLong(1), Long::sum);
        });
    return sum;
  }

  private static Map<String, Long> words(Dataset<Row> texts, long words, long bytes) {
    WordList list = WordCounting.count(texts, new WordCounting.Limit(words, bytes));
    Map<String, Long> counts = new TreeMap<>();
    for (int word = 0; word < list.size(); word++) {
      String letters = new String(list.word(word), StandardCharsets.UTF_8);
      assertThat(counts.put(letters, list.count(word))).isNull();
    }
    return counts;
  }

  @Test
  void charactersAreTheSortedCodePoints() {
    Tokenizer tokenizer =
        TokenizerTraining.learn(
            documents(List.of("hello\n", "é😀")).repartition(7), new TokenizerConfig(Kind.CHAR, 0));
    assertThat(tokenizer.decode(0, 1, 2, 3, 4, 5, 6)).isEqualTo("\nehloé😀");
    assertThat(tokenizer.vocabularySize()).isEqualTo(7);
  }

  @Test
  void gpt2NeedsNoText() {
    TokenizerConfig config = new TokenizerConfig(Kind.GPT2, 0);
    assertThat(TokenizerTraining.learn(documents(List.of()), config).vocabularySize())
        .isEqualTo(50257);
  }

  @Test
  void noTextIsAnError() {
    for (Kind kind : List.of(Kind.BPE, Kind.CHAR)) {
      TokenizerConfig config = new TokenizerConfig(kind, 300);
      assertThatThrownBy(() -> TokenizerTraining.learn(documents(List.of()), config))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("no text to learn a tokenizer from");
    }
  }

  @Test
  void theConfigNamesItsKeys() {
    assertThatThrownBy(() -> new TokenizerConfig(Kind.BPE, 256))
        .hasMessageStartingWith("tokenizer.vocabulary must be at least 257");
    assertThatThrownBy(() -> new TokenizerConfig(null, 256))
        .hasMessageStartingWith("tokenizer.kind must be gpt2, bpe or char");
  }
}

package org.sparkgpt.tokenize;

import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkgpt.corpus.Document;

/** Gives a corpus its tokenizer. The result depends on the texts only, not on their partitions. */
public final class TokenizerTraining {
  private static final Logger LOG = LoggerFactory.getLogger(TokenizerTraining.class);

  private TokenizerTraining() {}

  /**
   * Learns from {@link Document#TEXT}; GPT-2's tokenizer is ready-made and reads nothing.
   *
   * <p>A BPE vocabulary is smaller than asked for if the corpus has no more pairs that occur twice.
   *
   * @throws IllegalArgumentException if there is no text to learn from
   */
  public static Tokenizer learn(Dataset<Row> documents, TokenizerConfig config) {
    return switch (config.kind()) {
      case GPT2 -> Gpt2Vocabulary.tokenizer();
      case BPE -> learnBytePairs(documents, config.vocabulary()).tokenizer();
      case CHAR -> learnCharacters(documents);
    };
  }

  /**
   * A byte-level BPE and what it took.
   *
   * @param words distinct words that it was learnt from
   * @param occurrences of them
   * @param countSeconds time to count the words
   * @param learnSeconds time to learn the merges from them
   */
  public record BytePairs(
      Tokenizer tokenizer,
      long words,
      long occurrences,
      double countSeconds,
      double learnSeconds) {}

  /**
   * Learns a byte-level BPE of at most {@code vocabulary} ids.
   *
   * @throws IllegalArgumentException if there is no text to learn from
   */
  public static BytePairs learnBytePairs(Dataset<Row> documents, int vocabulary) {
    long start = System.nanoTime();
    WordList words = WordCounting.count(documents, WordCounting.Limit.DRIVER);
    requireText(words.size() > 0);
    long counted = System.nanoTime();
    int[] merges = BytePairLearner.learn(words, vocabulary - TokenizerConfig.SMALLEST_VOCABULARY);
    long learnt = System.nanoTime();
    BytePairTokenizer tokenizer = new BytePairTokenizer(merges);
    if (tokenizer.vocabularySize() < vocabulary) {
      LOG.warn(
          "tokenizer.vocabulary={} but the corpus gives only {}: no further pair occurs twice",
          vocabulary,
          tokenizer.vocabularySize());
    }
    long occurrences = 0;
    for (int word = 0; word < words.size(); word++) {
      occurrences += words.count(word);
    }
    return new BytePairs(
        tokenizer, words.size(), occurrences, (counted - start) / 1e9, (learnt - counted) / 1e9);
  }

  private static Tokenizer learnCharacters(Dataset<Row> documents) {
    SparkContext context = documents.sparkSession().sparkContext();
    context.setJobDescription("learn tokenizer: distinct characters");
    try {
      // At most 1,112,064 code points exist.
      List<Integer> distinct =
          documents
              .select(Document.TEXT)
              .mapPartitions(new DistinctCodePoints(), Encoders.INT())
              .distinct()
              .collectAsList();
      requireText(!distinct.isEmpty());
      return new CharTokenizer(distinct.stream().mapToInt(Integer::intValue).sorted().toArray());
    } finally {
      context.setJobDescription(null);
    }
  }

  private static void requireText(boolean present) {
    if (!present) {
      throw new IllegalArgumentException(
          "no text to learn a tokenizer from: the stage before kept no document; see its _stage.json");
    }
  }

  private static final class DistinctCodePoints implements MapPartitionsFunction<Row, Integer> {
    @Override
    public Iterator<Integer> call(Iterator<Row> rows) {
      BitSet seen = new BitSet();
      while (rows.hasNext()) {
        rows.next().getString(0).codePoints().forEach(seen::set);
      }
      return seen.stream().iterator();
    }
  }
}

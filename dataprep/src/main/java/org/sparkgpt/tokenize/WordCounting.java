package org.sparkgpt.tokenize;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.sparkgpt.corpus.Document;
import scala.Tuple2;

/**
 * Word counts of a corpus, bounded for the driver: if there are more than {@code maxWords} distinct
 * words, those below a least count are left out, the smallest that suffices. Words of equal count
 * share their fate, so the result does not depend on partitions.
 */
final class WordCounting {
  /** Distinct words that the driver learns from: some 2 GiB of heap at most. */
  static final int MAX_WORDS = 4_000_000;

  /** Longer words (base64, one endless line) are not counted: they are not language. */
  static final int MAX_WORD_BYTES = 256;

  /** Distinct words that one task holds before it passes its counts on. */
  private static final int MAP_SIDE_WORDS = 500_000;

  private WordCounting() {}

  static List<WordCount> count(Dataset<Row> documents, int maxWords) {
    JavaSparkContext context =
        JavaSparkContext.fromSparkContext(documents.sparkSession().sparkContext());
    JavaPairRDD<String, Long> counts =
        documents
            .select(Document.TEXT)
            .toJavaRDD()
            .mapPartitionsToPair(new CountWords())
            .reduceByKey(Long::sum)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      context.setJobDescription("learn tokenizer: count words");
      long least = leastCount(counts, maxWords);
      context.setJobDescription("learn tokenizer: fetch word counts");
      List<WordCount> words = new ArrayList<>();
      counts
          .filter(word -> word._2 >= least)
          .collect()
          .forEach(word -> words.add(new WordCount(word._1, word._2)));
      words.sort(Comparator.comparing(WordCount::word));
      return words;
    } finally {
      context.setJobDescription(null);
      counts.unpersist();
    }
  }

  /** The smallest count that at most {@code maxWords} words reach. */
  private static long leastCount(JavaPairRDD<String, Long> counts, int maxWords) {
    Map<Long, Long> wordsByCount =
        new TreeMap<Long, Long>(Comparator.reverseOrder()); // most frequent first
    wordsByCount.putAll(counts.values().countByValue());
    long words = 0;
    long least = Long.MAX_VALUE;
    for (Map.Entry<Long, Long> entry : wordsByCount.entrySet()) {
      words += entry.getValue();
      if (words > maxWords) {
        return least;
      }
      least = entry.getKey();
    }
    return 1;
  }

  private static final class CountWords
      implements PairFlatMapFunction<Iterator<Row>, String, Long> {
    @Override
    public Iterator<Tuple2<String, Long>> call(Iterator<Row> rows) {
      return new Counts(rows);
    }
  }

  /** Counts until the map is full or the rows end, hands out what it has, goes on. */
  private static final class Counts implements Iterator<Tuple2<String, Long>> {
    private final Iterator<Row> rows;
    private Map<String, long[]> counts = new HashMap<>();
    private Iterator<Map.Entry<String, long[]>> full = counts.entrySet().iterator();

    Counts(Iterator<Row> rows) {
      this.rows = rows;
    }

    @Override
    public boolean hasNext() {
      if (!full.hasNext() && rows.hasNext()) {
        counts = new HashMap<>();
        while (rows.hasNext() && counts.size() < MAP_SIDE_WORDS) {
          add(rows.next().getString(0));
        }
        full = counts.entrySet().iterator();
      }
      return full.hasNext();
    }

    @Override
    public Tuple2<String, Long> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Map.Entry<String, long[]> entry = full.next();
      return new Tuple2<>(entry.getKey(), entry.getValue()[0]);
    }

    private void add(String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      for (int start = 0; start < utf8.length; ) {
        int end = WordSplitter.wordEnd(utf8, start, utf8.length);
        if (end - start <= MAX_WORD_BYTES) {
          String word = new String(utf8, start, end - start, StandardCharsets.ISO_8859_1);
          counts.computeIfAbsent(word, key -> new long[1])[0]++;
        }
        start = end;
      }
    }
  }
}

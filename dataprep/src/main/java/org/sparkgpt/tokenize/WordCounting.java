package org.sparkgpt.tokenize;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.sparkgpt.corpus.Document;

/**
 * Word counts of a corpus, bounded for the driver: if there are more distinct words than it takes,
 * those below a least count are left out, the smallest that suffices. Words of equal count share
 * their fate, so the result does not depend on partitions.
 */
final class WordCounting {
  /** Longer words (base64, one endless line) are not counted: they are not language. */
  static final int MAX_WORD_BYTES = 256;

  private static final String WORD = "word";
  private static final String COUNT = "count";
  private static final StructType COUNTS =
      new StructType().add(WORD, DataTypes.BinaryType, false).add(COUNT, DataTypes.LongType, false);

  private WordCounting() {}

  /**
   * What the driver takes.
   *
   * @param words distinct ones
   * @param bytes of their UTF-8
   */
  record Limit(long words, long bytes) {
    /** {@link BytePairLearner} takes 1.2 GB of heap for these. */
    static final Limit DRIVER = new Limit(4_000_000, 64_000_000);
  }

  /** The words in no particular order. */
  static WordList count(Dataset<Row> documents, Limit limit) {
    SparkContext context = documents.sparkSession().sparkContext();
    Dataset<Row> counts =
        documents
            .select(Document.TEXT)
            .mapPartitions(new CountWords(WordTable.MAX_WORDS), Encoders.row(COUNTS))
            .groupBy(WORD)
            .agg(sum(COUNT).as(COUNT))
            .persist(StorageLevel.DISK_ONLY()); // read twice, front to back
    try {
      context.setJobDescription("learn tokenizer: count words");
      long least = leastCount(counts, limit);
      context.setJobDescription("learn tokenizer: fetch word counts");
      List<byte[]> blocks =
          counts
              .filter(col(COUNT).geq(least))
              .mapPartitions(new PackWords(), Encoders.BINARY())
              .collectAsList(); // no more than the limit
      WordList words = new WordList();
      blocks.forEach(block -> unpack(block, words));
      return words;
    } finally {
      context.setJobDescription(null);
      counts.unpersist();
    }
  }

  /** The smallest count for which the words that reach it keep to the limit. */
  private static long leastCount(Dataset<Row> counts, Limit limit) {
    List<Row> byCount =
        counts
            .groupBy(COUNT)
            .agg(functions.count(lit(1)), sum(length(col(WORD))))
            .collectAsList(); // n different counts need n^2 / 2 words of text
    byCount.sort((a, b) -> Long.compare(b.getLong(0), a.getLong(0))); // most frequent first
    long words = 0;
    long bytes = 0;
    long least = Long.MAX_VALUE;
    for (Row row : byCount) {
      words += row.getLong(1);
      bytes += row.getLong(2);
      if (words > limit.words() || bytes > limit.bytes()) {
        return least;
      }
      least = row.getLong(0);
    }
    return 1;
  }

  private static void unpack(byte[] block, WordList words) {
    ByteBuffer in = ByteBuffer.wrap(block);
    while (in.hasRemaining()) {
      long count = in.getLong();
      int length = in.getShort();
      words.add(block, in.position(), in.position() + length, count);
      in.position(in.position() + length);
    }
  }

  /** Texts to words and counts; a word may come out several times, with a part of its count. */
  static final class CountWords implements MapPartitionsFunction<Row, Row> {
    private final int maxWords;

    /**
     * @param maxWords that are held before they are passed on
     */
    CountWords(int maxWords) {
      this.maxWords = maxWords;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
      return new Counts(rows, maxWords);
    }
  }

  /** Counts until the table is full or the rows end, hands out what it has, goes on. */
  private static final class Counts implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final int maxWords;
    private byte[] text = {};
    private int read; // bytes of the text
    private WordList counted = new WordList();
    private int handedOut;

    Counts(Iterator<Row> rows, int maxWords) {
      this.rows = rows;
      this.maxWords = maxWords;
    }

    @Override
    public boolean hasNext() {
      if (handedOut == counted.size()) {
        counted = fill();
        handedOut = 0;
      }
      return handedOut < counted.size();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      int word = handedOut++;
      return RowFactory.create(counted.word(word), counted.count(word));
    }

    private WordList fill() {
      WordTable table = new WordTable(maxWords);
      while (!table.isFull() && (read < text.length || rows.hasNext())) {
        if (read == text.length) {
          text = rows.next().getString(0).getBytes(StandardCharsets.UTF_8);
          read = 0;
        }
        while (read < text.length && !table.isFull()) {
          int end = WordSplitter.wordEnd(text, read, text.length);
          if (end - read <= MAX_WORD_BYTES) {
            table.add(text, read, end);
          }
          read = end;
        }
      }
      return table.words();
    }
  }

  /** Words and counts as blocks of bytes: count int64, length int16, UTF-8; again and again. */
  private static final class PackWords implements MapPartitionsFunction<Row, byte[]> {
    private static final int BLOCK = 1 << 20;

    @Override
    public Iterator<byte[]> call(Iterator<Row> counts) {
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return counts.hasNext();
        }

        @Override
        public byte[] next() {
          ByteBuffer block = ByteBuffer.allocate(BLOCK);
          int largest = Long.BYTES + Short.BYTES + MAX_WORD_BYTES;
          do {
            Row row = counts.next();
            byte[] word = row.getAs(0);
            block.putLong(row.getLong(1)).putShort((short) word.length).put(word);
          } while (counts.hasNext() && block.remaining() >= largest);
          return Arrays.copyOf(block.array(), block.position());
        }
      };
    }
  }
}

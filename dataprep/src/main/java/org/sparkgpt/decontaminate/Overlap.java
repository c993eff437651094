package org.sparkgpt.decontaminate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_distinct;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkgpt.corpus.Document;

/** Which n-grams of the evaluation sets are in the training documents, and in how many of them. */
public final class Overlap {
  private static final String GRAM = "gram";
  private static final String DOCUMENTS = "documents";

  private static final StructType FOUND =
      new StructType()
          .add(GRAM, DataTypes.IntegerType, false)
          .add(Document.ID, DataTypes.StringType, false);

  private static final byte ABSENT = 0;
  private static final byte FOUND_IN_FEW = 1;
  private static final byte FOUND_IN_MANY = 2;

  private final DecontaminateConfig config;
  private final List<Examples> sets;
  private final NGramIndex index;
  private final byte[] state; // by n-gram

  private Overlap(DecontaminateConfig config, List<Examples> sets, NGramIndex index, byte[] state) {
    this.config = config;
    this.sets = sets;
    this.index = index;
    this.state = state;
  }

  /**
   * Reads the sets, and the documents once, at once. An n-gram counts once for each document id,
   * exactly; beside the documents this shuffles an id for each n-gram that a document has.
   *
   * @throws IllegalArgumentException if a set is missing, empty, malformed, has no example as long
   *     as an n-gram, or all together are too large
   */
  public static Overlap find(Dataset<Row> documents, DecontaminateConfig config) {
    SparkSession spark = documents.sparkSession();
    List<Examples> sets = EvaluationSets.read(spark.sessionState().newHadoopConf(), config);
    int[] lengths =
        sets.stream().mapToInt(s -> s.ngramLength(config.minNgram(), config.maxNgram())).toArray();
    for (int s = 0; s < lengths.length; s++) {
      requireNgrams(sets.get(s), lengths[s]);
    }
    NGramIndex index = NGramIndex.of(sets, lengths, NGramIndex.MAX_NGRAMS);
    byte[] state = new byte[index.count()];
    Broadcast<NGramIndex> shared =
        JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(index);
    spark.sparkContext().setJobDescription("decontaminate: count documents by n-gram");
    try {
      Dataset<Row> counts =
          documents
              .select(Document.ID, Document.TEXT)
              .mapPartitions(new FindNGrams(shared), Encoders.row(FOUND))
              .groupBy(GRAM)
              .agg(count_distinct(col(Document.ID)).as(DOCUMENTS));
      // A few bytes for each n-gram of the sets, however large the corpus.
      for (byte[] packed :
          counts
              .mapPartitions(new Pack(config.maxDocuments()), Encoders.BINARY())
              .collectAsList()) {
        IntBuffer grams = ByteBuffer.wrap(packed).asIntBuffer();
        while (grams.hasRemaining()) {
          int gram = grams.get();
          state[gram < 0 ? ~gram : gram] = gram < 0 ? FOUND_IN_MANY : FOUND_IN_FEW;
        }
      }
    } finally {
      spark.sparkContext().setJobDescription(null);
      shared.destroy();
    }
    return new Overlap(config, sets, index, state);
  }

  private static void requireNgrams(Examples set, int n) {
    if (set.shorterThan(n) == set.count()) {
      throw new IllegalArgumentException(
          "decontaminate.sets."
              + set.set()
              + ": none of its "
              + set.count()
              + " examples has the "
              + n
              + " words of an n-gram; join the fields that make an example, lower"
              + " decontaminate.minNgram, or leave the set out");
    }
  }

  DecontaminateConfig config() {
    return config;
  }

  List<Examples> sets() {
    return sets;
  }

  NGramIndex index() {
    return index;
  }

  boolean isFound(int gram) {
    return state[gram] != ABSENT;
  }

  /** Whether more than {@code maxDocuments} documents have the n-gram, so that it cuts nothing. */
  boolean isIgnored(int gram) {
    return state[gram] == FOUND_IN_MANY;
  }

  /** The n-grams to cut out. */
  NGramIndex toCut() {
    return index.only(gram -> state[gram] == FOUND_IN_FEW);
  }

  /** (n-gram, document id) of the distinct n-grams of each document. */
  private static final class FindNGrams implements MapPartitionsFunction<Row, Row> {
    private final Broadcast<NGramIndex> index;

    FindNGrams(Broadcast<NGramIndex> index) {
      this.index = index;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> documents) {
      Scan scan = new Scan(index.value());
      Distinct grams = new Distinct();
      return new Iterator<>() {
        private String id;
        private int next;

        @Override
        public boolean hasNext() {
          while (next == grams.size() && documents.hasNext()) {
            Row document = documents.next();
            id = document.getString(0);
            grams.clear();
            scan.read(document.getString(1), (gram, start, end) -> grams.add(gram));
            grams.reduce();
            next = 0;
          }
          return next < grams.size();
        }

        @Override
        public Row next() {
          return RowFactory.create(grams.get(next++), id);
        }
      };
    }
  }

  /** A growing set of numbers, in memory that follows its size. */
  private static final class Distinct {
    private int[] numbers = new int[256];
    private int size;

    void clear() {
      size = 0;
    }

    void add(int number) {
      if (size == numbers.length) {
        reduce();
        if (2 * size > numbers.length) {
          numbers = Arrays.copyOf(numbers, 2 * numbers.length);
        }
      }
      numbers[size++] = number;
    }

    /** Sorts, and leaves one of each. */
    void reduce() {
      Arrays.sort(numbers, 0, size);
      int distinct = 0;
      for (int i = 0; i < size; i++) {
        if (i == 0 || numbers[i] != numbers[i - 1]) {
          numbers[distinct++] = numbers[i];
        }
      }
      size = distinct;
    }

    int size() {
      return size;
    }

    int get(int i) {
      return numbers[i];
    }
  }

  /** The n-grams of a partition as 32-bit numbers, those in many documents complemented. */
  private static final class Pack implements MapPartitionsFunction<Row, byte[]> {
    private final int maxDocuments;

    Pack(int maxDocuments) {
      this.maxDocuments = maxDocuments;
    }

    @Override
    public Iterator<byte[]> call(Iterator<Row> counts) {
      List<byte[]> packed = new ArrayList<>();
      ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
      while (counts.hasNext()) {
        Row row = counts.next();
        buffer.putInt(row.getLong(1) > maxDocuments ? ~row.getInt(0) : row.getInt(0));
        if (!buffer.hasRemaining()) {
          packed.add(buffer.array().clone());
          buffer.clear();
        }
      }
      packed.add(Arrays.copyOf(buffer.array(), buffer.position()));
      return packed.iterator();
    }
  }
}

package org.sparkgpt.ingest;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Verdict;
import org.sparkgpt.extract.ExtractConfig;
import org.sparkgpt.extract.UnreadablePageException;

/**
 * Reads a corpus as it lies there into documents: text, HTML, JSON Lines, line-per-document text,
 * WARC and WET, Parquet, plain or gzip, in directories and in zip, jar and tar archives.
 *
 * <p>A document's source is its file's path as the input gives it, with what lies below a directory
 * or a glob appended: {@code corpus/books.zip!/moby/1.txt}; a record of a file with many has its
 * number there: {@code crawl.warc.gz#17}. The set of rows depends on the files alone, not on how
 * they are dealt out to tasks.
 *
 * <p>A record that cannot be read is a row too: with empty text, no url, an id made from source and
 * reason, and one of the reasons {@code ingest/} {@code empty}, {@code not-utf-8} (value: offset of
 * the byte), {@code too-large} (bytes seen), {@code expansion} (ratio seen), {@code truncated},
 * {@code damaged}, {@code not-json}, {@code no-text}, {@code nested-archive}, {@code http-status}
 * (the status), {@code media-type}, {@code content-encoding}; or one of {@link
 * UnreadablePageException}'s.
 */
public final class Ingestion {
  /** Tasks for each core, so that an uneven one does not hold up the rest for long. */
  private static final int TASKS_PER_CORE = 2;

  /** Above this a task's loss costs more than its start. */
  private static final long LARGEST_TASK = 128L << 20;

  private Ingestion() {}

  /**
   * {@link Document#SCHEMA} with a {@link Verdict} on each row. Lazy: every action on the result
   * reads the files again.
   *
   * @throws IllegalArgumentException if an input has no file to read, or a Parquet file is damaged
   *     or has no column {@code text}
   */
  public static Dataset<Row> read(SparkSession spark, IngestConfig config, ExtractConfig extract) {
    return read(spark, config, extract, spark.sparkContext().defaultParallelism());
  }

  static Dataset<Row> read(
      SparkSession spark, IngestConfig config, ExtractConfig extract, int cores) {
    Configuration conf = spark.sessionState().newHadoopConf();
    List<InputFile> files = InputFiles.list(conf, config.inputs());
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> hadoop = sc.broadcast(new SerializableConfiguration(conf));
    List<InputFile> tables = files.stream().filter(Ingestion::isTable).toList();
    List<InputFile> others = files.stream().filter(file -> !isTable(file)).toList();
    StructType schema = Verdict.appendTo(Document.SCHEMA);
    if (others.isEmpty()) {
      return ParquetInputs.read(spark, hadoop, tables, config);
    }
    List<List<FileSlice>> plan = SlicePlan.of(others, tasksFor(others, cores), cores);
    JavaRDD<Row> rows =
        sc.parallelize(plan, plan.size()).mapPartitions(new ReadSlices(hadoop, config, extract));
    Dataset<Row> documents = spark.createDataFrame(rows, schema);
    return tables.isEmpty()
        ? documents
        : documents.union(ParquetInputs.read(spark, hadoop, tables, config));
  }

  /**
   * Changes when the inputs do: SHA-256 over each file's source, length and time of modification.
   *
   * @throws IllegalArgumentException if an input has no file to read
   */
  public static String fingerprint(Configuration conf, IngestConfig config) {
    MessageDigest sha;
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
    for (InputFile file : InputFiles.list(conf, config.inputs())) {
      String line = file.source() + "\t" + file.length() + "\t" + file.modified() + "\n";
      sha.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(sha.digest());
  }

  private static boolean isTable(InputFile file) {
    return file.type().format() == FileType.Format.PARQUET;
  }

  private static int tasksFor(List<InputFile> files, int cores) {
    long total = files.stream().mapToLong(InputFile::length).sum();
    return Math.toIntExact(Math.max((long) TASKS_PER_CORE * cores, total / LARGEST_TASK));
  }
}

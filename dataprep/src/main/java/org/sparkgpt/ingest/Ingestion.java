package org.sparkgpt.ingest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
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
import org.sparkgpt.extract.PageReader;
import org.sparkgpt.extract.UnreadablePageException;

/**
 * Reads a corpus as it lies there into documents: text (Project Gutenberg's without its frame),
 * HTML, JSON Lines, line-per-document text, WARC, WET and ARC, EPUB, MediaWiki dumps, mbox and
 * mail, Parquet; plain, gzip, zstd or bzip2; in directories and in zip, jar and tar archives, also
 * nested ones.
 *
 * <p>A document's source is its file's path as the input gives it, with what lies below a directory
 * or a glob appended: {@code corpus/books.zip!/moby/1.txt}; a record of a file with many has the
 * offset of its first byte there: {@code crawl.warc.gz#@17342}. Offsets are those of the
 * decompressed file, but those of web archives are of the file as it lies there (see {@link
 * WarcRecords}); rows of Parquet are numbered instead, {@code table.parquet#1}. The set of rows
 * depends on the files alone, not on how they are dealt out to tasks.
 *
 * <p>A record that cannot be read is a row too: with empty text, no url, an id made from source and
 * reason, and one of these reasons, or of {@link UnreadablePageException}'s:
 *
 * <ul>
 *   <li>{@code ingest/empty}: nothing but white space
 *   <li>{@code ingest/not-utf-8} (value: offset of the byte); a text file may also be in another
 *       charset, as far as that is recognised
 *   <li>{@code ingest/too-large} (bytes seen): more than {@code maxDocumentBytes}; so is a zip in
 *       an archive
 *   <li>{@code ingest/expansion} (ratio seen): compressed more than {@code maxCompressionRatio}
 *   <li>{@code ingest/truncated}: the file ends before the record does, or the record says it is
 *       longer than it is
 *   <li>{@code ingest/damaged}: a checksum, header or length is wrong, zip entries overlap, XML is
 *       not well-formed or has a document type's entities, a mail has no header
 *   <li>{@code ingest/not-json}, {@code ingest/no-text}: of a line of JSON; the second also of
 *       mails and articles
 *   <li>{@code ingest/nested-archive} (archives around it): nested deeper than {@code maxNesting}
 *   <li>{@code ingest/nested-size} (bytes seen): nested archives unpack to more than {@code
 *       maxNestedBytes}
 *   <li>{@code ingest/http-status} (the status), {@code ingest/media-type}, {@code
 *       ingest/content-encoding}: of a page in a web archive
 *   <li>{@code ingest/epub-no-container}, {@code -no-package}, {@code -no-spine}, {@code
 *       -encrypted}
 *   <li>{@code ingest/not-mediawiki}: another kind of XML
 *   <li>{@code ingest/redirect}: an article that only names another
 * </ul>
 *
 * <p>No reader is slower than linear in bytes, which are bounded, so time has no limit of its own
 * but for pages (see {@link ExtractConfig}).
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

  /**
   * One record, read again from where it came from: all before it in its file is read too.
   *
   * @param source as {@link Document#source} has it
   * @return empty if it is no longer there, or in a Parquet file, whose texts are taken as they are
   * @throws IOException if it is there and cannot become a document; the message is the verdict
   */
  public static Optional<Document> reread(
      Configuration conf, String source, IngestConfig config, PageReader pages) throws IOException {
    RecordFormats formats = new RecordFormats(conf, config, pages);
    for (InputFile file : InputFiles.list(conf, config.inputs())) {
      String rest =
          source.startsWith(file.source()) ? source.substring(file.source().length()) : "?";
      if ((rest.isEmpty() || rest.startsWith("#") || rest.startsWith("!/")) && !isTable(file)) {
        try (Records records = formats.open(new FileSlice(file, 0, 1))) {
          while (records.next()) {
            if (records.source().equals(source)) {
              return Optional.of(records.read());
            }
          }
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isTable(InputFile file) {
    return file.type().format() == FileType.Format.PARQUET;
  }

  private static int tasksFor(List<InputFile> files, int cores) {
    long total = files.stream().mapToLong(InputFile::length).sum();
    return Math.toIntExact(Math.max((long) TASKS_PER_CORE * cores, total / LARGEST_TASK));
  }
}

package org.sparkgpt.jobs;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.stage.DocumentTable;
import org.sparkgpt.tokenize.SyntheticText;
import org.sparkgpt.tokenize.TokenizerTraining;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Times how a byte-level BPE is learnt from a corpus. */
@Command(
    name = "tokenizer",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Times how a byte-level BPE is learnt from a corpus: counting its words in Spark, then learning"
          + " merges from the counts; and the heap that takes. SPARKGPT_MEMORY=2g sets the heap.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  scripts/sparkgpt bench tokenizer runs/demo/dedup",
      "  SPARKGPT_MEMORY=2g scripts/sparkgpt bench tokenizer --megabytes 1000 --merges 32000"
    })
final class TokenizerBenchmark implements Callable<Integer> {
  private static final long SEED = 1;
  private static final int SAMPLE = 2000; // documents that tell the average size
  private static final int BYTES_AND_END = 257; // ids that are not merges

  @Parameters(
      arity = "0..1",
      paramLabel = "PATH",
      description =
          "Documents that a stage wrote, Parquet with a column text, or text files, a document a"
              + " line. Without it documents are made up.")
  private Path corpus;

  @Option(
      names = "--megabytes",
      defaultValue = "100",
      description = "Of text to make up, default ${DEFAULT-VALUE}")
  private int megabytes;

  @Option(
      names = "--merges",
      defaultValue = "32000",
      description = "To learn, default ${DEFAULT-VALUE}")
  private int merges;

  @Option(
      names = "--keep",
      paramLabel = "DIR",
      description = "Write the made-up documents here, Parquet, and keep them; ingest reads them.")
  private Path keep;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    ComputeOptions.requirePositive("--megabytes", megabytes);
    ComputeOptions.requirePositive("--merges", merges);
    if (corpus != null && keep != null) {
      throw new IllegalArgumentException("--keep is for documents that are made up, not " + corpus);
    }
    try (SparkSession spark = Sessions.open("sparkgpt bench tokenizer", List.of())) {
      spark.sparkContext().addSparkListener(new SparkProgress());
      Map<String, Object> result = corpus == null ? ofMadeUp(spark) : measure(read(spark, corpus));
      spec.commandLine().getOut().println(new JsonMapper().writeValueAsString(result));
    }
    return 0;
  }

  private Map<String, Object> ofMadeUp(SparkSession spark) throws IOException {
    String temporary = "sparkgpt-bench-" + UUID.randomUUID();
    Path directory =
        keep == null
            ? new Path(Files.createTempDirectory(temporary).resolve("documents").toUri())
            : keep;
    FileSystem files = directory.getFileSystem(Sessions.hadoopConfiguration());
    if (files.exists(directory)) {
      throw new IllegalArgumentException(directory + " exists; choose another --keep");
    }
    try {
      makeUp(spark, directory);
      return measure(read(spark, directory));
    } finally {
      if (keep == null) {
        files.delete(directory.getParent(), true);
      }
    }
  }

  private void makeUp(SparkSession spark, Path directory) {
    SyntheticText text = new SyntheticText(SEED);
    double bytes = // ASCII
        LongStream.range(0, SAMPLE).map(i -> text.document(i).length()).average().orElseThrow();
    long documents = (long) Math.ceil(megabytes * 1e6 / bytes);
    spark.sparkContext().setJobDescription("bench tokenizer: make up documents");
    spark
        .range(0, documents, 1, 1 + megabytes / 64)
        .map(
            (MapFunction<Long, String>) number -> new SyntheticText(SEED).document(number),
            Encoders.STRING())
        .toDF(Document.TEXT)
        .write()
        .parquet(directory.toString());
  }

  private static Dataset<Row> read(SparkSession spark, Path path) throws IOException {
    FileSystem files = path.getFileSystem(Sessions.hadoopConfiguration());
    if (!files.exists(path)) {
      throw new IllegalArgumentException(path + ": no such file or directory");
    }
    if (files.exists(new Path(path, "kept=true"))) {
      return DocumentTable.read(spark, path);
    }
    var parquet = files.globStatus(new Path(path, "*.parquet"));
    return parquet == null || parquet.length == 0
        ? spark.read().text(path.toString()).toDF(Document.TEXT)
        : spark.read().parquet(path.toString());
  }

  private Map<String, Object> measure(Dataset<Row> documents) {
    documents.sparkSession().sparkContext().setJobDescription("bench tokenizer: measure the text");
    Row size = documents.selectExpr("count(1)", "sum(octet_length(text))").head();
    try (HeapPeak heap = new HeapPeak()) {
      TokenizerTraining.BytePairs learnt =
          TokenizerTraining.learnBytePairs(documents, BYTES_AND_END + merges);
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("benchmark", "tokenizer");
      result.put("documents", size.getLong(0));
      result.put("megabytes", size.isNullAt(1) ? 0 : size.getLong(1) / 1e6);
      result.put("words", learnt.words());
      result.put("occurrences", learnt.occurrences());
      result.put("merges", learnt.tokenizer().vocabularySize() - BYTES_AND_END);
      result.put("cores", Runtime.getRuntime().availableProcessors());
      result.put("countSeconds", learnt.countSeconds());
      result.put("learnSeconds", learnt.learnSeconds());
      result.put("heapLimitMB", Runtime.getRuntime().maxMemory() / 1e6);
      result.put("heapPeakMB", heap.bytes() / 1e6);
      return result;
    }
  }
}

package org.sparkgpt.jobs;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.octet_length;
import static org.apache.spark.sql.functions.sum;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkgpt.config.RunFile;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.passages.Method;
import org.sparkgpt.passages.Passages;
import org.sparkgpt.passages.PassagesConfig;
import org.sparkgpt.stage.DocumentTable;
import org.sparkgpt.stage.StageName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Times the search for repeated passages, and measures what it shuffles. */
@Command(
    name = "passages",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Times how one core removes repeated passages from a run's documents, by each method alone:"
          + " read from files, searched, removed, not written.",
      "Shares are of the text's bytes: what a method shuffles beside the texts, which are shuffled"
          + " once (textShuffleShare, compressed) whatever the methods; and what it removes, in"
          + " characters.",
      ""
    },
    footer = {
      "",
      "Example:",
      "  scripts/sparkgpt bench passages runs/demo --after dedup passages.substring.minWords=30"
    })
final class PassagesBenchmark implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "DIR", description = "The output directory of a run.")
  private String run;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "KEY=VALUE",
      description = "Settings other than the defaults, such as passages.line.minCharacters=20")
  private List<String> settings = List.of();

  @Option(
      names = "--after",
      defaultValue = "CLEAN",
      paramLabel = "STAGE",
      description = "Whose documents: ingest, clean, dedup ...; default clean")
  private StageName stage;

  @Option(
      names = "--repeats",
      defaultValue = "3",
      description = "Passes that are timed, default ${DEFAULT-VALUE}")
  private int repeats;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, TimeoutException {
    ComputeOptions.requirePositive("--repeats", repeats);
    PassagesConfig config =
        RunFile.parse("the defaults", "output: none\n", settings).config().passages();
    Path directory = stage.directory(new Path(run));
    if (!stage.writesDocuments()
        || !directory.getFileSystem(Sessions.hadoopConfiguration()).exists(directory)) {
      throw new IllegalArgumentException(directory + ": no documents here; run ingest first");
    }
    SparkConf conf = new SparkConf().setMaster("local[1]").setAppName("sparkgpt bench passages");
    try (SparkSession spark = SparkSession.builder().config(conf).getOrCreate()) {
      Map<String, Object> result = measure(DocumentTable.read(spark, directory), config);
      spec.commandLine().getOut().println(new JsonMapper().writeValueAsString(result));
    }
    return 0;
  }

  /**
   * @param removed of all characters
   * @param shuffled bytes, compressed
   */
  private record Pass(double seconds, double removed, long shuffled) {}

  private Map<String, Object> measure(Dataset<Row> documents, PassagesConfig config)
      throws TimeoutException {
    Row size =
        documents
            .agg(count(lit(1)), coalesce(sum(octet_length(col(Document.TEXT))), lit(0L)))
            .head();
    double bytes = size.getLong(1);
    PassagesConfig nothing = with(config, Method.PARAGRAPH, Integer.MAX_VALUE);
    Pass layout = median(documents, nothing);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("benchmark", "passages");
    result.put("documents", size.getLong(0));
    result.put("textMB", bytes / 1e6);
    result.put("repeats", repeats);
    result.put("layoutMBPerSecond", bytes / layout.seconds / 1e6);
    result.put("textShuffleShare", layout.shuffled / bytes);
    for (Method method : Method.values()) {
      int least = config.paragraph().minDocumentCharacters();
      Pass pass = median(documents, with(config, method, least));
      Map<String, Object> figures = new LinkedHashMap<>();
      figures.put("MBPerSecond", bytes / pass.seconds / 1e6);
      figures.put("removedShare", pass.removed);
      figures.put("shuffleShare", (pass.shuffled - layout.shuffled) / bytes);
      result.put(method.key(), figures);
    }
    return result;
  }

  private static PassagesConfig with(PassagesConfig config, Method method, int least) {
    PassagesConfig.Paragraph paragraph = config.paragraph();
    return new PassagesConfig(
        List.of(method),
        config.minCharacters(),
        new PassagesConfig.Paragraph(
            paragraph.keep(), least, paragraph.minCharacters(), paragraph.minOccurrences()),
        config.line(),
        config.span(),
        config.substring());
  }

  private Pass median(Dataset<Row> documents, PassagesConfig config) throws TimeoutException {
    Pass[] passes = new Pass[repeats];
    pass(documents, config); // the first runs in the interpreter
    for (int i = 0; i < repeats; i++) {
      passes[i] = pass(documents, config);
    }
    Arrays.sort(passes, (a, b) -> Double.compare(a.seconds, b.seconds));
    return passes[(repeats - 1) / 2];
  }

  private static Pass pass(Dataset<Row> documents, PassagesConfig config) throws TimeoutException {
    AtomicLong shuffled = new AtomicLong();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onTaskEnd(SparkListenerTaskEnd task) {
            shuffled.addAndGet(task.taskMetrics().shuffleWriteMetrics().bytesWritten());
          }
        };
    documents.sparkSession().sparkContext().addSparkListener(listener);
    long start = System.nanoTime();
    Row sums =
        Passages.annotate(documents, config)
            .agg(
                coalesce(sum(col(Passages.REMOVED_CHARACTERS)), lit(0L)),
                coalesce(sum(length(col(Document.TEXT))), lit(0L)))
            .head();
    double seconds = (System.nanoTime() - start) / 1e9;
    documents.sparkSession().sparkContext().listenerBus().waitUntilEmpty(); // listeners lag
    documents.sparkSession().sparkContext().removeSparkListener(listener);
    double all = sums.getLong(0) + sums.getLong(1);
    return new Pass(seconds, sums.getLong(0) / all, shuffled.get());
  }
}

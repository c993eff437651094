package org.sparkgpt.jobs;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.redact.Pii;
import org.sparkgpt.redact.PiiScanner;
import org.sparkgpt.stage.DocumentTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Times how fast a core finds personal data. */
@Command(
    name = "redact",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Times how one thread searches documents for personal data of all classes and replaces it; the"
          + " documents are in memory before.",
      ""
    },
    footer = {"", "Example:", "  scripts/sparkgpt bench redact runs/demo/dedup"})
final class RedactBenchmark implements Callable<Integer> {
  @Parameters(
      paramLabel = "DIR",
      description = "A stage's directory with documents; those that it kept are read.")
  private Path directory;

  @Option(
      names = "--documents",
      defaultValue = "20000",
      description = "To take at most, default ${DEFAULT-VALUE}")
  private int documents;

  @Option(
      names = "--repeats",
      defaultValue = "5",
      description = "Passes that are timed, default ${DEFAULT-VALUE}")
  private int repeats;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    ComputeOptions.requirePositive("--documents", documents);
    ComputeOptions.requirePositive("--repeats", repeats);
    List<String> texts;
    Path kept = new Path(directory, "kept=true");
    if (!kept.getFileSystem(Sessions.hadoopConfiguration()).exists(kept)) {
      throw new IllegalArgumentException(
          directory + ": no documents here; name a directory such as runs/demo/dedup");
    }
    try (SparkSession spark = Sessions.open("bench redact", List.of())) {
      texts =
          DocumentTable.read(spark, directory)
              .select(Document.TEXT)
              .limit(documents)
              .as(Encoders.STRING())
              .collectAsList();
    }
    spec.commandLine().getOut().println(new JsonMapper().writeValueAsString(measure(texts)));
    return 0;
  }

  private Map<String, Object> measure(List<String> texts) {
    PiiScanner scanner = new PiiScanner(EnumSet.allOf(Pii.class));
    long characters = texts.stream().mapToLong(String::length).sum();
    double[] seconds = new double[repeats + 1];
    long hits = 0;
    for (int pass = 0; pass <= repeats; pass++) {
      hits = 0;
      long start = System.nanoTime();
      for (String text : texts) {
        hits += scanner.redact(text).hits();
      }
      seconds[pass] = (System.nanoTime() - start) / 1e9;
    }
    Arrays.sort(seconds, 1, seconds.length); // the first ran in the interpreter
    double median = seconds[1 + (repeats - 1) / 2];
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("benchmark", "redact");
    result.put("documents", texts.size());
    result.put("megacharacters", characters / 1e6);
    result.put("hits", hits);
    result.put("repeats", repeats);
    result.put("medianSeconds", median);
    result.put("documentsPerSecond", texts.size() / median);
    result.put("megacharactersPerSecond", characters / median / 1e6);
    return result;
  }
}

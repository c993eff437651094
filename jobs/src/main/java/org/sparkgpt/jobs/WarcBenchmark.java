package org.sparkgpt.jobs;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.sparkgpt.ingest.SyntheticWarc;
import org.sparkgpt.ingest.WarcScan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Times how fast a core reads WARC records. */
@Command(
    name = "warc",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Times how one thread reads WARC records, gzip each by itself: decompresses them, checks them,"
          + " parses the header and has the content in memory. Text is not extracted.",
      ""
    },
    footer = {"", "Example:", "  scripts/sparkgpt bench warc crawl/*.warc.gz"})
final class WarcBenchmark implements Callable<Integer> {
  private static final long SEED = 1;

  @Parameters(
      arity = "0..*",
      paramLabel = "FILE",
      description = "Files on this machine. Without one, a file of made-up pages is written.")
  private List<Path> files = List.of();

  @Option(
      names = "--records",
      defaultValue = "20000",
      description = "Of the file that is made, default ${DEFAULT-VALUE}")
  private int records;

  @Option(
      names = "--bytes",
      defaultValue = "10000",
      description = "Of each page in it, default ${DEFAULT-VALUE}")
  private int bytes;

  @Option(
      names = "--repeats",
      defaultValue = "5",
      description = "Passes that are timed, default ${DEFAULT-VALUE}")
  private int repeats;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    ComputeOptions.requirePositive("--records", records);
    ComputeOptions.requirePositive("--bytes", bytes);
    ComputeOptions.requirePositive("--repeats", repeats);
    Path made = null;
    try {
      List<Path> read = files;
      if (files.isEmpty()) {
        made = Files.createTempFile("sparkgpt-bench-", ".warc.gz");
        SyntheticWarc.write(made, records, bytes, SEED);
        read = List.of(made);
      }
      spec.commandLine().getOut().println(new JsonMapper().writeValueAsString(measure(read)));
    } finally {
      if (made != null) {
        Files.delete(made);
      }
    }
    return 0;
  }

  private Map<String, Object> measure(List<Path> read) throws IOException {
    double[] seconds = new double[repeats + 1];
    long found = 0;
    long content = 0;
    long stored = 0;
    for (int pass = 0; pass <= repeats; pass++) {
      found = 0;
      content = 0;
      stored = 0;
      long start = System.nanoTime();
      for (Path file : read) {
        WarcScan scan = WarcScan.of(file);
        found += scan.records();
        content += scan.contentBytes();
        stored += Files.size(file);
      }
      seconds[pass] = (System.nanoTime() - start) / 1e9;
    }
    Arrays.sort(seconds, 1, seconds.length); // the first ran in the interpreter
    double median = seconds[1 + (repeats - 1) / 2];
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("benchmark", "warc");
    result.put("files", read.size());
    result.put("records", found);
    result.put("storedMB", stored / 1e6);
    result.put("contentMB", content / 1e6);
    result.put("repeats", repeats);
    result.put("medianSeconds", median);
    result.put("recordsPerSecond", found / median);
    result.put("contentMBPerSecond", content / median / 1e6);
    return result;
  }
}

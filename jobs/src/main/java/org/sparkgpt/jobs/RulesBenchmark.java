package org.sparkgpt.jobs;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.sparkgpt.clean.Blocklists;
import org.sparkgpt.clean.CleanConfig;
import org.sparkgpt.clean.RuleSet;
import org.sparkgpt.config.RunConfig;
import org.sparkgpt.config.RunFile;
import org.sparkgpt.stage.StageManifest;
import org.sparkgpt.stage.StageName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares the rule profiles on documents, and times them. */
@Command(
    name = "rules",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Asks every rule profile about the documents of a run, and prints as Markdown which share of them"
          + " each profile keeps, on which share each two of them differ, and how many documents a"
          + " second one core judges. Thresholds are the run file's, or the published ones.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  scripts/sparkgpt bench rules conf/demo.yaml",
      "  scripts/sparkgpt bench rules runs/demo/clean --json"
    })
final class RulesBenchmark implements Callable<Integer> {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** Passes until the compiler has done its work. */
  private static final int WARM_UPS = 2;

  /** All heuristic rules of a common recipe. */
  private static final List<String> RECIPE =
      List.of("gopher-repetition@datatrove", "gopher@datatrove", "c4@code", "fineweb@code");

  @Parameters(
      paramLabel = "run.yaml|DIR",
      description =
          "A run file whose stage clean or ingest has run, or a directory of documents in Parquet,"
              + " such as a stage writes.")
  private String input;

  @Option(
      names = "--documents",
      defaultValue = "10000",
      description = "How many are read at most, default ${DEFAULT-VALUE}")
  private int documents;

  @Option(
      names = "--repeats",
      defaultValue = "5",
      description = "Passes that are timed, default ${DEFAULT-VALUE}")
  private int repeats;

  @Option(names = "--json", description = "Print one line of JSON instead of tables.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    ComputeOptions.requirePositive("--documents", documents);
    ComputeOptions.requirePositive("--repeats", repeats);
    boolean isDirectory = isDirectory(input);
    String allProfiles = "clean.rules=[" + String.join(",", RuleSet.profiles()) + "]";
    RunFile file =
        isDirectory
            ? RunFile.parse(input, "output: " + StageName.CLEAN, List.of(allProfiles))
            : RunOptions.read(input, List.of(allProfiles));
    RunConfig run = file.config();
    String directory = isDirectory ? input : stage(run);
    List<RulesSample> samples;
    try (SparkSession spark = Sessions.open("bench rules", List.of())) {
      samples = RulesSample.read(spark, directory, run.clean(), documents);
    }
    RulesResult result = measure(directory, samples, run.clean());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(new JsonMapper().writeValueAsString(result.json()));
    } else {
      result.print(out);
    }
    return 0;
  }

  private static boolean isDirectory(String name) throws IOException {
    Path path = new Path(name);
    FileSystem fs = path.getFileSystem(Sessions.hadoopConfiguration());
    return fs.exists(path) && fs.getFileStatus(path).isDirectory();
  }

  /** The directory of the stage clean, or else ingest, of a run. */
  private static String stage(RunConfig run) throws IOException {
    Path output = new Path(run.output());
    Configuration hadoop = Sessions.hadoopConfiguration();
    FileSystem fs = output.getFileSystem(hadoop);
    for (StageName stage : List.of(StageName.CLEAN, StageName.INGEST)) {
      if (StageManifest.find(fs, stage.directory(output)).isPresent()) {
        return stage.directory(output).toString();
      }
    }
    throw new IllegalArgumentException(
        output
            + ": neither 'clean' nor 'ingest' has finished here; run one first: scripts/sparkgpt"
            + " ingest <run.yaml>");
  }

  private RulesResult measure(String source, List<RulesSample> samples, CleanConfig config) {
    List<String> profiles = config.rules();
    int count = profiles.size();
    BitSet[] kept = new BitSet[count];
    Map<String, Double> rates = new LinkedHashMap<>();
    for (int p = 0; p < count; p++) {
      RuleSet rules = new RuleSet(config.withRules(profiles.subList(p, p + 1)), Blocklists.NONE);
      kept[p] = kept(rules, samples);
      rates.put(profiles.get(p), documentsPerSecond(rules, samples));
    }
    RuleSet recipe = new RuleSet(config.withRules(RECIPE), Blocklists.NONE);
    rates.put(String.join(" + ", RECIPE), documentsPerSecond(recipe, samples));
    RuleSet all = new RuleSet(config, Blocklists.NONE);
    rates.put("all " + count, documentsPerSecond(all, samples));
    double[] keptShare = new double[count];
    double[][] differing = new double[count][count];
    for (int p = 0; p < count; p++) {
      keptShare[p] = kept[p].cardinality() / (double) samples.size();
      for (int q = 0; q < count; q++) {
        BitSet difference = (BitSet) kept[p].clone();
        difference.xor(kept[q]);
        differing[p][q] = difference.cardinality() / (double) samples.size();
      }
    }
    long characters = samples.stream().mapToLong(sample -> sample.text().length()).sum();
    return new RulesResult(
        source, samples.size(), characters, profiles, keptShare, differing, rates);
  }

  private static BitSet kept(RuleSet rules, List<RulesSample> samples) {
    BitSet kept = new BitSet(samples.size());
    for (int i = 0; i < samples.size(); i++) {
      RulesSample sample = samples.get(i);
      kept.set(i, rules.judge(sample.text(), sample.language(), sample.url()).verdict().isEmpty());
    }
    return kept;
  }

  /**
   * Every rule is asked of every document, whatever those before it say. A second is one of
   * processor time: what else the machine does counts little.
   */
  private double documentsPerSecond(RuleSet rules, List<RulesSample> samples) {
    double[] seconds = new double[repeats];
    for (int i = -WARM_UPS; i < repeats; i++) {
      long start = THREADS.getCurrentThreadCpuTime();
      for (RulesSample sample : samples) {
        rules.checks(sample.text(), sample.language(), sample.url());
      }
      if (i >= 0) {
        seconds[i] = (THREADS.getCurrentThreadCpuTime() - start) / 1e9;
      }
    }
    Arrays.sort(seconds);
    return samples.size() / seconds[repeats / 2];
  }
}

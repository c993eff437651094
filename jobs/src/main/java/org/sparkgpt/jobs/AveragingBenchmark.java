package org.sparkgpt.jobs;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.sparkgpt.checkpoint.Checkpoint;
import org.sparkgpt.config.RunConfig;
import org.sparkgpt.evaluate.Evaluation;
import org.sparkgpt.stage.StageName;
import org.sparkgpt.stage.StageRunner;
import org.sparkgpt.tokenize.TokenManifest;
import org.sparkgpt.train.DeltaEncoding;
import org.sparkgpt.train.RoundListener;
import org.sparkgpt.train.RoundReport;
import org.sparkgpt.train.Strategy;
import org.sparkgpt.train.TrainReport;
import org.sparkgpt.train.Training;
import org.sparkgpt.train.TrainingData;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Trains a run file's model in many ways at equal tokens. Finished ones are lines of {@code
 * bench-averaging/results.jsonl} below the run's output; a trial whose digest is there is not
 * repeated.
 */
@Command(
    name = "averaging",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Trains the run file's model with every combination of strategy, workers, local steps,"
          + " encoding and seed, on the run's tokens and for the run's train.steps, and evaluates each"
          + " on the whole validation split.",
      "Prints a line of JSON for each and a Markdown table at the end. Ended before, it goes on with"
          + " the first combination that is not in bench-averaging/results.jsonl.",
      ""
    },
    footer = {
      "",
      "Example: what local steps cost a small model",
      "  scripts/sparkgpt bench averaging conf/shakespeare-char.yaml --workers 2,4 --local-steps 10,50"
          + " --deltas fp32,int8 --seeds 1,2,3"
    })
final class AveragingBenchmark implements Callable<Integer> {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String DEFAULT = ", default ${DEFAULT-VALUE}";

  @Mixin private RunOptions options;

  @Option(
      names = "--workers",
      split = ",",
      defaultValue = "1,2,4",
      description = "train.workers" + DEFAULT)
  private List<Integer> workers;

  @Option(
      names = "--local-steps",
      split = ",",
      defaultValue = "10,50,250",
      description = "train.localSteps; sync always has 1" + DEFAULT)
  private List<Integer> localSteps;

  @Option(
      names = "--strategies",
      split = ",",
      defaultValue = "sync,diloco,average",
      description = "sync, diloco, average" + DEFAULT)
  private List<Strategy> strategies;

  @Option(
      names = "--deltas",
      split = ",",
      defaultValue = "fp32",
      description = "fp32, bf16, int8; sync always has fp32" + DEFAULT)
  private List<DeltaEncoding> deltas;

  @Option(names = "--seeds", split = ",", defaultValue = "1,2,3", description = "seed" + DEFAULT)
  private List<Long> seeds;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Optional<RunConfig> loaded = options.load(out);
    if (loaded.isEmpty()) {
      return 0;
    }
    if (strategies.contains(Strategy.DL4J)) {
      throw new IllegalArgumentException(
          "--strategies takes sync, diloco and average; dl4j has no rounds to tell of");
    }
    Map<AveragingTrial, RunConfig> trials = new LinkedHashMap<>();
    for (AveragingTrial trial :
        AveragingTrial.all(strategies, workers, localSteps, deltas, seeds)) {
      trials.put(trial, options.with(trial.overrides())); // a mistake shows before the first run
    }
    Path output = new Path(loaded.get().output());
    FileSystem fs = output.getFileSystem(Sessions.hadoopConfiguration());
    String tokens = StageRunner.require(fs, output, StageName.TOKENIZE).digest();
    List<AveragingResult> shown = new ArrayList<>();
    try (Session session = new Session(fs, output)) {
      for (Map.Entry<AveragingTrial, RunConfig> trial : trials.entrySet()) {
        AveragingResult result =
            session.result(trial.getKey(), trial.getValue(), digest(trial.getValue(), tokens));
        out.println(JSON.writeValueAsString(result));
        out.flush();
        shown.add(result);
      }
    }
    out.println();
    out.print(new AveragingTable(shown).markdown());
    out.flush();
    return 0;
  }

  /** Of all that decides what a trial ends with. */
  private static String digest(RunConfig config, String tokens) {
    ObjectNode all = JSON.createObjectNode().put("tokens", tokens).put("seed", config.seed());
    all.set("model", JSON.valueToTree(config.model()));
    all.set("optimizer", JSON.valueToTree(config.optimizer()));
    all.set("train", JSON.valueToTree(config.train()));
    try {
      byte[] text = all.toString().getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has SHA-256
    }
  }

  /** The trials' storage and, once one has to be run, their Spark session. */
  private static final class Session implements AutoCloseable {
    private final FileSystem fs;
    private final Path tokens;
    private final Path directory;
    private final Path file;
    private final Map<String, AveragingResult> finished = new LinkedHashMap<>();
    private SparkSession session;

    Session(FileSystem fs, Path output) throws IOException {
      this.fs = fs;
      tokens = StageName.TOKENIZE.directory(output);
      directory = new Path(output, "bench-averaging");
      file = new Path(directory, "results.jsonl");
      if (fs.exists(file)) {
        try (InputStream in = fs.open(file)) {
          for (AveragingResult result :
              JSON.readerFor(AveragingResult.class).<AveragingResult>readValues(in).readAll()) {
            finished.put(result.digest(), result);
          }
        }
      }
    }

    AveragingResult result(AveragingTrial trial, RunConfig config, String digest)
        throws IOException {
      if (!finished.containsKey(digest)) {
        finished.put(digest, run(trial, config, digest));
        save();
      }
      return finished.get(digest);
    }

    private AveragingResult run(AveragingTrial trial, RunConfig config, String digest)
        throws IOException {
      JavaSparkContext spark = spark();
      Path checkpoints = new Path(directory, "checkpoints");
      fs.delete(checkpoints, true); // of a trial that was not finished
      Totals totals = new Totals();
      TrainReport report =
          Training.run(
              spark,
              config.model(),
              config.optimizer(),
              config.train(),
              config.seed(),
              TrainingData.open(spark, tokens, TokenManifest.TRAIN),
              checkpoints,
              totals);
      double loss =
          Evaluation.run(
                  spark,
                  Checkpoint.open(fs, report.checkpoint()),
                  TrainingData.open(spark, tokens, TokenManifest.VAL),
                  config.evaluate())
              .loss();
      fs.delete(checkpoints, true);
      return new AveragingResult(
          "averaging",
          digest,
          trial.strategy().yaml(),
          trial.workers(),
          trial.localSteps(),
          trial.deltas().yaml(),
          trial.seed(),
          report.step(),
          report.tokens(),
          loss,
          totals.bytes / totals.rounds,
          report.seconds(),
          totals.besideSteps / totals.rounds * 1e3);
    }

    /** The whole file anew: not every file system can append. */
    private void save() throws IOException {
      Path unfinished = new Path(directory, "results.jsonl.tmp");
      fs.mkdirs(directory);
      try (OutputStream lines = fs.create(unfinished, true)) {
        for (AveragingResult result : finished.values()) {
          lines.write((JSON.writeValueAsString(result) + "\n").getBytes(StandardCharsets.UTF_8));
        }
      }
      fs.delete(file, false);
      if (!fs.rename(unfinished, file)) {
        throw new IOException("cannot rename " + unfinished + " to " + file);
      }
    }

    private JavaSparkContext spark() {
      if (session == null) {
        session = Sessions.openForTraining("sparkgpt bench averaging", List.of());
      }
      return JavaSparkContext.fromSparkContext(session.sparkContext());
    }

    @Override
    public void close() {
      if (session != null) {
        session.stop();
      }
    }
  }

  /** Sums over a trial's rounds. */
  private static final class Totals implements RoundListener {
    private int rounds;
    private long bytes;
    private double besideSteps;

    @Override
    public void roundEnded(RoundReport round) {
      rounds++;
      bytes += round.bytes();
      besideSteps += round.seconds() - round.slowestWorkerSeconds();
    }
  }
}

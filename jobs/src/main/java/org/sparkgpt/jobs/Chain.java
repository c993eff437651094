package org.sparkgpt.jobs;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkgpt.config.RunConfig;
import org.sparkgpt.evaluate.Evaluation;
import org.sparkgpt.evaluate.EvaluationReport;
import org.sparkgpt.export.ExportFormat;
import org.sparkgpt.kernel.Kernels;
import org.sparkgpt.layer.Execution;
import org.sparkgpt.layer.ParameterLayout;
import org.sparkgpt.report.TensorBoardEvents;
import org.sparkgpt.report.TrainingReport;
import org.sparkgpt.report.TrainingStatus;
import org.sparkgpt.stage.RunLease;
import org.sparkgpt.stage.Stage;
import org.sparkgpt.stage.StageManifest;
import org.sparkgpt.stage.StageName;
import org.sparkgpt.stage.StageRunner;
import org.sparkgpt.tokenize.TokenManifest;
import org.sparkgpt.tokenize.TokenShards;
import org.sparkgpt.tokenize.Tokenizer;
import org.sparkgpt.tokenize.TokenizerFiles;
import org.sparkgpt.tokenize.TokenizerTraining;
import org.sparkgpt.train.MetricsFile;
import org.sparkgpt.train.Preflight;
import org.sparkgpt.train.RoundListener;
import org.sparkgpt.train.Strategy;
import org.sparkgpt.train.TrainReport;
import org.sparkgpt.train.Training;
import org.sparkgpt.train.TrainingData;

/**
 * The stages of one run, wired: what each reads, which settings it depends on, and what does the
 * work. The Spark session opens with the first stage that has work to do.
 */
final class Chain implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  /** What Spark's UI groups jobs by; setting it this way leaves a job's description alone. */
  private static final String JOB_GROUP = "spark.jobGroup.id";

  private final RunConfig config;
  private final Path output;
  private final FileSystem fs;
  private final RunLease lease;
  private final StageRunner runner;
  private final CorpusStages corpus;
  private final SparkProgress progress = new SparkProgress();
  private final CoreTime coreTime = new CoreTime();
  private SparkSession session;
  private StageName running;

  Chain(RunConfig config, boolean overwrite) throws IOException {
    this.config = config;
    this.output = new Path(config.output());
    this.fs = output.getFileSystem(Sessions.hadoopConfiguration());
    this.lease = RunLease.take(fs, output, this::stopSpark);
    this.runner = new StageRunner(fs, output, overwrite, lease, this::coreSeconds);
    this.corpus = new CorpusStages(config, output, runner, this::spark);
  }

  StageRunner.Result run(StageName name) throws IOException {
    running = name;
    try {
      return runner.run(stage(name));
    } catch (Exception e) { // Spark throws checked ones undeclared
      lease.requireHeld(); // a session stopped under a stage fails in a hundred ways
      throw e;
    }
  }

  private Stage stage(StageName name) throws IOException {
    return switch (name) {
      case SCRAPE, INGEST, CLEAN, QUALITY, DEDUP, PASSAGES, DECONTAMINATE, REDACT ->
          corpus.stage(name);
      case TRAIN_TOKENIZER -> trainTokenizer();
      case TOKENIZE -> tokenize();
      case TRAIN -> train();
      case EVALUATE -> evaluate();
      case EXPORT -> export();
    };
  }

  private Stage trainTokenizer() throws IOException {
    StageManifest documents = runner.require(config.documentsBefore(StageName.TRAIN_TOKENIZER));
    return new Stage(
        StageName.TRAIN_TOKENIZER,
        Map.of("tokenizer", config.tokenizer()),
        Map.of("documents", documents.digest()),
        directory -> {
          Dataset<Row> texts = corpus.documentsBefore(StageName.TRAIN_TOKENIZER);
          Tokenizer tokenizer = TokenizerTraining.learn(texts, config.tokenizer());
          TokenizerFiles.save(tokenizer, fs, directory);
          return Stage.Outcome.of(Map.of("vocabulary", tokenizer.vocabularySize()));
        });
  }

  private Stage tokenize() throws IOException {
    StageManifest documents = runner.require(config.documentsBefore(StageName.TOKENIZE));
    StageManifest tokenizer = runner.require(StageName.TRAIN_TOKENIZER);
    return new Stage(
        StageName.TOKENIZE,
        Map.of("tokenize", config.tokenize(), "seed", config.seed()),
        Map.of("documents", documents.digest(), "tokenizer", tokenizer.digest()),
        directory -> {
          TokenManifest tokens =
              TokenShards.write(
                  corpus.documentsBefore(StageName.TOKENIZE),
                  TokenizerFiles.load(fs, StageName.TRAIN_TOKENIZER.directory(output)),
                  config.tokenize(),
                  config.seed(),
                  directory);
          Map<String, Object> figures = new LinkedHashMap<>();
          figures.put("train tokens", tokens.train().tokens());
          figures.put("val tokens", tokens.val().tokens());
          return new Stage.Outcome(
              documents.rowsOut(), documents.rowsOut(), new TreeMap<>(), figures);
        });
  }

  private Stage train() throws IOException {
    StageManifest tokens = runner.require(StageName.TOKENIZE);
    return new Stage(
        StageName.TRAIN,
        Map.of(
            "model", config.model(),
            "optimizer", config.optimizer(),
            "train", config.train(),
            "seed", config.seed()),
        Map.of("tokens", tokens.digest()),
        () ->
            Preflight.check(
                sparkContext(),
                config.model(),
                config.train(),
                OptionalLong.of(tokens(TokenManifest.TRAIN).totalTokens()),
                StageName.TRAIN.directory(output)),
        directory -> {
          TrainingData data = tokens(TokenManifest.TRAIN);
          session.sparkContext().removeSparkListener(progress); // rounds tell their own
          TrainReport report =
              Training.run(
                  sparkContext(),
                  config.model(),
                  config.optimizer(),
                  config.train(),
                  config.seed(),
                  data,
                  directory,
                  RoundListener.all(
                      new TensorBoardEvents(), new TrainingStatus(), new TrainingReport()));
          session.sparkContext().addSparkListener(progress);
          Map<String, Object> figures = new LinkedHashMap<>();
          figures.put("parameters", ParameterLayout.of(config.model()).length());
          figures.put("steps", report.step());
          figures.put("tokens", report.tokens());
          figures.put("training loss", report.loss());
          figures.put("tokens per second", report.tokensPerSecond());
          figures.put("seconds of training", report.seconds());
          return Stage.Outcome.of(figures);
        });
  }

  private Stage evaluate() throws IOException {
    StageManifest training = runner.require(StageName.TRAIN);
    StageManifest tokens = runner.require(StageName.TOKENIZE);
    return new Stage(
        StageName.EVALUATE,
        Map.of("evaluate", config.evaluate()),
        Map.of("checkpoints", training.digest(), "tokens", tokens.digest()),
        directory -> {
          EvaluationReport report =
              Evaluation.run(
                  sparkContext(),
                  TrainedModel.newestCheckpoint(fs, output),
                  tokens(TokenManifest.VAL),
                  config.evaluate());
          try (OutputStream out = fs.create(new Path(directory, "evaluation.json"))) {
            out.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(report));
          }
          Map<String, Object> figures = new LinkedHashMap<>();
          figures.put("val tokens", report.tokens());
          figures.put("loss", report.loss());
          figures.put("perplexity", report.perplexity());
          figures.put("bits per byte", report.bitsPerByte());
          return Stage.Outcome.of(figures);
        });
  }

  private Stage export() throws IOException {
    StageManifest training = runner.require(StageName.TRAIN);
    return new Stage(
        StageName.EXPORT,
        Map.of("export", config.export()),
        Map.of("checkpoints", training.digest()),
        directory -> {
          double difference = 0;
          for (ExportFormat format : config.export().format()) {
            difference = Math.max(difference, export(format, training, directory));
          }
          return Stage.Outcome.of(Map.of("largest logit difference", difference));
        });
  }

  /** The largest difference between a logit of the trained and of the exported model. */
  private double export(ExportFormat format, StageManifest training, Path directory)
      throws IOException {
    if (format == ExportFormat.DL4J) {
      Execution execution = config.train().execution(Cores.threads(config.train()));
      return Dl4jExport.write(TrainedModel.newestCheckpoint(fs, output), execution, fs, directory);
    }
    Map<String, String> facts = new LinkedHashMap<>();
    training.figures().forEach((name, value) -> facts.put(name, String.valueOf(value)));
    try (Kernels kernels = Cores.kernels(config.train())) {
      return HuggingFaceExport.write(TrainedModel.ofRun(config), facts, kernels, fs, directory);
    }
  }

  /** The training loss so far, drawn; empty if nothing has been trained. */
  String lossCurve() throws IOException {
    List<LossCurve.Point> points = new ArrayList<>();
    MetricsFile.read(
        fs,
        StageName.TRAIN.directory(output),
        round -> points.add(new LossCurve.Point(round.step(), round.loss())));
    return LossCurve.draw(points);
  }

  private TrainingData tokens(String split) {
    return TrainingData.open(sparkContext(), StageName.TOKENIZE.directory(output), split);
  }

  private JavaSparkContext sparkContext() {
    return JavaSparkContext.fromSparkContext(spark().sparkContext());
  }

  private synchronized SparkSession spark() {
    if (session == null) {
      String name = "sparkgpt " + output.getName();
      List<Strategy> strategies = List.of(config.train().strategy());
      session =
          running == StageName.TRAIN
              ? Sessions.openForTraining(name, strategies)
              : Sessions.open(name, strategies);
      session.sparkContext().addSparkListener(progress);
      session.sparkContext().addSparkListener(coreTime);
    }
    session.sparkContext().setLocalProperty(JOB_GROUP, running.command());
    return session;
  }

  private double coreSeconds() {
    SparkSession open;
    synchronized (this) {
      open = session;
    }
    if (open == null) {
      return 0;
    }
    open.sparkContext().setLocalProperty(JOB_GROUP, running.command());
    return coreTime.seconds(JavaSparkContext.fromSparkContext(open.sparkContext()));
  }

  private synchronized void stopSpark() {
    if (session != null) {
      session.stop();
    }
  }

  @Override
  public void close() {
    try {
      stopSpark();
    } finally {
      lease.close();
    }
  }
}

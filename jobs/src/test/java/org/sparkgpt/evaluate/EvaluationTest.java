package org.sparkgpt.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkgpt.checkpoint.Checkpoint;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.kernel.Gelu;
import org.sparkgpt.kernel.KernelChoice;
import org.sparkgpt.layer.AdamWConfig;
import org.sparkgpt.layer.Execution;
import org.sparkgpt.layer.Gpt;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.tokenize.TokenManifest;
import org.sparkgpt.tokenize.TokenShards;
import org.sparkgpt.tokenize.TokenizeConfig;
import org.sparkgpt.tokenize.Tokenizer;
import org.sparkgpt.tokenize.TokenizerConfig;
import org.sparkgpt.tokenize.TokenizerTraining;
import org.sparkgpt.train.DeltaEncoding;
import org.sparkgpt.train.RoundListener;
import org.sparkgpt.train.Strategy;
import org.sparkgpt.train.TrainConfig;
import org.sparkgpt.train.TrainReport;
import org.sparkgpt.train.Training;
import org.sparkgpt.train.TrainingData;

/** From documents through token shards and training to the loss on what was held out. */
class EvaluationTest {
  private static final AdamWConfig OPTIMIZER =
      new AdamWConfig(1e-2, 1e-3, 4, 0.9, 0.99, 1e-8, 0.1, 1.0);
  private static final TrainConfig TRAIN =
      new TrainConfig(
          Strategy.DILOCO,
          2,
          40,
          10,
          8,
          4,
          0.7,
          0.9,
          DeltaEncoding.FP32,
          100,
          1,
          null,
          10,
          1,
          KernelChoice.PLAIN,
          false,
          700);
  @TempDir static java.nio.file.Path temp;
  private static SparkSession session;
  private static JavaSparkContext spark;
  private static Path tokens;
  private static GptConfig model;
  private static Checkpoint trained;

  @BeforeAll
  static void train() throws IOException {
    session =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", false)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", 4)
            .getOrCreate();
    spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    List<Row> documents = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      documents.add(
          Document.of("the cat no. " + i + " sat on the mat, ".repeat(6), "t", null).toRow());
    }
    var table = session.createDataFrame(documents, Document.SCHEMA);
    Tokenizer tokenizer =
        TokenizerTraining.learn(table, new TokenizerConfig(TokenizerConfig.Kind.CHAR, 0));
    tokens = new Path(temp.resolve("tokens").toUri());
    TokenShards.write(
        table,
        tokenizer,
        new TokenizeConfig(TokenizeConfig.Split.DOCUMENT, 0.2, 1500, 100),
        1,
        tokens);
    model =
        new GptConfig(
            tokenizer.vocabularySize(), 16, 1, 2, 12, 0, true, Gelu.TANH, null, DtypeChoice.F32);
    TrainReport report =
        Training.run(
            spark,
            model,
            OPTIMIZER,
            TRAIN,
            3,
            tokens,
            new Path(temp.resolve("run").toUri()),
            RoundListener.NONE);
    trained = Checkpoint.open(fs(), report.checkpoint());
  }

  @AfterAll
  static void stop() {
    session.stop();
  }

  @Test
  void everyTokenButAShardsFirstIsPredictedOnce() {
    TrainingData val = TrainingData.open(spark, tokens, TokenManifest.VAL);

    EvaluationReport report = evaluate(val, 3);

    long predicted = 0;
    double loss = 0;
    try (Gpt gpt =
        new Gpt(model, new Execution(1, KernelChoice.PLAIN, 1, false), trained.readParameters())) {
      for (int shard = 0; shard < val.tokens().length; shard++) {
        IntBuffer ids = val.shards().shard(shard);
        for (int from = 0; from < ids.limit() - 1; from += model.context()) {
          int time = Math.min(model.context(), ids.limit() - 1 - from);
          int[] inputs = new int[time];
          int[] targets = new int[time];
          ids.get(from, inputs);
          ids.get(from + 1, targets);
          loss += gpt.loss(inputs, targets, 1, time);
          predicted += time;
        }
      }
    }
    assertThat(report.tokens()).isEqualTo(predicted);
    assertThat(report.loss()).isCloseTo(loss / predicted, within(1e-6));
    assertThat(report.perplexity()).isCloseTo(Math.exp(loss / predicted), within(1e-4));
    assertThat(report.bitsPerByte()).isCloseTo(loss / Math.log(2) / val.textBytes(), within(1e-6));
    assertThat(report.loss()).as("trained").isLessThan(0.8 * Math.log(model.vocabulary()));
  }

  @Test
  void theNumberOfTasksDoesNotMatter() {
    TrainingData train = TrainingData.open(spark, tokens, TokenManifest.TRAIN);

    assertThat(evaluate(train, 4).loss()).isEqualTo(evaluate(train, 4).loss());
    assertThat(evaluate(train, 4).loss()).isCloseTo(evaluate(train, 7).loss(), within(1e-6));
  }

  @Test
  void anUnknownSplitAndASmallVocabularyAreRefused() {
    assertThatThrownBy(() -> TrainingData.open(spark, tokens, "test"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no split test");
    GptConfig small = new GptConfig(5, 16, 1, 2, 12, 0, true, Gelu.TANH, null, DtypeChoice.F32);
    Path directory = new Path(temp.resolve("small").toUri());
    assertThatThrownBy(
            () ->
                Training.run(
                    spark, small, OPTIMIZER, TRAIN, 3, tokens, directory, RoundListener.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("model.vocabulary is 5");
  }

  private static EvaluationReport evaluate(TrainingData data, int batchSize) {
    return Evaluation.run(
        spark, trained, data, new EvaluationConfig(batchSize, KernelChoice.PLAIN, 1));
  }

  private static FileSystem fs() throws IOException {
    return tokens.getFileSystem(spark.hadoopConfiguration());
  }
}

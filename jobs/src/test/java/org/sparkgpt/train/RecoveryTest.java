package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.IntBuffer;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What Spark does when a task or an executor fails, on a session that tries a task three times. */
class RecoveryTest {
  private static JavaSparkContext spark;
  @TempDir java.nio.file.Path temp;

  @BeforeAll
  static void open() {
    spark =
        new JavaSparkContext(
            new SparkConf()
                .setMaster("local[2,3]")
                .setAppName("recovery-test")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.serializer", "org.apache.spark.serializer.KryoSerializer"));
  }

  @AfterAll
  static void close() {
    spark.close();
  }

  @Test
  void aTaskThatFailedInTheMiddleOfARoundIsRepeatedToTheSameBits() {
    TrainConfig config = TinyRun.config(Strategy.DILOCO, 2, 6, 3);
    TrainingData flaky =
        new TrainingData(
            TinyRun.DATA.tokens(), new FailsOnce(TinyRun.DATA.shards()), 13, 1000, "tiny");

    float[] repeated = train(config, flaky, "flaky", RoundListener.NONE);

    assertThat(repeated).isEqualTo(train(config, TinyRun.DATA, "steady", RoundListener.NONE));
  }

  @ParameterizedTest
  @EnumSource(names = {"DILOCO", "SYNC"})
  void stateThatWasLostIsComputedAgainToTheSameBits(Strategy strategy) {
    TrainConfig config = TinyRun.config(strategy, 2, 8, 2);
    RoundListener loseEverything =
        new RoundListener() {
          @Override
          public void roundEnded(RoundReport round) {
            if (round.step() == 6) {
              spark
                  .getPersistentRDDs()
                  .keySet()
                  .forEach(id -> SparkEnv.get().blockManager().master().removeRdd(id, true));
            }
          }
        };

    float[] recovered = train(config, TinyRun.DATA, "lost", loseEverything);

    assertThat(recovered).isEqualTo(train(config, TinyRun.DATA, "kept", RoundListener.NONE));
  }

  @Test
  void whatATaskSaysReachesTheOperator() {
    TrainConfig config = TinyRun.config(Strategy.AVERAGE, 1, 2, 2);
    TokenSource broken =
        index -> {
          throw new UncheckedIOException("shard " + index + " is damaged", new IOException());
        };
    TrainingData data = new TrainingData(TinyRun.DATA.tokens(), broken, 13, 1000, "tiny");

    assertThatThrownBy(() -> train(config, data, "broken", RoundListener.NONE))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageMatching("shard \\d is damaged");
  }

  private float[] train(
      TrainConfig config, TrainingData data, String name, RoundListener listener) {
    Path directory = new Path(temp.resolve(name).toUri());
    TrainReport report = TinyRun.train(spark, config, data, directory, listener);
    return TinyRun.parameters(report);
  }

  /** Breaks the first attempt of every task when it asks for its fifth sample. */
  private static final class FailsOnce implements TokenSource {
    private final TokenSource source;
    private transient int calls; // a task has a copy of its own

    FailsOnce(TokenSource source) {
      this.source = source;
    }

    @Override
    public IntBuffer shard(int index) {
      if (TaskContext.get().attemptNumber() == 0 && ++calls == 5) {
        throw new IllegalStateException("this attempt fails");
      }
      return source.shard(index);
    }
  }
}

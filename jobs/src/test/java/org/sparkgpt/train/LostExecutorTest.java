package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code kill -9} of executors: real processes, one slot each, started by Spark's own cluster. */
class LostExecutorTest {
  private static final int STEPS = 8;
  private static final int LOCAL_STEPS = 2;
  private static final int SAMPLES_PER_STEP = 8;

  /** An executor here lives for seconds: its second compiler would slow down all others. */
  private static final String BRIEFLY = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

  private static final long NEVER = -1;
  private static final long ALWAYS = 0;
  private static JavaSparkContext spark;
  @TempDir Path temp;

  @BeforeAll
  static void open() throws IOException {
    // Spark's launcher looks for jars there; the executors get this process's class path instead.
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    spark =
        new JavaSparkContext(
            new SparkConf()
                .setMaster("local-cluster[2,1,1024]")
                .setAppName("lost-executor-test")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.locality.wait", "0s") // this and the next as Sessions sets them
                .set("spark.storage.cachedPeersTtl", "1000")
                .set("spark.stage.maxConsecutiveAttempts", "3")
                .set("spark.executor.memory", "512m")
                .set("spark.executor.extraJavaOptions", BRIEFLY)
                .set("spark.executor.extraClassPath", System.getProperty("java.class.path")));
  }

  @AfterAll
  static void close() {
    spark.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"DILOCO", "SYNC"})
  void anExecutorKilledInTheMiddleOfARoundCostsThatRoundAndNoBit(Strategy strategy) {
    int samplesPerRound = SAMPLES_PER_STEP * (strategy == Strategy.SYNC ? 1 : LOCAL_STEPS);
    float[] undisturbed = new Run("steady", strategy, NEVER).train(RoundListener.NONE);
    Run run = new Run("mid-round", strategy, 2 * samplesPerRound / 2 + samplesPerRound / 4);

    float[] disturbed = run.train(RoundListener.NONE);

    assertThat(disturbed).isEqualTo(undisturbed);
    assertThat(run.samples() - SAMPLES_PER_STEP * STEPS)
        .as("samples trained on again")
        .isBetween(1L, (long) samplesPerRound);
  }

  @Test
  void anExecutorLostBetweenRoundsCostsNoRoundAndItsSuccessorWorks() {
    float[] undisturbed = new Run("steady", Strategy.DILOCO, NEVER).train(RoundListener.NONE);
    Run run = new Run("between", Strategy.DILOCO, NEVER);
    Map<Long, Long> before = new HashMap<>();

    float[] disturbed =
        run.train(
            new RoundListener() {
              @Override
              public void roundEnded(RoundReport round) {
                if (round.step() == LOCAL_STEPS) {
                  long pid = run.processes().keySet().iterator().next();
                  ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
                  process.destroyForcibly();
                  await("Spark noticed", () -> executors() < 2);
                }
                if (round.step() == STEPS - 2 * LOCAL_STEPS) {
                  awaitExecutors();
                }
                if (round.step() == STEPS - LOCAL_STEPS) {
                  before.putAll(run.processes());
                }
              }
            });

    assertThat(disturbed).isEqualTo(undisturbed);
    assertThat(run.samples()).as("samples trained on").isEqualTo((long) SAMPLES_PER_STEP * STEPS);
    Map<Long, Long> after = run.processes();
    Set<Long> working =
        after.keySet().stream()
            .filter(pid -> after.get(pid) > before.getOrDefault(pid, 0L))
            .collect(Collectors.toSet());
    assertThat(working).as("processes that trained in the last round").hasSize(2);
  }

  @Test
  void whenEveryAttemptDiesTheOperatorIsToldInOneLine() {
    Run run = new Run("hopeless", Strategy.DILOCO, ALWAYS);

    assertThatThrownBy(() -> run.train(RoundListener.NONE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("executors were lost faster than one round could be repeated")
        .hasMessageEndingWith("started again, the run goes on from its last checkpoint")
        .hasMessageNotContaining("\n");
  }

  private static int executors() {
    return spark.sc().getExecutorMemoryStatus().size() - 1; // the driver is one of them
  }

  private static void awaitExecutors() {
    await("both executors run", () -> executors() == 2);
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private final class Run {
    private final Path reads;
    private final TrainConfig config;
    private final Path directory;
    private final TrainingData data;

    Run(String name, Strategy strategy, long fatalSample) {
      directory = temp.resolve(name + "-" + strategy);
      reads = temp.resolve(name + "-" + strategy + "-reads");
      config = TinyRun.config(strategy, 2, STEPS, strategy == Strategy.SYNC ? 1 : LOCAL_STEPS);
      TrainingData tiny = TinyRun.DATA;
      TokenSource watched = new Watched(tiny.shards(), reads.toString(), fatalSample);
      data = new TrainingData(tiny.tokens(), watched, 13, 1000, "tiny");
      try {
        Files.createDirectories(reads);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    float[] train(RoundListener listener) {
      awaitExecutors();
      TrainReport report =
          TinyRun.train(
              spark, config, data, new org.apache.hadoop.fs.Path(directory.toUri()), listener);
      return TinyRun.parameters(report);
    }

    /** Samples read by each executor's process. */
    Map<Long, Long> processes() {
      Map<Long, Long> samples = new HashMap<>();
      for (Path file : Watched.files(reads)) {
        String name = file.getFileName().toString();
        long pid = Long.parseLong(name.substring(name.indexOf('-') + 1));
        samples.merge(pid, Watched.size(file), Long::sum);
      }
      return samples;
    }

    long samples() {
      return processes().values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /**
   * Leaves a byte for every sample in a file of its worker and process.
   *
   * @param fatalSample the read of worker 1, counted from 1, at which its process ends; or {@link
   *     #NEVER}, {@link #ALWAYS}
   */
  private record Watched(TokenSource source, String directory, long fatalSample)
      implements TokenSource {
    @Override
    public IntBuffer shard(int index) {
      int worker = TaskContext.getPartitionId();
      Path reads = Path.of(directory);
      try {
        Files.write(
            reads.resolve(worker + "-" + ProcessHandle.current().pid()),
            new byte[1],
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      long read =
          files(reads).stream()
              .filter(file -> file.getFileName().toString().startsWith(worker + "-"))
              .mapToLong(Watched::size)
              .sum();
      if (worker == 1 && (read == fatalSample || fatalSample == ALWAYS)) {
        Runtime.getRuntime().halt(137); // what kill -9 leaves: no hook runs, nothing is flushed
      }
      return source.shard(index);
    }

    static List<Path> files(Path directory) {
      try (Stream<Path> files = Files.list(directory)) {
        return files.toList();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    static long size(Path file) {
      try {
        return Files.size(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.File;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.kernel.Gelu;
import org.sparkgpt.kernel.KernelChoice;
import org.sparkgpt.layer.Execution;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.GptMemory;

class PreflightTest {
  private static final long GIB = 1L << 30;
  private static final GptConfig GPT2 =
      new GptConfig(50257, 1024, 12, 12, 768, 0, true, Gelu.TANH, null, DtypeChoice.F32);
  private static final TrainConfig TWO_WORKERS = TinyRun.config(Strategy.DILOCO, 2, 4, 2);
  private static final StateSize LARGE = new StateSize(124_439_808, 2, 2, 2, 261_888);

  @TempDir private File temp;

  private static SparkConf conf() {
    return new SparkConf(false).set("spark.master", "spark://x:7077");
  }

  private static void assertWrong(Finding finding, String... parts) {
    assertThat(finding.wrong()).singleElement().asString().contains(parts);
    assertThat(finding.line()).startsWith("preflight: " + finding.topic()).contains("; wrong: ");
  }

  private static void assertDoubtful(Finding finding, String... parts) {
    assertThat(finding.wrong()).isEmpty();
    assertThat(finding.doubtful()).singleElement().asString().contains(parts);
    assertThat(finding.line()).contains("; doubtful: ");
  }

  @Test
  void slotsHoldAllWorkersAtATime() {
    assertThat(Preflight.slots(conf(), new Slots(2, 1, 1), TWO_WORKERS).line())
        .isEqualTo(
            "preflight: slots       2 executor(s) x 1 core(s), 2 worker(s) at a time (train.workers"
                + " 2) ok");
    assertWrong(
        Preflight.slots(conf(), new Slots(0, 1, 1), TWO_WORKERS), "no executor has registered");
    assertDoubtful(
        Preflight.slots(conf(), new Slots(1, 1, 1), TWO_WORKERS),
        "workers take turns",
        "set train.workers to 1");
    assertDoubtful(
        Preflight.slots(conf(), new Slots(1, 2, 2), TinyRun.withThreads(TWO_WORKERS, 3)),
        "6 threads on an executor's 2 core(s); set train.threadsPerWorker to 1");
    assertWrong(
        Preflight.slots(
            conf().set("spark.default.parallelism", "64"), new Slots(2, 32, 32), TWO_WORKERS),
        "set spark.executor.cores");
  }

  @Test
  void executorsAreAlikeAndLoadTheirLibraries() {
    ExecutorReport good = Reports.GOOD;
    assertThat(Preflight.executors(1, List.of(good), DtypeChoice.BF16).line())
        .isEqualTo("preflight: executors   1 on a; EPYC with bf16; Java 17.0.9; kernels load, ok");
    assertDoubtful(
        Preflight.executors(2, List.of(good), DtypeChoice.F32), "1 of 2 registered executors");
    ExecutorReport old = Reports.withProcessor(good, "b", "Xeon", false);
    assertDoubtful(
        Preflight.executors(2, List.of(good, old), DtypeChoice.AUTO), "do not repeat to the bit");
    assertWrong(
        Preflight.executors(1, List.of(old), DtypeChoice.BF16),
        "the processor of b (Xeon) does not multiply bfloat16; set model.dtype to f32");
    assertWrong(
        Preflight.executors(
            1,
            List.of(Reports.withFailure(good, "UnsatisfiedLinkError: libgomp")),
            DtypeChoice.AUTO),
        "on a the kernels do not load: UnsatisfiedLinkError: libgomp");
  }

  @Test
  void gpusThatNothingComputesOnAreRefused() {
    assertThat(Preflight.devices(conf(), List.of(Reports.GOOD)).isOk()).isTrue();
    SparkConf held = conf().set(Device.EXECUTOR_AMOUNT, "1");
    assertDoubtful(Preflight.devices(held, List.of(Reports.GOOD)), "no task uses");
    assertWrong(
        Preflight.devices(
            held.set(Device.TASK_AMOUNT, "1"), List.of(Reports.withGpu(Reports.GOOD, "3"))),
        "tasks are given GPUs (3)",
        "unset spark.task.resource.gpu.amount");
  }

  @Test
  void onlyDl4jsMasterNeedsTheDriversHeap() {
    long small = 512 << 20;
    assertThat(Preflight.driver(conf(), small, LARGE, Strategy.DILOCO).line())
        .isEqualTo("preflight: driver      heap 537 MB, no tensor passes through it, ok");
    Finding dl4j = Preflight.driver(conf(), small, LARGE, Strategy.DL4J);
    assertThat(dl4j.wrong()).hasSize(2);
    assertThat(dl4j.wrong().get(0))
        .contains("sends 2,987 MB to the driver", "spark.driver.maxResultSize is 1,074 MB; set it");
    assertThat(dl4j.wrong().get(1)).contains("set spark.driver.memory higher");
    SparkConf unlimited =
        conf()
            .set("spark.driver.maxResultSize", "0")
            .set("spark.network.maxRemoteBlockSizeFetchToMem", "1500m");
    assertThat(Preflight.driver(unlimited, 4 * GIB, LARGE, Strategy.DL4J).isOk()).isTrue();
  }

  @Test
  void stateMaySpillButWhatATaskAveragesMayNot() {
    assertThat(Preflight.heap(conf(), LARGE, 1, 2, List.of(Reports.GOOD)).line())
        .contains("state 7,965 MB, what does not fit spills to disk, ok");
    StateSize small = new StateSize(1_000_000, 2, 2, 2, 1_000_000);
    assertThat(Preflight.heap(conf(), small, 1, 2, List.of(Reports.GOOD)).line())
        .contains("of an executor 1,074 MB", "state 64 MB, ok")
        .doesNotContain("spills");
    StateSize largeChunks = new StateSize(124_439_808, 2, 2, 2, 4 << 20);
    assertWrong(
        Preflight.heap(conf(), largeChunks, 1, 2, List.of(Reports.GOOD)),
        "averaging needs 672 MB; set spark.executor.memory to 1901m or train.chunkParameters lower");
  }

  @Test
  void networksFitOutsideTheHeapOfEveryExecutor() {
    Execution execution = new Execution(4, KernelChoice.ONEDNN, 1, false);
    Supplier<GptMemory> plan = () -> GptMemory.of(GPT2, execution, true);
    assertThat(Preflight.offHeap(plan, 1, conf(), List.of(Reports.GOOD)).isOk()).isTrue();
    assertWrong(
        Preflight.offHeap(plan, 4, conf(), List.of(Reports.GOOD)),
        "training needs ",
        "4 worker(s) in one JVM have 16,106 MB: the machine's memory");
    assertWrong(
        Preflight.offHeap(plan, 1, conf(), List.of(Reports.withNativeLimit(Reports.GOOD, GIB))),
        "JavaCPP allows 1,074 MB; add -Dorg.bytedeco.javacpp.maxbytes=0");
    assertDoubtful(
        Preflight.offHeap(plan, 1, conf(), List.of(Reports.on("mac", GIB, 0))),
        "the system does not tell");
  }

  @Test
  void localDisksHoldTokensShuffleAndState() {
    StateSize small = new StateSize(1_000_000, 2, 2, 2, 1_000_000);
    ExecutorReport narrow = Reports.withFreeDisk(Reports.GOOD, 200_000_000);
    OptionalLong tokens = OptionalLong.of(20_000_000);
    assertThat(Preflight.disk(small, 1, 2, tokens, List.of(narrow)).line())
        .contains("152 MB at most (80 MB for token shards), 200 MB free, ok");
    assertDoubtful(
        Preflight.disk(small, 1, 2, tokens, List.of(narrow, narrow)),
        "a has 200 MB in /local for 2 executor(s); set spark.local.dir");
    assertThat(Preflight.disk(small, 1, 2, OptionalLong.empty(), List.of(narrow)).line())
        .contains("not known yet");
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnce() {
    Finding one = Finding.of("slots").wrongIf(true, "none").with("0");
    Finding two = Finding.of("disk").wrongIf(true, "full").doubtfulIf(true, "slow").with("1 MB");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Preflight.require(List.of(one)))
        .withMessage("slots: none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Preflight.require(List.of(one, two)))
        .withMessage("2 things keep this run from succeeding\n  slots: none\n  disk: full");
    assertThat(two.line()).isEqualTo("preflight: disk        1 MB; wrong: full; doubtful: slow");
    Preflight.require(List.of(Finding.of("disk").doubtfulIf(true, "slow").with("1 MB")));
  }

  @Test
  void allTopicsOfALocalRunAreExaminedByTheProcessItself() {
    Path directory = new Path(new Path(temp.toURI()), "run/checkpoints");
    try (JavaSparkContext spark = TinyRun.spark()) {
      List<Finding> findings =
          Preflight.examine(spark, TinyRun.MODEL, TWO_WORKERS, OptionalLong.of(1000), directory);
      assertThat(findings)
          .extracting(Finding::topic)
          .containsExactly(
              "slots",
              "settings",
              "executors",
              "devices",
              "driver",
              "heap",
              "off-heap",
              "disk",
              "checkpoints");
      assertThat(findings).allSatisfy(finding -> assertThat(finding.line()).endsWith(" ok"));
      TrainConfig dear = TinyRun.withCheckpoints(TWO_WORKERS, 1, 1_000_000_000, null);
      GptConfig huge =
          new GptConfig(50257, 1024, 900, 12, 768, 0, true, Gelu.TANH, null, DtypeChoice.F32);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Preflight.check(spark, huge, dear, OptionalLong.of(1000), directory))
          .withMessageContaining("off-heap: training needs ");
    }
  }
}

package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.kernel.Gelu;
import org.sparkgpt.layer.GptConfig;

/**
 * Two executors in processes of their own, each with a core and a GPU that an nvidia-smi of this
 * test made up. Spark wants SPARK_HOME in the environment to start executors, so the driver is
 * another process, too.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LocalClusterIT {
  private static final Path DISCOVERY = Path.of("../scripts/gpu-discovery.sh").toAbsolutePath();

  @TempDir private static Path folder;
  private String out;

  /** The driver; its arguments are a folder and the discovery script. */
  public static void main(String[] arguments) {
    SparkConf conf =
        new SparkConf()
            .setMaster("local-cluster[2,1,512]")
            .setAppName("local-cluster-test")
            .set("spark.ui.enabled", "false")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.executor.memory", "512m")
            .set("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            .set("spark.network.maxRemoteBlockSizeFetchToMem", "16m") // as Sessions sets it
            .set("spark.worker.resource.gpu.amount", "1")
            .set("spark.worker.resource.gpu.discoveryScript", arguments[1])
            .set("spark.scheduler.maxRegisteredResourcesWaitingTime", "5min") // on a busy machine
            .set(Device.EXECUTOR_AMOUNT, "1")
            .set(Device.TASK_AMOUNT, "1");
    TrainConfig config = TinyRun.config(Strategy.DILOCO, 2, 4, 2);
    var checkpoints =
        new org.apache.hadoop.fs.Path(Path.of(arguments[0], "checkpoints").toUri().toString());
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      Preflight.examine(spark, TinyRun.MODEL, config, OptionalLong.of(1000), checkpoints)
          .forEach(finding -> System.out.println(finding.line()));
      System.out.println(Slots.of(spark));
      ExecutorReport.ask(spark, Slots.of(spark), config.kernels())
          .forEach(report -> System.out.println(report.executor() + " has GPU " + report.gpu()));
      TrainReport trained =
          TinyRun.train(spark, config, TinyRun.DATA, checkpoints, RoundListener.NONE);
      System.out.println("trained " + trained.step() + " steps");
      TrainReport large = trainBeyondMemory(spark, Path.of(arguments[0], "large"));
      System.out.println("trained " + large.step() + " steps of a large model");
    }
  }

  /** Two rounds' state, in two copies, is more than twice what the heaps have for it. */
  private static TrainReport trainBeyondMemory(JavaSparkContext spark, Path checkpoints) {
    GptConfig model =
        new GptConfig(20_000, 8, 1, 2, 256, 0, true, Gelu.TANH, null, DtypeChoice.F32);
    TrainConfig config = TinyRun.withDefaults(TinyRun.config(Strategy.DILOCO, 2, 3, 1));
    return TinyRun.train(
        spark,
        model,
        TinyRun.OPTIMIZER,
        config,
        new org.apache.hadoop.fs.Path(checkpoints.toUri().toString()));
  }

  @BeforeAll
  void runTheDriver() throws IOException, InterruptedException {
    Files.createDirectories(folder.resolve("spark/jars"));
    Path smi = Files.createDirectory(folder.resolve("bin")).resolve("nvidia-smi");
    Files.writeString(smi, "#!/bin/sh\necho 'GPU 7: Tesla T4 (UUID: GPU-aa01)'\n");
    assertThat(smi.toFile().setExecutable(true)).isTrue();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xmx512m",
            "-cp",
            System.getProperty("java.class.path"),
            LocalClusterIT.class.getName(),
            folder.toString(),
            DISCOVERY.toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(folder.resolve("err").toFile());
    builder.environment().put("SPARK_HOME", folder.resolve("spark").toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.12");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
    builder.environment().remove("CUDA_VISIBLE_DEVICES");
    Process process = builder.start();
    out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(Files.readString(folder.resolve("err"))).isZero();
  }

  @Test
  void executorsAreAwaitedAndCounted() {
    assertThat(out)
        .contains(
            "preflight: slots       2 executor(s) x 1 core(s), 2 worker(s) at a time (train.workers"
                + " 2) ok",
            "Slots[executors=2, executorCores=1, executorTasks=1]");
  }

  @Test
  void everyExecutorTellsWhatItHas() {
    assertThat(out)
        .containsPattern("preflight: executors   2 on .*; Java 17.*; kernels load, ok")
        .containsPattern("preflight: heap        of an executor 5\\d\\d MB, .* ok")
        .containsPattern("preflight: off-heap    1 worker.* shared by 2 executors on .* ok")
        .containsPattern("preflight: disk .* ok")
        .containsPattern("preflight: checkpoints .* ok");
  }

  @Test
  void tasksGetTheGpuOfTheirExecutorAndPreflightRefusesIt() {
    assertThat(out)
        .contains("0 has GPU 7", "1 has GPU 7")
        .contains("wrong: tasks are given GPUs (7), but this build's kernels run on the processor");
  }

  @Test
  void trainingRunsOverBothExecutors() {
    assertThat(out).contains("trained 4 steps\n");
  }

  @Test
  void stateMayBeLargerThanTheMemoryForIt() {
    assertThat(out).contains("trained 3 steps of a large model");
  }
}

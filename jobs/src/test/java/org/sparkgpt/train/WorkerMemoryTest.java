package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.kernel.Gelu;
import org.sparkgpt.kernel.KernelChoice;
import org.sparkgpt.layer.Execution;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.GptMemory;

class WorkerMemoryTest {
  private static final long GIB = 1L << 30;
  private static final GptConfig GPT2 =
      new GptConfig(50257, 1024, 12, 12, 768, 0, true, Gelu.TANH, null, DtypeChoice.F32);

  private static GptMemory plan(int microBatch, boolean recompute) {
    return GptMemory.of(GPT2, new Execution(microBatch, KernelChoice.ONEDNN, 2, recompute), true);
  }

  private static void assertRefused(long bytes, int workers, String... message) {
    WorkerMemory memory = new WorkerMemory(bytes, "as this test says");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> memory.requireFits(plan(4, false), workers))
        .satisfies(e -> assertThat(e).message().contains(message));
  }

  @Test
  void workersOfOneJvmAddUp() {
    GptMemory plan = plan(4, false);
    WorkerMemory two = new WorkerMemory(2 * plan.bytes(), "as this test says");
    assertThat(two.workers(plan)).isEqualTo(2);
    assertThatCode(() -> two.requireFits(plan, 2)).doesNotThrowAnyException();
    assertRefused(2 * plan.bytes() - 2, 2, "training needs ", " or with train.workers: 1 (2 worke");
  }

  @Test
  void refusalNamesWhatWouldFitAndWhereTheNumberIsFrom() {
    assertRefused(
        plan(2, false).bytes(),
        1,
        "it fits with train.microBatch: 2",
        "(1 worker(s) in one JVM have ",
        " MB: as this test says)");
    assertRefused(GIB, 1, "not even train.microBatch: 1 with train.recompute: true fits");
  }

  @Test
  void heapIsNotForNetworks() {
    ContainerMemory container = new ContainerMemory(7_000_000_000L, "cgroup v2 memory.max");
    assertThat(WorkerMemory.beside(3_000_000_000L, container))
        .isEqualTo(
            new WorkerMemory(
                4_000_000_000L, "cgroup v2 memory.max, 7,000 MB, less the heap of 3,000 MB"));
    assertThat(WorkerMemory.beside(8_000_000_000L, container).bytes()).isZero();
  }

  @Test
  void executorsOfYarnAndKubernetesHaveTheirOverhead() {
    SparkConf conf = new SparkConf(false).set("spark.master", "yarn");
    List<ExecutorReport> large = List.of(Reports.on("a", 1 * GIB, 64 * GIB));
    assertThat(WorkerMemory.of(conf, large)).map(WorkerMemory::bytes).hasValue(384L << 20);
    conf.set("spark.executor.memory", "10g");
    assertThat(WorkerMemory.of(conf, large)).map(WorkerMemory::bytes).hasValue(GIB);
    conf.set("spark.master", "k8s://host").set("spark.executor.memoryOverhead", "6144");
    assertThat(WorkerMemory.of(conf, large))
        .hasValue(new WorkerMemory(6 * GIB, "spark.executor.memoryOverhead"));
  }

  @Test
  void otherExecutorsShareWhatTheirMachineHas() {
    SparkConf conf = new SparkConf(false).set("spark.master", "spark://host:7077");
    ExecutorReport alone = Reports.on("a", 1 * GIB, 8 * GIB);
    ExecutorReport one = Reports.on("b", 1 * GIB, 10 * GIB);
    ExecutorReport two = Reports.on("b", 3 * GIB, 10 * GIB);

    assertThat(WorkerMemory.of(conf, List.of(alone))).map(WorkerMemory::bytes).hasValue(7 * GIB);
    assertThat(WorkerMemory.of(conf, List.of(alone, one, two)))
        .hasValueSatisfying(
            least -> {
              assertThat(least.bytes()).isEqualTo(3 * GIB);
              assertThat(least.source())
                  .isEqualTo(
                      "the machine's memory, 10,737 MB, less the heap of 4,295 MB, shared by 2"
                          + " executors on b");
            });
    assertThat(WorkerMemory.of(conf, List.of())).as("nobody answered").isEmpty();
    assertThat(WorkerMemory.of(conf, List.of(Reports.on("c", GIB, 0)))).as("not Linux").isEmpty();
  }
}

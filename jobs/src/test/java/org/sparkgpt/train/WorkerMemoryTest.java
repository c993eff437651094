package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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

  private static Execution execution(int microBatch, boolean recompute) {
    return new Execution(microBatch, KernelChoice.ONEDNN, 2, recompute);
  }

  private static long bytes(int microBatch, boolean recompute) {
    return GptMemory.of(GPT2, execution(microBatch, recompute), true).bytes();
  }

  private static WorkerMemory memory(long bytes) {
    return new WorkerMemory(bytes, "as this test says");
  }

  private static void assertRefused(long bytes, int workers, String... message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> memory(bytes).requireFits(GPT2, execution(4, false), workers))
        .satisfies(e -> assertThat(e).message().contains(message));
  }

  @Test
  void workersOfOneJvmAddUp() {
    long one = bytes(4, false);
    assertThatCode(() -> memory(one).requireFits(GPT2, execution(4, false), 1))
        .doesNotThrowAnyException();
    assertThatCode(() -> memory(2 * one).requireFits(GPT2, execution(4, false), 2))
        .doesNotThrowAnyException();
    assertRefused(2 * one - 1, 2, "2 worker(s) in one JVM need ", "as this test says; ");
  }

  @Test
  void refusalNamesTheMildestSettingThatFits() {
    assertRefused(bytes(2, false), 1, "; train.microBatch=2 train.recompute=false would fit");
    assertRefused(bytes(1, true), 1, "; train.microBatch=1 train.recompute=true would fit");
    assertRefused(
        2 * bytes(1, true),
        3,
        "; train.workers=2 with train.microBatch=1 train.recompute=true would fit");
    assertRefused(GIB, 1, "but there are 1.0 GiB", "; even with train.microBatch=1 ");
  }

  @Test
  void heapIsNotForNetworks() {
    ContainerMemory container = new ContainerMemory(7 * GIB, "cgroup v2 memory.max");
    assertThat(WorkerMemory.beside(3 * GIB, container))
        .isEqualTo(
            new WorkerMemory(4 * GIB, "7.0 GiB (cgroup v2 memory.max) less the heap of 3.0 GiB"));
    assertThat(WorkerMemory.beside(8 * GIB, container).bytes()).isZero();
  }

  @Test
  void executorsOfYarnAndKubernetesHaveTheirOverhead() {
    SparkConf conf = new SparkConf(false).set("spark.master", "yarn");
    assertThat(WorkerMemory.ofExecutor(conf)).map(WorkerMemory::bytes).hasValue(384L << 20);
    conf.set("spark.executor.memory", "10g");
    assertThat(WorkerMemory.ofExecutor(conf)).map(WorkerMemory::bytes).hasValue(GIB);
    conf.set("spark.master", "k8s://host").set("spark.executor.memoryOverhead", "6144");
    assertThat(WorkerMemory.ofExecutor(conf))
        .hasValue(new WorkerMemory(6 * GIB, "spark.executor.memoryOverhead"));
    conf.set("spark.master", "spark://host:7077");
    assertThat(WorkerMemory.ofExecutor(conf)).as("no limit of its own").isEmpty();
  }
}

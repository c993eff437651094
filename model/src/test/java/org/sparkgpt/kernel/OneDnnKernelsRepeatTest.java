package org.sparkgpt.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sparkgpt.kernel.Blocks.ids;
import static org.sparkgpt.kernel.Blocks.normal;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

/** What a training step relies on beyond numbers: the same bits again, no garbage, its threads. */
class OneDnnKernelsRepeatTest {
  private static final int BATCH = 3;
  private static final int TIME = 65;
  private static final int HEADS = 4;
  private static final int COLS = 128;
  private static final int ROWS = BATCH * TIME;
  private static final int VOCABULARY = 131;

  /** A little of each kernel on buffers of its own. */
  private static final class Pass {
    final FloatBlock x = normal(1, (long) ROWS * COLS);
    final FloatBlock w = normal(2, 3L * COLS * COLS);
    final FloatBlock wte = normal(3, (long) VOCABULARY * COLS);
    final FloatBlock gain = normal(4, COLS);
    final FloatBlock normed = FloatBlock.allocate((long) ROWS * COLS);
    final FloatBlock mean = FloatBlock.allocate(ROWS);
    final FloatBlock rstd = FloatBlock.allocate(ROWS);
    final FloatBlock qkv = FloatBlock.allocate(3L * ROWS * COLS);
    final FloatBlock y = FloatBlock.allocate((long) ROWS * COLS);
    final FloatBlock losses = FloatBlock.allocate(ROWS);
    final FloatBlock dx = FloatBlock.allocate((long) ROWS * COLS);
    final FloatBlock dqkv = FloatBlock.allocate(3L * ROWS * COLS);
    final FloatBlock dwte = FloatBlock.allocate(wte.length());
    final FloatBlock dw = FloatBlock.allocate(w.length());
    final FloatBlock dbias = FloatBlock.allocate(3 * COLS);
    final FloatBlock dgain = FloatBlock.allocate(COLS);
    final int[] targets = ids(5, ROWS, VOCABULARY);

    Pass(Kernels kernels) {}

    void run(Kernels k) {
      int size = COLS / HEADS;
      dwte.zero();
      dw.zero();
      dbias.zero();
      dgain.zero();
      k.layerNorm(normed, mean, rstd, x, gain, null, ROWS, COLS);
      k.linear(qkv, normed, w, null, ROWS, COLS, 3 * COLS);
      k.causalAttention(y, qkv, BATCH, TIME, HEADS, size, Dropout.NONE);
      k.gelu(y, y, y.length(), Gelu.TANH);
      k.headCrossEntropy(losses, dx, dwte, y, wte, targets, ROWS, COLS, VOCABULARY, 1, true);
      k.causalAttentionBackward(dqkv, dx, qkv, BATCH, TIME, HEADS, size, Dropout.NONE);
      k.linearBackwardWeight(dw, dbias, dqkv, normed, ROWS, COLS, 3 * COLS, true);
      k.linearBackwardInput(y, dqkv, w, ROWS, COLS, 3 * COLS);
      k.layerNormBackward(dx, dgain, null, y, x, mean, rstd, gain, ROWS, COLS);
      k.embedBackward(dwte, dw, dx, targets, BATCH, TIME, COLS);
      losses.set(0, (float) k.sumOfSquares(dw));
    }

    List<float[]> results() {
      return Stream.of(losses, dx, dqkv, dwte, dw, dbias, dgain).map(FloatBlock::toArray).toList();
    }
  }

  @Test
  void theSameCallsGiveTheSameBits() {
    List<List<float[]>> results = new ArrayList<>();
    try (Kernels one = new OneDnnKernels(2);
        Kernels other = new OneDnnKernels(2)) {
      for (Kernels kernels : List.of(one, one, other)) {
        Pass pass = new Pass(kernels);
        pass.run(kernels);
        results.add(pass.results());
      }
    }
    for (int i = 0; i < results.get(0).size(); i++) {
      assertThat(results.get(1).get(i)).as("result " + i).isEqualTo(results.get(0).get(i));
      assertThat(results.get(2).get(i)).as("result " + i).isEqualTo(results.get(0).get(i));
    }
  }

  @Test
  void aRepeatedPassAllocatesNothingNativeAndLittleOnTheHeap() {
    try (Kernels kernels = new OneDnnKernels(2)) {
      Pass pass = new Pass(kernels);
      for (int i = 0; i < 5; i++) {
        pass.run(kernels);
      }
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long thread = Thread.currentThread().getId();
      long nativeBytes = Pointer.totalBytes();
      long heapBytes = threads.getThreadAllocatedBytes(thread);
      for (int i = 0; i < 20; i++) {
        pass.run(kernels);
      }
      assertThat(Pointer.totalBytes()).isEqualTo(nativeBytes);
      // keys of the caches and indexers: some 30 small objects a pass, and no pointer objects
      assertThat((threads.getThreadAllocatedBytes(thread) - heapBytes) / 20).isLessThan(10_000);
    }
  }

  @Test
  void eachThreadUsesAsManyNativeThreadsAsItsKernelsWereGiven() throws InterruptedException {
    try (Kernels kernels = new OneDnnKernels(1)) {
      new Pass(kernels).run(kernels); // OpenBLAS starts threads, under our name, when it loads
    }
    List<Long> nativeThreads = new ArrayList<>();
    for (int count : new int[] {1, 2, 3}) {
      String name = "kernels-" + count; // OpenMP's threads inherit their starter's name
      Thread worker =
          new Thread(
              () -> {
                try (Kernels kernels = new OneDnnKernels(count)) {
                  new Pass(kernels).run(kernels);
                  nativeThreads.add(nativeThreadsNamed(name));
                }
              },
              name);
      worker.start();
      worker.join();
    }
    assertThat(nativeThreads).containsExactly(1L, 2L, 3L);
  }

  @Test
  void kernelsMadeOnOneThreadKeepTheirThreadsOnAnother() throws InterruptedException {
    try (Kernels kernels = new OneDnnKernels(1);
        Kernels others = new OneDnnKernels(2)) {
      Pass pass = new Pass(kernels);
      pass.run(others);
      List<Long> nativeThreads = new ArrayList<>();
      Thread worker =
          new Thread(
              () -> {
                pass.run(kernels);
                nativeThreads.add(nativeThreadsNamed("moved"));
              },
              "moved");
      worker.start();
      worker.join();
      assertThat(nativeThreads).containsExactly(1L);
    }
  }

  /** Linux lists the threads of this process, with their names, under /proc. */
  private static long nativeThreadsNamed(String name) {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks.filter(task -> name.equals(nameOf(task))).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String nameOf(Path task) {
    try {
      return Files.readString(task.resolve("comm")).strip();
    } catch (IOException e) {
      return ""; // ended meanwhile
    }
  }
}

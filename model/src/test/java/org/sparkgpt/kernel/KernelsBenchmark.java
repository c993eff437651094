package org.sparkgpt.kernel;

import static org.sparkgpt.kernel.Blocks.ids;
import static org.sparkgpt.kernel.Blocks.normal;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The kernels that a training step spends its time in, at the sizes of two models. Run with
 *
 * <pre>{@code
 * mvn -q -pl model test-compile dependency:build-classpath -Dmdep.outputFile=target/test.classpath
 * java @conf/jvm.options -cp "model/target/test-classes:model/target/classes:$(cat model/target/test.classpath)" \
 *     org.openjdk.jmh.Main KernelsBenchmark -p threads=2 -p dtype=F32
 * }</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime) // its p0.00 is the best call: what the machine can do undisturbed
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class KernelsBenchmark {

  /** B, T, C, H, V. */
  public enum Model {
    SHAKESPEARE_CHAR(12, 64, 128, 4, 65),
    GPT2_124M(4, 64, 768, 12, 50257);

    private final int batch;
    private final int time;
    private final int cols;
    private final int heads;
    private final int vocabulary;

    Model(int batch, int time, int cols, int heads, int vocabulary) {
      this.batch = batch;
      this.time = time;
      this.cols = cols;
      this.heads = heads;
      this.vocabulary = vocabulary;
    }

    private int rows() {
      return batch * time;
    }
  }

  @Param public Model model;

  /** Of matrices and activations; BF16 needs a processor that multiplies it. */
  @Param public Dtype dtype;

  @Param("2")
  public int threads;

  private Kernels kernels;
  private FloatBlock x; // (R,C)
  private FloatBlock qkv; // (B,T,3C)
  private FloatBlock hidden; // (R,4C)
  private FloatBlock weight; // (C,4C)
  private FloatBlock bias; // (4C)
  private FloatBlock wte; // (V,C)
  private FloatBlock losses; // (R)
  private FloatBlock toX;
  private FloatBlock toQkv;
  private FloatBlock toHidden;
  private FloatBlock toWeight;
  private FloatBlock residual; // (R,C), F32 as all below
  private FloatBlock weightGradient;
  private FloatBlock biasGradient;
  private FloatBlock wteGradient;
  private FloatBlock master; // (C,4C)
  private FloatBlock firstMoments;
  private FloatBlock secondMoments;
  private int[] targets;

  @Setup(Level.Trial)
  public void allocate() {
    long rows = model.rows();
    kernels = new OneDnnKernels(threads);
    x = random(1, rows * model.cols);
    qkv = random(2, rows * 3 * model.cols);
    hidden = random(3, rows * 4 * model.cols);
    weight = random(4, 4L * model.cols * model.cols);
    bias = normal(5, 4L * model.cols);
    wte = random(6, (long) model.vocabulary * model.cols);
    losses = FloatBlock.allocate(rows);
    toX = FloatBlock.allocate(x.length(), dtype);
    toQkv = FloatBlock.allocate(qkv.length(), dtype);
    toHidden = FloatBlock.allocate(hidden.length(), dtype);
    toWeight = FloatBlock.allocate(weight.length(), dtype);
    residual = FloatBlock.allocate(x.length());
    weightGradient = normal(8, weight.length(), 1e-3);
    biasGradient = FloatBlock.allocate(bias.length());
    wteGradient = FloatBlock.allocate(wte.length());
    master = normal(9, weight.length(), 0.02);
    firstMoments = FloatBlock.allocate(weight.length());
    secondMoments = FloatBlock.allocate(weight.length());
    targets = ids(7, model.rows(), model.vocabulary);
  }

  private FloatBlock random(long seed, long length) {
    FloatBlock block = FloatBlock.allocate(length, dtype);
    block.put(0, normal(seed, length).toArray());
    return block;
  }

  @TearDown(Level.Trial)
  public void close() {
    kernels.close();
  }

  @Benchmark
  public void linearForward() {
    kernels.linear(toHidden, x, weight, bias, model.rows(), model.cols, 4 * model.cols);
  }

  @Benchmark
  public void linearGelu() {
    int rows = model.rows();
    kernels.linearGelu(
        toHidden, hidden, x, weight, bias, rows, model.cols, 4 * model.cols, Gelu.TANH);
  }

  @Benchmark
  public void linearBackward() {
    int rows = model.rows();
    kernels.linearBackwardInput(toX, hidden, weight, rows, model.cols, 4 * model.cols);
    kernels.linearBackwardWeight(
        weightGradient, biasGradient, hidden, x, rows, model.cols, 4 * model.cols, false);
  }

  @Benchmark
  public void geluForward() {
    kernels.gelu(toHidden, hidden, hidden.length(), Gelu.TANH);
  }

  @Benchmark
  public void geluBackward() {
    kernels.geluBackward(toHidden, hidden, hidden, hidden.length(), Gelu.TANH);
  }

  @Benchmark
  public void attentionForward() {
    int size = model.cols / model.heads;
    kernels.causalAttention(toX, qkv, model.batch, model.time, model.heads, size, Dropout.NONE);
  }

  @Benchmark
  public void attentionBackward() {
    int size = model.cols / model.heads;
    kernels.causalAttentionBackward(
        toQkv, x, qkv, model.batch, model.time, model.heads, size, Dropout.NONE);
  }

  @Benchmark
  public void head() {
    int rows = model.rows();
    int cols = model.cols;
    int vocabulary = model.vocabulary;
    kernels.headCrossEntropy(
        losses, residual, wteGradient, x, wte, targets, rows, cols, vocabulary, 1f / rows, false);
  }

  /** A matrix of the MLP, from the parameters to what is multiplied. */
  @Benchmark
  public void convert() {
    kernels.convert(toWeight, master, master.length());
  }

  /** Of a matrix of the MLP; the same in both formats. */
  @Benchmark
  public void adamW() {
    AdamWStep step = new AdamWStep(1e-9, 1e-9, 0.9, 0.95, 1e-8, 1);
    kernels.adamW(master, null, firstMoments, secondMoments, weightGradient, step);
  }
}

package org.sparkgpt.kernel;

import java.util.HashMap;
import java.util.Map;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.indexer.FloatIndexer;

/**
 * {@link Kernels} on oneDNN: float32, on the blocks themselves, without copies. Primitives are made
 * once per shape; a repeated call makes none and allocates no native memory. oneDNN picks its code
 * by the processor, from SSE4.1 to AVX-512 and AMX.
 *
 * <p>OpenMP's threads spin while they wait for each other, which is fast on cores of one's own and
 * ten times slower than sleeping on cores shared with other busy processes: there, set {@code
 * OMP_WAIT_POLICY=passive} in the environment (the library reads it once, when it loads).
 */
public final class OneDnnKernels implements Kernels {
  private record AttentionShape(int batch, int time, int heads, int headSize) {}

  private final int threads;
  private final Dnnl library;
  private final PrimitiveFactory factory;
  private final DnnlSums sums;
  private final DnnlLinear linear;
  private final DnnlLayerNorm norm;
  private final DnnlHead head;
  private final PrimitiveCache gelu;
  private final PrimitiveCache geluBackward;
  private final Map<AttentionShape, DnnlAttention> attention = new HashMap<>();
  private boolean closed;

  /**
   * @param threads used by each call, whichever thread makes it
   */
  public OneDnnKernels(int threads) {
    this(threads, DnnlHead.CHUNK_BYTES);
  }

  /**
   * @param headChunkBytes bound of the logits that exist at once
   */
  OneDnnKernels(int threads, long headChunkBytes) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be positive, got " + threads);
    }
    this.threads = threads;
    OpenMp.useThreads(threads);
    library = new Dnnl();
    factory = new PrimitiveFactory(library);
    sums = new DnnlSums(factory);
    linear = new DnnlLinear(factory, sums);
    norm = new DnnlLayerNorm(factory, sums);
    head = new DnnlHead(factory, headChunkBytes);
    gelu =
        new PrimitiveCache(
            key -> factory.eltwise(function(key), Tensor.packed(key.a()), new PostOps()));
    geluBackward =
        new PrimitiveCache(key -> factory.eltwiseBackward(function(key), Tensor.packed(key.a())));
  }

  private static int function(PrimitiveCache.Key key) {
    return key.variant() ? dnnl.dnnl_eltwise_gelu_tanh : dnnl.dnnl_eltwise_gelu_erf;
  }

  /** The count belongs to the calling thread, and tasks come on any thread of a pool. */
  private void begin() {
    if (closed) {
      throw new IllegalStateException("these kernels are closed");
    }
    OpenMp.useThreads(threads);
  }

  @Override
  public void linear(
      FloatBlock y, FloatBlock x, FloatBlock w, FloatBlock bias, int rows, int in, int out) {
    begin();
    linear.forward(y, x, w, bias, rows, in, out, false);
  }

  @Override
  public void linearGelu(
      FloatBlock y,
      FloatBlock z,
      FloatBlock x,
      FloatBlock w,
      FloatBlock bias,
      int rows,
      int in,
      int out,
      Gelu form) {
    FloatBlock before = z == null ? y : z;
    linear(before, x, w, bias, rows, in, out);
    gelu(y, before, (long) rows * out, form);
  }

  @Override
  public void linearAdd(
      FloatBlock y, FloatBlock x, FloatBlock w, FloatBlock bias, int rows, int in, int out) {
    begin();
    linear.forward(y, x, w, bias, rows, in, out, true);
  }

  @Override
  public void linearBackwardInput(
      FloatBlock dx, FloatBlock dy, FloatBlock w, int rows, int in, int out) {
    begin();
    linear.backwardInput(dx, dy, w, rows, in, out);
  }

  @Override
  public void linearBackwardWeight(
      FloatBlock dw,
      FloatBlock dbias,
      FloatBlock dy,
      FloatBlock x,
      int rows,
      int in,
      int out,
      boolean add) {
    begin();
    if (!add) {
      dw.zero((long) in * out);
      if (dbias != null) {
        dbias.zero(out);
      }
    }
    linear.backwardWeight(dw, dbias, dy, x, rows, in, out);
  }

  @Override
  public void layerNorm(
      FloatBlock y,
      FloatBlock mean,
      FloatBlock rstd,
      FloatBlock x,
      FloatBlock gain,
      FloatBlock bias,
      int rows,
      int cols) {
    begin();
    norm.forward(y, mean, rstd, x, gain, bias, rows, cols);
  }

  @Override
  public void layerNormBackward(
      FloatBlock dx,
      FloatBlock dgain,
      FloatBlock dbias,
      FloatBlock dy,
      FloatBlock x,
      FloatBlock mean,
      FloatBlock rstd,
      FloatBlock gain,
      int rows,
      int cols) {
    begin();
    norm.backward(dx, dgain, dbias, dy, x, mean, rstd, gain, rows, cols);
  }

  @Override
  public void gelu(FloatBlock y, FloatBlock x, long length, Gelu form) {
    begin();
    gelu.of(length, 0, 0, form == Gelu.TANH, false).at(0, y).at(1, x).run();
  }

  @Override
  public void geluBackward(FloatBlock dx, FloatBlock dy, FloatBlock x, long length, Gelu form) {
    begin();
    Primitive slope = geluBackward.of(length, 0, 0, form == Gelu.TANH, false);
    slope.at(0, dx).at(1, dy).at(2, x).run();
  }

  @Override
  public void causalAttention(
      FloatBlock y, FloatBlock qkv, int batch, int time, int heads, int headSize, Dropout dropout) {
    begin();
    if (time == 1) {
      OneTokenAttention.forward(y, qkv, batch, heads, headSize, dropout);
    } else {
      attention(batch, time, heads, headSize).forward(y, qkv, dropout);
    }
  }

  @Override
  public void causalAttentionBackward(
      FloatBlock dqkv,
      FloatBlock dy,
      FloatBlock qkv,
      int batch,
      int time,
      int heads,
      int headSize,
      Dropout dropout) {
    begin();
    if (time == 1) {
      OneTokenAttention.backward(dqkv, dy, batch, heads, headSize, dropout);
    } else {
      attention(batch, time, heads, headSize).backward(dqkv, dy, qkv, dropout);
    }
  }

  private DnnlAttention attention(int batch, int time, int heads, int headSize) {
    return attention.computeIfAbsent(
        new AttentionShape(batch, time, heads, headSize),
        shape -> new DnnlAttention(factory, batch, time, heads, headSize));
  }

  @Override
  public void embed(
      FloatBlock x, int[] ids, FloatBlock wte, FloatBlock wpe, int batch, int time, int cols) {
    FloatIndexer sum = FloatView.index(x, (long) batch * time * cols);
    FloatIndexer tokens = FloatView.index(wte, wte.length());
    FloatIndexer positions = FloatView.index(wpe, (long) time * cols);
    for (int r = 0; r < batch * time; r++) {
      long row = (long) r * cols;
      long token = (long) ids[r] * cols;
      long position = (long) (r % time) * cols;
      for (int c = 0; c < cols; c++) {
        sum.put(row + c, tokens.get(token + c) + positions.get(position + c));
      }
    }
  }

  @Override
  public void embedBackward(
      FloatBlock dwte, FloatBlock dwpe, FloatBlock dx, int[] ids, int batch, int time, int cols) {
    begin();
    sums.addColumns(dwpe, dx, batch, (long) time * cols);
    FloatIndexer gradient = FloatView.index(dx, (long) batch * time * cols);
    FloatIndexer tokens = FloatView.index(dwte, dwte.length());
    for (int r = 0; r < batch * time; r++) {
      long row = (long) r * cols;
      long token = (long) ids[r] * cols;
      for (int c = 0; c < cols; c++) {
        tokens.put(token + c, tokens.get(token + c) + gradient.get(row + c));
      }
    }
  }

  @Override
  public void add(FloatBlock y, FloatBlock x, long length) {
    begin();
    sums.add(y, x, length);
  }

  @Override
  public void convert(FloatBlock to, FloatBlock from, long length) {
    to.put(0, from.toArray(0, Math.toIntExact(length)));
  }

  @Override
  public void adamW(
      FloatBlock parameters,
      FloatBlock gradients,
      FloatBlock firstMoments,
      FloatBlock secondMoments,
      AdamWStep step) {
    new PlainKernels().adamW(parameters, gradients, firstMoments, secondMoments, step);
  }

  @Override
  public void dropout(FloatBlock x, long length, Dropout dropout) {
    if (!dropout.isActive()) {
      return;
    }
    FloatIndexer values = FloatView.index(x, length);
    float scale = dropout.scale();
    for (long i = 0; i < length; i++) {
      values.put(i, dropout.keeps(i) ? values.get(i) * scale : 0);
    }
  }

  @Override
  public void headCrossEntropy(
      FloatBlock losses,
      FloatBlock dx,
      FloatBlock dwte,
      FloatBlock x,
      FloatBlock wte,
      int[] targets,
      int rows,
      int cols,
      int vocabulary,
      float scale,
      boolean add) {
    begin();
    if (dwte != null && !add) {
      dwte.zero((long) vocabulary * cols);
    }
    head.crossEntropy(losses, dx, dwte, x, wte, targets, rows, cols, vocabulary, scale);
  }

  @Override
  public void logits(
      FloatBlock logits, FloatBlock x, FloatBlock wte, int rows, int cols, int vocabulary) {
    begin();
    head.logits(logits, x, wte, rows, cols, vocabulary);
  }

  @Override
  public double sumOfSquares(FloatBlock x) {
    begin();
    return sums.squares(x);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      library.close();
    }
  }
}

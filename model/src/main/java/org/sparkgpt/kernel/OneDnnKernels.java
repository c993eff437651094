package org.sparkgpt.kernel;

/**
 * {@link Kernels} on oneDNN, on the blocks themselves, without copies. Primitives are made once per
 * shape; a repeated call makes none and allocates no native memory. oneDNN picks its code by the
 * processor, from SSE4.1 to AVX-512 and AMX.
 *
 * <p>OpenMP's threads spin while they wait for each other, which is fast on cores of one's own and
 * ten times slower than sleeping on cores shared with other busy processes: there, set {@code
 * OMP_WAIT_POLICY=passive} in the environment (the library reads it once, when it loads).
 */
public final class OneDnnKernels implements Kernels {
  private record Elements(long length, Dtype dtype, Gelu form) {}

  /** Elements of a Java loop that are worth a thread of their own. */
  private static final int GRAIN = 1 << 16;

  /** Elements copied to the heap at a time; they stay in the first-level cache. */
  private static final int TILE = 4096;

  private final int threads;
  private final Dnnl library;
  private final Threads loops;
  private final DnnlSums sums;
  private final DnnlLinear linear;
  private final DnnlLayerNorm norm;
  private final DnnlHead head;
  private final DnnlAttention attention;
  private final DnnlCachedAttention cachedAttention;
  private final DnnlConvert convert;
  private final DnnlAdamW adamW;
  private final PrimitiveCache<Elements> gelu;
  private final PrimitiveCache<Elements> geluBackward;
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
    loops = new Threads(threads);
    PrimitiveFactory factory = new PrimitiveFactory(library);
    sums = new DnnlSums(factory, loops);
    linear = new DnnlLinear(factory, sums);
    norm = new DnnlLayerNorm(factory, sums);
    convert = new DnnlConvert(factory);
    head = new DnnlHead(factory, convert, headChunkBytes);
    attention = new DnnlAttention(factory, convert, loops);
    cachedAttention = new DnnlCachedAttention(factory, convert, attention);
    adamW = new DnnlAdamW(factory, convert);
    gelu =
        new PrimitiveCache<>(
            x ->
                factory.eltwise(
                    DnnlLinear.function(x.form), Tensor.packed(x.dtype, x.length), new PostOps()));
    geluBackward =
        new PrimitiveCache<>(
            x ->
                factory.eltwiseBackward(
                    DnnlLinear.function(x.form), Tensor.packed(x.dtype, x.length)));
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
    linear.forward(y, x, w, bias, rows, in, out, false, null);
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
    begin();
    if (z == null) {
      linear.forward(y, x, w, bias, rows, in, out, false, form);
    } else {
      linear.forward(z, x, w, bias, rows, in, out, false, null);
      gelu(y, z, (long) rows * out, form);
    }
  }

  @Override
  public void linearAdd(
      FloatBlock y, FloatBlock x, FloatBlock w, FloatBlock bias, int rows, int in, int out) {
    begin();
    linear.forward(y, x, w, bias, rows, in, out, true, null);
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
    linear.backwardWeight(dw, dbias, dy, x, rows, in, out, add);
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
    gelu.of(new Elements(length, x.dtype(), form)).at(0, y).at(1, x).run();
  }

  @Override
  public void geluBackward(FloatBlock dx, FloatBlock dy, FloatBlock x, long length, Gelu form) {
    begin();
    Primitive slope = geluBackward.of(new Elements(length, x.dtype(), form));
    slope.at(0, dx).at(1, dy).at(2, x).run();
  }

  @Override
  public void causalAttention(
      FloatBlock y, FloatBlock qkv, int batch, int time, int heads, int headSize, Dropout dropout) {
    begin();
    if (time == 1) { // oneDNN 3.11 reads batched weights of (K = 1, N) with the wrong strides
      new PlainAttention(batch, 1, heads, headSize, dropout).forward(y, qkv);
    } else {
      attention.forward(y, qkv, batch, time, heads, headSize, dropout);
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
      new PlainAttention(batch, 1, heads, headSize, dropout).backward(dqkv, dy, qkv);
    } else {
      attention.backward(dqkv, dy, qkv, batch, time, heads, headSize, dropout);
    }
  }

  @Override
  public void cachedAttention(
      FloatBlock y,
      FloatBlock cache,
      FloatBlock qkv,
      int rows,
      int past,
      int capacity,
      int heads,
      int headSize) {
    begin();
    cachedAttention.run(y, cache, qkv, rows, past, capacity, heads, headSize);
  }

  @Override
  public void embed(
      FloatBlock x, int[] ids, FloatBlock wte, FloatBlock wpe, int batch, int time, int cols) {
    loops.ranges(
        (long) batch * time,
        GRAIN / cols,
        (first, end) -> {
          HeapTile token = new HeapTile(cols);
          HeapTile position = new HeapTile(cols);
          for (int r = (int) first; r < end; r++) {
            token.read(wte, (long) ids[r] * cols, cols);
            position.read(wpe, (long) (r % time) * cols, cols);
            token.add(position, cols);
            token.write(x, (long) r * cols, cols);
          }
        });
  }

  @Override
  public void embedBackward(
      FloatBlock dwte, FloatBlock dwpe, FloatBlock dx, int[] ids, int batch, int time, int cols) {
    begin();
    sums.columns(dwpe, dx, batch, (long) time * cols, true);
    loops.ranges( // of columns: two rows may be of one token
        cols,
        Math.max(16, GRAIN / (batch * time)),
        (first, end) -> {
          int count = (int) (end - first);
          HeapTile token = new HeapTile(count);
          HeapTile gradient = new HeapTile(count);
          for (int r = 0; r < batch * time; r++) {
            token.read(dwte, (long) ids[r] * cols + first, count);
            gradient.read(dx, (long) r * cols + first, count);
            token.add(gradient, count);
            token.write(dwte, (long) ids[r] * cols + first, count);
          }
        });
  }

  @Override
  public void add(FloatBlock y, FloatBlock x, long length) {
    begin();
    sums.add(y, x, length);
  }

  @Override
  public void convert(FloatBlock to, FloatBlock from, long length) {
    begin();
    convert.run(to, 0, from, 0, length);
  }

  @Override
  public void adamW(
      FloatBlock parameters,
      FloatBlock rounded,
      FloatBlock firstMoments,
      FloatBlock secondMoments,
      FloatBlock gradients,
      AdamWStep step) {
    begin();
    adamW.step(parameters, rounded, firstMoments, secondMoments, gradients, step);
  }

  @Override
  public void dropout(FloatBlock x, long length, Dropout dropout) {
    if (!dropout.isActive()) {
      return;
    }
    loops.ranges(
        length,
        GRAIN,
        (first, end) -> {
          HeapTile tile = new HeapTile(TILE);
          for (long at = first; at < end; at += TILE) {
            int count = (int) Math.min(TILE, end - at);
            tile.read(x, at, count);
            dropout.apply(tile.values(), at, count);
            tile.write(x, at, count);
          }
        });
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
    head.crossEntropy(losses, dx, dwte, x, wte, targets, rows, cols, vocabulary, scale, add);
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
      loops.close();
      library.close();
    }
  }
}

package org.sparkgpt.kernel;

/**
 * The arithmetic of a GPT decoder. Everything the network computes goes through this interface, so
 * a faster processor is one more implementation of it.
 *
 * <p>Outputs come first, sizes last. All blocks are row-major and packed. B is the batch, T the
 * time, C the width, H the heads, D = C / H the head size, V the vocabulary; R = B·T rows. A method
 * overwrites its outputs unless it says that it adds. A {@code null} bias (and its gradient) means:
 * no bias. Blocks may be longer than the sizes need; what lies behind is left alone.
 *
 * <p>Mixed precision: the residual stream, biases, gains, statistics, losses, and all gradients of
 * parameters are {@link Dtype#F32}. What a method's Javadoc calls <em>activations</em> and
 * <em>matrices</em> may be {@link Dtype#BF16}, all of one call alike; then sums are kept in 32 bits
 * and rounded once.
 *
 * <p>An instance serves one thread at a time (it owns scratch memory and cached primitives) and may
 * use several threads inside. The same call on the same bytes gives the same bytes. Blocks are in
 * host memory; an implementation for a device owns the device's copies.
 */
public interface Kernels extends AutoCloseable {

  /**
   * Y[r,o] = sum_i X[r,i] W[i,o] + b[o].
   *
   * @param y (R,O) activations, or F32 in any case
   * @param x (R,I) activations
   * @param w (I,O) matrix
   */
  void linear(FloatBlock y, FloatBlock x, FloatBlock w, FloatBlock bias, int rows, int in, int out);

  /**
   * Z = X W + b, Y = GELU(Z): a linear layer and its activation in one.
   *
   * @param y (R,O) activations
   * @param z (R,O) activations, kept for {@link #geluBackward}; {@code null}: not needed
   * @param x (R,I) activations
   * @param w (I,O) matrix
   */
  void linearGelu(
      FloatBlock y,
      FloatBlock z,
      FloatBlock x,
      FloatBlock w,
      FloatBlock bias,
      int rows,
      int in,
      int out,
      Gelu form);

  /**
   * Y[r,o] += sum_i X[r,i] W[i,o] + b[o]: a linear layer onto the residual stream.
   *
   * @param y (R,O) residual stream
   * @param x (R,I) activations
   * @param w (I,O) matrix
   */
  void linearAdd(
      FloatBlock y, FloatBlock x, FloatBlock w, FloatBlock bias, int rows, int in, int out);

  /**
   * dX[r,i] = sum_o dY[r,o] W[i,o].
   *
   * @param dx (R,I) activations, or F32 in any case
   * @param dy (R,O) activations
   * @param w (I,O) matrix
   */
  void linearBackwardInput(FloatBlock dx, FloatBlock dy, FloatBlock w, int rows, int in, int out);

  /**
   * dW[i,o] = sum_r X[r,i] dY[r,o]; db[o] = sum_r dY[r,o].
   *
   * @param dy (R,O) activations
   * @param x (R,I) activations
   * @param add to what dW and db hold, as every micro-batch of a step but the first does
   */
  void linearBackwardWeight(
      FloatBlock dw,
      FloatBlock dbias,
      FloatBlock dy,
      FloatBlock x,
      int rows,
      int in,
      int out,
      boolean add);

  /**
   * Layer norm of each row (Ba et al., 2016): y = (x - mean) · rstd · gain + bias with rstd = 1 /
   * sqrt(var + 1e-5), var the biased two-pass variance. {@code mean} and {@code rstd} (R) are kept
   * for the backward pass.
   *
   * @param y (R,C) activations
   * @param x (R,C) residual stream
   */
  void layerNorm(
      FloatBlock y,
      FloatBlock mean,
      FloatBlock rstd,
      FloatBlock x,
      FloatBlock gain,
      FloatBlock bias,
      int rows,
      int cols);

  /**
   * dX += the gradient through the norm (the residual stream's is already there); dgain, dbias +=.
   *
   * @param dy (R,C) F32
   */
  void layerNormBackward(
      FloatBlock dx,
      FloatBlock dgain,
      FloatBlock dbias,
      FloatBlock dy,
      FloatBlock x,
      FloatBlock mean,
      FloatBlock rstd,
      FloatBlock gain,
      int rows,
      int cols);

  /** Y = GELU(X), elementwise, of activations. */
  void gelu(FloatBlock y, FloatBlock x, long length, Gelu form);

  /** dX = dY · GELU'(X), elementwise, of activations; dX may be dY. */
  void geluBackward(FloatBlock dx, FloatBlock dy, FloatBlock x, long length, Gelu form);

  /**
   * Causal self-attention of all heads: per head, softmax(q k' / sqrt(D)) v over the keys at or
   * before each query. The heads of q, k and v are consecutive columns of C each in {@code qkv}.
   * The (B,H,T,T) scores never exist at once, and nothing is kept for the backward pass.
   *
   * @param y (B,T,C) activations
   * @param qkv (B,T,3C) activations
   * @param dropout which probabilities are dropped (before they are multiplied with v): that of
   *     query t and key s has index ((b·H + h)·T + t)·T + s
   */
  void causalAttention(
      FloatBlock y, FloatBlock qkv, int batch, int time, int heads, int headSize, Dropout dropout);

  /** dQKV (B,T,3C) from dY (B,T,C) and what the forward pass read; all activations. */
  void causalAttentionBackward(
      FloatBlock dqkv,
      FloatBlock dy,
      FloatBlock qkv,
      int batch,
      int time,
      int heads,
      int headSize,
      Dropout dropout);

  /**
   * Attention of R new tokens of one sequence to the {@code past} tokens before them, whose keys
   * and values are in a cache, and causally to each other: per head, softmax(q k' / sqrt(D)) v. The
   * new tokens' keys and values join the cache.
   *
   * @param y (R,C) activations
   * @param cache (2,H,S,D) F32: the keys, then the values. Of each head the first {@code past} rows
   *     are filled, and R more afterwards; those behind must be finite, as in a fresh block
   * @param qkv (R,3C) activations
   * @param capacity S, at least past + R
   */
  void cachedAttention(
      FloatBlock y,
      FloatBlock cache,
      FloatBlock qkv,
      int rows,
      int past,
      int capacity,
      int heads,
      int headSize);

  /** X[b,t,:] = wte[ids[b,t],:] + wpe[t,:], all F32. {@code ids} (B·T), each in [0, V). */
  void embed(
      FloatBlock x, int[] ids, FloatBlock wte, FloatBlock wpe, int batch, int time, int cols);

  /** dwte[ids[b,t],:] += dX[b,t,:]; dwpe[t,:] += sum_b dX[b,t,:]. */
  void embedBackward(
      FloatBlock dwte, FloatBlock dwpe, FloatBlock dx, int[] ids, int batch, int time, int cols);

  /** Y += X, elementwise: a branch joins the residual stream. */
  void add(FloatBlock y, FloatBlock x, long length);

  /** To = from, elementwise, in the other's {@link Dtype}, rounded to the nearest, ties to even. */
  void convert(FloatBlock to, FloatBlock from, long length);

  /** X[i] = keep(i) ? X[i] / (1 - rate) : 0, in place; its own backward pass on a gradient. */
  void dropout(FloatBlock x, long length, Dropout dropout);

  /**
   * The tied head with cross-entropy: logits = X wte', loss[r] = -log
   * softmax(logits[r])[target[r]]. The logits of all rows never exist at once: they are made, used
   * and dropped by chunks of rows.
   *
   * @param losses (R) filled with each row's loss in nats
   * @param dx (R,C) F32, gradient of {@code scale} · sum of losses; {@code null}: losses only
   * @param dwte (V,C) the matrix's gradient; {@code null} with {@code dx}
   * @param x (R,C) activations after the final layer norm
   * @param wte (V,C) matrix; rows behind V pad it and take no part
   * @param targets (R) ids in [0, V)
   * @param scale usually 1 / rows, for the mean
   * @param add to what dwte holds, as every micro-batch of a step but the first does
   */
  void headCrossEntropy(
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
      boolean add);

  /** logits[r,v] = sum_c X[r,c] wte[v,c], F32: the head alone, for generation. */
  void logits(FloatBlock logits, FloatBlock x, FloatBlock wte, int rows, int cols, int vocabulary);

  /** Sum of squares, accumulated in double. */
  double sumOfSquares(FloatBlock x);

  /**
   * One AdamW step, in one pass over memory. All blocks are F32, if not said otherwise, and of one
   * length.
   *
   * @param parameters changed, as are the moments
   * @param rounded overwritten with the new parameters, BF16; {@code null}: not wanted
   * @param gradients read only
   */
  void adamW(
      FloatBlock parameters,
      FloatBlock rounded,
      FloatBlock firstMoments,
      FloatBlock secondMoments,
      FloatBlock gradients,
      AdamWStep step);

  /** Frees scratch memory and primitives. */
  @Override
  void close();
}

package org.sparkgpt.kernel;

import java.util.Arrays;

/**
 * {@link Kernels} as plain loops with sums in double: the definition of every operation, and what
 * faster implementations are tested against. It copies blocks to arrays and back, and uses one
 * thread.
 */
public final class PlainKernels implements Kernels {
  private static final int CHUNK = 1 << 16;

  @Override
  public void linear(
      FloatBlock y, FloatBlock x, FloatBlock w, FloatBlock bias, int rows, int in, int out) {
    y.put(0, product(x, w, bias, rows, in, out));
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
    float[] product = product(x, w, bias, rows, in, out);
    if (z != null) {
      z.put(0, product);
    }
    for (int i = 0; i < product.length; i++) {
      product[i] = (float) GeluFunction.value(product[i], form);
    }
    y.put(0, product);
  }

  @Override
  public void linearAdd(
      FloatBlock y, FloatBlock x, FloatBlock w, FloatBlock bias, int rows, int in, int out) {
    float[] sum = read(y, rows, out);
    float[] product = product(x, w, bias, rows, in, out);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += product[i];
    }
    y.put(0, sum);
  }

  private static float[] product(
      FloatBlock xBlock, FloatBlock wBlock, FloatBlock biasBlock, int rows, int in, int out) {
    float[] x = read(xBlock, rows, in);
    float[] w = read(wBlock, in, out);
    float[] bias = biasBlock == null ? new float[out] : read(biasBlock, 1, out);
    float[] y = new float[Math.multiplyExact(rows, out)];
    double[] sums = new double[out]; // y[r,:]
    for (int r = 0; r < rows; r++) {
      for (int o = 0; o < out; o++) {
        sums[o] = bias[o];
      }
      for (int i = 0; i < in; i++) {
        double value = x[r * in + i];
        for (int o = 0; o < out; o++) {
          sums[o] += value * w[i * out + o];
        }
      }
      round(sums, y, r * out);
    }
    return y;
  }

  @Override
  public void linearBackwardInput(
      FloatBlock dxBlock, FloatBlock dyBlock, FloatBlock wBlock, int rows, int in, int out) {
    float[] dy = read(dyBlock, rows, out);
    float[] w = read(wBlock, in, out);
    float[] dx = new float[Math.multiplyExact(rows, in)];
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < in; i++) {
        dx[r * in + i] = (float) dot(dy, r * out, w, i * out, out);
      }
    }
    dxBlock.put(0, dx);
  }

  @Override
  public void linearBackwardWeight(
      FloatBlock dwBlock,
      FloatBlock dbiasBlock,
      FloatBlock dyBlock,
      FloatBlock xBlock,
      int rows,
      int in,
      int out,
      boolean add) {
    float[] dy = read(dyBlock, rows, out);
    float[] x = read(xBlock, rows, in);
    float[] dw = add ? read(dwBlock, in, out) : new float[Math.multiplyExact(in, out)];
    double[] sums = new double[out]; // dw[i,:]
    for (int i = 0; i < in; i++) {
      Arrays.fill(sums, 0);
      for (int r = 0; r < rows; r++) {
        double value = x[r * in + i];
        for (int o = 0; o < out; o++) {
          sums[o] += value * dy[r * out + o];
        }
      }
      for (int o = 0; o < out; o++) {
        dw[i * out + o] += (float) sums[o];
      }
    }
    dwBlock.put(0, dw);
    if (dbiasBlock != null) {
      if (!add) {
        dbiasBlock.zero(out);
      }
      addColumnSums(dbiasBlock, dy, rows, out);
    }
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
    PlainLayerNorm.forward(y, mean, rstd, x, gain, bias, rows, cols);
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
    PlainLayerNorm.backward(dx, dgain, dbias, dy, x, mean, rstd, gain, rows, cols);
  }

  @Override
  public void gelu(FloatBlock y, FloatBlock x, long length, Gelu form) {
    float[] values = read(x, length, 1);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) GeluFunction.value(values[i], form);
    }
    y.put(0, values);
  }

  @Override
  public void geluBackward(FloatBlock dx, FloatBlock dy, FloatBlock x, long length, Gelu form) {
    float[] values = read(x, length, 1);
    float[] gradient = read(dy, length, 1);
    for (int i = 0; i < values.length; i++) {
      gradient[i] = (float) (gradient[i] * GeluFunction.slope(values[i], form));
    }
    dx.put(0, gradient);
  }

  @Override
  public void causalAttention(
      FloatBlock y, FloatBlock qkv, int batch, int time, int heads, int headSize, Dropout dropout) {
    PlainAttention attention = new PlainAttention(batch, time, heads, headSize, dropout);
    attention.forward(y, qkv);
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
    PlainAttention attention = new PlainAttention(batch, time, heads, headSize, dropout);
    attention.backward(dqkv, dy, qkv);
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
    new PlainCachedAttention(rows, past, capacity, heads, headSize).run(y, cache, qkv);
  }

  @Override
  public void embed(
      FloatBlock xBlock, int[] ids, FloatBlock wte, FloatBlock wpe, int batch, int time, int cols) {
    for (int r = 0; r < batch * time; r++) {
      float[] token = wte.toArray((long) ids[r] * cols, cols);
      float[] position = wpe.toArray((long) (r % time) * cols, cols);
      for (int c = 0; c < cols; c++) {
        token[c] += position[c];
      }
      xBlock.put((long) r * cols, token);
    }
  }

  @Override
  public void embedBackward(
      FloatBlock dwte, FloatBlock dwpe, FloatBlock dx, int[] ids, int batch, int time, int cols) {
    for (int r = 0; r < batch * time; r++) {
      float[] gradient = dx.toArray((long) r * cols, cols);
      addRow(dwte, ids[r], gradient);
      addRow(dwpe, r % time, gradient);
    }
  }

  @Override
  public void add(FloatBlock y, FloatBlock x, long length) {
    float[] sum = read(y, length, 1);
    float[] values = read(x, length, 1);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += values[i];
    }
    y.put(0, sum);
  }

  @Override
  public void convert(FloatBlock to, FloatBlock from, long length) {
    to.put(0, read(from, length, 1));
  }

  @Override
  public void dropout(FloatBlock x, long length, Dropout dropout) {
    if (!dropout.isActive()) {
      return;
    }
    float[] values = read(x, length, 1);
    for (int i = 0; i < values.length; i++) {
      values[i] = dropout.keeps(i) ? values[i] * dropout.scale() : 0;
    }
    x.put(0, values);
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
    if (dwte != null && !add) {
      dwte.zero((long) vocabulary * cols);
    }
    PlainHead head = new PlainHead(read(wte, vocabulary, cols), vocabulary, cols);
    head.crossEntropy(losses, dx, dwte, x, targets, rows, scale);
  }

  @Override
  public void logits(
      FloatBlock logits, FloatBlock x, FloatBlock wte, int rows, int cols, int vocabulary) {
    new PlainHead(read(wte, vocabulary, cols), vocabulary, cols).logits(logits, x, rows);
  }

  @Override
  public double sumOfSquares(FloatBlock x) {
    double sum = 0;
    for (long from = 0; from < x.length(); from += CHUNK) {
      for (float value : x.toArray(from, (int) Math.min(CHUNK, x.length() - from))) {
        sum += (double) value * value;
      }
    }
    return sum;
  }

  @Override
  public void adamW(
      FloatBlock parameters,
      FloatBlock rounded,
      FloatBlock firstMoments,
      FloatBlock secondMoments,
      FloatBlock gradients,
      AdamWStep step) {
    for (long i = 0; i < parameters.length(); i++) {
      double g = step.gradientScale() * gradients.get(i);
      double m = step.beta1() * firstMoments.get(i) + (1 - step.beta1()) * g;
      double v = step.beta2() * secondMoments.get(i) + (1 - step.beta2()) * g * g;
      double theta = parameters.get(i);
      double update = step.stepSize() * m / (Math.sqrt(v) + step.epsilon()) + step.decay() * theta;
      firstMoments.set(i, (float) m);
      secondMoments.set(i, (float) v);
      parameters.set(i, (float) (theta - update));
    }
    if (rounded != null) {
      convert(rounded, parameters, parameters.length());
    }
  }

  @Override
  public void close() {} // holds nothing

  static double dot(float[] a, int fromA, float[] b, int fromB, int length) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += (double) a[fromA + i] * b[fromB + i];
    }
    return sum;
  }

  static float[] read(FloatBlock block, long rows, int cols) {
    return block.toArray(0, Math.toIntExact(rows * cols));
  }

  static void round(double[] values, float[] to, int at) {
    for (int i = 0; i < values.length; i++) {
      to[at + i] = (float) values[i];
    }
  }

  static void addColumnSums(FloatBlock sums, float[] x, int rows, int cols) {
    double[] columns = new double[cols];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        columns[c] += x[r * cols + c];
      }
    }
    add(sums, columns);
  }

  static void add(FloatBlock block, double[] values) {
    float[] sums = read(block, 1, values.length);
    for (int i = 0; i < sums.length; i++) {
      sums[i] += (float) values[i];
    }
    block.put(0, sums);
  }

  private static void addRow(FloatBlock matrix, int row, float[] values) {
    float[] sums = matrix.toArray((long) row * values.length, values.length);
    for (int c = 0; c < values.length; c++) {
      sums[c] += values[c];
    }
    matrix.put((long) row * values.length, sums);
  }
}

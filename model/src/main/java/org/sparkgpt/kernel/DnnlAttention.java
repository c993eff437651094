package org.sparkgpt.kernel;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.indexer.FloatIndexer;

/**
 * Causal self-attention for one shape. The heads of q, k and v are strided views of the packed
 * (B,T,3C), so nothing is copied. The state is the probabilities before dropout, (B,H,T,T).
 */
final class DnnlAttention {
  private final int batch;
  private final int time;
  private final int heads;
  private final int width; // C
  private final Primitive scores;
  private final Primitive softmax;
  private final Primitive values;
  private final Primitive valuesGradient;
  private final Primitive probabilitiesGradient;
  private final Primitive softmaxGradient;
  private final Primitive queriesGradient;
  private final Primitive keysGradient;
  private final FloatBlock mask; // (T,T): 0 at and below the diagonal, -infinity above
  private FloatBlock gradient = FloatBlock.allocate(1); // (B,H,T,T)
  private FloatBlock dropped = FloatBlock.allocate(1); // (B,H,T,T), with dropout only

  DnnlAttention(PrimitiveFactory factory, int batch, int time, int heads, int headSize) {
    this.batch = batch;
    this.time = time;
    this.heads = heads;
    this.width = heads * headSize;
    Tensor part = view(3 * width, headSize); // q, k or v in qkv
    Tensor result = view(width, headSize); // y
    Tensor square = Tensor.packed(batch, heads, time, time);
    float scale = (float) (1 / Math.sqrt(headSize));
    PostOps masked = new PostOps().times(scale).plus(Tensor.packed(1, 1, time, time));
    scores = factory.matmul(square, part, part.transposed(), masked);
    softmax = factory.softmax(dnnl.dnnl_softmax_accurate, square);
    values = factory.matmul(result, square, part, new PostOps());
    valuesGradient = factory.matmul(part, square.transposed(), result, new PostOps());
    probabilitiesGradient = factory.matmul(square, result, part.transposed(), new PostOps());
    softmaxGradient = factory.softmaxBackward(square);
    queriesGradient = factory.matmul(part, square, part, new PostOps().times(scale));
    keysGradient = factory.matmul(part, square.transposed(), part, new PostOps().times(scale));
    mask = FloatBlock.allocate((long) time * time);
    FloatIndexer cells = FloatView.index(mask, mask.length());
    for (long t = 0; t < time; t++) {
      for (long s = t + 1; s < time; s++) {
        cells.put(t * time + s, Float.NEGATIVE_INFINITY);
      }
    }
  }

  /** (B,H,T,D) within rows of {@code rowWidth} floats. */
  private Tensor view(int rowWidth, int headSize) {
    return new Tensor(
        new long[] {batch, heads, time, headSize},
        new long[] {(long) time * rowWidth, headSize, rowWidth, 1});
  }

  static long state(int batch, int time, int heads) {
    return (long) batch * heads * time * time;
  }

  void forward(FloatBlock y, FloatBlock qkv, Dropout dropout) {
    FloatBlock state = FloatBlock.allocate(state(batch, time, heads));
    scores.at(0, state).at(1, qkv).at(2, qkv, width).at(3, mask).run();
    softmax.at(0, state).at(1, state).run();
    FloatBlock kept = state;
    if (dropout.isActive()) {
      kept = dropped = Dnnl.atLeast(dropped, state(batch, time, heads));
      dropped(kept, state, dropout);
    }
    values.at(0, y).at(1, kept).at(2, qkv, 2L * width).run();
  }

  void backward(FloatBlock dqkv, FloatBlock dy, FloatBlock qkv, Dropout dropout) {
    long size = state(batch, time, heads);
    FloatBlock state = FloatBlock.allocate(size);
    scores.at(0, state).at(1, qkv).at(2, qkv, width).at(3, mask).run();
    softmax.at(0, state).at(1, state).run();
    gradient = Dnnl.atLeast(gradient, size);
    probabilitiesGradient.at(0, gradient).at(1, dy).at(2, qkv, 2L * width).run();
    FloatBlock kept = state;
    if (dropout.isActive()) {
      kept = dropped = Dnnl.atLeast(dropped, size);
      dropped(kept, state, dropout);
      dropped(gradient, gradient, dropout);
    }
    valuesGradient.at(0, dqkv, 2L * width).at(1, kept).at(2, dy).run();
    softmaxGradient.at(0, gradient).at(1, gradient).at(2, state).run();
    queriesGradient.at(0, dqkv).at(1, gradient).at(2, qkv, width).run();
    keysGradient.at(0, dqkv, width).at(1, gradient).at(2, qkv).run();
  }

  /** to[b,h,t,s] = kept ? from[b,h,t,s] · scale : 0 for s <= t; 0 for s > t. */
  private void dropped(FloatBlock to, FloatBlock from, Dropout dropout) {
    long size = state(batch, time, heads);
    FloatIndexer target = FloatView.index(to, size);
    FloatIndexer source = FloatView.index(from, size);
    float scale = dropout.scale();
    for (long row = 0; row < size / time; row++) {
      long diagonal = row % time;
      for (long s = 0; s < time; s++) {
        long i = row * time + s;
        target.put(i, s <= diagonal && dropout.keeps(i) ? source.get(i) * scale : 0);
      }
    }
  }
}

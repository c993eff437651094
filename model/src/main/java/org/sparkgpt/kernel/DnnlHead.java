package org.sparkgpt.kernel;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.indexer.FloatIndexer;

/** The tied head and its cross-entropy by chunks of rows. */
final class DnnlHead {
  /** Bound of a chunk's logits. wte is read for each chunk, so few large chunks are better. */
  static final long CHUNK_BYTES = 64L << 20;

  private final long chunkBytes;
  private final PrimitiveCache logits;
  private final PrimitiveCache logSoftmax;
  private final PrimitiveCache exp;
  private final PrimitiveCache inputGradient;
  private final PrimitiveCache weightGradient;
  private final FloatBlock factor = FloatBlock.allocate(1);
  private FloatBlock chunk = FloatBlock.allocate(1); // (rows of a chunk, V)

  DnnlHead(PrimitiveFactory factory, long chunkBytes) {
    this.chunkBytes = chunkBytes;
    logits =
        new PrimitiveCache(
            key ->
                factory.matmul(
                    Tensor.packed(key.a(), key.c()),
                    Tensor.packed(key.a(), key.b()),
                    Tensor.packed(key.c(), key.b()).transposed(),
                    new PostOps()));
    logSoftmax =
        new PrimitiveCache(
            key -> factory.softmax(dnnl.dnnl_softmax_log, Tensor.packed(key.a(), key.b())));
    exp =
        new PrimitiveCache(
            key ->
                factory.eltwise(
                    dnnl.dnnl_eltwise_exp, Tensor.packed(key.a(), key.b()), new PostOps()));
    inputGradient =
        new PrimitiveCache(
            key ->
                factory.matmul(
                    Tensor.packed(key.a(), key.b()),
                    Tensor.packed(key.a(), key.c()),
                    Tensor.packed(key.c(), key.b()),
                    new PostOps().times(Tensor.packed(1, 1))));
    weightGradient =
        new PrimitiveCache(
            key ->
                factory.matmul(
                    Tensor.packed(key.c(), key.b()),
                    Tensor.packed(key.a(), key.c()).transposed(),
                    Tensor.packed(key.a(), key.b()),
                    new PostOps().times(Tensor.packed(1, 1)).addDestination()));
  }

  void logits(FloatBlock to, FloatBlock x, FloatBlock wte, int rows, int cols, int vocabulary) {
    logits.of(rows, cols, vocabulary, false, false).at(0, to).at(1, x).at(2, wte).run();
  }

  void crossEntropy(
      FloatBlock losses,
      FloatBlock dx,
      FloatBlock dwte,
      FloatBlock x,
      FloatBlock wte,
      int[] targets,
      int rows,
      int cols,
      int vocabulary,
      float scale) {
    factor.set(0, scale);
    long most = Math.max(1, chunkBytes / Float.BYTES / vocabulary);
    int chunks = (int) ((rows + most - 1) / most);
    int size = (rows + chunks - 1) / chunks; // even chunks
    chunk = Dnnl.atLeast(chunk, (long) size * vocabulary);
    for (int from = 0; from < rows; from += size) {
      int count = Math.min(size, rows - from);
      long at = (long) from * cols;
      logits.of(count, cols, vocabulary, false, false).at(0, chunk).at(1, x, at).at(2, wte).run();
      logSoftmax.of(count, vocabulary).at(0, chunk).at(1, chunk).run();
      FloatIndexer cells = FloatView.index(chunk, (long) count * vocabulary);
      for (int r = 0; r < count; r++) {
        losses.set(from + r, -cells.get((long) r * vocabulary + targets[from + r]));
      }
      if (dx == null) {
        continue;
      }
      // d loss / d logit = softmax - (1 at the target)
      exp.of(count, vocabulary).at(0, chunk).at(1, chunk).run();
      for (int r = 0; r < count; r++) {
        long target = (long) r * vocabulary + targets[from + r];
        cells.put(target, cells.get(target) - 1);
      }
      Primitive input = inputGradient.of(count, cols, vocabulary, false, false);
      input.at(0, dx, at).at(1, chunk).at(2, wte).at(3, factor).run();
      Primitive weight = weightGradient.of(count, cols, vocabulary, false, false);
      weight.at(0, dwte).at(1, chunk).at(2, x, at).at(3, factor).run();
    }
  }
}

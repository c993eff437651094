package org.sparkgpt.kernel;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.indexer.FloatIndexer;

/** The tied head and its cross-entropy by chunks of rows. */
final class DnnlHead {
  /** Bound of a chunk's logits. wte is read for each chunk, so few large chunks are better. */
  static final long CHUNK_BYTES = 128L << 20;

  /** From so many rows of bfloat16 on, operands of the gradients are packed. */
  private static final int MANY_ROWS = 512;

  private record Shape(Dtype dtype, int rows, int cols, int vocabulary, boolean add) {
    boolean packs() {
      return dtype == Dtype.BF16 && rows >= MANY_ROWS;
    }
  }

  private final long chunkBytes;
  private final DnnlConvert convert;
  private final PrimitiveCache<Shape> logits;
  private final PrimitiveCache<Shape> logSoftmax;
  private final PrimitiveCache<Shape> scaledExp;
  private final PrimitiveCache<Shape> inputGradient;
  private final PrimitiveCache<Shape> weightGradient;
  private final Sgemm sgemm = new Sgemm();
  private final FloatBlock logScale = FloatBlock.allocate(1);
  private FloatBlock chunk = FloatBlock.allocate(1); // (rows of a chunk, V)
  private FloatBlock half = FloatBlock.allocate(1, Dtype.BF16); // its gradient in bfloat16

  DnnlHead(PrimitiveFactory factory, DnnlConvert convert, long chunkBytes) {
    this.chunkBytes = chunkBytes;
    this.convert = convert;
    logits =
        new PrimitiveCache<>(
            s ->
                factory.matmul(
                    Tensor.packed(s.rows, s.vocabulary),
                    Tensor.packed(s.dtype, s.rows, s.cols),
                    Tensor.packed(s.dtype, s.vocabulary, s.cols).transposed(),
                    new PostOps()));
    logSoftmax =
        new PrimitiveCache<>(s -> factory.softmax(dnnl.dnnl_softmax_log, cells(s), cells(s)));
    scaledExp =
        new PrimitiveCache<>(
            s ->
                factory.binary(
                    dnnl.dnnl_binary_add,
                    cells(s),
                    cells(s),
                    Tensor.packed(1, 1),
                    new PostOps().eltwise(dnnl.dnnl_eltwise_exp)));
    inputGradient =
        new PrimitiveCache<>(
            s -> {
              Tensor dx = Tensor.packed(s.rows, s.cols);
              Tensor dlogits = Tensor.packed(s.dtype, s.rows, s.vocabulary);
              Tensor wte = Tensor.packed(s.dtype, s.vocabulary, s.cols);
              return s.packs()
                  ? factory.packingMatmul(dx, dlogits, wte, null, new PostOps())
                  : factory.matmul(dx, dlogits, wte, new PostOps());
            });
    weightGradient =
        new PrimitiveCache<>(
            s -> {
              Tensor dwte = Tensor.packed(s.vocabulary, s.cols);
              Tensor dlogits = Tensor.packed(s.dtype, s.rows, s.vocabulary);
              Tensor x = Tensor.packed(s.dtype, s.rows, s.cols);
              PostOps then = s.add ? new PostOps().addDestination() : new PostOps();
              if (s.packs()) {
                return factory.packingMatmul(dwte, dlogits.transposed(), x, null, then);
              }
              return s.add
                  ? factory.matmul(dwte, dlogits.transposed(), x, then)
                  : factory.innerProductWeights(dwte.transposed(), dlogits, x, false);
            });
  }

  private static Tensor cells(Shape s) {
    return Tensor.packed(s.rows, s.vocabulary);
  }

  /** Bytes of workspace for {@code rows} rows. */
  static long workspace(Dtype dtype, int rows, int cols, int vocabulary) {
    Shape chunk =
        new Shape(dtype, chunkRows(CHUNK_BYTES, rows, vocabulary), cols, vocabulary, false);
    long cells = (long) chunk.rows * vocabulary;
    long logits = cells * (dtype == Dtype.F32 ? Float.BYTES : Float.BYTES + dtype.bytes());
    return chunk.packs() ? logits + (long) vocabulary * cols * dtype.bytes() : logits;
  }

  void logits(FloatBlock to, FloatBlock x, FloatBlock wte, int rows, int cols, int vocabulary) {
    Shape shape = new Shape(x.dtype(), rows, cols, vocabulary, false);
    logits.of(shape).at(0, to).at(1, x).at(2, wte).run();
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
      float scale,
      boolean add) {
    logScale.set(0, (float) Math.log(scale));
    int size = chunkRows(chunkBytes, rows, vocabulary);
    chunk = Dnnl.atLeast(chunk, (long) size * vocabulary);
    for (int from = 0; from < rows; from += size) {
      int count = Math.min(size, rows - from);
      Shape shape = new Shape(x.dtype(), count, cols, vocabulary, add || from > 0);
      long at = (long) from * cols;
      logits.of(shape).at(0, chunk).at(1, x, at).at(2, wte).run();
      logSoftmax.of(shape).at(0, chunk).at(1, chunk).run();
      FloatIndexer cells = FloatView.index(chunk, (long) count * vocabulary);
      for (int r = 0; r < count; r++) {
        losses.set(from + r, -cells.get((long) r * vocabulary + targets[from + r]));
      }
      if (dx != null) {
        FloatBlock dlogits = dlogits(shape, losses, from, targets, scale);
        gradients(dx, dwte, dlogits, x, wte, at, shape);
      }
    }
  }

  /** scale · (softmax - (1 at the target)), in the activations' format. */
  private FloatBlock dlogits(Shape s, FloatBlock losses, int from, int[] targets, float scale) {
    scaledExp.of(s).at(0, chunk).at(1, chunk).at(2, logScale).run();
    FloatBlock dlogits = inFormat(s);
    for (int r = 0; r < s.rows; r++) {
      float gradient = (float) (scale * Math.expm1(-losses.get(from + r)));
      dlogits.set((long) r * s.vocabulary + targets[from + r], gradient);
    }
    return dlogits;
  }

  private static int chunkRows(long chunkBytes, int rows, int vocabulary) {
    long most = Math.max(1, chunkBytes / Float.BYTES / vocabulary);
    int chunks = (int) ((rows + most - 1) / most);
    return (rows + chunks - 1) / chunks; // even chunks
  }

  private FloatBlock inFormat(Shape s) {
    if (s.dtype == Dtype.F32) {
      return chunk;
    }
    long size = (long) s.rows * s.vocabulary;
    half = Dnnl.atLeast(half, size);
    convert.run(half, 0, chunk, 0, size);
    return half;
  }

  private void gradients(
      FloatBlock dx,
      FloatBlock dwte,
      FloatBlock dlogits,
      FloatBlock x,
      FloatBlock wte,
      long at,
      Shape s) {
    if (Sgemm.isFasterFor(s.dtype, s.vocabulary, s.cols)) {
      sgemm.product(dx, at, dlogits, 0, wte, s.rows, s.cols, s.vocabulary, 1, 0);
      sgemm.productOfTransposed(
          dwte, dlogits, 0, x, at, s.vocabulary, s.cols, s.rows, 1, s.add ? 1 : 0);
      return;
    }
    inputGradient.of(s).at(0, dx, at).at(1, dlogits).at(2, wte).run();
    weightGradient.of(s).at(0, dwte).at(1, dlogits).at(2, x, at).run();
  }
}

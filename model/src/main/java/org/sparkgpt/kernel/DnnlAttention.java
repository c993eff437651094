package org.sparkgpt.kernel;

import java.util.HashMap;
import java.util.Map;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.indexer.FloatIndexer;

/**
 * Causal self-attention in tiles of queries, each against the keys up to its last query: half of
 * the (T,T) scores are never computed, and those that are exist one tile at a time. The backward
 * pass computes the probabilities again (FlashAttention, Dao et al., 2022), so memory grows with T,
 * not with T².
 *
 * <p>The heads of q, k and v are strided views of the packed (B,T,3C): nothing is copied. A call of
 * the library works on all heads of some sequences. With activations in bfloat16 the scores and the
 * softmax are in float32 all the same.
 */
final class DnnlAttention {
  /** Most queries of a tile. */
  private static final int TILE = 64;

  /** Floats of scores worked on at once, unless one sequence's tile has more. */
  private static final long SCORES = 1 << 20;

  private record Shape(
      Dtype dtype, int sequences, int heads, int headSize, int time, int queries, int keys) {}

  /** Elements that are worth a thread of their own. */
  private static final int GRAIN = 1 << 16;

  private final Threads threads;
  private final DnnlConvert convert;
  private final PrimitiveCache<Shape> scores;
  private final PrimitiveCache<Shape> softmax;
  private final PrimitiveCache<Shape> values;
  private final PrimitiveCache<Shape> valuesGradient;
  private final PrimitiveCache<Shape> probabilitiesGradient;
  private final PrimitiveCache<Shape> softmaxGradient;
  private final PrimitiveCache<Shape> queriesGradient;
  private final PrimitiveCache<Shape> keysGradient;
  private final Map<Integer, FloatBlock> masks = new HashMap<>();
  private final Workspace workspace = new Workspace();

  /** Memory of a tile's scores and of the sequences' gradients; all (sequences,H,queries,keys). */
  private static final class Workspace {
    private FloatBlock scores = FloatBlock.allocate(0); // then the probabilities
    private FloatBlock gradient = FloatBlock.allocate(0);
    private FloatBlock dropped = FloatBlock.allocate(0);
    private FloatBlock half = FloatBlock.allocate(0, Dtype.BF16); // for the next product
    private FloatBlock dqkv = FloatBlock.allocate(0); // (sequences,T,3C), where sums are in 32 bits
  }

  DnnlAttention(PrimitiveFactory factory, DnnlConvert convert, Threads threads) {
    this.threads = threads;
    this.convert = convert;
    scores =
        new PrimitiveCache<>(
            s ->
                factory.matmul(
                    square(s, Dtype.F32),
                    part(s, s.dtype, s.queries),
                    part(s, s.dtype, s.keys).transposed(),
                    isFirst(s) ? scaled(s).plus(maskShape(s)) : scaled(s)));
    softmax =
        new PrimitiveCache<>(
            s ->
                factory.softmax(
                    dnnl.dnnl_softmax_accurate, square(s, Dtype.F32), square(s, Dtype.F32)));
    values =
        new PrimitiveCache<>(
            s -> factory.matmul(result(s), square(s, s.dtype), part(s, s.dtype, s.keys), none()));
    valuesGradient =
        new PrimitiveCache<>(
            s ->
                factory.matmul(
                    part(s, Dtype.F32, s.keys),
                    square(s, s.dtype).transposed(),
                    result(s),
                    accumulated(s, none())));
    probabilitiesGradient =
        new PrimitiveCache<>(
            s ->
                factory.matmul(
                    square(s, Dtype.F32),
                    result(s),
                    part(s, s.dtype, s.keys).transposed(),
                    none()));
    softmaxGradient =
        new PrimitiveCache<>(
            s -> factory.softmaxBackward(square(s, s.dtype), square(s, Dtype.F32)));
    queriesGradient =
        new PrimitiveCache<>(
            s ->
                factory.matmul(
                    part(s, Dtype.F32, s.queries),
                    square(s, s.dtype),
                    part(s, s.dtype, s.keys),
                    scaled(s)));
    keysGradient =
        new PrimitiveCache<>(
            s ->
                factory.matmul(
                    part(s, Dtype.F32, s.keys),
                    square(s, s.dtype).transposed(),
                    part(s, s.dtype, s.queries),
                    accumulated(s, scaled(s))));
  }

  private static PostOps none() {
    return new PostOps();
  }

  private static PostOps scaled(Shape s) {
    return none().times((float) (1 / Math.sqrt(s.headSize)));
  }

  /** The first tile sees no keys but its own, and the product can mask it. */
  private static boolean isFirst(Shape s) {
    return s.queries == s.keys;
  }

  private static Tensor maskShape(Shape s) {
    return Tensor.packed(1, 1, s.queries, s.keys);
  }

  /** The last tile comes first and reaches all keys; what others add lies within. */
  private static PostOps accumulated(Shape s, PostOps then) {
    return s.keys == s.time ? then : then.addDestination();
  }

  /** q, k or v, or their gradients: (sequences,H,rows,D) in rows of 3C. */
  private static Tensor part(Shape s, Dtype dtype, int rows) {
    return view(s, dtype, rows, 3L * s.heads * s.headSize);
  }

  /** y or its gradient: (sequences,H,queries,D) in rows of C. */
  private static Tensor result(Shape s) {
    return view(s, s.dtype, s.queries, (long) s.heads * s.headSize);
  }

  private static Tensor view(Shape s, Dtype dtype, int rows, long rowWidth) {
    return new Tensor(
        dtype,
        new long[] {s.sequences, s.heads, rows, s.headSize},
        new long[] {s.time * rowWidth, s.headSize, rowWidth, 1});
  }

  private static Tensor square(Shape s, Dtype dtype) {
    return Tensor.packed(dtype, s.sequences, s.heads, s.queries, s.keys);
  }

  /** Bytes of workspace, without dropout. */
  static long workspace(Dtype dtype, int batch, int time, int heads, int headSize) {
    long tile = (long) heads * Math.min(TILE, time) * time;
    int together = sequences(batch, tile);
    long square = together * tile; // of scores, of their gradients
    if (dtype == Dtype.F32) {
      return 2 * square * Float.BYTES;
    }
    long gradients = 3L * together * time * heads * headSize;
    return (2 * square + gradients) * Float.BYTES + square * dtype.bytes();
  }

  private static int sequences(int batch, long tile) {
    return (int) Math.max(1, Math.min(batch, SCORES / tile));
  }

  void forward(
      FloatBlock y, FloatBlock qkv, int batch, int time, int heads, int headSize, Dropout dropout) {
    Tiles tiles = new Tiles(qkv.dtype(), batch, time, heads, headSize);
    for (int b = 0; b < batch; b += tiles.sequences) {
      for (int i = 0; i < tiles.count; i++) {
        Shape s = tiles.shape(b, i);
        FloatBlock kept = dropped(probabilities(s, qkv, tiles, b, i), s, tiles, b, i, dropout);
        Primitive product = values.of(s).at(0, y, tiles.row(b, i) * tiles.width);
        product.at(1, inFormat(s, kept)).at(2, qkv, tiles.value(b)).run();
      }
    }
  }

  void backward(
      FloatBlock dqkv,
      FloatBlock dy,
      FloatBlock qkv,
      int batch,
      int time,
      int heads,
      int headSize,
      Dropout dropout) {
    Tiles tiles = new Tiles(qkv.dtype(), batch, time, heads, headSize);
    for (int b = 0; b < batch; b += tiles.sequences) {
      FloatBlock sums = dqkv;
      long at = tiles.query(b, 0);
      if (dqkv.dtype() != Dtype.F32) {
        sums = workspace.dqkv = Dnnl.atLeast(workspace.dqkv, tiles.rows(b) * 3 * tiles.width);
        at = 0;
      }
      for (int i = tiles.count - 1; i >= 0; i--) {
        backward(sums, at, dy, qkv, tiles, b, i, dropout);
      }
      if (sums != dqkv) {
        convert.run(dqkv, tiles.query(b, 0), sums, 0, tiles.rows(b) * 3 * tiles.width);
      }
    }
  }

  private void backward(
      FloatBlock sums,
      long at,
      FloatBlock dy,
      FloatBlock qkv,
      Tiles tiles,
      int b,
      int i,
      Dropout dropout) {
    Shape s = tiles.shape(b, i);
    long tileRow = tiles.row(b, i) * tiles.width;
    long width = tiles.width;
    FloatBlock probabilities = probabilities(s, qkv, tiles, b, i);
    FloatBlock kept = inFormat(s, dropped(probabilities, s, tiles, b, i, dropout));
    valuesGradient.of(s).at(0, sums, at + 2 * width).at(1, kept).at(2, dy, tileRow).run();
    FloatBlock gradient = workspace.gradient = room(workspace.gradient, s);
    probabilitiesGradient.of(s).at(0, gradient).at(1, dy, tileRow).at(2, qkv, tiles.value(b)).run();
    if (dropout.isActive()) {
      drop(gradient, gradient, s, tiles, b, i, dropout);
    }
    FloatBlock dscores = s.dtype == Dtype.F32 ? gradient : half(s);
    softmaxGradient.of(s).at(0, dscores).at(1, gradient).at(2, probabilities).run();
    Primitive queries = queriesGradient.of(s).at(0, sums, at + tiles.first(i) * 3L * width);
    queries.at(1, dscores).at(2, qkv, tiles.key(b)).run();
    Primitive keys = keysGradient.of(s).at(0, sums, at + width).at(1, dscores);
    keys.at(2, qkv, tiles.query(b, i)).run();
  }

  /** softmax(q k' / sqrt(D)) of a tile, float32, zero for keys behind the query. */
  private FloatBlock probabilities(Shape s, FloatBlock qkv, Tiles tiles, int b, int i) {
    FloatBlock square = workspace.scores = room(workspace.scores, s);
    Primitive product = scores.of(s).at(0, square).at(1, qkv, tiles.query(b, i));
    product.at(2, qkv, tiles.key(b));
    if (isFirst(s)) {
      product.at(3, mask(s.queries)).run();
    } else {
      product.run();
      maskLater(square, s);
    }
    softmax.of(s).at(0, square).at(1, square).run();
    return square;
  }

  /** -infinity for the keys behind each query, which are among the tile's own. */
  private void maskLater(FloatBlock square, Shape s) {
    FloatIndexer cells = FloatView.index(square, size(s));
    long rows = (long) s.sequences * s.heads * s.queries;
    for (long row = 0; row < rows; row++) {
      long end = (row + 1) * s.keys;
      for (long cell = end - s.queries + row % s.queries + 1; cell < end; cell++) {
        cells.put(cell, Float.NEGATIVE_INFINITY);
      }
    }
  }

  /** (queries,queries): 0 up to the diagonal, -infinity behind. */
  private FloatBlock mask(int queries) {
    return masks.computeIfAbsent(queries, DnnlAttention::newMask);
  }

  private static FloatBlock newMask(int queries) {
    FloatBlock mask = FloatBlock.allocate((long) queries * queries);
    for (int t = 0; t < queries; t++) {
      for (int s = t + 1; s < queries; s++) {
        mask.set((long) t * queries + s, Float.NEGATIVE_INFINITY);
      }
    }
    return mask;
  }

  private FloatBlock dropped(
      FloatBlock probabilities, Shape s, Tiles tiles, int b, int i, Dropout dropout) {
    if (!dropout.isActive()) {
      return probabilities;
    }
    FloatBlock kept = workspace.dropped = room(workspace.dropped, s);
    drop(kept, probabilities, s, tiles, b, i, dropout);
    return kept;
  }

  /** to[b,h,t,s] = kept ? from[b,h,t,s] / (1 - rate) : 0, of one tile. */
  private void drop(
      FloatBlock to, FloatBlock from, Shape s, Tiles tiles, int b, int i, Dropout dropout) {
    threads.ranges(
        (long) s.sequences * s.heads * s.queries,
        GRAIN / s.keys,
        (first, end) -> {
          HeapTile tile = new HeapTile(s.keys);
          for (long row = first; row < end; row++) {
            long head = (long) b * s.heads + row / s.queries;
            long query = tiles.first(i) + row % s.queries;
            tile.read(from, row * s.keys, s.keys);
            dropout.apply(tile.values(), (head * s.time + query) * s.time, s.keys);
            tile.write(to, row * s.keys, s.keys);
          }
        });
  }

  /** Probabilities as the matrix products want them. */
  private FloatBlock inFormat(Shape s, FloatBlock square) {
    if (s.dtype == Dtype.F32) {
      return square;
    }
    convert.run(half(s), 0, square, 0, size(s));
    return workspace.half;
  }

  private FloatBlock half(Shape s) {
    return workspace.half = room(workspace.half, s);
  }

  private static FloatBlock room(FloatBlock block, Shape s) {
    return Dnnl.atLeast(block, size(s) / s.keys * s.time); // for the largest tile at once
  }

  private static long size(Shape s) {
    return (long) s.sequences * s.heads * s.queries * s.keys;
  }

  /** How a batch is cut: tiles of nearly equal numbers of queries, none of a single one. */
  private static final class Tiles {
    private final Dtype dtype;
    private final int batch;
    private final int time;
    private final int heads;
    private final int headSize;
    private final int width; // C
    private final int count;
    private final int sequences; // worked on at once; the batch's last may be fewer

    Tiles(Dtype dtype, int batch, int time, int heads, int headSize) {
      this.dtype = dtype;
      this.batch = batch;
      this.time = time;
      this.heads = heads;
      this.headSize = headSize;
      this.width = heads * headSize;
      this.count = (time + TILE - 1) / TILE;
      this.sequences = DnnlAttention.sequences(batch, (long) heads * Math.min(TILE, time) * time);
    }

    /** First query of tile {@code i}. */
    int first(int i) {
      return (int) ((long) time * i / count);
    }

    Shape shape(int b, int i) {
      int end = first(i + 1);
      int together = Math.min(sequences, batch - b);
      return new Shape(dtype, together, heads, headSize, time, end - first(i), end);
    }

    /** Rows of the sequences from {@code b} on that are worked on together. */
    long rows(int b) {
      return (long) Math.min(sequences, batch - b) * time;
    }

    long row(int b, int i) {
      return (long) b * time + first(i);
    }

    long query(int b, int i) {
      return row(b, i) * 3 * width;
    }

    long key(int b) {
      return query(b, 0) + width;
    }

    long value(int b) {
      return query(b, 0) + 2L * width;
    }
  }
}

package org.sparkgpt.kernel;

import org.bytedeco.dnnl.global.dnnl;

/**
 * oneDNN's BLAS-like matrix product in float32. On large matrices it is up to a third faster than
 * the matmul primitive where that one has to reorder an operand, and adding to the result costs it
 * nothing. On small ones it is slower.
 */
final class Sgemm {
  /** Both sides of a weight matrix from which on it is the faster one. */
  private static final int LARGE = 512;

  /** Rows from which on it is the faster one with a transposed weight matrix, too. */
  private static final int MANY_ROWS = 512;

  private final FloatView left = new FloatView();
  private final FloatView right = new FloatView();
  private final FloatView sum = new FloatView();

  static boolean isFasterFor(Dtype dtype, int in, int out) {
    return dtype == Dtype.F32 && Math.min(in, out) >= LARGE;
  }

  static boolean isFasterForTransposed(Dtype dtype, int rows, int in, int out) {
    return isFasterFor(dtype, in, out) && rows >= MANY_ROWS;
  }

  /** C (m,n) = alpha A (m,k) B (k,n) + beta C. */
  void product(
      FloatBlock c,
      long atC,
      FloatBlock a,
      long atA,
      FloatBlock b,
      long m,
      long n,
      long k,
      float alpha,
      float beta) {
    run('N', 'N', c, atC, a, atA, k, b, 0, n, m, n, k, alpha, beta);
  }

  /** C (m,n) = alpha A' B + beta C, with A (k,m) and B (k,n). */
  void productOfTransposed(
      FloatBlock c,
      FloatBlock a,
      long atA,
      FloatBlock b,
      long atB,
      long m,
      long n,
      long k,
      float alpha,
      float beta) {
    run('T', 'N', c, 0, a, atA, m, b, atB, n, m, n, k, alpha, beta);
  }

  /** C (m,n) = A (m,k) B', with B (n,k). */
  void productWithTransposed(
      FloatBlock c, FloatBlock a, long atA, FloatBlock b, long m, long n, long k) {
    run('N', 'T', c, 0, a, atA, k, b, 0, k, m, n, k, 1, 0);
  }

  private void run(
      char formA,
      char formB,
      FloatBlock c,
      long atC,
      FloatBlock a,
      long atA,
      long strideA,
      FloatBlock b,
      long atB,
      long strideB,
      long m,
      long n,
      long k,
      float alpha,
      float beta) {
    Dnnl.check(
        dnnl.dnnl_sgemm(
            (byte) formA,
            (byte) formB,
            m,
            n,
            k,
            alpha,
            left.to(Dnnl.address(a, atA, m * k)),
            strideA,
            right.to(Dnnl.address(b, atB, k * n)),
            strideB,
            beta,
            sum.to(Dnnl.address(c, atC, m * n)),
            n),
        "sgemm");
  }
}

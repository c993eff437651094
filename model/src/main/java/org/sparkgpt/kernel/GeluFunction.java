package org.sparkgpt.kernel;

/** GELU and its derivative in double, for {@link PlainKernels} and for tests. */
final class GeluFunction {
  private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
  private static final double CUBIC = 0.044715; // Hendrycks and Gimpel, 2016

  private GeluFunction() {}

  static double value(double x, Gelu form) {
    return switch (form) {
      case TANH -> 0.5 * x * (1 + Math.tanh(SQRT_2_OVER_PI * (x + CUBIC * x * x * x)));
      case ERF -> x * normalCdf(x);
    };
  }

  static double slope(double x, Gelu form) {
    return switch (form) {
      case TANH -> {
        double tanh = Math.tanh(SQRT_2_OVER_PI * (x + CUBIC * x * x * x));
        double inner = SQRT_2_OVER_PI * (1 + 3 * CUBIC * x * x);
        yield 0.5 * (1 + tanh) + 0.5 * x * (1 - tanh * tanh) * inner;
      }
      case ERF -> normalCdf(x) + x * Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
    };
  }

  private static double normalCdf(double x) {
    return 0.5 * (1 + erf(x / Math.sqrt(2)));
  }

  /**
   * erf(x) = 2/sqrt(pi) exp(-x^2) sum_n 2^n x^(2n+1) / (1·3···(2n+1)) (Abramowitz and Stegun
   * 7.1.6): all terms have one sign, so none cancel.
   */
  static double erf(double x) {
    if (Math.abs(x) > 6) {
      return Math.signum(x); // 1 - erf(6) is 2e-17
    }
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }
}

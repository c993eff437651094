package org.sparkgpt.report;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * Round numbers that cover a range: multiples of 1, 2 or 5 times a power of ten.
 *
 * @param step between two of them
 * @param values in rising order, the first at or below the range's begin, the last at or above its
 *     end
 */
record Ticks(BigDecimal step, List<BigDecimal> values) {

  /**
   * About {@code count} ticks, at least two.
   *
   * @param low finite; may equal {@code high}
   */
  static Ticks of(double low, double high, int count) {
    double span = high > low ? high - low : Math.max(Math.abs(low), 1e-9);
    double rough = span / count;
    int exponent = (int) Math.floor(Math.log10(rough));
    double leading = rough / Math.pow(10, exponent);
    int factor = leading <= 1 ? 1 : leading <= 2 ? 2 : leading <= 5 ? 5 : 10;
    BigDecimal step = BigDecimal.valueOf(factor).scaleByPowerOfTen(exponent);
    double middle = (low + high) / 2;
    long first = (long) Math.floor((high > low ? low : middle - span / 2) / step.doubleValue());
    long last = (long) Math.ceil((high > low ? high : middle + span / 2) / step.doubleValue());
    List<BigDecimal> values = new ArrayList<>();
    for (long i = first; i <= Math.max(last, first + 1); i++) {
      values.add(step.multiply(BigDecimal.valueOf(i)));
    }
    return new Ticks(step, values);
  }

  double low() {
    return values.get(0).doubleValue();
  }

  double high() {
    return values.get(values.size() - 1).doubleValue();
  }

  /** As on an axis: 1200 -> 1.2k, 3500000 -> 3.5M, 0.0005 -> 5e-4. */
  static String label(BigDecimal value) {
    double size = Math.abs(value.doubleValue());
    if (size == 0) {
      return "0";
    }
    if (size < 1e-2) {
      int exponent = value.precision() - value.scale() - 1;
      return plain(value.scaleByPowerOfTen(-exponent)) + "e" + exponent;
    }
    String[] units = {"", "k", "M", "G", "T", "P"};
    int unit = 0;
    while (unit < units.length - 1 && size >= 1000) {
      size /= 1000;
      unit++;
    }
    return plain(value.scaleByPowerOfTen(-3 * unit)) + units[unit];
  }

  private static String plain(BigDecimal value) {
    return value.stripTrailingZeros().toPlainString();
  }
}

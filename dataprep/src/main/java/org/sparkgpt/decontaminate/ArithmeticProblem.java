package org.sparkgpt.decontaminate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A problem of the arithmetic tests of GPT-3 (Brown et al. 2020, section 3.9.1), which asks whether
 * a model has learnt to calculate or has read the answers: the training documents are searched for
 * {@code "48 + 76 ="} and {@code "48 plus 76"}. Of 2,000 additions the paper found 17, of 2,000
 * subtractions 2.
 *
 * @param digits the numbers were drawn from 0 to 10^digits - 1; 0 if they were given
 */
public record ArithmeticProblem(Operation operation, int digits, long first, long second) {
  /** What is asked for, with the sign and the word that stand for it. */
  public enum Operation {
    ADDITION("+", "plus"),
    SUBTRACTION("-", "minus"),
    MULTIPLICATION("*", "times");

    private final String sign;
    private final String word;

    Operation(String sign, String word) {
      this.sign = sign;
      this.word = word;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final Pattern LINE =
      Pattern.compile(
          "(\\d{1,18})\\s*(\\+|-|\\*|plus|minus|times)\\s*(\\d{1,18})\\s*(?:=\\s*(?:-?\\d+)?)?\\s*");

  private static final int MOST_DIGITS = 18;

  /**
   * Problems from lines such as {@code 48 + 76 = 124}, {@code 48 plus 76}; blank lines count for
   * nothing.
   *
   * @param name of the file, for messages
   * @throws IllegalArgumentException if a line is none, or there is no problem
   */
  public static List<ArithmeticProblem> parse(String name, List<String> lines) {
    List<ArithmeticProblem> problems = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        problems.add(parse(name + ":" + (i + 1), lines.get(i).strip()));
      }
    }
    if (problems.isEmpty()) {
      throw new IllegalArgumentException(
          name + ": has no problem; expected 48 + 76 = 124 on a line");
    }
    return problems;
  }

  private static ArithmeticProblem parse(String place, String line) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          place
              + ": '"
              + line
              + "' is no problem; expected two numbers with +, - or * between them, such as"
              + " 48 + 76 = 124");
    }
    String said = matcher.group(2);
    Operation operation = null;
    for (Operation o : Operation.values()) {
      operation = said.equals(o.sign) || said.equals(o.word) ? o : operation;
    }
    return new ArithmeticProblem(
        operation, 0, Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(3)));
  }

  /**
   * For each number of digits {@code count} problems of each operation, as the paper draws them:
   * both numbers evenly from 0 to 10^digits - 1.
   */
  public static List<ArithmeticProblem> generate(List<Integer> digits, int count, long seed) {
    if (count < 1) {
      throw new IllegalArgumentException("the number of problems must be positive, got " + count);
    }
    List<ArithmeticProblem> problems = new ArrayList<>();
    for (int d : digits) {
      if (d < 1 || d > MOST_DIGITS) {
        throw new IllegalArgumentException(
            "digits must be between 1 and " + MOST_DIGITS + ", got " + d);
      }
      long bound = 1;
      for (int i = 0; i < d; i++) {
        bound *= 10;
      }
      for (Operation operation : Operation.values()) {
        SplittableRandom random = new SplittableRandom(seed * 64 + d * 3L + operation.ordinal());
        for (int i = 0; i < count; i++) {
          problems.add(
              new ArithmeticProblem(operation, d, random.nextLong(bound), random.nextLong(bound)));
        }
      }
    }
    return problems;
  }

  /** What the documents are searched for: {@code 48 + 76 =} and {@code 48 plus 76}. */
  public List<String> forms() {
    return List.of(
        first + " " + operation.sign + " " + second + " =",
        first + " " + operation.word + " " + second);
  }

  /** What kind of problem it is: {@code 3-digit addition}, or {@code addition}. */
  public String kind() {
    return digits == 0 ? operation.toString() : digits + "-digit " + operation;
  }
}
